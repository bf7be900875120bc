package audit

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// eventually waits until the table has n rows, and returns them.
func (t *table) eventually(tb testing.TB, n int) []store.AuditRecord {
	tb.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		t.mu.Lock()
		rows := slices.Clone(t.rows)
		t.mu.Unlock()
		if len(rows) >= n || time.Now().After(end) {
			return rows
		}
	}
}

// A daemon, with the table, and commands beside it: one chain, through all files,
// and the table has the lines of all.
func TestSeveralWriteOneLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	tab := &table{}
	daemon := open(t, Options{Path: path, MaxSize: 3000, Table: tab})
	fill(t, daemon, 3)
	var wg sync.WaitGroup
	wg.Go(func() { fill(t, daemon, 60) })
	for range 3 {
		wg.Go(func() {
			for range 10 {
				l, err := Open(t.Context(), Options{Path: path, MaxSize: 3000})
				if err != nil {
					t.Error(err)
					return
				}
				fill(t, l, 3)
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	const all = 3 + 60 + 3*10*3
	rows := tab.eventually(t, all)
	for i, r := range rows {
		if r.Seq != int64(i+1) {
			t.Fatalf("row %d is line %d", i, r.Seq)
		}
	}
	rep, err := Verify(path, rows)
	if err != nil || rep.Lines != all || len(rows) != all || rep.Files < 5 {
		t.Errorf("%+v, %d rows: %v", rep, len(rows), err)
	}
}

// The table has a command's line though the daemon writes none of its own.
func TestOthersLinesReachTheTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	tab := &table{}
	daemon := open(t, Options{Path: path, Table: tab})
	fill(t, daemon, 1)
	fill(t, open(t, Options{Path: path}), 2)
	if rows := tab.eventually(t, 3); len(rows) != 3 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	fill(t, daemon, 1)
	if rep, err := Verify(path, tab.eventually(t, 4)); err != nil || rep.Lines != 4 {
		t.Errorf("%+v %v", rep, err)
	}
}

// Others may fill and remove as many files as they like between two lines.
func TestOthersFillFiles(t *testing.T) {
	for _, keep := range []int{0, 1} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		l := open(t, Options{Path: path})
		fill(t, l, 1)
		other := open(t, Options{Path: path, MaxSize: 700, MaxFiles: keep})
		fill(t, other, 20)
		fill(t, l, 1)
		fill(t, other, 1)
		rep, err := Verify(path, nil)
		if err != nil || rep.Last != 23 || keep == 0 && rep.Lines != 23 || keep > 0 && rep.Files != 2 {
			t.Errorf("%d files are kept: %+v %v", keep, rep, err)
		}
	}
}

// What another process left of a line when it was killed is no part of the next
// one; what does not go on with the chain is not built upon.
func TestOthersMistakes(t *testing.T) {
	for name, text := range map[string]string{"half a line": `{"seq":2,"ti`, "no line of ours": "{}\n"} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		l := open(t, Options{Path: path})
		fill(t, l, 1)
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(text)
		f.Close()
		fill(t, l, 1)
		rep, err := Verify(path, nil)
		if half := name == "half a line"; half && (err != nil || rep.Lines != 2) || !half && err == nil {
			t.Errorf("%s: %+v %v", name, rep, err)
		}
	}
}
