package cli

import (
	"fmt"
	"io/fs"
	"testing"

	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
)

// The language that asks for a toolchain's version is one that nsbox accepts, for
// every language that comes with it.
func TestVersionProbes(t *testing.T) {
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		t.Fatal(err)
	}
	known, problems := language.Load(builtin)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, l := range known.All() {
		p, err := language.Decode(probeName(l), []byte(probeText(l)))
		if err != nil {
			t.Errorf("%s: %v", l.Name, err)
			continue
		}
		if p.Image != l.Image || len(p.Run.Argv) != len(l.Version)+1 {
			t.Errorf("%s: %+v", l.Name, p)
		}
	}
}

func TestTOMLString(t *testing.T) {
	for in, want := range map[string]string{
		`plain`: `"plain"`, `a"b\c`: `"a\"b\\c"`, "tab\tnl\n\x7f": `"tab\u0009nl\u000a\u007f"`, "ü": `"ü"`,
	} {
		if got := tomlString(in); got != want {
			t.Errorf("%q: %s; want %s", in, got, want)
		}
	}
}

// The base comes first, an image before those that are over it, each once.
func TestInOrder(t *testing.T) {
	all := recipes{
		"base": {}, "a": {recipe: &language.Recipe{}}, "b": {recipe: &language.Recipe{Base: "a"}},
		"x": {recipe: &language.Recipe{Base: "y"}}, "y": {recipe: &language.Recipe{Base: "x"}},
		"z": {recipe: &language.Recipe{Base: "imported"}},
	}
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"b", "a"}, "[base a b]"},
		{[]string{"a", "base"}, "[base a]"},
		{[]string{"z"}, "[z]"},
		{[]string{"x"}, `the recipe of image "y" goes over itself`},
		{[]string{"bb"}, `there is no language or recipe "bb"`},
	} {
		order, err := inOrder(all, c.names)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(order)
		}
		if got != c.want {
			t.Errorf("%v: %s; want %s", c.names, got, c.want)
		}
	}
}
