package restapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// call is one request of the table, and what comes of it.
type call struct {
	name    string
	as      string // role whose key is sent, or ""
	method  string
	path    string
	body    string
	headers []string
	status  int
	// want are parts of the answer's body.
	want []string
}

const hello = `{"language":"python","code":"print hello"}`

// The placeholders of the table's paths.
const (
	mine  = "{mine}"  // an execution of user's, done
	other = "{other}" // an execution of operator's, done
	batch = "{batch}"
	key   = "{key}" // a key of user's
)

var table = []call{
	// Running programs.
	{"execute", "user", "POST", "/api/v1/execute", hello, nil, 200, []string{`"verdict":"ok"`, `"stdout":"hello\n"`, `"status":"success"`, `"execution_id":`}},
	{"execute: SoulBox's shape", "user", "POST", "/api/v1/execute", `{"runtime":"python","code":"print hello","timeout":5000,"memory_limit":128,"cpu_limit":0.5}`, nil, 200, []string{`"output":"hello\n"`}},
	{"execute: a program's failure is none of the request's", "user", "POST", "/api/v1/execute", `{"language":"python","code":"exit 3"}`, nil, 200, []string{`"verdict":"nonzero"`, `"exit_code":3`, `"status":"error"`}},
	{"execute: detached", "user", "POST", "/api/v1/execute", `{"language":"python","code":"print x","detach":true}`, nil, 202, []string{`"id":`, `"state":`}},
	{"execute: not JSON", "user", "POST", "/api/v1/execute", `print(1)`, nil, 400, []string{`"code":"bad_request"`, "the body is not JSON"}},
	{"execute: empty", "user", "POST", "/api/v1/execute", ``, nil, 400, []string{"the body is empty"}},
	{"execute: unknown field", "user", "POST", "/api/v1/execute", `{"langauge":"python","code":"x"}`, nil, 400, []string{`did you mean \"language\"?`}},
	{"execute: no program", "user", "POST", "/api/v1/execute", `{"language":"python"}`, nil, 400, []string{"there is no program"}},
	{"execute: unknown language", "user", "POST", "/api/v1/execute", `{"language":"pyhton","code":"x"}`, nil, 422, []string{`"code":"unprocessable"`, "python"}},
	{"execute: too many iterations", "user", "POST", "/api/v1/execute", `{"language":"python","code":"x","max_iterations":99}`, nil, 422, []string{"1 to 10"}},
	{"execute: bad file name", "user", "POST", "/api/v1/execute", `{"language":"python","code":"x","files":[{"name":"../up","content":""}]}`, nil, 400, []string{"relative to /workspace"}},
	{"execute: too large", "user", "POST", "/api/v1/execute", `{"language":"python","code":"` + strings.Repeat("x", 70<<10) + `"}`, nil, 413, []string{`"code":"too_large"`, "64KiB"}},
	{"execute: nobody", "", "POST", "/api/v1/execute", hello, nil, 401, []string{`"code":"unauthenticated"`}},
	{"execute: a wrong key", "", "POST", "/api/v1/execute", hello, []string{"X-API-Key", "nsb_x"}, 401, []string{`"code":"unauthenticated"`}},
	{"execute: viewer", "viewer", "POST", "/api/v1/execute", hello, nil, 403, []string{`"code":"forbidden"`}},
	{"execute: foreign page", "user", "POST", "/api/v1/execute", hello, []string{"Origin", "https://evil.example"}, 403, []string{"may not call this daemon"}},
	{"execute: rebound name", "user", "POST", "/api/v1/execute", hello, []string{"Host", "evil.example"}, 403, []string{"host name"}},
	{"execute: wrong method", "user", "GET", "/api/v1/execute", "", nil, 405, []string{`"code":"method_not_allowed"`, "takes POST"}},
	{"execute: nsbox's failure", "user", "POST", "/api/v1/execute", `{"language":"python","code":"fail pivot_root: operation not permitted"}`, nil, 500, []string{`"code":"internal"`}},
	{"execute: a mistake in nsbox", "user", "POST", "/api/v1/execute", `{"language":"python","code":"panic"}`, nil, 500, []string{`"code":"internal"`, "the server's log says how"}},
	{"execute: the helper's end", "user", "POST", "/api/v1/execute", `{"language":"python","code":"lose"}`, nil, 503, []string{`"code":"unavailable"`, `"detail":"the helper ended in the middle of the execution"`, `"retry_after":`}},
	{"execute: the helper's end, streamed", "user", "POST", "/api/v1/execute", `{"language":"python","code":"print x\nlose"}`, []string{"Accept", "text/event-stream"}, 200, []string{`"error":"the helper ended in the middle of the execution","code":"unavailable"`}},
	{"YuuBox: the helper's end", "user", "POST", "/execute", `{"language":"python","code":"lose"}`, nil, 503, []string{`"code":"unavailable"`}},

	{"batch", "user", "POST", "/api/v1/batches", `{"executions":[` + hello + `,` + hello + `]}`, nil, 202, []string{`"executions":[`}},
	{"batch: empty", "user", "POST", "/api/v1/batches", `{"executions":[]}`, nil, 400, []string{"write 1 to"}},
	{"batch: too many", "user", "POST", "/api/v1/batches", `{"executions":[` + strings.Repeat(hello+",", 4) + hello + `]}`, nil, 413, []string{`"code":"too_large"`}},
	{"batch: one is wrong", "user", "POST", "/api/v1/batches", `{"executions":[` + hello + `,{"language":"none","code":"x"}]}`, nil, 422, []string{"executions[1]"}},
	{"batch: nobody", "", "POST", "/api/v1/batches", `{"executions":[` + hello + `]}`, nil, 401, nil},
	{"batch: viewer", "viewer", "POST", "/api/v1/batches", `{"executions":[` + hello + `]}`, nil, 403, nil},
	{"batch: ask", "user", "GET", "/api/v1/batches/" + batch, "", nil, 200, []string{`"id":"` + batch}},
	{"batch: of nobody", "user", "GET", "/api/v1/batches/none", "", nil, 404, []string{`"code":"not_found"`}},
	{"batch: ask as nobody", "", "GET", "/api/v1/batches/" + batch, "", nil, 401, nil},

	// The history.
	{"list", "user", "GET", "/api/v1/executions?limit=2&verdict=ok", "", nil, 200, []string{`"executions":[`, `"next":`}},
	{"list: search", "user", "GET", "/api/v1/executions?q=hello&language=py", "", nil, 200, []string{mine}},
	{"list: others' work", "user", "GET", "/api/v1/executions?owner=somebody", "", nil, 403, []string{`"code":"forbidden"`}},
	{"list: viewer sees all", "viewer", "GET", "/api/v1/executions?limit=500", "", nil, 200, []string{mine, other}},
	{"list: limit too high", "user", "GET", "/api/v1/executions?limit=501", "", nil, 422, []string{"limit: expected number <= 500"}},
	{"list: limit no number", "user", "GET", "/api/v1/executions?limit=many", "", nil, 422, []string{"limit: invalid integer"}},
	{"list: no such state", "user", "GET", "/api/v1/executions?state=odd", "", nil, 422, []string{"state: "}},
	{"list: no time", "user", "GET", "/api/v1/executions?from=yesterday", "", nil, 422, []string{"from: "}},
	{"list: wrong cursor", "user", "GET", "/api/v1/executions?cursor=x", "", nil, 400, []string{"cursor"}},
	{"list: nobody", "", "GET", "/api/v1/executions", "", nil, 401, nil},
	{"get", "user", "GET", "/api/v1/executions/" + mine, "", nil, 200, []string{`"result":{`, `"stdout":"hello\n"`}},
	{"get: unknown", "user", "GET", "/api/v1/executions/none", "", nil, 404, []string{`"code":"not_found"`}},
	{"get: others'", "user", "GET", "/api/v1/executions/" + other, "", nil, 404, []string{`"code":"not_found"`}},
	{"get: operator", "operator", "GET", "/api/v1/executions/" + mine, "", nil, 200, nil},
	{"get: nobody", "", "GET", "/api/v1/executions/" + mine, "", nil, 401, nil},
	{"events", "user", "GET", "/api/v1/executions/" + mine + "/events", "", nil, 200, []string{"id: 1\nevent: start\ndata: {", "event: exit\n"}},
	{"events: resumed", "user", "GET", "/api/v1/executions/" + mine + "/events", "", []string{"Last-Event-ID", "2"}, 200, []string{"id: 3\n"}},
	{"events: no number", "user", "GET", "/api/v1/executions/" + mine + "/events?after=x", "", nil, 422, []string{"after: invalid integer"}},
	{"events: others'", "user", "GET", "/api/v1/executions/" + other + "/events", "", nil, 404, nil},
	{"events: nobody", "", "GET", "/api/v1/executions/" + mine + "/events", "", nil, 401, nil},
	{"artifact", "user", "GET", "/api/v1/executions/" + mine + "/artifacts/out/a.html", "", nil, 200, []string{"<b>"}},
	{"artifact: unknown", "user", "GET", "/api/v1/executions/" + mine + "/artifacts/b.html", "", nil, 404, []string{`"code":"not_found"`}},
	{"artifact: up", "user", "GET", "/api/v1/executions/" + mine + "/artifacts/..%2f..%2fetc%2fpasswd", "", nil, 404, nil},
	{"artifact: others'", "user", "GET", "/api/v1/executions/" + other + "/artifacts/out/a.html", "", nil, 404, nil},
	{"artifact: nobody", "", "GET", "/api/v1/executions/" + mine + "/artifacts/out/a.html", "", nil, 401, nil},
	{"cancel", "user", "DELETE", "/api/v1/executions/" + mine, "", nil, 200, []string{`"state":"done"`}},
	{"cancel: others'", "user", "DELETE", "/api/v1/executions/" + other, "", nil, 404, nil},
	{"cancel: viewer", "viewer", "DELETE", "/api/v1/executions/" + mine, "", nil, 403, nil},
	{"cancel: nobody", "", "DELETE", "/api/v1/executions/" + mine, "", nil, 401, nil},

	// Access.
	{"login", "", "POST", "/api/v1/auth/login", `{"username":"user","password":"` + daemontest.Password + `"}`, nil, 200, []string{`"access_token":"`, `"refresh_token":"`, `"token":"`, `"token_type":"Bearer"`}},
	{"login: wrong password", "", "POST", "/api/v1/auth/login", `{"username":"user","password":"x"}`, nil, 401, []string{"the name or the password is wrong"}},
	{"login: unknown user", "", "POST", "/api/v1/auth/login", `{"username":"nobody","password":"x"}`, nil, 401, []string{"the name or the password is wrong"}},
	{"login: unknown field", "", "POST", "/api/v1/auth/login", `{"user":"user","password":"x"}`, nil, 400, []string{"there is no field"}},
	{"refresh: no such token", "", "POST", "/api/v1/auth/refresh", `{"refresh_token":"x"}`, nil, 401, []string{"log in again"}},
	{"refresh: no JSON", "", "POST", "/api/v1/auth/refresh", `x`, nil, 400, nil},
	{"logout", "", "POST", "/api/v1/auth/logout", `{"refresh_token":"x"}`, nil, 204, nil},
	{"me", "operator", "GET", "/api/v1/auth/me", "", nil, 200, []string{`"role":"operator"`, `"anonymous":false`}},
	{"me: nobody", "", "GET", "/api/v1/auth/me", "", nil, 401, nil},
	{"key", "user", "POST", "/api/v1/keys", `{"name":"ci","ttl":"24h"}`, nil, 201, []string{`"key":"`, `"expires":"`}},
	{"key: more than one's own role", "user", "POST", "/api/v1/keys", `{"name":"ci","role":"admin"}`, nil, 403, nil},
	{"key: no such role", "user", "POST", "/api/v1/keys", `{"name":"ci","role":"king"}`, nil, 422, []string{"role"}},
	{"key: bad ttl", "user", "POST", "/api/v1/keys", `{"name":"ci","ttl":"long"}`, nil, 400, []string{"is not a duration"}},
	{"key: viewer", "viewer", "POST", "/api/v1/keys", `{"name":"ci"}`, nil, 403, nil},
	{"key: nobody", "", "POST", "/api/v1/keys", `{"name":"ci"}`, nil, 401, nil},
	{"keys", "user", "GET", "/api/v1/keys", "", nil, 200, []string{key}},
	{"keys: everybody's", "user", "GET", "/api/v1/keys?all=true", "", nil, 403, nil},
	{"keys: everybody's, admin", "admin", "GET", "/api/v1/keys?all=true", "", nil, 200, []string{key}},
	{"revoke: others'", "operator", "DELETE", "/api/v1/keys/" + key, "", nil, 404, nil},
	{"revoke: nobody", "", "DELETE", "/api/v1/keys/" + key, "", nil, 401, nil},
	{"revoke", "user", "DELETE", "/api/v1/keys/" + key, "", nil, 204, nil},
	{"revoke: unknown", "user", "DELETE", "/api/v1/keys/none", "", nil, 404, nil},

	// Administration.
	{"user", "admin", "POST", "/api/v1/users", `{"name":"ada","role":"user","password":"` + daemontest.Password + `"}`, nil, 201, []string{`"name":"ada"`, `"has_password":true`}},
	{"user: twice", "admin", "POST", "/api/v1/users", `{"name":"ada"}`, nil, 409, []string{`"code":"conflict"`}},
	{"user: no such role", "admin", "POST", "/api/v1/users", `{"name":"x","role":"king"}`, nil, 422, nil},
	{"user: operator", "operator", "POST", "/api/v1/users", `{"name":"x"}`, nil, 403, nil},
	{"user: nobody", "", "POST", "/api/v1/users", `{"name":"x"}`, nil, 401, nil},
	{"users", "admin", "GET", "/api/v1/users", "", nil, 200, []string{`"name":"ada"`}},
	{"users: user", "user", "GET", "/api/v1/users", "", nil, 403, nil},
	{"change user", "admin", "PATCH", "/api/v1/users/ada", `{"role":"viewer"}`, nil, 200, []string{`"role":"viewer"`}},
	{"change user: the last admin", "admin", "PATCH", "/api/v1/users/admin", `{"role":"user"}`, nil, 409, nil},
	{"change user: unknown", "admin", "PATCH", "/api/v1/users/none", `{"role":"user"}`, nil, 404, nil},
	{"change user: unknown field", "admin", "PATCH", "/api/v1/users/ada", `{"rolle":"user"}`, nil, 400, []string{`did you mean \"role\"?`}},
	{"change user: user", "user", "PATCH", "/api/v1/users/ada", `{"role":"admin"}`, nil, 403, nil},
	{"delete user: user", "user", "DELETE", "/api/v1/users/ada", "", nil, 403, nil},
	{"delete user", "admin", "DELETE", "/api/v1/users/ada", "", nil, 204, nil},
	{"delete user: unknown", "admin", "DELETE", "/api/v1/users/ada", "", nil, 404, nil},
	{"limits", "user", "GET", "/api/v1/limits", "", nil, 200, []string{`"max_body":"64KiB"`}},
	{"limits: nobody", "", "GET", "/api/v1/limits", "", nil, 401, nil},
	{"change limits", "admin", "PATCH", "/api/v1/limits", `{"max_files":7}`, nil, 200, []string{`"max_files":7`, `"max_body":"64KiB"`}},
	{"change limits: unknown", "admin", "PATCH", "/api/v1/limits", `{"max_fils":7}`, nil, 422, []string{"max_fils"}},
	{"change limits: wrong", "admin", "PATCH", "/api/v1/limits", `{"max_files":-1}`, nil, 422, []string{"max_files"}},
	{"change limits: operator", "operator", "PATCH", "/api/v1/limits", `{"max_files":7}`, nil, 403, nil},
	{"change limits: nobody", "", "PATCH", "/api/v1/limits", `{"max_files":7}`, nil, 401, nil},

	{"audit", "operator", "GET", "/api/v1/audit?action=execute&limit=3", "", nil, 200, []string{`"records":[{`, `"actor":"user"`, `"hash":"`}},
	{"audit: user", "user", "GET", "/api/v1/audit", "", nil, 403, nil},
	{"audit: limit", "operator", "GET", "/api/v1/audit?limit=0", "", nil, 422, []string{"limit"}},
	{"audit: nobody", "", "GET", "/api/v1/audit", "", nil, 401, nil},

	// Information.
	{"health", "", "GET", "/api/v1/health", "", nil, 200, []string{`"status":"healthy"`, `"ready":true`}},
	{"health: live", "", "GET", "/api/v1/health/live", "", nil, 200, []string{`"live":true`}},
	{"health: ready", "", "GET", "/api/v1/health/ready", "", nil, 200, []string{`"ready":true`}},
	{"health: YuuBox", "", "GET", "/health", "", nil, 200, []string{`"status":"healthy"`}},
	{"health: YuuBox, live", "", "GET", "/health/live", "", nil, 200, []string{`"live":true`}},
	{"health: YuuBox, ready", "", "GET", "/health/ready", "", nil, 200, []string{`"ready":true`}},
	{"config", "viewer", "GET", "/api/v1/config", "", nil, 200, []string{`"auth_required":true`, `"limits":{`}},
	{"config: nobody", "", "GET", "/api/v1/config", "", nil, 401, nil},
	{"languages", "user", "GET", "/api/v1/languages", "", nil, 200, []string{`"name":"python"`, `"py"`}},
	{"languages: nobody", "", "GET", "/api/v1/languages", "", nil, 401, nil},
	{"stats", "user", "GET", "/api/v1/stats?language=python", "", nil, 200, []string{`"executions":`, `"verdicts":[`}},
	{"stats: nobody", "", "GET", "/api/v1/stats", "", nil, 401, nil},
	{"metrics", "operator", "GET", "/metrics", "", nil, 200, []string{"nsbox_test 1"}},
	{"metrics: user", "user", "GET", "/metrics", "", nil, 403, nil},
	{"metrics: nobody", "", "GET", "/metrics", "", nil, 401, nil},
	{"description", "", "GET", "/openapi.json", "", nil, 200, []string{`"openapi":"3.1.0"`}},
	{"description as YAML", "", "GET", "/openapi.yaml", "", nil, 200, []string{"openapi: 3.1.0"}},
	{"page", "", "GET", "/docs/", "", nil, 200, []string{"swagger-ui-bundle.js"}},
	{"page without slash", "", "GET", "/docs", "", nil, 301, nil},
	{"page's program", "", "GET", "/docs/swagger-ui-bundle.js", "", nil, 200, []string{"SwaggerUI"}},
	{"page: no such file", "", "GET", "/docs/../../etc/passwd", "", nil, 307, nil},
	{"page: a directory", "", "GET", "/docs/none.js", "", nil, 404, nil},
	{"root", "", "GET", "/", "", nil, 302, nil},
	{"nothing there", "user", "GET", "/api/v2/execute", "", nil, 404, []string{`"code":"not_found"`}},
	{"nothing there: nobody", "", "GET", "/api/v2/execute", "", nil, 401, nil},

	// Sandboxes. There is no helper here, which is what an entitled caller learns;
	// TestSandboxes has one.
	{"sandbox: no language", "user", "POST", "/api/v1/sandboxes", `{"language":"none"}`, nil, 503, nil},
	{"sandbox: unknown field", "user", "POST", "/api/v1/sandboxes", `{"language":"python","tll":"1m"}`, nil, 400, []string{`did you mean \"ttl\"?`}},
	{"sandbox: viewer", "viewer", "POST", "/api/v1/sandboxes", `{"language":"python"}`, nil, 403, nil},
	{"sandbox: nobody", "", "POST", "/api/v1/sandboxes", `{"language":"python"}`, nil, 401, nil},
	{"container: nobody", "", "POST", "/api/v1/containers", `{"language":"python"}`, nil, 401, nil},
	{"sandboxes: no helper", "user", "GET", "/api/v1/sandboxes", "", nil, 503, []string{`"code":"unavailable"`}},
	{"sandboxes: nobody", "", "GET", "/api/v1/sandboxes", "", nil, 401, nil},
	{"containers: no helper", "user", "GET", "/api/v1/containers", "", nil, 503, nil},
	{"get sandbox: nobody", "", "GET", "/api/v1/sandboxes/x", "", nil, 401, nil},
	{"pause: nobody", "", "POST", "/api/v1/sandboxes/x/pause", "", nil, 401, nil},
	{"resume: nobody", "", "POST", "/api/v1/sandboxes/x/resume", "", nil, 401, nil},
	{"save: nobody", "", "POST", "/api/v1/sandboxes/x/save", "", nil, 401, nil},
	{"extend: nobody", "", "POST", "/api/v1/sandboxes/x/extend", `{"ttl":"1m"}`, nil, 401, nil},
	{"extend: nothing", "user", "POST", "/api/v1/sandboxes/x/extend", `{"ttl":"0s"}`, nil, 422, []string{"ttl"}},
	{"end sandbox: nobody", "", "DELETE", "/api/v1/sandboxes/x", "", nil, 401, nil},
	{"exec: nobody", "", "POST", "/api/v1/sandboxes/x/exec", `{"code":"print hello"}`, nil, 401, nil},
	{"exec: two sandboxes", "user", "POST", "/api/v1/sandboxes/x/exec", `{"code":"print hello","sandbox":"y"}`, nil, 400, []string{"the path names another one"}},
	{"files: nobody", "", "GET", "/api/v1/sandboxes/x/files", "", nil, 401, nil},
	{"file: nobody", "", "GET", "/api/v1/sandboxes/x/files/a.txt", "", nil, 401, nil},
	{"write file: nobody", "", "PUT", "/api/v1/sandboxes/x/files/a.txt", "x", nil, 401, nil},
	{"write file: mode", "user", "PUT", "/api/v1/sandboxes/x/files/a.txt?mode=rwx", "x", nil, 422, []string{"octal"}},
	{"delete file: nobody", "", "DELETE", "/api/v1/sandboxes/x/files/a.txt", "", nil, 401, nil},
	{"delete file: recursive", "user", "DELETE", "/api/v1/sandboxes/x/files/a.txt?recursive=so", "", nil, 422, []string{"true or false"}},
	{"volumes: no helper", "user", "GET", "/api/v1/volumes", "", nil, 503, nil},
	{"volumes: nobody", "", "GET", "/api/v1/volumes", "", nil, 401, nil},
	{"delete volume: nobody", "", "DELETE", "/api/v1/volumes/x", "", nil, 401, nil},

	// The shapes of others.
	{"YuuBox", "user", "POST", "/execute", `{"code":"print hello","language":"python","max_iterations":5,"timeout":60,"memory_mb":256}`, nil, 200, []string{`"success":true`, `"stdout":"hello\n"`, `"iterations":1`, `"error_history":[]`}},
	{"YuuBox: unknown field", "user", "POST", "/execute", `{"code":"x","language":"python","memory":256}`, nil, 400, []string{`did you mean \"memory_mb\"?`}},
	{"YuuBox: no time", "user", "POST", "/execute", `{"code":"x","language":"python","timeout":0}`, nil, 422, []string{"timeout is 0"}},
	{"YuuBox: too large", "user", "POST", "/execute", `{"language":"python","code":"` + strings.Repeat("x", 70<<10) + `"}`, nil, 413, nil},
	{"YuuBox: nobody", "", "POST", "/execute", hello, nil, 401, nil},
	{"pybox", "user", "POST", "/run", `{"code":"result = 1"}`, nil, 200, []string{`"status":"error"`, `"result":null`}},
	{"pybox: unknown field", "user", "POST", "/run", `{"code":"x","inputs":{}}`, nil, 400, []string{`did you mean \"input\"?`}},
	{"pybox: network", "user", "POST", "/run", `{"code":"x","config":{"network_disabled":false}}`, nil, 422, nil},
	{"pybox: viewer", "viewer", "POST", "/run", `{"code":"x"}`, nil, 403, nil},
	{"pybox: nobody", "", "POST", "/run", `{"code":"x"}`, nil, 401, nil},

	// The WebSocket's own tests are wsapi's.
	{"WebSocket without upgrade", "user", "GET", "/ws", "", nil, 400, []string{"WebSocket"}},
	{"WebSocket: nobody", "", "GET", "/ws", "", nil, 401, nil},
}

func TestEndpoints(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{
		AuthRequired: true,
		Limits: func(l *service.Limits) {
			l.MaxBody, l.MaxBatch = 64*nsbox.KiB, 4
		},
		REST: func(o *restapi.Options) {
			o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("nsbox_test 1\n")) })
		},
	})
	fill := placeholders(t, s)
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			resp, body := s.Do(t, c.as, c.method, fill.Replace(c.path), c.body, c.headers...)
			if resp.StatusCode != c.status {
				t.Fatalf("status %d, not %d: %.500s", resp.StatusCode, c.status, body)
			}
			for _, w := range c.want {
				if !strings.Contains(string(body), fill.Replace(w)) {
					t.Errorf("the answer has no %s: %.2000s", fill.Replace(w), body)
				}
			}
			id := resp.Header.Get("X-Request-ID")
			if id == "" {
				t.Error("no X-Request-ID")
			}
			if c.status >= 400 {
				checkProblem(t, resp, body, id)
			}
		})
	}
}

// checkProblem holds a refusal to RFC 9457 and to our members.
func checkProblem(t *testing.T, resp *http.Response, body []byte, id string) {
	t.Helper()
	if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
		RequestID                 string `json:"request_id"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if p.Status != resp.StatusCode {
		t.Errorf("status %d in the body", p.Status)
	}
	if p.RequestID != id {
		t.Errorf("request_id %q, the header has %q", p.RequestID, id)
	}
	if p.Type != "about:blank" || p.Title == "" || p.Detail == "" || p.Code == "" {
		t.Errorf("a member is missing: %s", body)
	}
	if strings.Contains(p.Detail, "\n") {
		t.Errorf("the detail is no one line: %q", p.Detail)
	}
	retry := resp.Header.Get("Retry-After")
	if (p.Status == 429 || p.Status == 503) != (retry != "") {
		t.Errorf("Retry-After %q with status %d", retry, p.Status)
	}
}

// placeholders makes what the table asks for.
func placeholders(t *testing.T, s *daemontest.Server) *strings.Replacer {
	t.Helper()
	made := func(as, path, body string) string {
		resp, b := s.Do(t, as, "POST", path, body)
		var v struct{ ID string }
		if err := json.Unmarshal(b, &v); err != nil || v.ID == "" {
			t.Fatalf("POST %s: %d %s", path, resp.StatusCode, b)
		}
		return v.ID
	}
	program := `{"language":"python","code":"print hello\nfile out/a.html <b>","artifacts":true}`
	return strings.NewReplacer(
		mine, made("user", "/api/v1/execute", program), other, made("operator", "/api/v1/execute", program),
		batch, made("user", "/api/v1/batches", `{"executions":[`+hello+`]}`), key, made("user", "/api/v1/keys", `{"name":"mine"}`),
	)
}

// No operation of the description is missing from the table.
func TestTableHasEveryOperation(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	for path, item := range described(t, s) {
		for method := range item {
			if !slices.ContainsFunc(table, func(c call) bool { return strings.EqualFold(c.method, method) && samePath(path, c.path) }) {
				t.Errorf("the table has no %s %s", method, path)
			}
		}
	}
}

// samePath tells whether path is of the described form.
func samePath(form, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	f, p := strings.Split(form, "/"), strings.Split(path, "/")
	if n := len(f); strings.HasSuffix(form, "{path}") && len(p) >= n {
		p = append(p[:n-1:n-1], "rest")
	}
	if len(f) != len(p) {
		return false
	}
	for i := range f {
		if f[i] != p[i] && !strings.HasPrefix(f[i], "{") {
			return false
		}
	}
	return true
}
