package compat_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// A request of each system, as its documents have it, and what it means here.
func TestRequests(t *testing.T) {
	type request interface {
		Request() (service.ExecuteRequest, error)
	}
	for _, c := range []struct {
		name string
		body string
		into request
		want service.ExecuteRequest
	}{
		{
			"YuuBox", `{"code":"print(hello_world)","language":"python","max_iterations":5,"timeout":60,"memory_mb":256}`, &compat.YuuBoxRequest{},
			service.ExecuteRequest{Code: "print(hello_world)", Language: "python", Heal: yes(), MaxIterations: 5, Timeout: nsbox.Duration(time.Minute), Memory: 256 * nsbox.MiB},
		},
		{
			"YuuBox without healing", `{"code":"x","language":"go","no_healing":true,"max_iterations":3}`, &compat.YuuBoxRequest{},
			service.ExecuteRequest{Code: "x", Language: "go", Heal: no()},
		},
		{
			"YuuBox with nulls", `{"code":"x","language":"go","timeout":null,"memory_mb":null,"max_iterations":null}`, &compat.YuuBoxRequest{},
			service.ExecuteRequest{Code: "x", Language: "go", Heal: yes()},
		},
		{
			"SoulBox", `{"runtime":"python","code":"print('Hello World')","timeout":5000,"memory_limit":256,"cpu_limit":0.5}`, &compat.SoulBoxRequest{},
			service.ExecuteRequest{Code: "print('Hello World')", Language: "python", Timeout: nsbox.Duration(5 * time.Second), Memory: 256 * nsbox.MiB, CPUs: 0.5},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := web.Decode([]byte(c.body), c.into); err != nil {
				t.Fatal(err)
			}
			got, err := c.into.Request()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestRequestsRefused(t *testing.T) {
	for _, c := range []struct {
		body string
		into interface {
			Request() (service.ExecuteRequest, error)
		}
		want string
	}{
		{`{"code":"x","language":"go","timeout":-1}`, &compat.YuuBoxRequest{}, "timeout is -1; it is a number of seconds above 0"},
		{`{"code":"x","language":"go","memory_mb":0}`, &compat.YuuBoxRequest{}, "memory_mb is 0; it is a number of megabytes above 0"},
		{`{"code":"x","language":"go","max_iterations":0}`, &compat.YuuBoxRequest{}, "max_iterations is 0; allowed are 1 to 10"},
		{`{"runtime":"go","code":"x","timeout":0}`, &compat.SoulBoxRequest{}, "timeout is 0; with runtime it is a number of milliseconds above 0"},
		{`{"runtime":"go","code":"x","cpu_limit":-2}`, &compat.SoulBoxRequest{}, "cpu_limit is -2; it is a number of processors above 0"},
		{`{"code":"result=1","config":{"network_disabled":false}}`, &compat.PyboxRequest{}, "network_disabled is false; programs have no network here"},
		{`{"code":""}`, &compat.PyboxRequest{}, `"code" is missing or empty; send a Python program`},
		{`{"code":"result=1","input":{"__name__":1}}`, &compat.PyboxRequest{}, `input "__name__" is no name for a variable`},
	} {
		if err := web.Decode([]byte(c.body), c.into); err != nil {
			t.Errorf("%s: %v", c.body, err)
			continue
		}
		if _, err := c.into.Request(); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, not %s", c.body, err, c.want)
		}
	}
}

func TestIsSoulBox(t *testing.T) {
	for body, want := range map[string]bool{
		`{"runtime":"python","code":"x"}`:                true,
		`{"language":"python","code":"x"}`:               false,
		`{"language":"python","runtime":"x","code":"x"}`: false, // the native reader names the stranger
		`{"code":"runtime"}`:                             false,
		`{"language":"c","files":[{"name":"runtime"}]}`:  false,
		`not JSON`: false,
	} {
		if got := compat.IsSoulBox([]byte(body)); got != want {
			t.Errorf("IsSoulBox(%s) = %v", body, got)
		}
	}
}

func TestPyboxRequest(t *testing.T) {
	var r compat.PyboxRequest
	body := `{"code":"result = x + y","input":{"x":2,"y":12345678901234567890123},"config":{"timeout":3.0,"memory":"128m","pids_limit":32,"image":"pybox:latest","network_disabled":true}}`
	if err := web.Decode([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	req, err := r.Request()
	if err != nil {
		t.Fatal(err)
	}
	if req.Timeout != nsbox.Duration(3*time.Second) {
		t.Errorf("timeout %s", req.Timeout)
	}
	if req.Memory != 128*nsbox.MiB {
		t.Errorf("memory %s", req.Memory)
	}
	if req.Pids != 32 {
		t.Errorf("pids %d", req.Pids)
	}
	var input string
	for _, f := range req.Files {
		if strings.HasSuffix(f.Name, "input.json") {
			input = f.Content
		}
	}
	if input != `{"x":2,"y":12345678901234567890123}` {
		t.Errorf("input %s: a number has changed on its way", input)
	}
}

// Answers have exactly the fields that the systems' clients look for.
func TestAnswers(t *testing.T) {
	failed := nsbox.Result{
		ID: "01X", Language: "python", Verdict: nsbox.NonZero, ExitCode: 1, Iterations: 2, FinalCode: "fixed", Stage: nsbox.StageRun,
		Stderr: []byte("Traceback\nNameError: name 'prin' is not defined\n"), Usage: nsbox.Usage{WallMS: 12.5, MemoryPeakBytes: 3 << 20},
		Attempts: []nsbox.Attempt{
			{Iteration: 1, Diagnosis: nsbox.Diagnosis{Type: "NameError", Message: "name 'prin' is not defined", Line: 3}},
			{Iteration: 1, Diagnosis: nsbox.Diagnosis{Type: "NameError", Message: "again"}},
			{Iteration: 2, Diagnosis: nsbox.Diagnosis{Type: "TypeError", Message: "no"}},
		},
	}
	timeout := nsbox.Result{Verdict: nsbox.WallTimeout, Limit: &nsbox.LimitHit{Name: "timeout", Value: 3000}}
	value := nsbox.Result{Verdict: nsbox.OK, Stdout: []byte("hi\n"), Artifacts: []nsbox.Artifact{{Path: ".pybox/result.json", Data: []byte(`{"a":[1,2]}`)}}}
	for _, c := range []struct {
		name   string
		answer any
		want   string
	}{
		{"YuuBox", compat.NewYuuBoxAnswer("main.py", "code", failed, 1500*time.Millisecond, nil), `{"success":false,"stdout":"","stderr":"Traceback\nNameError: name 'prin' is not defined\n","exit_code":1,"iterations":2,"execution_time":1.5,"final_code":"fixed","error_history":[{"error_type":"NameError","error_message":"name 'prin' is not defined","iteration":1,"line_number":3},{"error_type":"TypeError","error_message":"no","iteration":2,"line_number":null}]}`},
		{"YuuBox timeout", compat.NewYuuBoxAnswer("main.py", "code", timeout, time.Second, nil), `{"success":false,"stdout":"","stderr":"","exit_code":0,"iterations":0,"execution_time":1,"final_code":"code","error_history":[{"error_type":"wall_timeout","error_message":"the program ran longer than 3 seconds","iteration":1,"line_number":null}]}`},
		{"pybox", compat.NewPyboxAnswer(value, time.Second), `{"status":"ok","result":{"a":[1,2]},"stdout":"hi\n","errmsg":null,"returncode":0,"duration":1}`},
		{"pybox error", compat.NewPyboxAnswer(failed, time.Second), `{"status":"error","result":null,"stdout":"","errmsg":"Traceback\nNameError: name 'prin' is not defined","returncode":1,"duration":1}`},
		{"pybox timeout", compat.NewPyboxAnswer(timeout, time.Second), `{"status":"timeout","result":null,"stdout":"","errmsg":"Execution timed out","returncode":null,"duration":1}`},
		{"pybox without a result", compat.NewPyboxAnswer(nsbox.Result{Verdict: nsbox.OK}, 0), `{"status":"error","result":null,"stdout":"","errmsg":"the program ended before its variable result could be read","returncode":0,"duration":0}`},
	} {
		got, err := json.Marshal(c.answer)
		if err != nil {
			t.Fatal(err)
		}
		if unescape(got) != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.name, got, c.want)
		}
	}

	var both map[string]any
	b, err := json.Marshal(compat.NewAnswer(failed))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &both); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"execution_id": "01X", "status": "error", "execution_time_ms": 12.5, "memory_used_mb": 3.0, "exit_code": 1.0,
		"error": "NameError: name 'prin' is not defined", "id": "01X", "verdict": "nonzero", "output": "",
	} {
		if both[name] != want {
			t.Errorf("%s is %v, not %v", name, both[name], want)
		}
	}
}

func unescape(b []byte) string {
	return strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(b))
}

// No name of the native result is taken by the fields beside it.
func TestAnswerHasNoNameTwice(t *testing.T) {
	native, err := json.Marshal(nsbox.Result{})
	if err != nil {
		t.Fatal(err)
	}
	extra, err := json.Marshal(compat.Extra{})
	if err != nil {
		t.Fatal(err)
	}
	var a, b map[string]any
	if json.Unmarshal(native, &a) != nil || json.Unmarshal(extra, &b) != nil {
		t.Fatal("no JSON")
	}
	for name := range b {
		if _, twice := a[name]; twice {
			t.Errorf("%s is in both", name)
		}
	}
}

func TestSoulBoxMessages(t *testing.T) {
	m, err := compat.ParseSoulBoxMessage([]byte(`{"type":"execute","runtime":"python","code":"x","session_id":"s1"}`))
	if err != nil {
		t.Fatal(err)
	}
	if m.Accepted("01X") != nil {
		t.Error("SoulBox has no message for this")
	}
	if got := m.Event(nsbox.Event{Type: nsbox.EventStart}); got != nil {
		t.Errorf("SoulBox has no message for this: %v", got)
	}
	for _, c := range []struct {
		ev   nsbox.Event
		want map[string]any
	}{
		{nsbox.Event{Type: nsbox.EventStdout, Data: []byte("0\n")}, map[string]any{"type": "output", "output": "0\n", "session_id": "s1", "stream": "stdout"}},
		{nsbox.Event{Type: nsbox.EventExit, Result: &nsbox.Result{Verdict: nsbox.OK}}, map[string]any{"type": "complete", "output": "", "session_id": "s1", "status": "completed", "exit_code": 0.0}},
		{nsbox.Event{Type: nsbox.EventError, Error: "broken"}, map[string]any{"type": "error", "output": "", "session_id": "s1", "error": "broken"}},
	} {
		b, err := json.Marshal(m.Event(c.ev))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for k, v := range c.want {
			if got[k] != v {
				t.Errorf("%s: %s is %v, not %v", b, k, got[k], v)
			}
		}
	}
}
