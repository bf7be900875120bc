package seccomp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

func rules(r string) string {
	return `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[` + r + `]}`
}

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct{ name, json, want string }{
		{"not JSON", `nonsense`, "invalid character"},
		{"two values", rules("") + `{}`, "something follows"},
		{"unknown key", `{"defaultAction":"SCMP_ACT_ERRNO","listenerPath":"/x"}`, `unknown field "listenerPath"`},
		{"no default", `{"syscalls":[]}`, `defaultAction "" is not known`},
		{"notify", `{"defaultAction":"SCMP_ACT_NOTIFY"}`, "not known: write one of"},
		{"errno without use", `{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1}`, "only SCMP_ACT_ERRNO takes one"},
		{"errno range", `{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":5000}`, "out of range"},
		{"architecture", `{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_VAX"]}`, `"SCMP_ARCH_VAX" is not known`},
		{"both architecture keys", `{"defaultAction":"SCMP_ACT_ERRNO","architectures":[],"archMap":[]}`, "exclude each other"},
		{"no name", rules(`{"action":"SCMP_ACT_ALLOW"}`), "rule 1: names is empty"},
		{"unknown call", rules(`{"names":["read","raed"],"action":"SCMP_ACT_ALLOW"}`), `rule 1: there is no system call "raed"`},
		{"name and names", rules(`{"name":"read","names":["read"],"action":"SCMP_ACT_ALLOW"}`), "exclude each other"},
		{"unknown action", rules(`{"names":["read"],"action":"allow"}`), `action "allow" is not known`},
		{"index", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]}`), "index 6 is out of range"},
		{"op", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"="}]}`), `comparison "=" is not known`},
		{"valueTwo", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"valueTwo":1,"op":"SCMP_CMP_EQ"}]}`), "valueTwo is for"},
		{"never matches", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}]}`), "never matches"},
		{"same argument twice", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_GE"},{"index":0,"value":9,"op":"SCMP_CMP_LE"}]}`), "compared twice"},
		{"kernel", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"new"}}`), `"new" is not a kernel version`},
		{"too large", strings.Repeat(" ", MaxSize+1), "too many"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse([]byte(tc.json))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v does not say %q", err, tc.want)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	arg := func(call, op, value string) string {
		return rules(`{"names":["` + call + `"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":` + value + `,"op":"SCMP_CMP_` + op + `"}]}`)
	}
	for _, tc := range []struct{ name, json, want string }{
		{"two actions", rules(`{"names":["read"],"action":"SCMP_ACT_ALLOW"},{"names":["read"],"action":"SCMP_ACT_TRAP"}`), "read has rules with different actions"},
		{"two actions by arguments", rules(`{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"}]},{"names":["socket"],"action":"SCMP_ACT_TRAP","args":[{"index":1,"value":1,"op":"SCMP_CMP_EQ"}]}`), "socket has rules with different actions that can both match"},
		{"other architecture", `{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_S390X"]}`, "it is for [SCMP_ARCH_S390X]"},
		{"int too large", arg("socket", "EQ", "4294967296"), "the kernel takes 32 bits"},
		{"int never", arg("socket", "LT", "0"), "never holds"},
		{"too many alternatives", rules(`{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_NE"},{"index":1,"value":1,"op":"SCMP_CMP_NE"}]}`), "more than 256 alternatives"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := Parse([]byte(tc.json))
			if err != nil {
				t.Fatal(err)
			}
			if _, err = p.Compile(Options{}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v does not say %q", err, tc.want)
			}
		})
	}
}

// TestConditions: a rule that asks for a capability never applies; one for
// another architecture or a newer kernel does not either.
func TestConditions(t *testing.T) {
	p, err := Parse([]byte(rules(`
		{"names":["bpf"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_BPF"]}},
		{"names":["read"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["amd64"]}},
		{"names":["write"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["amd64"]}},
		{"names":["open"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"5.4"}},
		{"names":["close"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"6.19"}},
		{"names":["dup"],"action":"SCMP_ACT_ALLOW","excludes":{"caps":["CAP_SYS_ADMIN"]}}`)))
	if err != nil {
		t.Fatal(err)
	}
	calls, err := p.collect("amd64", kernelVersion{6, 18})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range calls {
		names = append(names, c.name)
	}
	if got := strings.Join(names, " "); got != "read open dup" {
		t.Errorf("rules apply to %q, want read, open and dup", got)
	}
}

func TestStore(t *testing.T) {
	dir := t.TempDir()
	s := Store{Dir: dir}
	if err := os.WriteFile(filepath.Join(dir, "mine.json"), []byte(rules("")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "../default", "a/b", "Default", "-kill"} {
		if _, err := s.Load(bad); err == nil || !strings.Contains(err.Error(), "is not a seccomp profile's name") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := s.Load("unknown"); err == nil || !strings.Contains(err.Error(), "there are collect, compile, default, files, mine, strict") {
		t.Errorf("an unknown name: %v", err)
	}
	if p, err := s.Load("default-kill"); err != nil || p.DefaultAction != KillProcess {
		t.Errorf("default-kill: %v", err)
	}
	nstest.RequireRoot(t) // the rest is about files that belong to root
	if _, err := s.Load("mine"); err != nil {
		t.Error(err)
	}
	if err := os.Symlink("mine.json", filepath.Join(dir, "link.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("link"); err == nil {
		t.Error("a symbolic link was followed")
	}
	if err := os.Chmod(filepath.Join(dir, "mine.json"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("mine"); err == nil || !strings.Contains(err.Error(), "must belong to root") {
		t.Errorf("a file that all may write: %v", err)
	}
	if err := os.Chown(dir, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("mine"); err == nil || !strings.Contains(err.Error(), "must belong to root") {
		t.Errorf("a directory of another user: %v", err)
	}
}

// FuzzParse: whatever is parsed can be compiled or is refused, and a program
// that comes out gives an answer to every call.
func FuzzParse(f *testing.F) {
	// Small seeds: the fuzzer spends its time on cutting large ones down. That the
	// own profiles are taken is tested elsewhere.
	f.Add([]byte(rules(`{"comment":"c","names":["read","clone3"],"action":"SCMP_ACT_ALLOW"}`)))
	f.Add([]byte(rules(`{"names":["clone"],"action":"SCMP_ACT_ERRNO","errnoRet":38,"args":[{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}],"excludes":{"caps":["CAP_SYS_ADMIN"],"arches":["s390x"]}}`)))
	f.Add([]byte(rules(`{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":40,"op":"SCMP_CMP_NE"}]}`)))
	f.Add([]byte(`{"defaultAction":"SCMP_ACT_ALLOW","archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}],"syscalls":[{"name":"read","action":"SCMP_ACT_TRAP","includes":{"minKernel":"4.8"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		prog, err := p.Compile(Options{})
		if err != nil {
			return
		}
		for _, c := range []Call{{}, {Nr: 41, Args: [6]uint64{1 << 32}}, {Nr: 1 << 31}, {Arch: 3}} {
			if _, err := prog.Decide(c); err != nil {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}
