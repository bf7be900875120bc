package restapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// boxCalls are all that can be asked of one sandbox, in an order in which each of
// them works. reads tells which need the permission to see it alone; the others are
// refused to who may only look.
var boxCalls = []struct {
	name, method, path, body string
	reads                    bool
	status                   int // for who may
}{
	{"get", "GET", "", "", true, 200},
	{"write a file", "PUT", "/files/a.txt", "content", false, 201},
	{"make a directory", "PUT", "/files/dir?type=dir", "", false, 201},
	{"read a file", "GET", "/files/a.txt", "", true, 200},
	{"list files", "GET", "/files", "", true, 200},
	{"exec", "POST", "/exec", `{"code":"print(1)"}`, false, 200},
	{"exec in a session", "POST", "/exec", `{"code":"n = 1","session":"s"}`, false, 200},
	{"pause", "POST", "/pause", "", false, 200},
	{"resume", "POST", "/resume", "", false, 200},
	{"extend", "POST", "/extend", `{"ttl":"5m"}`, false, 200},
	{"save", "POST", "/save", "", false, 200},
	{"delete a file", "DELETE", "/files/a.txt", "", false, 204},
	{"end", "DELETE", "", "", false, 204},
}

// A sandbox of somebody else's: it does not exist for users, viewers see it, and
// operators do with it what its owner may.
func TestSandboxesOfOthers(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	create := func(as string) string {
		t.Helper()
		resp, b := s.Do(t, as, "POST", "/api/v1/sandboxes", `{"language":"python","ttl":"5m","volume":"kept"}`)
		var made struct{ ID string }
		if err := json.Unmarshal(b, &made); err != nil || resp.StatusCode != 201 {
			t.Fatalf("%d %s", resp.StatusCode, b)
		}
		return made.ID
	}
	others, mine := create("operator"), create("user")
	if resp, b := s.Do(t, "operator", "PUT", "/api/v1/sandboxes/"+others+"/files/a.txt", "secret"); resp.StatusCode != 201 {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	// try returns what is wrong with an answer. What is not one's own looks as if it
	// was not there at all.
	try := func(as, id string, c int, status int, code string) {
		t.Helper()
		call := boxCalls[c]
		for _, prefix := range []string{"/api/v1/sandboxes/", "/api/v1/containers/"} {
			if status < 400 && prefix == "/api/v1/containers/" {
				continue // what works is not done twice
			}
			resp, b := s.Do(t, as, call.method, prefix+id+call.path, call.body)
			if resp.StatusCode != status {
				t.Errorf("%s %s %s: status %d, not %d: %s", call.name, as, prefix, resp.StatusCode, status, b)
			}
			if status >= 400 && !strings.Contains(string(b), `"code":"`+code+`"`) {
				t.Errorf("%s %s: %s", call.name, as, b)
			}
			if as == "user" && strings.Contains(string(b), "secret") {
				t.Errorf("%s: it tells %s", call.name, b)
			}
		}
	}
	for c, call := range boxCalls {
		try("user", others, c, 404, "not_found")
		if call.reads {
			try("viewer", others, c, 200, "")
		} else {
			try("viewer", others, c, 403, "forbidden")
		}
	}
	if resp, b := s.Do(t, "user", "POST", "/api/v1/execute", `{"language":"python","code":"print(1)","sandbox":"`+others+`"}`); resp.StatusCode != 404 {
		t.Errorf("execute with the sandbox of another: %d %s", resp.StatusCode, b)
	}
	if resp, b := s.Do(t, "user", "GET", "/api/v1/sandboxes", ""); resp.StatusCode != 200 || strings.Contains(string(b), others) || !strings.Contains(string(b), mine) {
		t.Errorf("a user's list: %d %s", resp.StatusCode, b)
	}
	// One name, two owners, two volumes.
	if resp, b := s.Do(t, "user", "GET", "/api/v1/volumes", ""); resp.StatusCode != 200 || strings.Count(string(b), `"name"`) > 1 {
		t.Errorf("a user's volumes: %d %s", resp.StatusCode, b)
	}
	// Nothing of this has changed it, and its owner's colleague may do all of it.
	if resp, b := s.Do(t, "operator", "GET", "/api/v1/sandboxes/"+others+"/files/a.txt", ""); resp.StatusCode != 200 || string(b) != "secret" {
		t.Errorf("the file of the other: %d %s", resp.StatusCode, b)
	}
	for c, call := range boxCalls {
		try("operator", mine, c, call.status, "")
	}
	// All of it that changes something, and was tried, is on record.
	for _, action := range []string{"write", "mkdir", "pause", "resume", "extend", "save", "remove", "delete"} {
		waitFor(t, "the record of "+action, func() bool {
			_, b := s.Do(t, "operator", "GET", "/api/v1/audit?action=sandbox."+action, "")
			return strings.Contains(string(b), `"outcome":"ok"`) && strings.Contains(string(b), `"outcome":"not_found"`) && strings.Contains(string(b), `"outcome":"forbidden"`)
		})
	}
}

// No operation on one sandbox is missing from boxCalls.
func TestEveryOperationOnASandbox(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	const one = "/api/v1/sandboxes/{id}"
	for path, item := range described(t, s) {
		rest, ok := strings.CutPrefix(path, one)
		if !ok {
			continue
		}
		for method := range item {
			in := func(i int) bool {
				call, _, _ := strings.Cut(boxCalls[i].path, "?")
				return strings.EqualFold(boxCalls[i].method, method) && (call == rest || rest != "" && samePath(one+rest, "/api/v1/sandboxes/x"+call))
			}
			all := make([]int, len(boxCalls))
			for i := range all {
				all[i] = i
			}
			if !slices.ContainsFunc(all, in) {
				t.Errorf("boxCalls has no %s %s", method, rest)
			}
		}
	}
}

// The disk of a sandbox that lives on is full: whoever goes beyond it is told so, by
// a file as by a program, and the sandbox goes on with what fits.
func TestFileQuotaOfASandbox(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	resp, b := s.Do(t, "user", "POST", "/api/v1/sandboxes", `{"language":"python","ttl":"5m","disk":"16MiB"}`)
	var made struct{ ID string }
	if err := json.Unmarshal(b, &made); err != nil || resp.StatusCode != 201 {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	box := "/api/v1/sandboxes/" + made.ID
	put := func(name string, size int) (*http.Response, string) {
		t.Helper()
		resp, b := s.Do(t, "user", "PUT", box+"/files/"+name, strings.Repeat("x", size), "Content-Type", "application/octet-stream")
		return resp, string(b)
	}
	if resp, b := put("first", 10<<20); resp.StatusCode != 201 {
		t.Fatalf("the first file: %d %s", resp.StatusCode, b)
	}
	for range 2 {
		resp, b := put("second", 10<<20)
		if resp.StatusCode != 413 || !strings.Contains(b, `"code":"too_large"`) {
			t.Fatalf("a file beyond the quota: %d %s", resp.StatusCode, b)
		}
	}
	// It appears whole or not at all, and takes nothing of what is left.
	if resp, b := s.Do(t, "user", "GET", box+"/files/second", ""); resp.StatusCode != 404 {
		t.Errorf("half a file is there: %d %.100s", resp.StatusCode, b)
	}
	if resp, b := put("third", 4<<20); resp.StatusCode != 201 {
		t.Errorf("a file that fits: %d %s", resp.StatusCode, b)
	}
	if resp, b := s.Do(t, "user", "POST", box+"/exec", `{"code":"open('more','wb').write(b'x' * (8 << 20))"}`); resp.StatusCode != 200 || !strings.Contains(string(b), `"verdict":"disk_full"`) {
		t.Errorf("a program beyond the quota: %d %s", resp.StatusCode, b)
	}
	for _, name := range []string{"first", "more"} {
		if resp, b := s.Do(t, "user", "DELETE", box+"/files/"+name, ""); resp.StatusCode != 204 {
			t.Errorf("delete %s: %d %s", name, resp.StatusCode, b)
		}
	}
	if resp, b := put("second", 10<<20); resp.StatusCode != 201 {
		t.Errorf("with room again: %d %s", resp.StatusCode, b)
	}
}
