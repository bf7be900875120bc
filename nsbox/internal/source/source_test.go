package source

import (
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	x := NewText([]byte("äb\r\n\tc\n"))
	if x.Lines() != 2 || x.Line(1) != "äb" || x.Line(2) != "\tc" || x.Line(3) != "" || x.Line(9) != "" {
		t.Errorf("%d lines: %q %q %q", x.Lines(), x.Line(1), x.Line(2), x.Line(3))
	}
	for _, c := range []struct{ offset, line, column int }{{0, 1, 1}, {2, 1, 2}, {3, 1, 3}, {5, 2, 1}, {6, 2, 2}} {
		if line, column := x.Place(c.offset); line != c.line || column != c.column {
			t.Errorf("Place(%d) = %d:%d", c.offset, line, column)
		}
		if o, ok := x.Offset(c.line, c.column); !ok || o != c.offset {
			t.Errorf("Offset(%d, %d) = %d", c.line, c.column, o)
		}
	}
	if o, _ := x.OffsetBytes(1, 3); o != 2 {
		t.Errorf("byte column 3 is offset %d", o)
	}
	if o, _ := x.Offset(1, 99); o != 3 {
		t.Errorf("past the end of the line is offset %d", o)
	}
	if Width("\t  x", 4) != 6 || x.Next(2) != 8 || x.Next(1) != 5 {
		t.Error("width or next line")
	}
}

var c = Lexer{
	LineComments:  []string{"//"},
	BlockComments: [][2]string{{"/*", "*/"}},
	Quotes:        []Quote{{Open: `"`, Close: `"`, Escape: true}, {Open: "`", Close: "`", Multiline: true}},
	Puncts:        []string{"==", "->"},
}

func TestLex(t *testing.T) {
	src := "a->b == \"x\\\"y\" // c\n/* d\n*/ 1.5e-3 `q\nr` \"open\nz"
	var got []string
	for _, tok := range c.Lex(src) {
		text := tok.Text
		if tok.Open {
			text += "!"
		}
		got = append(got, text)
	}
	want := []string{"a", "->", "b", "==", `"x\"y"`, "// c", "\n", "/* d\n*/", "1.5e-3", "`q\nr`", `"open!`, "\n", "z"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Whatever comes in, tokens lie in order, don't overlap and cover all but blanks.
func FuzzLex(f *testing.F) {
	f.Add("a(b[\"c\n{'d'} /* `e")
	f.Fuzz(func(t *testing.T, src string) {
		at := 0
		for _, tok := range c.Lex(src) {
			if tok.Start < at || tok.End <= tok.Start || tok.End > len(src) || strings.Trim(src[at:tok.Start], " \t\r\f\v") != "" {
				t.Fatalf("token %+v after %d", tok, at)
			}
			at = tok.End
		}
		Brackets(c.Lex(src))
	})
}

func TestBrackets(t *testing.T) {
	tokens := c.Lex("f(a[1) {")
	bad := Unpaired(Brackets(tokens))
	if len(bad) != 2 || tokens[bad[0].Open].Text != "[" || tokens[bad[1].Open].Text != "{" {
		t.Errorf("got %+v", bad)
	}
	if bad := Unpaired(Brackets(c.Lex("a)"))); len(bad) != 1 || bad[0].Close != 1 {
		t.Errorf("got %+v", bad)
	}
}

func TestNear(t *testing.T) {
	for _, tc := range []struct {
		word, candidates, want string
	}{
		{"prin", "print sprint pprint", "print"},
		{"totla", "total tidal", "total"},
		{"maxvalue", "max_value min_value", "max_value"},
		{"system", "System", "System"},
		{"ab", "ac", ""},
		{"cout", "count court", ""}, // equally near
		{"lst", "list last", ""},
		{"banana", "apple", ""},
	} {
		got, _ := Clear(Near(tc.word, strings.Fields(tc.candidates)))
		if got != tc.want {
			t.Errorf("%s of %s: got %q, want %q (%v)", tc.word, tc.candidates, got, tc.want, Near(tc.word, strings.Fields(tc.candidates)))
		}
	}
}
