package seccomp

import (
	"testing"

	profiles "github.com/nsbox/nsbox/seccomp-profiles"
)

func compiled(t testing.TB, name string, o Options) Program {
	t.Helper()
	p, err := Store{}.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	prog, err := p.Compile(o)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

func TestOwnProfilesCompile(t *testing.T) {
	for _, name := range profiles.Names() {
		for _, suffix := range []string{"", killSuffix} {
			prog := compiled(t, name+suffix, Options{})
			t.Logf("%s: %d instructions", name+suffix, len(prog))
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		compiled(b, "default", Options{})
	}
}
