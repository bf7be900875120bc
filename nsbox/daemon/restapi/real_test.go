package restapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// The calls that stand in the documents of the systems that nsbox follows, with
// host and port changed and nothing else. testdata/curl has one a file: the
// command, and what its answer must have.
func TestDocumentsCurlCalls(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	curl, err := exec.LookPath("curl")
	if err != nil {
		nstest.Skip(t, "curl is missing: run scripts/setup-host --test")
	}
	files, err := filepath.Glob("testdata/curl/*.sh")
	if err != nil || len(files) == 0 {
		t.Fatalf("no calls: %v", err)
	}
	token := tokensOf(t, s, "/api/v1/auth/login", `{"username":"user","password":"`+daemontest.Password+`"}`).Access
	host := strings.TrimPrefix(s.URL, "http://")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sh"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script := string(text)
			for _, h := range []string{"localhost:8000", "localhost:3000", "localhost:8080"} {
				script = strings.ReplaceAll(script, h, host)
			}
			// What a document leaves for its reader to fill in.
			script = strings.NewReplacer("YOUR_JWT_TOKEN", token, "user@example.com", "user", "secure_password", daemontest.Password).Replace(script)
			cmd := exec.CommandContext(t.Context(), "/bin/sh", "-e")
			cmd.Env = []string{"PATH=" + filepath.Dir(curl) + ":/usr/bin:/bin"}
			cmd.Stdin = strings.NewReader(script)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v: %s", err, errs.String())
			}
			var answer map[string]any
			if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
				t.Fatalf("%v: %s", err, out.String())
			}
			for _, line := range strings.Split(string(text), "\n") {
				want, ok := strings.CutPrefix(line, "# answer: ")
				if !ok {
					continue
				}
				name, value, _ := strings.Cut(want, " ")
				got, there := answer[name]
				if !there {
					t.Errorf("no %s in %s", name, out.String())
				} else if b, err := json.Marshal(got); value != "" && (err != nil || string(b) != value) {
					t.Errorf("%s is %s, not %s", name, b, value)
				}
			}
		})
	}
}

// What the shapes promise beside the calls of the documents, with real programs.
func TestShapesWithRealPrograms(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	for _, c := range []struct {
		name, path, body string
		want             []string
	}{
		{"YuuBox mends", "/execute", `{"code":"prin('hi')","language":"python"}`, []string{`"success":true`, `"stdout":"hi\n"`, `"iterations":2`, `"final_code":"print('hi')`, `"error_type":"NameError"`, `"line_number":1`}},
		{"YuuBox without healing", "/execute", `{"code":"x = 1\nprint(undefined)","language":"python","no_healing":true}`, []string{`"success":false`, `"iterations":1`, `"error_type":"NameError"`, `"line_number":2`, `"exit_code":1`}},
		{"Sandbox Executor's timeout", "/api/v1/execute", `{"code":"import time; time.sleep(30)","language":"python","timeout":1}`, []string{`"status":"timeout"`, `"error":"the program ran longer than 1 seconds"`}},
		{"SoulBox's timeout is in ms", "/api/v1/execute", `{"runtime":"python","code":"import time; time.sleep(30)","timeout":1000}`, []string{`"status":"timeout"`}},
		{"pybox prints and answers", "/run", `{"code":"print('noise')\nresult = {'sum': x + y, 'list': [1.5, None, True]}","input":{"x":2,"y":3}}`, []string{`"status":"ok"`, `"result":{"sum":5,"list":[1.5,null,true]}`, `"stdout":"noise\n"`, `"errmsg":null`, `"returncode":0`}},
		{"pybox: functions see variables", "/run", `{"code":"def f(n):\n    return n * factor\nresult = f(21)","input":{"factor":2}}`, []string{`"result":42`}},
		{"pybox: no result", "/run", `{"code":"pass"}`, []string{`"status":"ok"`, `"result":null`}},
		{"pybox: an exception", "/run", `{"code":"x = 1\nraise ValueError('boom')"}`, []string{`"status":"error"`, "ValueError: boom", `main.py\", line 2`, `"returncode":1`}},
		{"pybox: a syntax error", "/run", `{"code":"result = ("}`, []string{`"status":"error"`, "SyntaxError"}},
		{"pybox: no JSON", "/run", `{"code":"result = object()"}`, []string{`"status":"error"`, "can't be written as JSON"}},
		{"pybox: not a number", "/run", `{"code":"result = float('nan')"}`, []string{`"status":"error"`, "can't be written as JSON"}},
		{"pybox: an early end", "/run", `{"code":"import sys\nresult = 7\nsys.exit()"}`, []string{`"status":"ok"`, `"result":7`}},
		{"pybox: os._exit", "/run", `{"code":"import os\nos._exit(0)"}`, []string{`"status":"error"`, "before its variable result could be read"}},
		{"pybox: timeout", "/run", `{"code":"while True: pass","config":{"timeout":1.0}}`, []string{`"status":"timeout"`, `"returncode":null`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := s.Do(t, "user", "POST", c.path, c.body)
			if resp.StatusCode != 200 {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			for _, w := range c.want {
				if !strings.Contains(string(body), w) {
					t.Errorf("no %s in %s", w, body)
				}
			}
		})
	}
}

// A sandbox that lives on, through REST, from its making to its end.
func TestSandboxes(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	call := func(status int, method, path, body string, headers ...string) map[string]any {
		t.Helper()
		resp, b := s.Do(t, "user", method, path, body, headers...)
		if resp.StatusCode != status {
			t.Fatalf("%s %s: %d, not %d: %s", method, path, resp.StatusCode, status, b)
		}
		var v map[string]any
		if len(b) > 0 && strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
			if err := json.Unmarshal(b, &v); err != nil {
				t.Fatalf("%v: %s", err, b)
			}
		}
		return v
	}
	made := call(201, "POST", "/api/v1/sandboxes", `{"language":"python","ttl":"5m","name":"mine","memory":"128MiB"}`, "Idempotency-Key", "one")
	id, _ := made["id"].(string)
	if id == "" || made["state"] != "running" {
		t.Fatalf("made %v", made)
	}
	if again := call(201, "POST", "/api/v1/sandboxes", `{"language":"python","ttl":"5m","name":"mine","memory":"128MiB"}`, "Idempotency-Key", "one"); again["id"] != id {
		t.Errorf("a second sandbox under one key: %v", again["id"])
	}
	box := "/api/v1/sandboxes/" + id
	call(201, "PUT", box+"/files/data/in.txt", "from outside\n", "Content-Type", "application/octet-stream")
	run := call(200, "POST", box+"/exec", `{"code":"print(open('data/in.txt').read().upper(), end='')\nopen('out.txt','w').write('from inside')"}`)
	if run["stdout"] != "FROM OUTSIDE\n" {
		t.Errorf("the program wrote %v", run["stdout"])
	}
	resp, b := s.Do(t, "user", "GET", box+"/files/out.txt", "")
	if string(b) != "from inside" || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q %q", resp.StatusCode, b, resp.Header.Get("Content-Disposition"))
	}
	list := fmt.Sprint(call(200, "GET", box+"/files?recursive=true", "")["files"])
	for _, want := range []string{"data/in.txt", "out.txt"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %s in %s", want, list)
		}
	}
	call(201, "PUT", box+"/files/empty?type=dir", "")
	call(204, "DELETE", box+"/files/data?recursive=true", "")
	call(404, "GET", box+"/files/data/in.txt", "")

	// State between executions, in a session.
	call(200, "POST", box+"/exec", `{"code":"n = 41","session":"s"}`)
	if v := call(200, "POST", box+"/exec", `{"code":"print(n + 1)","session":"s"}`); v["stdout"] != "42\n" {
		t.Errorf("the session wrote %v", v["stdout"])
	}

	if v := call(200, "POST", box+"/pause", ""); v["state"] != "paused" {
		t.Errorf("state %v", v["state"])
	}
	call(409, "POST", box+"/exec", `{"code":"print(1)"}`)
	if v := call(200, "POST", box+"/resume", ""); v["state"] != "running" {
		t.Errorf("state %v", v["state"])
	}
	call(200, "POST", box+"/extend", `{"ttl":"10m"}`)

	// Events of a program in a sandbox, and somebody else's view of it.
	stream := openStream(t, s, t.Context(), "POST", box+"/exec", `{"code":"print('live')"}`, "X-API-Key", s.Keys["user"])
	var out string
	readEvents(t, stream.Body, func(ev event) bool {
		if ev.name == "stdout" {
			out += ev.data["data"].(string)
		}
		return true
	})
	if out != "live\n" {
		t.Errorf("streamed %q", out)
	}
	if resp, _ := s.Do(t, "operator", "GET", box, ""); resp.StatusCode != 200 {
		t.Errorf("the operator's view: %d", resp.StatusCode)
	}
	if resp, _ := s.Do(t, "viewer", "DELETE", box, ""); resp.StatusCode != 403 {
		t.Errorf("the viewer's end of it: %d", resp.StatusCode)
	}
	if v := call(200, "GET", "/api/v1/containers/"+id, ""); v["id"] != id {
		t.Errorf("as a container: %v", v)
	}
	call(204, "DELETE", "/api/v1/containers/"+id, "")
	if v := call(200, "GET", box, ""); v["state"] != "terminated" {
		t.Errorf("after its end: %v", v["state"])
	}
	call(404, "POST", box+"/exec", `{"code":"print(1)"}`)
}

// A file in directories, with a blank in its name, on its way out.
func TestArtifactsOfRealProgram(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	resp, b := s.Do(t, "user", "POST", "/api/v1/execute", `{"language":"python","code":"import os\nos.makedirs('a/b')\nopen('a/b/c d.txt','w').write('x'*10)","artifacts":true}`)
	if resp.StatusCode != 200 || !strings.Contains(string(b), `"path":"a/b/c d.txt"`) {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	resp, b = s.Do(t, "user", "GET", "/api/v1/executions/"+resp.Header.Get("X-Execution-ID")+"/artifacts/a/b/c%20d.txt", "")
	if resp.StatusCode != 200 || string(b) != "xxxxxxxxxx" {
		t.Errorf("%d %q", resp.StatusCode, b)
	}
}
