package javascript

import (
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// fault is what the parser objects to.
type fault struct {
	text    string
	at, end int // bytes of the source
	note    int // offset of the first note's place; -1 where there is none
}

// parsed is what the parser says of a source. It stops at the first error that
// makes the rest unreadable.
type parsed struct {
	faults   []fault
	warnings []fault
}

func (p parsed) ok() bool { return len(p.faults) == 0 }

// parse reads src as the language that name's extension says.
func parse(name, src string) parsed {
	res := api.Transform(src, api.TransformOptions{
		Loader: loader(name), LogLevel: api.LogLevelSilent, Sourcefile: name,
	})
	text := source.NewText([]byte(src))
	return parsed{faults(text, res.Errors), faults(text, res.Warnings)}
}

func loader(name string) api.Loader {
	switch strings.ToLower(path.Ext(name)) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	}
	return api.LoaderJS
}

// typed reports whether name is TypeScript's.
func typed(name string) bool { return loader(name) != api.LoaderJS }

func faults(text *source.Text, all []api.Message) []fault {
	var out []fault
	for _, m := range all {
		f := fault{text: m.Text, note: -1}
		if m.Location != nil {
			f.at, _ = text.OffsetBytes(m.Location.Line, m.Location.Column+1)
			f.end = min(f.at+m.Location.Length, len(text.Src))
		}
		if len(m.Notes) > 0 && m.Notes[0].Location != nil {
			f.note, _ = text.OffsetBytes(m.Notes[0].Location.Line, m.Notes[0].Location.Column+1)
		}
		out = append(out, f)
	}
	return out
}
