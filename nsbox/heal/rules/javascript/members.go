package javascript

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// members.txt is written by generate.mjs, which says how and what it has.
//
//go:generate sh -c "node generate.mjs $TYPESCRIPT_LIB > members.txt"
//go:embed members.txt
var membersText string

// member is one name of an object of the standard library.
type member struct {
	name     string
	function bool
	// max is how many arguments a function takes, -1 where that is not known or
	// not bounded.
	max int
	// result is the type of the value, or of what the function returns.
	result string
}

// library has the members of each object, sorted, by the object's key.
var library = sync.OnceValue(func() map[string][]member {
	out := map[string][]member{}
	for _, line := range strings.Split(membersText, "\n") {
		key, list, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		for _, word := range strings.Fields(list) {
			m := member{max: -1}
			word, m.result, _ = strings.Cut(word, "=")
			var args string
			m.name, args, m.function = strings.Cut(word, "/")
			if n, err := strconv.Atoi(args); err == nil {
				m.max = n
			}
			out[key] = append(out[key], m)
		}
	}
	return out
})

// instances are the types whose values have methods.
var instances = strings.Fields("Array String Number Boolean Map Set Promise RegExp Date Function Object Iterator WeakMap WeakSet Error Symbol BigInt")

// lookup finds name among the members of the object with that key.
func lookup(key, name string) (member, bool) {
	list := library()[key]
	at, ok := slices.BinarySearchFunc(list, name, func(m member, name string) int { return strings.Compare(m.name, name) })
	if !ok {
		return member{}, false
	}
	return list[at], true
}

// names lists the members of the object with that key.
func names(key string) []string {
	var out []string
	for _, m := range library()[key] {
		out = append(out, m.name)
	}
	return out
}

// anywhere finds name among the members of all types' values.
func anywhere(name string) []member {
	var out []member
	for _, t := range instances {
		if m, ok := lookup(t, name); ok {
			out = append(out, m)
		}
	}
	return out
}

// builtin reports whether name is a member that a value of some type has.
func builtin(name string) bool { return len(anywhere(name)) > 0 }

// moduleKey is the key of a module of Node; "" where name is none.
func moduleKey(name string) string {
	key := strings.TrimPrefix(name, "node:") + ":"
	if _, ok := library()[key]; ok {
		return key
	}
	return ""
}

// modules lists the modules of Node.
func modules() []string {
	var out []string
	for key := range library() {
		if m, ok := strings.CutSuffix(key, ":"); ok {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}
