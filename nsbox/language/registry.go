package language

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Registry is a set of languages. It does not change and may be used by several
// goroutines at once.
type Registry struct {
	byName       map[string]*Language
	byAlias      map[string]*Language
	byExtension  map[string]*Language
	interpreters map[string]*Language
	sorted       []*Language
}

// All returns the languages, sorted by name. They must not be changed.
func (r *Registry) All() []*Language { return slices.Clone(r.sorted) }

// Lookup returns the language called name: its own name, or an alias. Case
// does not count. The error is an [*UnknownError].
func (r *Registry) Lookup(name string) (*Language, error) {
	lower := strings.ToLower(strings.TrimSpace(name))
	if l := r.byName[lower]; l != nil {
		return l, nil
	}
	if l := r.byAlias[lower]; l != nil {
		return l, nil
	}
	e := &UnknownError{Name: name}
	for _, l := range r.sorted {
		e.Known = append(e.Known, l.Name)
	}
	words := slices.Clone(e.Known)
	for a := range r.byAlias {
		words = append(words, a)
	}
	// Names stand before aliases and so win where both are equally near.
	sort.Strings(words[len(e.Known):])
	e.Suggestion = suggest.Nearest(lower, words)
	return nil, e
}

// UnknownError tells that no language has a name. It is a [nsbox.ErrLanguage].
type UnknownError struct {
	Name       string
	Suggestion string   // what was probably meant, or ""
	Known      []string // the names that there are, sorted
}

func (e *UnknownError) Error() string {
	if e.Suggestion != "" {
		return fmt.Sprintf("unknown language %q: did you mean %q?", e.Name, e.Suggestion)
	}
	return fmt.Sprintf("unknown language %q; there are: %s", e.Name, strings.Join(e.Known, ", "))
}

// Unwrap returns nsbox.ErrLanguage.
func (e *UnknownError) Unwrap() error { return nsbox.ErrLanguage }

// builder collects languages while every name is kept unambiguous.
type builder struct{ langs map[string]*Language }

func newBuilder() *builder { return &builder{langs: make(map[string]*Language)} }

// decode adds a built-in language; clashes are found by check, once all are there.
func (b *builder) decode(file string, data []byte) error {
	l, err := Decode(strings.TrimSuffix(path.Base(file), ".toml"), data)
	if err != nil {
		return err
	}
	b.langs[l.Name] = l
	return nil
}

// replace adds a language of the administrator's, or changes nothing where it
// is wrong or takes a name that another language has.
func (b *builder) replace(file string, data []byte) error {
	l, err := Decode(strings.TrimSuffix(file, ".toml"), data)
	if err != nil {
		return err
	}
	before := b.langs[l.Name]
	b.langs[l.Name] = l
	err = b.check()
	if err == nil {
		return nil
	}
	if before == nil {
		delete(b.langs, l.Name)
	} else {
		b.langs[l.Name] = before
	}
	return err
}

// check finds names, extensions and interpreters that two languages claim, and
// images that two files describe.
func (b *builder) check() error {
	claims := make(map[string]string)
	claim := func(l *Language, kind string, values ...string) error {
		for _, v := range values {
			key := kind + " " + v
			if other, ok := claims[key]; ok && other != l.Name {
				return fmt.Errorf("%s: %s %q belongs to the language %s, too", l.Name, kind, v, other)
			}
			claims[key] = l.Name
		}
		return nil
	}
	for _, l := range b.all() {
		err := claim(l, "name", append([]string{l.Name}, l.Aliases...)...)
		if err == nil {
			err = claim(l, "extension", l.Extensions...)
		}
		if err == nil {
			err = claim(l, "interpreter", l.Interpreters...)
		}
		if err == nil && l.Recipe != nil {
			err = claim(l, "recipe of image", l.Image)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) all() []*Language {
	var out []*Language
	for _, l := range b.langs {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (b *builder) registry() *Registry {
	r := &Registry{
		byName: b.langs, byAlias: make(map[string]*Language), byExtension: make(map[string]*Language),
		interpreters: make(map[string]*Language), sorted: b.all(),
	}
	for _, l := range r.sorted {
		for _, a := range l.Aliases {
			r.byAlias[a] = l
		}
		for _, e := range l.Extensions {
			r.byExtension[e] = l
		}
		for _, i := range l.Interpreters {
			r.interpreters[i] = l
		}
	}
	return r
}
