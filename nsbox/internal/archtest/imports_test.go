package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// A rule bounds what packages may import. Patterns are those of path.Match; a
// pattern that ends in /... means everything below, too. Import paths are
// relative to the module where they are in it; "std" stands for the standard
// library.
type rule struct {
	packages []string
	// only is the complete list of what may be imported, when it is set.
	only []string
	// never may not be imported.
	never []string
	// deps extends the rule from imports to everything that is linked in.
	deps bool
	why  string
}

const (
	libcontainer = "github.com/opencontainers/runc/..."
	libseccomp   = "github.com/seccomp/libseccomp-golang"
)

var rules = []rule{
	{
		packages: []string{"nsbox"},
		only:     []string{"std", "nsbox/internal/wire", "nsbox/internal/diff"},
		why:      "a program that imports nsbox gets the client, not a container runtime",
	},
	{
		packages: []string{"nsbox/internal/wire"},
		only:     []string{"std"},
		why:      "both sides of the trust line link it",
	},
	{
		packages: []string{"nsbox/policy"},
		only:     []string{"std", "nsbox", "nsbox/language", "nsbox/internal/suggest", "nsbox/internal/lazyre"},
		never:    []string{"os", "os/...", "syscall", "net", "net/...", "path/filepath", "io/fs", "time"},
		why:      "what is allowed is decided purely, so that a table test covers it",
	},
	{
		packages: []string{"nsbox/language"},
		never:    []string{"nsbox/internal/zygote", "nsbox/internal/confine", "nsbox/internal/image", "nsbox/helper", "os/exec", "syscall"},
		why:      "a language is data; knowing one runs nothing",
	},
	{
		packages: []string{"nsbox/report", "nsbox/config"},
		never:    []string{"nsbox/helper", "nsbox/internal/zygote", "nsbox/internal/confine", "nsbox/internal/image", "os/exec"},
		why:      "wording and settings stand apart from what acts",
	},
	{
		packages: []string{"cmd/nsbox", "cmd/nsboxd", "nsbox/cli", "nsbox/daemon/...", "nsbox"},
		never:    []string{libcontainer, libseccomp, "nsbox/helper", "nsbox/internal/zygote"},
		deps:     true,
		why:      "libcontainer runs C code before main, so one binary alone links it: the helper",
	},
	{
		packages: []string{"cmd/nsbox-init"},
		only:     []string{"std", "nsbox/initproc", "nsbox/internal/confine", "nsbox/internal/wire", "golang.org/x/sys/unix"},
		deps:     true,
		why:      "it is the first process in every sandbox; what it links is attack surface",
	},
	{
		packages: []string{"nsbox/analyze/...", "nsbox/heal/rules/..."},
		never:    []string{"nsbox/helper", "nsbox/cli", "os/exec", "net", "net/...", "syscall", "nsbox/internal/zygote", "nsbox/internal/confine", "nsbox/internal/wire"},
		why:      "analyzers and rules are pure: they run nothing and ask nobody",
	},
	{
		packages: []string{"nsbox/heal/..."},
		never:    []string{"nsbox/helper", "nsbox/cli", "nsbox/internal/zygote", "nsbox/internal/confine", "nsbox/policy"},
		why:      "a healer knows no sandbox: a fix holds source edits only",
	},
	{
		packages: []string{"cmd/nsbox", "cmd/nsbox-helper"},
		never:    []string{"nsbox/daemon/...", "nsbox/store/...", "connectrpc.com/connect"},
		deps:     true,
		why:      "the daemon is a program of its own: the command starts quickly, and what strangers talk to is never root",
	},
	{
		packages: []string{"nsbox/daemon/service", "nsbox/daemon/auth", "nsbox/daemon/audit", "nsbox/store/..."},
		never:    []string{"nsbox/daemon/restapi", "nsbox/daemon/wsapi", "nsbox/daemon/grpcapi", "nsbox/daemon/web", "connectrpc.com/connect"},
		why:      "the service knows no protocol: every front end stands before the same one",
	},
	{
		packages: []string{"cmd/nsbox"},
		never:    []string{"nsbox/heal/openai", "nsbox/heal/anthropic", "nsbox/heal/models"},
		deps:     true,
		why:      "the models' libraries cost 2 ms at every start; nsbox-healer links them",
	},
	{
		packages: []string{"nsbox/store/...", "nsbox/daemon/..."},
		never:    []string{libcontainer, libseccomp, "nsbox/helper", "nsbox/internal/zygote", "nsbox/internal/confine"},
		deps:     true,
		why:      "what listens to the network has no privilege, and none of the code that has it",
	},
	{
		packages: []string{"nsbox/daemon/service", "nsbox/daemon/auth", "nsbox/daemon/audit", "nsbox/store"},
		never:    []string{"net/http", "database/sql", "nsbox/store/sqlite", "nsbox/store/postgres", "nsbox/store/sqlstore", "nsbox/daemon/restapi", "nsbox/daemon/grpcapi"},
		why:      "the service knows no protocol and no database",
	},
	{
		packages: []string{"nsbox/daemon/web", "nsbox/daemon/compat", "nsbox/daemon/wsapi"},
		never:    []string{"nsbox/store", "nsbox/store/...", "nsbox/daemon/auth", "nsbox/daemon/restapi", "nsbox/daemon/grpcapi", "nsbox/daemon/config"},
		why:      "a front end asks the service alone, and knows no other front end",
	},
	{
		packages: []string{"nsbox/daemon/restapi"},
		never:    []string{"nsbox/store", "nsbox/store/...", "nsbox/daemon/grpcapi", "nsbox/daemon/config"},
		why:      "REST is a thin layer over the service; what settings mean is decided where they are read",
	},
	{
		packages: []string{"nsbox/helper", "nsbox/internal/confine", "nsbox/internal/cgroup", "nsbox/internal/ids"},
		never:    []string{"net/http", "encoding/gob", "text/template", "plugin"},
		deps:     false,
		why:      "the privileged side parses one small protocol and nothing else",
	},
}

func TestImportRules(t *testing.T) {
	all := load(t)
	for _, r := range rules {
		for _, p := range all {
			if !p.ours() || !matchAny(r.packages, p.name()) {
				continue
			}
			imports := p.Imports
			if r.deps {
				imports = p.Deps
			}
			for _, path := range imports {
				name := all[path].name()
				if path == "C" || name == "" {
					name = path
				}
				allowed := len(r.only) == 0 || all[path].Standard && slices.Contains(r.only, "std") || matchAny(r.only, name)
				if !allowed || matchAny(r.never, name) {
					t.Errorf("%s depends on %s: %s", p.name(), name, r.why)
				}
			}
		}
	}
}

// Who may import what is C or runs before main.
func TestWhoMayImport(t *testing.T) {
	owners := []struct {
		imported string
		by       []string
		why      string
	}{
		{libcontainer, []string{"nsbox/internal/zygote", "nsbox/helper", "nsbox/internal/cgroup", "cmd/nsbox-helper"}, "the runtime that builds zygotes is replaceable in one place"},
		{libseccomp, []string{"nsbox/internal/seccomp"}, "filters are compiled in one place"},
		{"C", []string{"nsbox/internal/seccomp", "nsbox/internal/zygote"}, "cgo belongs to the helper's parts that need a C library"},
		{"nsbox/internal/nstest", []string{"nsbox/daemon/internal/daemontest"}, "test helpers are no part of a program"},
		{"nsbox/internal/analyzetest", nil, "test helpers are no part of a program"},
		{"nsbox/internal/leaktest", nil, "test helpers are no part of a program"},
		{"nsbox/daemon/internal/daemontest", nil, "test helpers are no part of a program"},
		{"github.com/danielgtaylor/huma/...", []string{"nsbox/daemon/restapi"}, "what describes the REST interface is replaceable in one place"},
		{"nsbox/store/storetest", nil, "test helpers are no part of a program"},
		{"nsbox/hostile", nil, "hostile programs are no part of a program"},
		{"testing", []string{"nsbox/internal/nstest", "nsbox/hostile", "nsbox/daemon/internal/daemontest", "nsbox/store/storetest", "nsbox/internal/analyzetest"}, "test helpers are no part of a program"},
	}
	all := load(t)
	for _, o := range owners {
		for _, p := range all {
			if !p.ours() || matchAny(o.by, p.name()) {
				continue
			}
			for _, path := range p.Imports {
				if match(o.imported, all[path].name()) || path == o.imported {
					t.Errorf("%s imports %s: %s", p.name(), path, o.why)
				}
			}
		}
	}
}

// The CLI and nsbox-init are built with CGO_ENABLED=0. A dependency with C in
// it would build all the same, as another program than the one tested here.
func TestNoCgoBesideTheHelper(t *testing.T) {
	all := load(t)
	for _, main := range []string{"cmd/nsbox", "cmd/nsboxd", "cmd/nsbox-init", "cmd/nsbox-healer"} {
		p, ok := all[module+"/"+main]
		if !ok {
			t.Errorf("%s is missing", main)
			continue
		}
		for _, dep := range p.Deps {
			if d := all[dep]; !d.Standard && len(d.CgoFiles) > 0 {
				t.Errorf("%s depends on %s, which uses cgo", main, dep)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"os", "os", true},
		{"os", "os/exec", false},
		{"os/...", "os/exec", true},
		{"os/...", "osx", false},
		{"nsbox", "nsbox/cli", false},
		{"cmd/*", "cmd/nsbox", true},
		{"cmd/*", "cmd/nsbox/x", false},
	} {
		if got := match(c.pattern, c.name); got != c.want {
			t.Errorf("match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, name) })
}

func match(pattern, name string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == root || strings.HasPrefix(name, root+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
