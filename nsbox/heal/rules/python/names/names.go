// Package names knows what Python and its library call things. Its table comes
// from generate.py.
package names

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed names.txt
var table string

// tables is names.txt cut into words.
type tables struct {
	modules, types, params map[string][]string
	arity                  map[string][2]int
	order                  []string // the modules in the table's order
	owners                 map[string][]string
}

var load = sync.OnceValue(func() *tables {
	t := &tables{
		modules: map[string][]string{}, types: map[string][]string{}, params: map[string][]string{},
		arity: map[string][2]int{}, owners: map[string][]string{},
	}
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch kind, name, rest := words[0], words[1], words[2:]; kind {
		case "m":
			t.modules[name] = rest
			t.order = append(t.order, name)
			if name != "builtins" && name != "*" && !External(name) {
				for _, w := range rest {
					t.owners[w] = append(t.owners[w], name)
				}
			}
		case "t":
			t.types[name] = rest
		case "k":
			t.params[name] = rest
		case "a":
			lo, _ := strconv.Atoi(rest[0])
			hi, _ := strconv.Atoi(rest[1])
			t.arity[name] = [2]int{lo, hi}
		}
	}
	return t
})

// Builtins are the names that are always there.
func Builtins() []string { return load().modules["builtins"] }

// IsBuiltin reports whether name is one of [Builtins] or of the names that every
// module has.
func IsBuiltin(name string) bool {
	_, ok := slices.BinarySearch(Builtins(), name)
	return ok || strings.HasPrefix(name, "__") && slices.Contains(
		[]string{"__name__", "__file__", "__doc__", "__builtins__", "__import__", "__debug__", "__spec__", "__package__", "__loader__", "__class__"}, name)
}

// Module returns the public names of a module.
func Module(name string) ([]string, bool) {
	m, ok := load().modules[name]
	return m, ok && name != "*"
}

// IsModule reports whether name is a module that can be imported.
func IsModule(name string) bool {
	_, ok := Module(name)
	return ok || slices.Contains(load().modules["*"], name)
}

// Modules are all modules.
func Modules() []string {
	t := load()
	out := make([]string, 0, len(t.order)+100)
	for _, m := range t.order {
		if m != "*" {
			out = append(out, m)
		}
	}
	return append(out, t.modules["*"]...)
}

// External reports whether a module is of the image, not of the library.
func External(name string) bool {
	return strings.HasPrefix(name, "numpy") || strings.HasPrefix(name, "pandas") || strings.HasPrefix(name, "matplotlib")
}

// Type returns the attributes of a type by the name that errors give it.
func Type(name string) ([]string, bool) {
	t, ok := load().types[name[strings.LastIndexByte(name, '.')+1:]]
	return t, ok
}

// Params returns the parameters that a function takes by name.
func Params(function string) ([]string, bool) {
	t := load()
	if p, ok := t.params[function]; ok {
		return p, true
	}
	p, ok := t.params[function[strings.LastIndexByte(function, '.')+1:]]
	return p, ok
}

// Arity returns how many arguments a built-in function takes.
func Arity(function string) (lo, hi int, ok bool) {
	a, ok := load().arity[function]
	return a[0], a[1], ok
}

// Owners are the modules of the library that have a public name, in the order of
// the table.
func Owners(name string) []string { return load().owners[name] }
