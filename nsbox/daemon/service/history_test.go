package service

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
)

func TestHistory(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	var ids []string
	for i := range 12 {
		p := alice
		if i%3 == 0 {
			p = bob
		}
		e := wait(t, start(t, s, p, fmt.Sprintf("print needle-%d\nexit %d", i, i%2)))
		ids = append(ids, e.ID)
	}
	var got []string
	q := Query{Limit: 3}
	for {
		page, err := s.Executions(ctx, alice, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Executions {
			if e.OwnerID != alice.ID || e.Result != nil || e.Code != "" {
				t.Errorf("%+v", e)
			}
			got = append(got, e.ID)
		}
		if page.Next == "" {
			break
		}
		q.Cursor = page.Next
	}
	if len(got) != 8 || got[0] != ids[11] {
		t.Errorf("alice's are %v of %v", got, ids)
	}
	op := user("op", auth.Operator)
	for _, c := range []struct {
		q    Query
		want int
	}{
		{Query{}, 12}, {Query{Owner: bob.ID}, 4}, {Query{Text: "NEEDLE-1"}, 3}, {Query{Language: "py"}, 12}, {Query{Language: "go"}, 0}, {Query{Owner: "me"}, 0},
		{Query{From: time.Now().Add(time.Hour)}, 0},
	} {
		page, err := s.Executions(ctx, op, c.q)
		if err != nil || len(page.Executions) != c.want {
			t.Errorf("%+v: %d %v", c.q, len(page.Executions), err)
		}
	}
	for name, q := range map[string]Query{"cursor": {Cursor: "nonsense"}, "limit": {Limit: 501}, "negative limit": {Limit: -1}} {
		if _, err := s.Executions(ctx, alice, q); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	st, err := s.Stats(ctx, alice, Query{})
	if err != nil || st.Executions != 8 {
		t.Errorf("%+v %v", st, err)
	}
}

// What is no longer in memory is answered by the history.
func TestAttachAfterwards(t *testing.T) {
	s := newService(t)
	r := start(t, s, alice, "print a\nprint b\nexit 4")
	e := wait(t, r)
	s.mu.Lock()
	clear(s.runs)
	s.mu.Unlock()
	again, err := s.Attach(t.Context(), alice, r.ID())
	if err != nil {
		t.Fatal(err)
	}
	read := func(after int64) string {
		var out []string
		for ev, err := range again.Events(t.Context(), after) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%d:%s:%s", ev.Seq, ev.Type, ev.Data))
		}
		return strings.Join(out, " ")
	}
	if got := read(0); got != "1:start: 2:stdout:a\nb\n 3:exit:" {
		t.Errorf("from the beginning: %q", got)
	}
	if got, want := read(1), fmt.Sprintf("%d:exit:", e.EventSeq); got != want {
		t.Errorf("behind the first: %q; want %q", got, want)
	}
	if got := read(e.EventSeq); got != "" {
		t.Errorf("behind the last: %q", got)
	}
	got, err := again.Wait(t.Context())
	if err != nil || *got.ExitCode != 4 || string(got.Result.Stdout) != "a\nb\n" || got.Code == "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestArtifacts(t *testing.T) {
	s := newService(t, func(o *Options) { o.Retention.ArtifactsMax = 10 })
	ctx := t.Context()
	e := wait(t, start(t, s, alice, "file out/a.txt data", func(r *ExecuteRequest) { r.Artifacts = ArtifactsKept }))
	if len(e.Result.Artifacts) != 1 || e.Result.Artifacts[0].Data != nil {
		t.Errorf("%+v", e.Result.Artifacts)
	}
	a, f, err := s.Artifact(ctx, alice, e.ID, "out/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(f)
	f.Close()
	if string(b) != "data" || a.Size != 4 {
		t.Errorf("%q %+v", b, a)
	}
	for _, path := range []string{"out", "../../token.key", "/etc/passwd", ""} {
		_, _, err := s.Artifact(ctx, alice, e.ID, path)
		want(t, "artifact "+path, err, CodeNotFound)
	}
	d := wait(t, start(t, s, alice, "file b.txt datadata", func(r *ExecuteRequest) { r.Artifacts = ArtifactsData }))
	if string(d.Result.Artifacts[0].Data) != "datadata" {
		t.Errorf("%+v", d.Result.Artifacts)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.artifactDir(e.ID), old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Artifact(ctx, alice, e.ID, "out/a.txt")
	want(t, "the oldest of too much", err, CodeNotFound)
	_, f, err = s.Artifact(ctx, alice, d.ID, "b.txt")
	want(t, "the newest", err, "")
	f.Close()
}

func TestBatch(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	reqs := []ExecuteRequest{{Language: "python", Code: "print 0"}, {Language: "python", Code: "print 1\nexit 2"}, {Language: "python", Code: "break"}}
	b, err := s.Batch(ctx, alice, reqs)
	if err != nil || len(b.Executions) != 3 {
		t.Fatalf("%+v %v", b, err)
	}
	_, err = s.BatchStatus(ctx, bob, b.ID)
	want(t, "another's", err, CodeNotFound)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		st, err := s.BatchStatus(ctx, alice, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if st.Done {
			for i, want := range []nsbox.Verdict{nsbox.OK, nsbox.NonZero, nsbox.Internal} {
				if st.Executions[i].Verdict != want || st.Executions[i].ID != b.Executions[i].ID {
					t.Errorf("%d: %+v", i, st.Executions[i])
				}
			}
			break
		}
		if time.Now().After(end) {
			t.Fatal("it does not end")
		}
	}
	_, err = s.Batch(ctx, alice, nil)
	want(t, "nothing", err, CodeBadRequest)
	_, err = s.Batch(ctx, alice, make([]ExecuteRequest, 101))
	want(t, "too many", err, CodeTooLarge)
	reqs[1].Code = ""
	_, err = s.Batch(ctx, alice, reqs)
	want(t, "one that is wrong", err, CodeBadRequest)
	if err != nil && !strings.HasPrefix(err.Error(), "executions[1]: ") {
		t.Errorf("%v does not say which", err)
	}
	_, err = s.BatchStatus(ctx, alice, "none")
	want(t, "a batch that there is not", err, CodeNotFound)
}

// After a restart the files that were part of an answer are part of it again, or the
// caller is told that they are gone.
func TestRepeatHasTheFiles(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	open := func() *Service {
		s, err := New(t.Context(), options(t, dir, db))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	req := ExecuteRequest{Language: "python", Code: "file a.txt data\nfile empty.txt ", Artifacts: ArtifactsData}
	r, err := s.Execute(t.Context(), alice, req)
	if err != nil {
		t.Fatal(err)
	}
	id := wait(t, r).ID
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close(t.Context())
	r, err = s.Repeat(t.Context(), alice, id, req)
	if err != nil {
		t.Fatal(err)
	}
	if e := wait(t, r); len(e.Result.Artifacts) != 2 || string(e.Result.Artifacts[0].Data) != "data" {
		t.Errorf("%+v", e.Result)
	}
	_, err = s.Repeat(t.Context(), bob, id, req)
	want(t, "another's", err, CodeNotFound)
	if err := os.RemoveAll(s.artifactDir(id)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Repeat(t.Context(), alice, id, req)
	want(t, "without the files", err, CodeNotFound)
	if err == nil || !strings.Contains(err.Error(), `its file "a.txt" is no longer kept`) {
		t.Errorf("it says %v", err)
	}
	req.Artifacts = ArtifactsKept
	if _, err = s.Repeat(t.Context(), alice, id, req); err != nil {
		t.Errorf("where nobody asked for the files: %v", err)
	}
}

func TestIdempotency(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	var n atomic.Int64
	fn := func() ([]byte, error) { return fmt.Appendf(nil, "answer %d", n.Add(1)), nil }
	slow := func() ([]byte, error) {
		time.Sleep(30 * time.Millisecond)
		return fn()
	}
	// Of many at once one does it, and all have its answer.
	var wg sync.WaitGroup
	var fresh atomic.Int64
	for range 10 {
		wg.Go(func() {
			b, replayed, err := s.Idempotent(ctx, alice, "k", "h", nil, slow)
			if err != nil || string(b) != "answer 1" {
				t.Errorf("%s %v", b, err)
			}
			if !replayed {
				fresh.Add(1)
			}
		})
	}
	wg.Wait()
	if fresh.Load() != 1 || n.Load() != 1 {
		t.Errorf("%d did it, %d times", fresh.Load(), n.Load())
	}
	_, _, err := s.Idempotent(ctx, alice, "k", "other", nil, fn)
	want(t, "another body", err, CodeConflict)
	if b, _, err := s.Idempotent(ctx, bob, "k", "other", nil, fn); err != nil || string(b) != "answer 2" {
		t.Errorf("another's key of the same name: %s %v", b, err)
	}
	for range 2 { // without a key nothing is kept
		if _, replayed, err := s.Idempotent(ctx, alice, "", "h", nil, fn); replayed || err != nil {
			t.Error("replayed without a key")
		}
	}
	failing := errf(CodeOverloaded, "later")
	_, _, err = s.Idempotent(ctx, alice, "f", "h", nil, func() ([]byte, error) { return nil, failing })
	want(t, "a failure", err, CodeOverloaded)
	if b, replayed, err := s.Idempotent(ctx, alice, "f", "h", nil, fn); err != nil || replayed || len(b) == 0 {
		t.Errorf("a failure is kept: %v", err)
	}
	_, _, err = s.Idempotent(ctx, alice, strings.Repeat("k", 256), "h", nil, fn)
	want(t, "a long key", err, CodeBadRequest)
	if len(s.busyKeys) != 0 {
		t.Error("keys are left")
	}
}
