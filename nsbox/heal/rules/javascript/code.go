package javascript

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// code is one file, cut into tokens.
type code struct {
	name string
	src  string
	text *source.Text
	all  []token // with comments and line feeds
	toks []token // without
	// pair has, for each bracket of toks, the index of its partner; -1 where there
	// is none, and for what is no bracket. "${" and its "}" are brackets, too.
	pair []int
	// outer has, for each token, the index of the innermost open bracket around it,
	// -1 outside of all.
	outer []int
}

func newCode(name, src string) *code {
	c := &code{name: name, src: src, text: source.NewText([]byte(src)), all: lex(src)}
	c.toks = source.Code(c.all)
	c.match()
	return c
}

// opens returns what closes the bracket that t opens; "" where it opens none.
func opens(t token) string {
	if t.Kind == source.String && !t.Open && strings.HasSuffix(t.Text, "${") {
		return "}"
	}
	if t.Kind == source.Punct {
		return source.Closer(t.Text)
	}
	return ""
}

// closes returns the bracket that t is as a closing one; "" where it is none.
func closes(t token) string {
	if t.Kind == source.String && strings.HasPrefix(t.Text, "}") {
		return "}"
	}
	if t.Kind == source.Punct && len(t.Text) == 1 && strings.Contains(")]}", t.Text) {
		return t.Text
	}
	return ""
}

func (c *code) match() {
	c.pair, c.outer = make([]int, len(c.toks)), make([]int, len(c.toks))
	var stack []int
	for i, t := range c.toks {
		c.pair[i] = -1
		if cl := closes(t); cl != "" {
			at := len(stack) - 1
			for at >= 0 && opens(c.toks[stack[at]]) != cl {
				at--
			}
			if at >= 0 {
				c.pair[i], c.pair[stack[at]] = stack[at], i
				stack = stack[:at]
			}
		}
		c.outer[i] = -1
		if len(stack) > 0 {
			c.outer[i] = stack[len(stack)-1]
		}
		if opens(t) != "" {
			stack = append(stack, i)
		}
	}
}

// tok returns token i, or an empty one where there is none.
func (c *code) tok(i int) token {
	if i < 0 || i >= len(c.toks) {
		return token{Start: len(c.src), End: len(c.src)}
	}
	return c.toks[i]
}

// is reports whether token i is one of texts.
func (c *code) is(i int, texts ...string) bool {
	if i < 0 || i >= len(c.toks) || c.toks[i].Kind == source.String {
		return false
	}
	for _, t := range texts {
		if c.toks[i].Text == t {
			return true
		}
	}
	return false
}

// word reports whether token i is a word, keywords included.
func (c *code) word(i int) bool {
	return i >= 0 && i < len(c.toks) && c.toks[i].Kind == source.Word
}

// name reports whether token i is a word that is no keyword.
func (c *code) ident(i int) bool { return c.word(i) && !keywords[c.toks[i].Text] }

// member reports whether token i is the name of a property after a dot.
func (c *code) member(i int) bool { return c.word(i) && c.is(i-1, ".", "?.") }

// line is the line of token i.
func (c *code) line(i int) int { return c.text.LineOf(c.tok(i).Start) }

// first reports whether token i is the first of its line.
func (c *code) first(i int) bool {
	return i == 0 || i > 0 && i < len(c.toks) && strings.Contains(c.src[c.toks[i-1].End:c.toks[i].Start], "\n")
}

// at is the index of the token that covers offset, or of the next.
func (c *code) at(offset int) int { return source.At(c.toks, offset) }

// keywords can't be names of variables. let, of, get, set, async, static and
// from are words of their own only in their places.
var keywords = set("break case catch class const continue debugger default delete do else export extends finally for function " +
	"if import in instanceof let new return super switch this throw try typeof var void while with yield await null true false enum")

// endsValue reports whether an expression may end with token i.
func (c *code) endsValue(i int) bool {
	if i < 0 || i >= len(c.toks) {
		return false
	}
	t := c.toks[i]
	switch t.Kind {
	case source.Word:
		return !keywords[t.Text] || t.Text == "this" || t.Text == "null" || t.Text == "true" || t.Text == "false" || t.Text == "super" || c.member(i)
	case source.Number:
		return true
	case source.String:
		return !strings.HasSuffix(t.Text, "${") || t.Text[0] == '"' || t.Text[0] == '\''
	}
	return t.Text == ")" || t.Text == "]" || t.Text == "}" || t.Text == "++" || t.Text == "--"
}

// startsValue reports whether an expression may begin with token i.
func (c *code) startsValue(i int) bool {
	if i < 0 || i >= len(c.toks) {
		return false
	}
	t := c.toks[i]
	switch t.Kind {
	case source.Word:
		switch t.Text {
		case "function", "new", "this", "null", "true", "false", "class", "typeof", "await", "async", "super", "void", "delete", "import":
			return true
		}
		return !keywords[t.Text]
	case source.Number:
		return true
	case source.String:
		return !strings.HasPrefix(t.Text, "}")
	}
	switch t.Text {
	case "(", "[", "{", "!", "-", "+", "~", "...", "++", "--":
		return true
	}
	return false
}
