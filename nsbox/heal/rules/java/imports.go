package java

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// classesText is the output of classes.java.
//
//go:generate sh -c "java classes.java > classes.txt"
//go:embed classes.txt
var classesText string

// packageOrder are the packages that programs use most, in the order in which
// they are preferred where two have a class of one name.
var packageOrder = []string{
	"java.lang", "java.util", "java.util.function", "java.util.stream", "java.io", "java.nio.file", "java.math", "java.time",
	"java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks", "java.text", "java.util.regex",
	"java.time.format", "java.time.temporal", "java.net", "java.nio.charset", "java.nio",
}

// library is what is known of the platform's classes.
type library struct {
	packages map[string][]string // a class's packages, preferred first
	classes  map[string][]string // a package's classes
	popular  []string            // the classes of packageOrder
}

var loadLibrary = sync.OnceValue(func() *library {
	l := &library{packages: map[string][]string{}, classes: map[string][]string{}}
	for line := range strings.SplitSeq(strings.TrimSpace(classesText), "\n") {
		words := strings.Fields(line)
		l.classes[words[0]] = words[1:]
		for _, c := range words[1:] {
			l.packages[c] = append(l.packages[c], words[0])
		}
	}
	for _, list := range l.packages {
		slices.SortStableFunc(list, func(a, b string) int { return packageRank(a) - packageRank(b) })
	}
	for _, p := range packageOrder {
		l.popular = append(l.popular, l.classes[p]...)
	}
	return l
})

func packageRank(name string) int {
	if i := slices.Index(packageOrder, name); i >= 0 {
		return i
	}
	return len(packageOrder)
}

// home is the package that a class's simple name means; "" where two are equally
// likely or none is known.
func (l *library) home(class string) string {
	list := l.packages[class]
	if len(list) == 0 || len(list) > 1 && packageRank(list[0]) == packageRank(list[1]) {
		return ""
	}
	return list[0]
}

// imported reports whether class of the platform's package can be named as it is.
func (p *program) imported(class, pkg string) bool {
	if pkg == "java.lang" {
		return true
	}
	for i := 0; i < len(p.tokens) && p.text(i) != "{"; i++ {
		if p.text(i) != "import" {
			continue
		}
		end := i + 1
		for end < len(p.tokens) && p.text(end) != ";" {
			end++
		}
		name := strings.ReplaceAll(p.span(i+1, end), " ", "")
		if name == pkg+"."+class || name == pkg+".*" {
			return true
		}
		i = end
	}
	return false
}

// importEdit inserts imports: after the last one, after the package, or at the
// beginning.
func (p *program) importEdit(names []string) splice {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("import " + n + ";\n")
	}
	last := -1
	for i := 0; i < len(p.tokens) && p.text(i) != "{"; i++ {
		if t := p.text(i); t == "import" || t == "package" {
			for last = i; last < len(p.tokens) && p.text(last) != ";"; last++ {
			}
		}
	}
	if last >= 0 && last < len(p.tokens) {
		line := p.tokens[last].line
		at := p.Next(line)
		text := b.String()
		if at == len(p.Src) && !strings.HasSuffix(p.Src, "\n") {
			text = "\n" + text
		}
		if !p.hasImport() {
			text = "\n" + text
		}
		return splice{start: at, end: at, text: text}
	}
	at := 0
	if len(p.tokens) > 0 && strings.HasPrefix(strings.TrimSpace(p.Src), "//") {
		at = 0
	}
	return splice{start: at, end: at, text: b.String() + "\n"}
}

func (p *program) hasImport() bool {
	for i := range p.tokens {
		if p.text(i) == "import" {
			return true
		}
		if p.text(i) == "{" {
			break
		}
	}
	return false
}

// ownTypes are the names of the types that the program declares, and of those
// that it imports by name.
func (p *program) ownTypes() []string {
	var out []string
	for i := range p.tokens {
		switch p.text(i) {
		case "class", "interface", "enum", "record":
			if p.isName(i+1) && p.text(i-1) != "." {
				out = append(out, p.text(i+1))
			}
		case "import":
			for j := i + 1; j < len(p.tokens) && p.text(j) != ";"; j++ {
				if p.text(j+1) == ";" && p.isName(j) {
					out = append(out, p.text(j))
				}
			}
		}
	}
	return out
}

// typeNamed finds the type that word may have meant, and the import that it
// needs. A type of the program is likelier than one of the platform.
func (p *program) typeNamed(word string, more []string) (name, pkg string, ok bool) {
	lib := loadLibrary()
	own := append(p.ownTypes(), more...)
	if slices.Contains(own, word) {
		return word, "", false // it is there; the error is another one
	}
	if home := lib.home(word); home != "" {
		if p.imported(word, home) {
			return "", "", false
		}
		return word, home, true
	}
	if len(lib.packages[word]) > 0 {
		return "", "", false
	}
	mine, ours := source.Near(word, own), source.Near(word, lib.popular)
	if len(mine) > 0 && (len(ours) == 0 || mine[0].Cost <= ours[0].Cost) {
		name, ok = source.Clear(mine)
		return name, "", ok
	}
	var used []source.Match
	for _, m := range ours {
		if p.count(m.Name) > 0 || p.imported(m.Name, lib.home(m.Name)) && lib.home(m.Name) != "java.lang" {
			used = append(used, m) // one that the program has to do with
		}
	}
	if len(used) > 0 && used[0].Cost <= ours[0].Cost+2 {
		ours = used
	}
	best := nearest(ours)
	slices.SortStableFunc(best, func(a, b string) int { return packageRank(lib.home(a)) - packageRank(lib.home(b)) })
	if len(best) == 0 || len(best) > 1 && packageRank(lib.home(best[0])) == packageRank(lib.home(best[1])) {
		return "", "", false
	}
	name, pkg = best[0], lib.home(best[0])
	if pkg == "" {
		return "", "", false
	}
	if p.imported(name, pkg) {
		pkg = ""
	}
	return name, pkg, true
}

// nearest are the matches that no other is nearer than.
func nearest(all []source.Match) []string {
	var out []string
	for _, m := range all {
		if m.Cost == all[0].Cost {
			out = append(out, m.Name)
		}
	}
	return out
}
