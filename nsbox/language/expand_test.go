package language

import (
	"reflect"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

func TestExpand(t *testing.T) {
	l := &Language{Name: "x", Extensions: []string{".c", ".cc"}}
	vars := Vars{
		Files: []string{"src/main.prog", "util.c", "util.h", "deep/a.cc"}, Args: []string{"-v", "", "{main}", "a b"},
		Memory: 256 * nsbox.MiB, CPUs: 1.5,
	}
	for _, c := range []struct {
		name       string
		argv, want []string
	}{
		{"main and stem", []string{"run", "{main}", "-o", "{stem}.out"}, []string{"run", "/workspace/src/main.prog", "-o", "main.out"}},
		{"limits", []string{"x", "-m{heap_mb}", "{memory_mb}:{cpus}"}, []string{"x", "-m160", "256:2"}},
		{"arguments are not expanded again", []string{"x", "{args}", "end"}, []string{"x", "-v", "", "{main}", "a b", "end"}},
		{"sources, the main file first whatever its name", []string{"cc", "{sources}"},
			[]string{"cc", "/workspace/src/main.prog", "/workspace/util.c", "/workspace/deep/a.cc"}},
		{"other braces stay", []string{"sh", "{", "}", "{}", "{ x }", "{A}", "${{v}", "{{{{", "a{"},
			[]string{"sh", "{", "}", "{}", "{ x }", "{A}", "${v}", "{{", "a{"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, env, err := l.Expand(&Stage{Argv: c.argv, Env: []string{"CPUS={cpus}"}}, vars)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("argv = %q; want %q", got, c.want)
			}
			if !reflect.DeepEqual(env, []string{"CPUS=2"}) {
				t.Errorf("env = %q", env)
			}
		})
	}
}

func TestExpandErrors(t *testing.T) {
	l := &Language{Name: "x"}
	if _, _, err := l.Expand(&Stage{Argv: []string{"a"}}, Vars{}); err == nil {
		t.Error("no files: want an error")
	}
	if _, _, err := l.Expand(&Stage{Argv: []string{"{what}"}}, Vars{Files: []string{"a"}}); err == nil {
		t.Error("unknown placeholder: want an error")
	}
}

func TestHeapMB(t *testing.T) {
	for memory, want := range map[nsbox.Size]int64{
		0: 1, 64 * nsbox.MiB: 32, 128 * nsbox.MiB: 64, 256 * nsbox.MiB: 160, 512 * nsbox.MiB: 384, 2 * nsbox.GiB: 1728,
	} {
		if got := HeapMB(memory); got != want {
			t.Errorf("HeapMB(%v) = %d; want %d", memory, got, want)
		}
	}
}
