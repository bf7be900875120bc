package cfamily

import (
	"slices"
	"sort"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// oldHeaders are headers under names that other compilers had.
var oldHeaders = map[string]string{
	"iostream.h": "iostream", "fstream.h": "fstream", "iomanip.h": "iomanip", "strings": "string", "stdio": "stdio.h",
	"math": "math.h", "stdlib": "stdlib.h", "stdbool": "stdbool.h", "stdint": "stdint.h", "ctype": "ctype.h", "time": "time.h",
	"malloc": "stdlib.h", "vector.h": "vector", "string.hpp": "string", "algorithms": "algorithm", "maps": "map", "hash_map": "unordered_map",
}

// noHeader is for an include of a header that is not there: one of the
// program's own files or of the standard library is meant.
func noHeader(c *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	name := m[1]
	start, end := f.text.Bounds(d.Line)
	at := strings.Index(f.text.Src[start:end], name)
	if at < 0 {
		return nil
	}
	own := at > 0 && f.text.Src[start+at-1] == '"'
	pool := f.headerNames()
	for _, file := range c.p.Files {
		pool = append(pool, file.Name)
	}
	to := oldHeaders[name]
	if to == "" || f.cpp && (name == "math" || name == "stdlib" || name == "time" || name == "stdio" || name == "ctype" || name == "stdint") {
		if f.cpp && oldHeaders[name] != "" {
			to = cppHeader(oldHeaders[name])
		} else if best, ok := source.Clear(source.Near(name, pool)); ok && !(own && f.standard(best) && source.Distance(name, best) > 1) {
			// In quotes it may as well be a file of the program's that was not sent.
			to = best
		}
	}
	if to == "" {
		return nil
	}
	return []idea{{rule: "header", why: "<" + name + "> is not there; <" + to + "> is", rank: nsbox.RankLocal, sure: true, edits: []nsbox.Edit{
		{File: f.name, Start: start + at, End: start + at + len(name), Text: to},
	}}}
}

// standard reports whether name is a header of the standard library.
func (f *code) standard(name string) bool { return slices.Contains(f.headerNames(), name) }

// headerNames are the standard headers that f may include.
func (f *code) headerNames() []string {
	var pool []string
	for h := range cLibrary().names {
		pool = append(pool, h)
		if f.cpp {
			pool = append(pool, cppHeader(h))
		}
	}
	if f.cpp {
		for h := range cppLibrary().names {
			pool = append(pool, h)
		}
	}
	sort.Strings(pool)
	return pool
}

var (
	includeLine = lazyre.New(`^(\s*#\s*include\s*)[<"']?([\w./+-]+?)\s*[>"']?\s*;?\s*$`)
	hashWord    = lazyre.New(`^\s*#\s*(\w+)`)
)

// includeMarks puts a header's name between < and >.
func includeMarks(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	line := f.text.Line(d.Line)
	m := includeLine.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	start, end := f.text.Bounds(d.Line)
	text := strings.TrimRight(m[1], " ") + " <" + m[2] + ">"
	return []idea{{rule: "include", why: "a header's name stands between < and >", rank: nsbox.RankLocal, sure: true, edits: []nsbox.Edit{
		{File: f.name, Start: start, End: end, Text: text},
	}}}
}

var directiveWords = strings.Fields("include define ifdef ifndef endif undef pragma else elif error warning if line")

// directive mends a misspelled directive.
func directive(_ *ctx, f *code, d *nsbox.Diagnosis, m []string) []idea {
	best, ok := source.Clear(source.Near(m[1], directiveWords))
	loc := hashWord.FindStringSubmatchIndex(f.text.Line(d.Line))
	if !ok || loc == nil {
		return toolFix(nil, f, d, nil)
	}
	start, _ := f.text.Bounds(d.Line)
	return []idea{{rule: "directive", why: "#" + m[1] + " is #" + best + " misspelled", rank: nsbox.RankLocal, sure: true, edits: []nsbox.Edit{
		{File: f.name, Start: start + loc[2], End: start + loc[3], Text: best},
	}}}
}

// endif ends an #if at the end of the file.
func endif(_ *ctx, f *code, d *nsbox.Diagnosis, _ []string) []idea {
	if !strings.Contains(d.Message, "#if") {
		return nil
	}
	text := "#endif\n"
	if !strings.HasSuffix(f.text.Src, "\n") {
		text = "\n" + text
	}
	return []idea{{rule: "endif", why: "an #if has no #endif", edits: []nsbox.Edit{f.insert(len(f.text.Src), text)}, rank: nsbox.RankLocal}}
}
