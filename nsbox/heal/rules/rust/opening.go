package rust

import (
	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// open mends a closing bracket that closes nothing: by the bracket that is
// missing before it, or by its removal.
func (p *program) open(at int) [][]nsbox.Edit {
	var out [][]nsbox.Edit
	if p.text(at) == "}" && p.tokens[at].first {
		if i := p.headless(at); i >= 0 {
			out = append(out, p.insert(p.tokens[i].End, " {"))
		}
	} else {
		out = append(out, p.openInline(at)...)
	}
	start, end := p.tokens[at].Start, p.tokens[at].End
	if p.tokens[at].first && p.tokens[at].last {
		start, _ = p.Bounds(p.tokens[at].line)
		end = p.Next(p.tokens[at].line)
	}
	return append(out, []nsbox.Edit{{File: p.name, Start: start, End: end}})
}

// headless returns the index of the token that ends the head of a block whose
// brace is missing, for the closing brace at index at: a line as far indented,
// followed by a deeper one. It is -1 where there is none.
func (p *program) headless(at int) int {
	want := p.indent(at)
	for i := at - 1; i > 0; i-- {
		if !p.tokens[i].last {
			continue
		}
		head := i
		for head > 0 && !p.tokens[head].first {
			head--
		}
		if p.indent(head) < want {
			return -1
		}
		if p.indent(head) > want || i+1 >= len(p.tokens) || p.indent(i+1) <= want {
			continue
		}
		switch p.text(i) {
		case "{", "(", "[", ";", ",", "}":
			return -1
		}
		return i
	}
	return -1
}

// openInline finds where a round or square bracket is missing before the closing
// one at index at: after a macro's "!", or the name of a function.
func (p *program) openInline(at int) [][]nsbox.Edit {
	opener := map[string]string{")": "(", "]": "[", "}": "{"}[p.text(at)]
	var out [][]nsbox.Edit
	for i := at - 1; i >= 0 && p.tokens[i].line == p.tokens[at].line; i-- {
		next := p.text(i + 1)
		switch {
		case p.text(i) == "!" && p.kind(i-1) == source.Word && next != "(" && next != "[" && next != "{" && p.tokens[i-1].End == p.tokens[i].Start:
			return [][]nsbox.Edit{p.insert(p.tokens[i].End, opener)}
		case opener == "(" && p.kind(i) == source.Word && p.text(i-1) == "fn" && next != "(" && next != "<":
			return [][]nsbox.Edit{p.insert(p.tokens[i].End, opener)}
		case p.callee(i) && (p.kind(i+1) != source.Punct && !keywords[next] || next == "&" && p.tokens[i].End == p.tokens[i+1].Start):
			out = append(out, p.insert(p.tokens[i].End, opener))
		case p.callee(i) && next == ")" && i+1 == at && opener == "(" && p.text(i-1) == ".":
			out = append(out, p.insert(p.tokens[i].End, opener))
		}
	}
	return out[:min(len(out), 2)]
}

// callee reports whether token i may be the name of what is called or indexed.
func (p *program) callee(i int) bool {
	return p.kind(i) == source.Word && !keywords[p.text(i)]
}
