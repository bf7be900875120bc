package javascript

import (
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// What tsc prints of a finding: main.ts(3,16): error TS2551: Property 'mapp'
// does not exist on type 'P[]'. Did you mean 'map'?
var (
	tscRE     = lazyre.New(`^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$`)
	didMeanRE = lazyre.New(`Did you mean (?:the instance member |the static member |to write )?'([\w$.]+)'\?`)
	quotedRE  = lazyre.New(`'([\w$]+)'`)
)

// tsc reads the findings of tsc. Those that come of what the sandbox lacks (the
// declarations of Node and of other modules) are left out.
func tsc(text string, files []nsbox.File) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	for _, l := range strings.Split(text, "\n") {
		m := tscRE.FindStringSubmatch(strings.TrimRight(l, "\r"))
		if m == nil {
			if strings.HasPrefix(l, "  ") && len(out) > 0 && len(out[len(out)-1].Message) < maxMessage {
				out[len(out)-1].Message += "\n" + strings.TrimRight(l, "\r")
			}
			continue
		}
		if foreign(m[4], m[5]) {
			continue
		}
		name, ok := relative(m[1])
		if !ok {
			continue
		}
		d := nsbox.Diagnosis{Type: m[4], Message: m[5], File: name, Phase: nsbox.PhaseLint}
		if strings.HasPrefix(m[4], "TS1") && len(m[4]) == len("TS1005") {
			d.Phase = nsbox.PhaseParse
		}
		d.Line, _ = strconv.Atoi(m[2])
		d.Column, _ = strconv.Atoi(m[3])
		mean(&d, files)
		out = append(out, d)
	}
	return out
}

// foreign reports whether a finding is about declarations that are not there.
func foreign(code, text string) bool {
	switch code {
	case "TS2307", "TS2591", "TS2580", "TS2792", "TS7016", "TS2584", "TS5107", "TS5101", "TS2503":
		return true
	}
	return code == "TS2304" && (strings.Contains(text, "'__dirname'") || strings.Contains(text, "'__filename'") || strings.Contains(text, "'global'"))
}

// mean makes tsc's "Did you mean" a suggestion.
func mean(d *nsbox.Diagnosis, files []nsbox.File) {
	m := didMeanRE.FindStringSubmatch(d.Message)
	was := quotedRE.FindStringSubmatch(d.Message)
	if m == nil || was == nil {
		return
	}
	d.Hint = "Did you mean " + m[1] + "?"
	for _, f := range files {
		if f.Name != d.File {
			continue
		}
		text := source.NewText(f.Data)
		at, ok := text.Offset(d.Line, d.Column)
		if ok && strings.HasPrefix(text.Src[at:], was[1]) {
			d.Suggestions = append(d.Suggestions, nsbox.Suggestion{
				Message: "replace " + was[1] + " by " + m[1],
				Edits:   []nsbox.Edit{{File: f.Name, Start: at, End: at + len(was[1]), Text: m[1]}},
			})
		}
	}
}
