// Package storetest holds what every store must do. Each store's own tests run it.
package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// Run runs the suite. open makes a store that is empty.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"executions", executions}, {"query", query}, {"pages", pages}, {"stats", stats}, {"lost", lost}, {"prune", prune}, {"hostile text", hostileText},
		{"users", users}, {"keys", keys}, {"refresh", refresh}, {"idempotency", idempotency}, {"audit", auditLog},
		{"sandboxes", sandboxes}, {"settings", settings}, {"many at once", many}, {"closed", closed},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// base is a time that every database keeps exactly.
var base = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func at(minutes int) time.Time { return base.Add(time.Duration(minutes) * time.Minute) }

// must fails the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func isErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v; want %v", err, want)
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func execution(id string, change ...func(*store.Execution)) store.Execution {
	e := store.Execution{
		ID: id, OwnerID: "u1", OwnerName: "alice", Language: "python", State: store.StateRunning,
		CodeSHA256: strings.Repeat("ab", 32), Code: "print('Hello 100% _x_')", RequestID: "r-" + id, Created: base, Started: at(1),
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

func executions(t *testing.T, s store.Store) {
	ctx := t.Context()
	e := execution("01A")
	must(t, s.PutExecution(ctx, e))
	isErr(t, s.PutExecution(ctx, e), store.ErrExists)
	got, err := s.Execution(ctx, "01A")
	must(t, err)
	equal(t, got, e)

	code := 0
	e.State, e.Verdict, e.ExitCode, e.Finished = store.StateDone, "ok", &code, at(2)
	e.WallMS, e.CPUMS, e.Healed, e.Iterations, e.EventSeq = 12.5, 3.25, true, 2, 7
	e.Result, e.Text = []byte("{\"stdout\":\"\x00\xff\"}"), "out"
	must(t, s.UpdateExecution(ctx, e))
	got, err = s.Execution(ctx, "01A")
	must(t, err)
	e.Text = "" // is only searched
	equal(t, got, e)

	_, err = s.Execution(ctx, "nothing")
	isErr(t, err, store.ErrNotFound)
	isErr(t, s.UpdateExecution(ctx, execution("nothing")), store.ErrNotFound)
	must(t, s.Ping(ctx))
}

func ids(list []store.Execution) string {
	var out []string
	for _, e := range list {
		out = append(out, e.ID)
	}
	return strings.Join(out, " ")
}

func query(t *testing.T, s store.Store) {
	ctx := t.Context()
	for _, e := range []store.Execution{
		execution("01", func(e *store.Execution) { e.Text = "Traceback: KeyError" }),
		execution("02", func(e *store.Execution) { e.Language, e.Created = "go", at(1) }),
		execution("03", func(e *store.Execution) { e.OwnerID, e.Created, e.Batch = "u2", at(2), "b1" }),
		execution("04", func(e *store.Execution) { e.State, e.Verdict, e.Created = store.StateDone, "oom", at(3) }),
		execution("05", func(e *store.Execution) { e.Sandbox, e.Created, e.Code = "s1", at(4), `C:\temp ÄÖ` }),
	} {
		must(t, s.PutExecution(ctx, e))
	}
	for name, c := range map[string]struct {
		q    store.ExecutionQuery
		want string
	}{
		"all":                       {store.ExecutionQuery{}, "05 04 03 02 01"},
		"owner":                     {store.ExecutionQuery{OwnerID: "u2"}, "03"},
		"language":                  {store.ExecutionQuery{Language: "go"}, "02"},
		"verdict":                   {store.ExecutionQuery{Verdict: "oom"}, "04"},
		"state":                     {store.ExecutionQuery{State: store.StateDone}, "04"},
		"batch":                     {store.ExecutionQuery{Batch: "b1"}, "03"},
		"sandbox":                   {store.ExecutionQuery{Sandbox: "s1"}, "05"},
		"from is in":                {store.ExecutionQuery{From: at(3)}, "05 04"},
		"to is out":                 {store.ExecutionQuery{To: at(1)}, "01"},
		"between":                   {store.ExecutionQuery{From: at(1), To: at(3)}, "03 02"},
		"text in code":              {store.ExecutionQuery{Text: "hello"}, "04 03 02 01"},
		"text in output":            {store.ExecutionQuery{Text: "KEYERROR"}, "01"},
		"percent is a letter":       {store.ExecutionQuery{Text: "100%"}, "04 03 02 01"},
		"percent is no wildcard":    {store.ExecutionQuery{Text: "h%o"}, ""},
		"underscore is no wildcard": {store.ExecutionQuery{Text: "hell_"}, ""},
		"underscore is a letter":    {store.ExecutionQuery{Text: "_X_"}, "04 03 02 01"},
		"backslash is a letter":     {store.ExecutionQuery{Text: `C:\t`}, "05"},
		"quote is a letter":         {store.ExecutionQuery{Text: `'hello`}, "04 03 02 01"},
		"beyond ASCII":              {store.ExecutionQuery{Text: "äö"}, "05"},
		"several":                   {store.ExecutionQuery{OwnerID: "u1", Language: "python", Text: "hello", From: at(1)}, "04"},
		"nothing":                   {store.ExecutionQuery{Language: "cobol"}, ""},
	} {
		c.q.Limit = 100
		list, err := s.Executions(ctx, c.q)
		must(t, err)
		if got := ids(list); got != c.want {
			t.Errorf("%s: got %q; want %q", name, got, c.want)
		}
	}
	list, err := s.Executions(ctx, store.ExecutionQuery{Limit: 1})
	must(t, err)
	if list[0].Code != "" {
		t.Error("a list holds code that nobody asked for")
	}
	list, err = s.Executions(ctx, store.ExecutionQuery{Limit: 1, Results: true})
	must(t, err)
	if list[0].Code == "" {
		t.Error("the code that was asked for is not there")
	}
}

func pages(t *testing.T, s store.Store) {
	ctx := t.Context()
	for i := range 25 {
		must(t, s.PutExecution(ctx, execution(fmt.Sprintf("%03d", i))))
	}
	var seen []string
	q := store.ExecutionQuery{Limit: 7}
	for {
		list, err := s.Executions(ctx, q)
		must(t, err)
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			seen = append(seen, e.ID)
		}
		q.Before = list[len(list)-1].ID
		// What is made meanwhile is newer and comes on no later page.
		must(t, s.PutExecution(ctx, execution(fmt.Sprintf("9-%d", len(seen)))))
	}
	if len(seen) != 25 || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("the pages hold %v", seen)
	}
}

func stats(t *testing.T, s store.Store) {
	ctx := t.Context()
	st, err := s.ExecutionStats(ctx, store.ExecutionQuery{})
	must(t, err)
	equal(t, st, store.Stats{Verdicts: []store.Count{}, Languages: []store.Count{}, States: []store.Count{}})
	for i, verdict := range []string{"ok", "ok", "oom", ""} {
		must(t, s.PutExecution(ctx, execution(fmt.Sprint(i), func(e *store.Execution) {
			e.Verdict, e.WallMS, e.CPUMS, e.Healed = verdict, float64(10*i), 4, i == 1
			if verdict != "" {
				e.State = store.StateDone
			}
		})))
	}
	st, err = s.ExecutionStats(ctx, store.ExecutionQuery{Language: "python", Limit: 1, Before: "1"})
	must(t, err)
	equal(t, st, store.Stats{
		Executions: 4, Healed: 1, Verdicts: []store.Count{{Value: "ok", Count: 2}, {Value: "oom", Count: 1}},
		Languages: []store.Count{{Value: "python", Count: 4}}, States: []store.Count{{Value: "done", Count: 3}, {Value: "running", Count: 1}},
		AvgWallMS: 10, MaxWallMS: 30, AvgCPUMS: 4,
	})
}

func lost(t *testing.T, s store.Store) {
	ctx := t.Context()
	must(t, s.PutExecution(ctx, execution("1")))
	must(t, s.PutExecution(ctx, execution("2", func(e *store.Execution) { e.State = store.StateQueued })))
	must(t, s.PutExecution(ctx, execution("3", func(e *store.Execution) { e.State = store.StateDone })))
	list, err := s.LoseExecutions(ctx, at(9), "the daemon ended")
	must(t, err)
	if len(list) != 2 {
		t.Errorf("lost are %s", ids(list))
	}
	e, err := s.Execution(ctx, "2")
	must(t, err)
	if e.State != store.StateLost || e.Error != "the daemon ended" || !e.Finished.Equal(at(9)) {
		t.Errorf("%+v", e)
	}
	list, err = s.LoseExecutions(ctx, at(10), "again")
	must(t, err)
	if len(list) != 0 {
		t.Errorf("lost twice: %s", ids(list))
	}
}

func prune(t *testing.T, s store.Store) {
	ctx := t.Context()
	for i := range 10 {
		must(t, s.PutExecution(ctx, execution(fmt.Sprint(i), func(e *store.Execution) {
			e.Created, e.State = at(i), store.StateDone
			if i == 0 {
				e.State = store.StateRunning
			}
		})))
	}
	gone, err := s.PruneExecutions(ctx, at(4), 0, 2)
	must(t, err)
	if slices.Sort(gone); strings.Join(gone, " ") != "1 2" {
		t.Errorf("a bounded step took %v", gone)
	}
	gone, err = s.PruneExecutions(ctx, at(4), 4, 100)
	must(t, err)
	if slices.Sort(gone); strings.Join(gone, " ") != "3 4 5" {
		t.Errorf("by age and number went %v", gone)
	}
	list, err := s.Executions(ctx, store.ExecutionQuery{Limit: 100})
	must(t, err)
	if got := ids(list); got != "9 8 7 6 0" {
		t.Errorf("left are %s; what runs stays", got)
	}
}

// What users send is kept or made fit, and never an error or a command.
func hostileText(t *testing.T, s store.Store) {
	ctx := t.Context()
	nasty := "x\x00y\xff'; DROP TABLE executions; --$1"
	e := execution("1", func(e *store.Execution) {
		e.OwnerName, e.Code, e.Text, e.Error, e.RequestID = nasty, nasty, nasty, nasty, nasty
	})
	must(t, s.PutExecution(ctx, e))
	got, err := s.Execution(ctx, "1")
	must(t, err)
	if got.Code != nasty {
		t.Errorf("the code came back as %q", got.Code)
	}
	if !strings.Contains(got.Error, "DROP TABLE") {
		t.Errorf("the error came back as %q", got.Error)
	}
	list, err := s.Executions(ctx, store.ExecutionQuery{Text: nasty, Limit: 5})
	must(t, err)
	if len(list) != 1 {
		t.Error("it is not found by itself")
	}
	must(t, s.CreateUser(ctx, store.User{ID: "1", Name: nasty, Role: "user", Created: base, Updated: base}))
	_, err = s.UserByName(ctx, nasty)
	must(t, err)
	_, err = s.Key(ctx, nasty)
	isErr(t, err, store.ErrNotFound)
}

func users(t *testing.T, s store.Store) {
	ctx := t.Context()
	u := store.User{ID: "1", Name: "alice", Role: "user", PasswordHash: "$argon2id$x", Created: base, Updated: base}
	must(t, s.CreateUser(ctx, u))
	isErr(t, s.CreateUser(ctx, store.User{ID: "2", Name: "alice"}), store.ErrExists)
	must(t, s.CreateUser(ctx, store.User{ID: "2", Name: "Alice", Role: "viewer", Created: base, Updated: base}))
	got, err := s.UserByName(ctx, "alice")
	must(t, err)
	equal(t, got, u)
	u.Role, u.Disabled, u.PasswordHash, u.Updated = "admin", true, "", at(1)
	must(t, s.UpdateUser(ctx, u))
	got, err = s.User(ctx, "1")
	must(t, err)
	equal(t, got, u)
	list, err := s.Users(ctx)
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d users", len(list))
	}
	must(t, s.CreateKey(ctx, store.Key{ID: "k", OwnerID: "1", Created: base}))
	must(t, s.CreateRefresh(ctx, store.RefreshToken{Hash: "h", Family: "f", UserID: "1", Created: base, Expires: at(1)}))
	must(t, s.DeleteUser(ctx, "1"))
	_, err = s.User(ctx, "1")
	isErr(t, err, store.ErrNotFound)
	_, err = s.Key(ctx, "k")
	isErr(t, err, store.ErrNotFound)
	_, err = s.UseRefresh(ctx, "h", base)
	isErr(t, err, store.ErrNotFound)
	isErr(t, s.DeleteUser(ctx, "1"), store.ErrNotFound)
	isErr(t, s.UpdateUser(ctx, u), store.ErrNotFound)
}

func keys(t *testing.T, s store.Store) {
	ctx := t.Context()
	k := store.Key{ID: "k1", OwnerID: "1", OwnerName: "alice", Role: "user", Name: "ci", Hash: "h", Created: base, Expires: at(5)}
	must(t, s.CreateKey(ctx, k))
	isErr(t, s.CreateKey(ctx, k), store.ErrExists)
	must(t, s.CreateKey(ctx, store.Key{ID: "k2", OwnerID: "2", Created: at(1)}))
	must(t, s.TouchKey(ctx, "k1", at(1)))
	must(t, s.RevokeKey(ctx, "k1", at(2)))
	must(t, s.RevokeKey(ctx, "k1", at(3)))
	k.LastUsed, k.Revoked = at(1), at(2)
	got, err := s.Key(ctx, "k1")
	must(t, err)
	equal(t, got, k)
	for owner, want := range map[string]int{"": 2, "1": 1, "3": 0} {
		list, err := s.Keys(ctx, owner)
		must(t, err)
		if len(list) != want {
			t.Errorf("owner %q has %d keys", owner, len(list))
		}
	}
	isErr(t, s.RevokeKey(ctx, "nothing", base), store.ErrNotFound)
	_, err = s.Key(ctx, "nothing")
	isErr(t, err, store.ErrNotFound)
}

func refresh(t *testing.T, s store.Store) {
	ctx := t.Context()
	for _, h := range []string{"a", "b"} {
		must(t, s.CreateRefresh(ctx, store.RefreshToken{Hash: h, Family: "f", UserID: "u", Created: base, Expires: at(10)}))
	}
	// Of many who come at once one finds it unused.
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range 8 {
		wg.Go(func() {
			got, err := s.UseRefresh(ctx, "a", at(1))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if got.Used.IsZero() {
				fresh++
			}
		})
	}
	wg.Wait()
	if fresh != 1 {
		t.Errorf("%d found the token unused", fresh)
	}
	must(t, s.RevokeFamily(ctx, "f", at(2)))
	got, err := s.UseRefresh(ctx, "b", at(3))
	must(t, err)
	if !got.Revoked.Equal(at(2)) || !got.Used.IsZero() {
		t.Errorf("%+v", got)
	}
	must(t, s.CreateRefresh(ctx, store.RefreshToken{Hash: "c", Family: "g", UserID: "u", Created: base, Expires: at(20)}))
	must(t, s.RevokeUser(ctx, "u", at(4)))
	must(t, s.PruneRefresh(ctx, at(15)))
	_, err = s.UseRefresh(ctx, "b", at(5))
	isErr(t, err, store.ErrNotFound)
	got, err = s.UseRefresh(ctx, "c", at(5))
	must(t, err)
	if got.Revoked.IsZero() {
		t.Error("the user's tokens are not revoked")
	}
}

func idempotency(t *testing.T, s store.Store) {
	ctx := t.Context()
	i := store.Idempotent{Owner: "u", Key: "k", BodyHash: "h", Created: base}
	_, err := s.BeginIdempotent(ctx, i)
	must(t, err)
	other := i
	other.BodyHash = "other"
	got, err := s.BeginIdempotent(ctx, other)
	isErr(t, err, store.ErrExists)
	equal(t, got, i)
	must(t, s.FinishIdempotent(ctx, "u", "k", []byte("answer\x00")))
	got, err = s.BeginIdempotent(ctx, i)
	isErr(t, err, store.ErrExists)
	i.Done, i.Response = true, []byte("answer\x00")
	equal(t, got, i)
	_, err = s.BeginIdempotent(ctx, store.Idempotent{Owner: "another", Key: "k", BodyHash: "h", Created: base})
	must(t, err)
	must(t, s.PruneIdempotent(ctx, base, true)) // forgets what no answer came to
	_, err = s.BeginIdempotent(ctx, store.Idempotent{Owner: "another", Key: "k", BodyHash: "h2", Created: base})
	must(t, err)
	must(t, s.DropIdempotent(ctx, "another", "k"))
	_, err = s.BeginIdempotent(ctx, store.Idempotent{Owner: "another", Key: "k", BodyHash: "h3", Created: at(1)})
	must(t, err)
	must(t, s.PruneIdempotent(ctx, at(1), false))
	_, err = s.BeginIdempotent(ctx, i)
	must(t, err) // pruned
	isErr(t, s.FinishIdempotent(ctx, "u", "nothing", nil), store.ErrNotFound)
}

func auditLog(t *testing.T, s store.Store) {
	ctx := t.Context()
	var list []store.AuditRecord
	for i := range 5 {
		list = append(list, store.AuditRecord{
			Seq: int64(i + 1), Time: at(i), Actor: "alice", ActorID: "u", Addr: "127.0.0.1", Action: "execute", Target: fmt.Sprint(i),
			Outcome: "ok", Detail: `{"a":1}`, Prev: "p", Hash: "h",
		})
	}
	list[2].Action = "login"
	must(t, s.AppendAudit(ctx, list...))
	isErr(t, s.AppendAudit(ctx, store.AuditRecord{Seq: 9, Time: base}, list[0]), store.ErrExists)
	got, err := s.Audit(ctx, store.AuditQuery{Limit: 10})
	must(t, err)
	slices.Reverse(list)
	equal(t, got, list)
	got, err = s.Audit(ctx, store.AuditQuery{Action: "execute", Before: 4, From: at(1), Limit: 10})
	must(t, err)
	if len(got) != 1 || got[0].Seq != 2 {
		t.Errorf("%+v", got)
	}
	must(t, s.PruneAudit(ctx, at(3)))
	got, err = s.Audit(ctx, store.AuditQuery{Limit: 10})
	must(t, err)
	if len(got) != 2 {
		t.Errorf("%d are left", len(got))
	}
}

func sandboxes(t *testing.T, s store.Store) {
	ctx := t.Context()
	b := store.Sandbox{
		ID: "1", OwnerID: "u", OwnerName: "alice", Name: "mine", Language: "python", State: "running", Persistent: true,
		Spec: []byte("{}"), Created: base, Expires: at(60),
	}
	must(t, s.PutSandbox(ctx, b))
	must(t, s.PutSandbox(ctx, store.Sandbox{ID: "2", OwnerID: "v", State: "running", Created: at(1)}))
	b.State, b.Expires = "paused", at(90)
	must(t, s.PutSandbox(ctx, b))
	got, err := s.Sandbox(ctx, "1")
	must(t, err)
	equal(t, got, b)
	b.State, b.Ended, b.Error = "terminated", at(2), "its time was over"
	must(t, s.PutSandbox(ctx, b))
	for _, c := range []struct {
		owner string
		live  bool
		want  int
	}{{"", false, 2}, {"", true, 1}, {"u", false, 1}, {"u", true, 0}} {
		list, err := s.Sandboxes(ctx, c.owner, c.live)
		must(t, err)
		if len(list) != c.want {
			t.Errorf("%+v: got %d", c, len(list))
		}
	}
	must(t, s.PruneSandboxes(ctx, at(3)))
	_, err = s.Sandbox(ctx, "1")
	isErr(t, err, store.ErrNotFound)
	_, err = s.Sandbox(ctx, "2")
	must(t, err)
}

func settings(t *testing.T, s store.Store) {
	ctx := t.Context()
	_, err := s.Setting(ctx, "limits")
	isErr(t, err, store.ErrNotFound)
	must(t, s.SetSetting(ctx, "limits", "{}"))
	must(t, s.SetSetting(ctx, "limits", `{"a":1}`))
	got, err := s.Setting(ctx, "limits")
	must(t, err)
	equal(t, got, `{"a":1}`)
}

// Changes that share a transaction have each their own outcome.
func many(t *testing.T, s store.Store) {
	ctx := t.Context()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			id := fmt.Sprintf("%03d", i/2) // each twice
			err := s.PutExecution(ctx, execution(id))
			if err != nil && !errors.Is(err, store.ErrExists) {
				t.Error(err)
			}
			e := execution(id)
			e.State = store.StateDone
			if err := s.UpdateExecution(ctx, e); err != nil {
				t.Error(err)
			}
			if _, err := s.Execution(ctx, id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	st, err := s.ExecutionStats(ctx, store.ExecutionQuery{State: store.StateDone})
	must(t, err)
	if st.Executions != 100 {
		t.Errorf("%d executions are done", st.Executions)
	}
}

func closed(t *testing.T, s store.Store) {
	must(t, s.Close())
	if err := s.PutExecution(t.Context(), execution("1")); err == nil {
		t.Error("a closed store takes executions")
	}
}
