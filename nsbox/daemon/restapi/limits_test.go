package restapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Too many requests of one user are 429, each way in alike.
func TestTooManyRequests(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Limits: func(l *service.Limits) { l.RatePerMinute, l.RateBurst = 6, 3 }})
	for i := range 3 {
		if resp, b := s.Do(t, "user", "POST", "/api/v1/execute", hello); resp.StatusCode != 200 {
			t.Fatalf("request %d: %d %s", i, resp.StatusCode, b)
		}
	}
	for path, body := range map[string]string{
		"/api/v1/execute": hello, "/execute": hello, "/run": `{"code":"x"}`, "/api/v1/batches": `{"executions":[` + hello + `]}`,
	} {
		resp, b := s.Do(t, "user", "POST", path, body)
		if resp.StatusCode != 429 {
			t.Errorf("POST %s: %d %s", path, resp.StatusCode, b)
			continue
		}
		checkProblem(t, resp, b, resp.Header.Get("X-Request-ID"))
		if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || n < 1 || n > 60 {
			t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
		}
	}
	if resp, b := s.Do(t, "operator", "POST", "/api/v1/execute", hello); resp.StatusCode != 200 {
		t.Errorf("another user: %d %s", resp.StatusCode, b)
	}
}

// What finds no place in the queue is 503 at once, and what waits too long too.
func TestOverload(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Limits: func(l *service.Limits) {
		l.MaxConcurrent, l.MaxConcurrentPerUser, l.MaxQueue, l.MaxQueuePerUser = 1, 1, 1, 1
		l.QueueTimeout = nsbox.Duration(200 * time.Millisecond)
	}})
	detached := `{"language":"python","detach":true,"code":"sleep 20s"}`
	if resp, b := s.Do(t, "user", "POST", "/api/v1/execute", detached); resp.StatusCode != 202 {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	type answer struct {
		resp *http.Response
		body []byte
	}
	waiting := make(chan answer, 1)
	go func() {
		resp, b := s.Do(t, "user", "POST", "/api/v1/execute", hello)
		waiting <- answer{resp, b}
	}()
	waitFor(t, "the second one in the queue", func() bool {
		_, b := s.Do(t, "user", "GET", "/api/v1/stats", "")
		return strings.Contains(string(b), `"queued":1`) || len(waiting) == 1
	})
	resp, b := s.Do(t, "user", "POST", "/api/v1/execute", hello)
	if resp.StatusCode != 503 && len(waiting) == 0 {
		t.Errorf("a full queue: %d %s", resp.StatusCode, b)
	}
	a := <-waiting
	if a.resp.StatusCode != 503 {
		t.Errorf("waited in vain: %d %s", a.resp.StatusCode, a.body)
	}
	checkProblem(t, a.resp, a.body, a.resp.Header.Get("X-Request-ID"))
}

// Failed logins have to wait.
func TestTooManyLogins(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	for range 40 {
		resp, b := s.Do(t, "", "POST", "/api/v1/auth/login", `{"username":"user","password":"wrong"}`)
		if resp.StatusCode == 429 {
			checkProblem(t, resp, b, resp.Header.Get("X-Request-ID"))
			return
		}
		if resp.StatusCode != 401 {
			t.Fatalf("%d %s", resp.StatusCode, b)
		}
	}
	t.Error("40 wrong passwords, and none had to wait")
}

// Without credentials a caller on loopback is a user; with wrong ones nobody.
func TestAnonymousOnLoopback(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	if resp, b := s.Do(t, "", "GET", "/api/v1/auth/me", ""); resp.StatusCode != 200 || !strings.Contains(string(b), `"anonymous":true`) {
		t.Errorf("%d %s", resp.StatusCode, b)
	}
	if resp, _ := s.Do(t, "", "GET", "/api/v1/auth/me", "", "Authorization", "Bearer nonsense"); resp.StatusCode != 401 {
		t.Errorf("a wrong token: %d", resp.StatusCode)
	}
	if resp, _ := s.Do(t, "", "GET", "/api/v1/users", ""); resp.StatusCode != 403 {
		t.Errorf("users: %d", resp.StatusCode)
	}
}

// A login's tokens open the door until they are exchanged or ended.
func TestTokens(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true})
	login := tokensOf(t, s, "/api/v1/auth/login", `{"username":"user","password":"`+daemontest.Password+`"}`)
	me := func(token string) int {
		resp, _ := s.Do(t, "", "GET", "/api/v1/auth/me", "", "Authorization", "Bearer "+token)
		return resp.StatusCode
	}
	if got := me(login.Access); got != 200 {
		t.Errorf("a fresh token: %d", got)
	}
	next := tokensOf(t, s, "/api/v1/auth/refresh", `{"refresh_token":"`+login.Refresh+`"}`)
	if got := me(next.Access); got != 200 {
		t.Errorf("a refreshed token: %d", got)
	}
	if resp, _ := s.Do(t, "", "POST", "/api/v1/auth/refresh", `{"refresh_token":"`+login.Refresh+`"}`); resp.StatusCode != 401 {
		t.Errorf("a refresh token's second use: %d", resp.StatusCode)
	}
	if resp, _ := s.Do(t, "", "POST", "/api/v1/auth/refresh", `{"refresh_token":"`+next.Refresh+`"}`); resp.StatusCode != 401 {
		t.Errorf("a refresh token whose family was stolen from: %d", resp.StatusCode)
	}
}

// CORS is off until it is configured, and the page's own headers are strict.
func TestPageHeaders(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{REST: func(o *restapi.Options) { o.Guard = web.Guard{Origins: []string{"https://app.example"}} }})
	resp, _ := s.Do(t, "", "GET", "/api/v1/languages", "", "Origin", "https://app.example")
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "https://app.example" {
		t.Errorf("configured origin: %q", got)
	}
	if resp, _ := s.Do(t, "", "GET", "/api/v1/languages", "", "Origin", "https://other.example"); resp.StatusCode != 403 {
		t.Errorf("another origin: %d", resp.StatusCode)
	}
	resp, _ = s.Do(t, "", "GET", "/docs/", "")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if !strings.HasPrefix(resp.Header.Get(name), want) {
			t.Errorf("%s is %q", name, resp.Header.Get(name))
		}
	}
}

// A file that a program made is never a page of the daemon's.
func TestArtifactIsNoPage(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	resp, b := s.Do(t, "", "POST", "/api/v1/execute", `{"language":"python","artifacts":true,"code":"file x.html <script>alert(1)</script>"}`)
	id := resp.Header.Get("X-Execution-ID")
	if id == "" {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	resp, _ = s.Do(t, "", "GET", "/api/v1/executions/"+id+"/artifacts/x.html", "")
	if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("Content-Disposition %q", got)
	}
	if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("Content-Security-Policy %q", got)
	}
}
