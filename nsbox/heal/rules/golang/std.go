package golang

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:generate sh -c "go run generate.go > std.txt"

//go:embed std.txt
var stdText string

// stdPackage is what a package of the standard library exports.
type stdPackage struct {
	path string
	// names are functions, types, variables and constants; kinds has 'f', 't' or
	// 'v' for each. members are the methods and fields of each type.
	names   []string
	kinds   map[string]byte
	members map[string][]string
}

// baseOf is the name by which a program that imports the package calls it.
func baseOf(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if len(base) == 2 && base[0] == 'v' { // math/rand/v2
		return baseOf(path[:len(path)-3])
	}
	return base
}

// std is the index of std.txt: its lines by path. A line is read when somebody
// asks for its package.
var std = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(stdText), "\n") {
		path, names, _ := strings.Cut(line, " ")
		lines[path] = names
	}
	return lines
})

// stdLookup returns the package of that path.
func stdLookup(path string) (*stdPackage, bool) {
	line, ok := std()[path]
	if !ok {
		return nil, false
	}
	p := &stdPackage{path: path, kinds: map[string]byte{}, members: map[string][]string{}}
	for name := range strings.FieldsSeq(line) {
		if typ, member, ok := strings.Cut(name, "."); ok {
			p.members[typ] = append(p.members[typ], member)
			continue
		}
		kind := byte('f')
		switch name[len(name)-1] {
		case '@':
			kind, name = 't', name[:len(name)-1]
		case '%':
			kind, name = 'v', name[:len(name)-1]
		}
		p.names = append(p.names, name)
		p.kinds[name] = kind
	}
	return p, true
}

// rarely are packages that lose against another of the same name.
var rarely = []string{"text/scanner", "html/template", "crypto/rand", "math/rand/v2", "go/scanner", "encoding/xml", "container/ring"}

// stdNamed returns the paths of the packages that are called name, the usual
// one first.
func stdNamed(name string) []string {
	var paths []string
	for path := range std() {
		if baseOf(path) == name {
			paths = append(paths, path)
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		ra, rb := slices.Contains(rarely, a), slices.Contains(rarely, b)
		if ra != rb {
			if ra {
				return 1
			}
			return -1
		}
		return len(a) - len(b)
	})
	return paths
}

// stdBases are the names by which packages are called.
func stdBases() []string {
	var names []string
	for path := range std() {
		names = append(names, baseOf(path))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
