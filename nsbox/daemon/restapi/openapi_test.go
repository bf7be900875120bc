package restapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// describedBy reads the server's own description as a validator of it.
func describedBy(t *testing.T, s *daemontest.Server) validator.Validator {
	t.Helper()
	_, body := s.Do(t, "", "GET", "/openapi.json", "")
	doc, err := libopenapi.NewDocument(body)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return v
}

func complain(t *testing.T, what string, errs []*errors.ValidationError) {
	t.Helper()
	for _, e := range errs {
		t.Errorf("%s: %s: %s", what, e.Message, e.Reason)
		for _, d := range e.SchemaValidationErrors {
			t.Errorf("\t%s: %s", d.FieldPath, d.Reason)
		}
	}
}

// The description is OpenAPI 3.1 by the schema of that.
func TestDescriptionIsValid(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	valid, errs := describedBy(t, s).ValidateDocument()
	complain(t, "description", errs)
	if !valid && len(errs) == 0 {
		t.Error("the description is not valid")
	}
}

// What comes is what is described: requests and answers, refusals included.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true})
	v := describedBy(t, s)
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
			if c.status < 400 {
				req.Body = io.NopCloser(strings.NewReader(c.body))
				_, errs := v.ValidateHttpRequest(req)
				complain(t, "request", errs)
			}
			req.Body = io.NopCloser(strings.NewReader(c.body))
			resp.Body = io.NopCloser(bytes.NewReader(body))
			_, errs := v.ValidateHttpResponse(req, resp)
			complain(t, "answer", errs)
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
