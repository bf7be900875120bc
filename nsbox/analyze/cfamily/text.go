package cfamily

import (
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"strconv"
	"strings"
)

var (
	// placed is "main.c:3:5: error: text", the column not always there.
	placed = lazyre.New(`^([^\s:][^:\n]*):(\d+):(?:(\d+):)? (fatal error|error|warning|note): (.*)$`)
	// option ends a warning's text, and some errors'.
	option = lazyre.New(` \[(-[fW][\w+=-]+)\]$`)
	// caret and offered are the lines below a source line: "      |   ^~~~".
	caret    = lazyre.New(`^ *\| ?( *[~^]*\^[~^]*)[ ~^]*$`)
	quoted   = lazyre.New(`^ *\d* *\| ?(.*)$`)
	required = lazyre.New(`^([^\s:][^:\n]*):(\d+):(\d+):   required from here$`)
	added    = lazyre.New(`^ *\+\+\+ \|\+(.*)$`)
	heading  = lazyre.New(`: In (?:(?:static |instantiation of |member |lambda )*(?:function|constructor|destructor|substitution)) '?(.*?)'?:$`)
)

// textReader reads gcc's messages as they are for people.
type textReader struct {
	all      []message
	function string
	// from is the last place of which an error was said to come.
	from *message
	// mark is where the caret line underlined, in columns of the display from 1;
	// 0 before there was one.
	mark, markEnd int
}

// parseText reads gcc's messages for people, with the carets and fix-its below.
func parseText(out string) []message {
	var r textReader
	for line := range strings.Lines(out) {
		if len(r.all) >= maxMessages {
			break
		}
		line = plain(strings.TrimRight(line, "\r\n"))
		if len(line) > 4096 {
			line = line[:4096]
		}
		r.line(line)
	}
	return r.all
}

func (r *textReader) line(line string) {
	if m := placed.FindStringSubmatch(line); m != nil {
		r.message(m)
		return
	}
	if m := heading.FindStringSubmatch(line); m != nil {
		r.function = m[1]
		return
	}
	if m := required.FindStringSubmatch(line); m != nil {
		r.from = &message{File: m[1], Line: number(m[2]), Col: number(m[3]), display: true}
		return
	}
	cur := r.current()
	if cur == nil {
		return
	}
	if m := added.FindStringSubmatch(line); m != nil {
		cur.FixIts = append(cur.FixIts, fixIt{File: cur.File, Line: 1, Col: 1, EndLine: 1, EndCol: 1, Text: m[1] + "\n", wholeLine: true})
		return
	}
	if m := caret.FindStringSubmatch(line); m != nil {
		r.mark = len(m[1]) - len(strings.TrimLeft(m[1], " ")) + 1
		r.markEnd = len(m[1]) + 1
		return
	}
	m := quoted.FindStringSubmatch(line)
	if m == nil || r.mark == 0 || strings.TrimLeft(line, " ")[0] != '|' {
		return
	}
	r.offer(cur, m[1])
}

// offer reads the line below the carets that has the proposed text in it.
func (r *textReader) offer(cur *message, text string) {
	word := strings.TrimLeft(text, " ")
	at := len(text) - len(word) + 1
	if word == "" || strings.Trim(word, "- ~^") == "" || len(cur.FixIts) > 0 {
		return
	}
	f := fixIt{File: cur.File, Line: cur.Line, Col: at, EndLine: cur.Line, EndCol: at, Text: word, display: true}
	if at == r.mark {
		f.EndCol, f.extentsGuessed = r.markEnd, true
	}
	cur.FixIts = append(cur.FixIts, f)
}

func (r *textReader) message(m []string) {
	r.mark = 0
	msg := message{Kind: m[4], File: m[1], Line: number(m[2]), Col: number(m[3]), Text: m[5], Function: r.function, from: r.from, display: true}
	r.from = nil
	if o := option.FindStringSubmatch(msg.Text); o != nil {
		msg.Option = o[1]
		msg.Text = strings.TrimSuffix(msg.Text, o[0])
	}
	if msg.Kind == "note" {
		if n := len(r.all); n > 0 {
			r.all[n-1].Notes = append(r.all[n-1].Notes, msg)
		}
		return
	}
	r.all = append(r.all, msg)
}

// number reads digits; those that fit no int are 0.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// current is the message that further lines belong to.
func (r *textReader) current() *message {
	n := len(r.all)
	if n == 0 {
		return nil
	}
	m := &r.all[n-1]
	if k := len(m.Notes); k > 0 {
		return &m.Notes[k-1]
	}
	return m
}
