package restapi_test

import (
	"encoding/json"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func tokensOf(t *testing.T, s *daemontest.Server, path, body string) tokens {
	t.Helper()
	resp, b := s.Do(t, "", "POST", path, body)
	var v tokens
	if err := json.Unmarshal(b, &v); err != nil || resp.StatusCode != 200 || v.Access == "" || v.Refresh == "" {
		t.Fatalf("POST %s: %d %s", path, resp.StatusCode, b)
	}
	return v
}

// described are the operations of the server's description: by path, then by method.
func described(t *testing.T, s *daemontest.Server) map[string]map[string]json.RawMessage {
	t.Helper()
	_, body := s.Do(t, "", "GET", "/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Paths
}
