package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// running proposes for a program that was built: it crashed and the compiler had
// warned of what may be the reason, or it runs and the compiler warns.
func (c *ctx) running() []idea {
	var firsts []idea
	for i := range min(len(c.p.Diagnoses), maxDiagnoses) {
		d := &c.p.Diagnoses[i]
		f := c.file(d)
		if f == nil {
			continue
		}
		var own []idea
		if d.Phase == nsbox.PhaseLint {
			own = c.warned(f, d)
		} else {
			own = f.crashed(d)
		}
		if len(own) > 0 {
			firsts = append(firsts, own[0])
		}
	}
	if len(firsts) == 0 {
		return nil
	}
	if both, ok := together(firsts); ok {
		return append([]idea{both}, firsts...)
	}
	return firsts
}

var (
	pointerAsked = lazyre.New(`makes pointer from integer without a cast`)
	formatWants  = lazyre.New(`expects argument of type '(.+?)', but argument \d+ has type '(.+?)'`)
)

// warned proposes for a warning.
func (c *ctx) warned(f *code, d *nsbox.Diagnosis) []idea {
	switch {
	case strings.HasPrefix(d.Type, "-Wformat"):
		return c.format(f, d)
	case d.Type == "-Wint-conversion" && pointerAsked.MatchString(d.Message):
		return f.addressAt(f.at(d))
	case d.Type == "-Wreturn-type", d.Type == "-Wparentheses":
		return nil
	case d.Type == "-Wmultichar", d.Type == "-Wimplicit-function-declaration", d.Type == "-Wbuiltin-declaration-mismatch":
		return c.single(d)
	}
	return nil
}

// format mends the conversion of a format, or passes the variable's address.
func (c *ctx) format(f *code, d *nsbox.Diagnosis) []idea {
	if m := formatWants.FindStringSubmatch(d.Message); m != nil && strings.HasSuffix(m[1], "*") && !strings.HasSuffix(m[2], "*") && m[1] != "char *" {
		return f.formatAddress(d)
	}
	if m := formatWants.FindStringSubmatch(d.Message); m != nil && isStdString(m[2]) {
		return f.formatString(d)
	}
	out := toolFix(c, f, d, nil)
	for i := range out {
		out[i].rule, out[i].sure = "format", true
		out[i].why = d.Message
	}
	return out
}

var argumentNumber = lazyre.New(`but argument (\d+) has type`)

// formatAddress puts & before the argument of scanf that the message counts.
func (f *code) formatAddress(d *nsbox.Diagnosis) []idea {
	from, to := f.formatArgument(d)
	if from >= to || f.tok(from).Kind != source.Word {
		return nil
	}
	if a, b := f.operandAfter(from); a != from || b != to {
		return nil
	}
	return f.addressAt(from)
}

// formatString adds .c_str() to the string that the message counts.
func (f *code) formatString(d *nsbox.Diagnosis) []idea {
	from, to := f.formatArgument(d)
	if a, b := f.operandAfter(from); from >= to || a != from || b != to {
		return nil
	}
	return []idea{{rule: "c-str", why: "a string of C is asked for", edits: []nsbox.Edit{f.insert(f.tok(to-1).End, ".c_str()")}, rank: nsbox.RankLocal, sure: true}}
}

// formatArgument returns the tokens of the argument that the message counts.
func (f *code) formatArgument(d *nsbox.Diagnosis) (from, to int) {
	m := argumentNumber.FindStringSubmatch(d.Message)
	p := f.enclosing(f.at(d), "(")
	if m == nil || p < 0 || len(m[1]) > 2 {
		return 0, 0
	}
	n := 0
	for _, c := range m[1] {
		n = n*10 + int(c-'0')
	}
	return f.parameter(p, n-1)
}

// crashed proposes for the end of a program itself.
func (f *code) crashed(d *nsbox.Diagnosis) []idea {
	switch {
	case strings.Contains(d.Message, "std::out_of_range"):
		return f.offByOne()
	case d.Type == "SIGSEGV":
		return f.joinedStrings()
	}
	return nil
}

// joinedStrings is for a list of strings that is one too short, because two that
// stand side by side have become one. There must be only one such place, and the
// others must be set apart by commas.
func (f *code) joinedStrings() []idea {
	var found []int
	for k := range f.toks {
		if f.tok(k).Kind != source.String || f.tok(k+1).Kind != source.String || f.line(k) != f.line(k+1) {
			continue
		}
		p := f.enclosing(k, "({")
		if p < 0 || !f.is(p, "{") || f.blockBrace(p) {
			continue
		}
		if f.is(k-1, ",") && f.tok(k-2).Kind == source.String || f.is(k+2, ",") && f.tok(k+3).Kind == source.String {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return []idea{{rule: "punctuation", why: "a \",\" is missing between two strings", edits: []nsbox.Edit{f.insert(f.tok(found[0]).End, ",")}, rank: nsbox.RankLocal}}
}

// offByOne is for a loop that counts up to a container's size, that included:
// for (i = 0; i <= v.size(); i++), and takes v.at(i). There must be only one.
func (f *code) offByOne() []idea {
	var found []idea
	for k := range f.toks {
		if !f.is(k, "for") || !f.is(k+1, "(") || f.pair[k+1] < 0 {
			continue
		}
		end := f.pair[k+1]
		for n := k + 2; n < end; n++ {
			if !f.is(n, "<=") || f.tok(n-1).Kind != source.Word || f.tok(n+1).Kind != source.Word {
				continue
			}
			size := f.is(n+2, ".") && (f.is(n+3, "size") || f.is(n+3, "length")) && f.is(n+4, "(") && f.is(n+6, ";")
			if size && f.takesAt(end, f.tok(n+1).Text, f.tok(n-1).Text) {
				found = append(found, idea{
					rule: "off-by-one", why: "the last index is one less than the size",
					edits: []nsbox.Edit{f.replace(n, "<")}, rank: nsbox.RankLocal,
				})
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}

// takesAt reports whether the body behind token end has container.at(index).
func (f *code) takesAt(end int, container, index string) bool {
	for k := end; k < f.bodyEnd(end); k++ {
		if f.is(k, container) && f.is(k+1, ".") && f.is(k+2, "at") && f.is(k+3, "(") && f.is(k+4, index) && f.is(k+5, ")") {
			return true
		}
	}
	return false
}
