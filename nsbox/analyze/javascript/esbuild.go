package javascript

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// What esbuild prints of an error; columns are bytes and count from 0:
//
//	✘ [ERROR] Expected ")" but found ";"
//
//	    main.ts:2:13:
//	      2 │ console.log(a;
//	        │              ^
//	        ╵              )
var (
	esErrorRE  = lazyre.New(`^(?:✘|X) \[ERROR\] (.*)$`)
	esPlaceRE  = lazyre.New(`^    ([^\s].*?):(\d+):(\d+):$`)
	esSourceRE = lazyre.New(`^\s+(\d+) (?:│|╵) ?(.*)$`)
)

// esbuild reads the errors of esbuild on stderr.
func esbuild(e nsbox.Evidence) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	lines := strings.Split(string(tail(e.Stderr)), "\n")
	for i := 0; i < len(lines); i++ {
		m := esErrorRE.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		d := nsbox.Diagnosis{Message: m[1]}
		d.Type, d.Phase = esClass(m[1])
		end := i + 1
		for end < len(lines) && !strings.HasPrefix(lines[end], "✘ [") && !strings.HasPrefix(lines[end], "▲ [") {
			end++
		}
		esPlace(&d, lines[i+1:end], e.Files)
		if d.File == "" && strings.HasPrefix(d.Message, "Build failed") {
			continue
		}
		out = append(out, d)
		i = end - 1
	}
	return out
}

// esClass tells what is not well-formed from what does not fit together.
func esClass(text string) (string, nsbox.Phase) {
	for _, p := range []string{"Could not resolve", "No matching export", "Cannot assign to", "Import ", "Cannot read", "No loader"} {
		if strings.HasPrefix(text, p) {
			return "CompileError", nsbox.PhaseCompile
		}
	}
	return "SyntaxError", nsbox.PhaseParse
}

func esPlace(d *nsbox.Diagnosis, lines []string, files []nsbox.File) {
	for i, l := range lines {
		m := esPlaceRE.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if d.File != "" { // the place of a note
			break
		}
		name, ok := relative(m[1])
		if !ok {
			name = m[1]
		}
		d.File = name
		d.Line, _ = strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		if i+1 < len(lines) {
			if s := esSourceRE.FindStringSubmatch(lines[i+1]); s != nil && column <= len(s[2]) {
				column = utf8.RuneCountInString(s[2][:column])
			}
		}
		d.Column = column + 1
		if i+3 < len(lines) {
			suggest(d, lines[i+3], files)
		}
	}
}

// suggest takes the text that esbuild puts below its marker: what it expected.
func suggest(d *nsbox.Diagnosis, line string, files []nsbox.File) {
	_, text, ok := strings.Cut(line, "╵")
	if !ok || strings.TrimSpace(text) == "" || !strings.HasPrefix(d.Message, "Expected ") {
		return
	}
	text = strings.TrimSpace(text)
	d.Hint = "Expected is " + text + "."
	for _, f := range files {
		if f.Name != d.File {
			continue
		}
		if at, ok := source.NewText(f.Data).Offset(d.Line, d.Column); ok {
			d.Suggestions = append(d.Suggestions, nsbox.Suggestion{
				Message: "insert " + text, Edits: []nsbox.Edit{{File: f.Name, Start: at, End: at, Text: text}},
			})
		}
	}
}
