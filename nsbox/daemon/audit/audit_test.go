package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nsbox/nsbox/nsbox/store"
)

// table is a table in memory: the real ones are storetest's.
type table struct {
	mu   sync.Mutex
	rows []store.AuditRecord
}

func (t *table) AppendAudit(_ context.Context, r ...store.AuditRecord) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r...)
	return nil
}

func (t *table) Audit(context.Context, store.AuditQuery) ([]store.AuditRecord, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return nil, nil
	}
	return t.rows[len(t.rows)-1:], nil
}

func open(t *testing.T, opts Options) *Log {
	t.Helper()
	l, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// fill writes n entries.
func fill(t *testing.T, l *Log, n int) {
	t.Helper()
	for i := range n {
		e := Entry{Actor: "alice", Action: "execute", Target: fmt.Sprint(i), Outcome: "ok", Detail: map[string]any{"code": "x = \"\n\u2028\""}}
		if err := l.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChainGoesOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	tab := &table{}
	for range 3 {
		l := open(t, Options{Path: path, Table: tab})
		fill(t, l, 5)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := Verify(path, tab.rows)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Lines != 15 || rep.First != 1 || rep.Last != 15 || len(tab.rows) != 15 {
		t.Errorf("%+v, %d rows", rep, len(tab.rows))
	}
}

func TestTamperingIsFound(t *testing.T) {
	lines := func(b []byte) [][]byte { return bytes.SplitAfter(b, []byte("\n")) }
	for name, c := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"a changed byte": {func(b []byte) []byte { return bytes.Replace(b, []byte(`"target":"4"`), []byte(`"target":"5"`), 1) }, "audit.jsonl:5: its hash is of other bytes"},
		"a changed hash": {func(b []byte) []byte {
			l := lines(b)
			l[3][len(l[3])-10] ^= 1
			return bytes.Join(l, nil)
		}, "audit.jsonl:4: its hash is of other bytes"},
		"a removed line": {func(b []byte) []byte {
			l := lines(b)
			return bytes.Join(append(l[:2:2], l[3:]...), nil)
		}, "audit.jsonl:3: line 4 follows line 2"},
		"a doubled line": {func(b []byte) []byte {
			l := lines(b)
			return bytes.Join(append(l[:3:3], l[2:]...), nil)
		}, "audit.jsonl:4: line 3 follows line 3"},
		"swapped lines": {func(b []byte) []byte {
			l := lines(b)
			l[4], l[5] = l[5], l[4]
			return bytes.Join(l, nil)
		}, "audit.jsonl:5: line 6 follows line 4"},
		"a cut end": {func(b []byte) []byte {
			l := lines(b)
			return bytes.Join(l[:8], nil)
		}, "it ends with line 8, and the table has lines up to 10"},
		"a removed beginning": {func(b []byte) []byte { return bytes.Join(lines(b)[4:], nil) }, ""}, // as if old files were removed
		"something inserted":  {func(b []byte) []byte { return append([]byte("{}\n"), b...) }, "audit.jsonl:1: it does not end with its hash"},
		"nothing":             {func(b []byte) []byte { return b }, ""},
	} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		tab := &table{}
		l := open(t, Options{Path: path, Table: tab})
		fill(t, l, 10)
		l.Close()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, c.change(b), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = Verify(path, tab.rows)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var broken *Broken
		if !errors.As(err, &broken) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v; want %s", name, err, c.want)
		}
	}
}

// Who writes the chain anew has right hashes; the table has the old ones.
func TestARewrittenChainContradictsTheTable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	tab := &table{}
	l := open(t, Options{Path: path, Table: tab})
	fill(t, l, 5)
	l.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	l = open(t, Options{Path: path})
	fill(t, l, 6)
	l.Close()
	if _, err := Verify(path, nil); err != nil {
		t.Errorf("the new chain is not right in itself: %v", err)
	}
	if _, err := Verify(path, tab.rows); err == nil || !strings.Contains(err.Error(), "is another one in the table") {
		t.Errorf("got %v", err)
	}
}

func TestRotationKeepsTheChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, Options{Path: path, MaxSize: 2000})
	fill(t, l, 40)
	l.Close()
	rep, err := Verify(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Files < 4 || rep.Lines != 40 {
		t.Errorf("%+v", rep)
	}
	// A log whose newest file is empty goes on with the one before.
	l = open(t, Options{Path: path, MaxSize: 1, MaxFiles: 2})
	fill(t, l, 5)
	l.Close()
	rep, err = Verify(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Files != 3 || rep.Last != 45 || rep.First == 1 {
		t.Errorf("%+v; want the last three files of the chain", rep)
	}
}

func TestACutLineIsTakenOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, Options{Path: path})
	fill(t, l, 3)
	l.Close()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"seq":4,"time":"20`)
	f.Close()
	tab := &table{}
	l = open(t, Options{Path: path, Table: tab})
	fill(t, l, 1)
	l.Close()
	if _, err := Verify(path, tab.rows); err != nil {
		t.Error(err)
	}
	if len(tab.rows) != 5 || tab.rows[3].Action != "audit.recover" {
		t.Errorf("the table has %+v", tab.rows)
	}
}

func TestABrokenEndIsNotBuiltUpon(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte("{\"seq\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Path: path}); err == nil || !strings.Contains(err.Error(), "audit verify") {
		t.Errorf("got %v", err)
	}
}

// A log that could not be written for a while says so, and that it can again.
func TestFailureEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "audit.jsonl")
	l := open(t, Options{Path: path})
	fill(t, l, 1)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(Entry{Actor: "alice"}); err == nil {
		t.Fatal("a line is written to nowhere")
	}
	if err := l.Failure(); err == nil {
		t.Error("the failure is over")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Failure(); err != nil {
		t.Errorf("it goes on: %v", err)
	}
	fill(t, l, 1)
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(b, []byte(`"action":"audit.recover"`)) || bytes.Count(b, []byte("\n")) != 2 {
		t.Errorf("the log is %s %v", b, err)
	}
	if rep, err := Verify(path, nil); err != nil || rep.First != 2 {
		t.Errorf("%+v %v", rep, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, Options{Path: path, Table: &table{}, MaxSize: 5000})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { fill(t, l, 50) })
	}
	wg.Wait()
	l.Close()
	if rep, err := Verify(path, nil); err != nil || rep.Lines != 400 {
		t.Errorf("%+v %v", rep, err)
	}
	if err := l.Append(Entry{}); err == nil {
		t.Error("a closed log takes entries")
	}
}

func TestFlushFillsTheTable(t *testing.T) {
	tab := &table{}
	l := open(t, Options{Path: filepath.Join(t.TempDir(), "audit.jsonl"), Table: tab})
	for n := 1; n <= 3; n++ {
		fill(t, l, 2*maxBatch+5)
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(tab.rows); got != n*(2*maxBatch+5) {
			t.Fatalf("after %d rounds the table has %d rows", n, got)
		}
	}
	fill(t, l, 1)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := len(tab.rows); got != 3*(2*maxBatch+5)+1 {
		t.Errorf("after the end the table has %d rows", got)
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Errorf("of a closed log: %v", err)
	}
}
