package restapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// description is the server's own, read.
func description(t *testing.T, s *daemontest.Server) *openapi3.T {
	t.Helper()
	_, body := s.Do(t, "", "GET", "/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData(body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The description is OpenAPI 3.1 by the schema of that.
func TestDescriptionIsValid(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	doc := description(t, s)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	// What these have beside the fields of their Go types.
	for _, name := range []string{"Result", "StageResult", "Answer"} {
		if s := doc.Components.Schemas[name]; s == nil || s.Value.Properties["stdout"] == nil || s.Value.Properties["stderr_encoding"] == nil {
			t.Errorf("the streams of %s are not described", name)
		}
	}
}

// What comes is what is described: requests and answers, refusals included.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true})
	doc := description(t, s)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := s.Do(t, "user", "POST", "/api/v1/execute", program("print x", "warn y", "file a.txt b"))
	id := resp.Header.Get("X-Execution-ID")
	for _, c := range []struct {
		as, method, path, body string
		status                 int
	}{
		{"user", "POST", "/api/v1/execute", `{"language":"python","code":"print x\nfile a.txt b","timeout":"10s","memory":"128MiB","artifacts":"data","heal":false,"files":[{"name":"b.txt","content":"x"}]}`, 200},
		{"user", "POST", "/api/v1/execute", `{"language":"python","code":"exit 1","timeout":10}`, 200},
		{"user", "POST", "/api/v1/execute", `{"runtime":"python","code":"print x","timeout":5000}`, 200},
		{"user", "POST", "/api/v1/execute", `{"language":"python","code":"print x","detach":true}`, 202},
		{"user", "POST", "/api/v1/batches", `{"executions":[` + hello + `]}`, 202},
		{"user", "GET", "/api/v1/executions?limit=5", "", 200},
		{"user", "GET", "/api/v1/executions/" + id, "", 200},
		{"user", "GET", "/api/v1/executions/none", "", 404},
		{"user", "DELETE", "/api/v1/executions/" + id, "", 200},
		{"", "GET", "/api/v1/executions", "", 401},
		{"viewer", "POST", "/api/v1/execute", hello, 403},
		{"", "POST", "/api/v1/auth/login", `{"username":"user","password":"` + daemontest.Password + `"}`, 200},
		{"user", "GET", "/api/v1/auth/me", "", 200},
		{"user", "POST", "/api/v1/keys", `{"name":"k","ttl":"1h"}`, 201},
		{"user", "GET", "/api/v1/keys", "", 200},
		{"admin", "POST", "/api/v1/users", `{"name":"ada","role":"user"}`, 201},
		{"admin", "GET", "/api/v1/users", "", 200},
		{"admin", "PATCH", "/api/v1/users/ada", `{"disabled":true}`, 200},
		{"admin", "DELETE", "/api/v1/users/ada", "", 204},
		{"user", "GET", "/api/v1/limits", "", 200},
		{"admin", "PATCH", "/api/v1/limits", `{"max_files":9}`, 200},
		{"admin", "GET", "/api/v1/audit", "", 200},
		{"", "GET", "/api/v1/health", "", 200},
		{"", "GET", "/health", "", 200},
		{"user", "GET", "/api/v1/config", "", 200},
		{"user", "GET", "/api/v1/languages", "", 200},
		{"user", "GET", "/api/v1/stats", "", 200},
		{"user", "POST", "/execute", `{"code":"print x","language":"python","timeout":5,"memory_mb":128,"max_iterations":2}`, 200},
		{"user", "POST", "/run", `{"code":"result = 1","input":{"x":1},"config":{"timeout":3.0}}`, 200},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			resp, body := s.Do(t, c.as, c.method, c.path, c.body)
			if resp.StatusCode != c.status {
				t.Fatalf("%d, not %d: %s", resp.StatusCode, c.status, body)
			}
			req := resp.Request
			req.URL.Scheme, req.URL.Host = "", ""
			route, params, err := router.FindRoute(req)
			if err != nil {
				t.Fatal(err)
			}
			opts := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true}
			req.Body = io.NopCloser(strings.NewReader(c.body))
			in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: opts}
			if c.status < 400 {
				if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
					t.Errorf("request: %v", err)
				}
			}
			out := (&openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: opts}).SetBodyBytes(body)
			if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
				t.Errorf("answer: %v", err)
			}
		})
	}
}

// Each operation says what it is, has a name of its own, and its refusals are
// described as problems.
func TestDescriptionIsComplete(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	_, body := s.Do(t, "", "GET", "/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Tags        []string
			Responses   map[string]struct {
				Content map[string]json.RawMessage
			}
			RequestBody struct {
				Content map[string]struct {
					Schema json.RawMessage
				}
			} `json:"requestBody"`
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for path, item := range doc.Paths {
		for method, op := range item {
			where := strings.ToUpper(method) + " " + path
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s has no name, no summary or no tag", where)
			}
			if other, twice := seen[op.OperationID]; twice {
				t.Errorf("%s and %s are both %s", where, other, op.OperationID)
			}
			seen[op.OperationID] = where
			for _, status := range []string{"400", "401", "429", "500"} {
				if op.Responses[status].Content["application/problem+json"] == nil {
					t.Errorf("%s: %s is not described as a problem", where, status)
				}
			}
			if m, ok := op.RequestBody.Content["application/json"]; ok && bytes.Contains(m.Schema, []byte(`"binary"`)) {
				t.Errorf("%s: its JSON is described as bytes", where)
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d operations", len(seen))
	}
}
