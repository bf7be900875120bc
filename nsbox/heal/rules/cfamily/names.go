package cfamily

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// The names of the standard libraries by the header that declares them. Written
// by hand, and verified against gcc 12 by names/verify, which compiles each.
//
//go:embed names/c.txt
var cNames string

//go:embed names/cpp.txt
var cppNames string

// library is one standard library.
type library struct {
	header map[string]string   // by name
	names  map[string][]string // by header
}

func parseLibrary(text string) library {
	l := library{map[string]string{}, map[string][]string{}}
	for line := range strings.Lines(text) {
		header, names, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		l.names[header] = strings.Fields(names)
		for _, n := range l.names[header] {
			if _, have := l.header[n]; !have {
				l.header[n] = header
			}
		}
	}
	return l
}

var (
	cLibrary   = sync.OnceValue(func() library { return parseLibrary(cNames) })
	cppLibrary = sync.OnceValue(func() library { return parseLibrary(cppNames) })
)

// cppHeader is the name under which C++ has a header of C.
func cppHeader(h string) string {
	base, ok := strings.CutSuffix(h, ".h")
	switch {
	case !ok || strings.Contains(base, "/"):
		return h
	case base == "unistd" || base == "strings" || base == "pthread" || base == "fcntl" || base == "threads":
		return h
	}
	return "c" + base
}

// headerOf returns the header of a standard name as f's language includes it.
// std tells whether it is one of C++'s, which are of the namespace std.
func (f *code) headerOf(name string) (header string, std bool) {
	if f.cpp {
		if h := cppLibrary().header[name]; h != "" {
			return h, true
		}
		if h := cLibrary().header[name]; h != "" {
			return cppHeader(h), false
		}
		return "", false
	}
	return cLibrary().header[name], false
}

// carries are headers that bring others' names with them.
var carries = map[string][]string{
	"iostream": {"ostream", "istream", "ios", "iosfwd"},
	"fstream":  {"ostream", "istream", "ios", "string", "iosfwd"},
	"sstream":  {"ostream", "istream", "ios", "string", "iosfwd"},
	"map":      {"utility", "initializer_list"},
	"string":   {"initializer_list"},
	"vector":   {"initializer_list"},
}

// includes reports whether f includes header, itself or by another.
func (f *code) includes(header string) bool {
	if f.headers[header] || f.headers["bits/stdc++.h"] {
		return true
	}
	if f.cpp && strings.HasPrefix(header, "c") && f.headers[header[1:]+".h"] {
		return true
	}
	for h := range f.headers {
		for _, c := range carries[h] {
			if c == header {
				return true
			}
		}
	}
	return false
}

// libraryNames returns the names that f's includes bring; all of the library's
// with all set.
func (f *code) libraryNames(std, all bool) []string {
	l := cLibrary()
	if std {
		l = cppLibrary()
	}
	var out []string
	for h, names := range l.names {
		if all || std && f.includes(h) || !std && (f.headers[h] || f.cpp && f.includes(cppHeader(h))) {
			out = append(out, names...)
		}
	}
	return out
}

// usingStd reports whether the file opens the namespace std.
func (f *code) usingStd() bool {
	for i, t := range f.toks {
		if t.Text == "std" && f.is(i-1, "namespace") && f.is(i-2, "using") {
			return true
		}
	}
	return false
}

// known reports whether word means something: a keyword, a declared or a
// standard name.
func (f *code) known(word string) bool {
	if f.keyword(word) || len(f.byName[word]) > 0 || word == "std" {
		return true
	}
	h, _ := f.headerOf(word)
	return h != "" || typeWords[word] || predefined[word]
}

var predefined = set(`__FILE__ __LINE__ __func__ __FUNCTION__ __DATE__ __TIME__ defined main argc argv NULL npos first second
size begin end push_back c_str length what value get reset str __cplusplus`)

// missingHeaders returns the headers of standard names that are used and whose
// header is not included. In C++ others may bring those.
func (f *code) missingHeaders() []string {
	var out []string
	for i, t := range f.toks {
		if t.Kind != source.Word || len(f.byName[t.Text]) > 0 || f.is(i-1, ".") || f.is(i-1, "->") || len(out) > 8 {
			continue
		}
		header, std := f.headerOf(t.Text)
		if header == "" || f.includes(header) || slices.Contains(out, header) || commonNames[t.Text] && len(f.headers) > 0 {
			continue
		}
		macro := strings.ToUpper(t.Text) == t.Text && len(t.Text) > 3
		switch {
		case std && f.is(i-1, "::") && f.is(i-2, "std"):
		case !std && !f.cpp && (f.is(i+1, "(") || macro || strings.HasSuffix(t.Text, "_t")):
		default:
			continue
		}
		out = append(out, header)
	}
	return out
}

// commonNames are those that nearly every header of C brings.
var commonNames = set("NULL size_t wchar_t and or not")
