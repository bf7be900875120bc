package source

// Bracket is an opening bracket and its partner, as indexes of tokens; -1 where
// one of them is missing.
type Bracket struct{ Open, Close int }

// Brackets pairs the brackets of tokens. A closing bracket of another kind than
// the innermost open one closes the nearest open one of its kind, and leaves
// those between unclosed; where there is none, it is itself without a partner.
func Brackets(tokens []Token) []Bracket {
	var out []Bracket
	var stack []int // indexes into out
	for i, t := range tokens {
		if t.Kind != Punct || len(t.Text) != 1 {
			continue
		}
		switch t.Text[0] {
		case '(', '[', '{':
			stack = append(stack, len(out))
			out = append(out, Bracket{i, -1})
		case ')', ']', '}':
			at := len(stack) - 1
			for at >= 0 && Closer(tokens[out[stack[at]].Open].Text) != t.Text {
				at--
			}
			if at < 0 {
				out = append(out, Bracket{-1, i})
				continue
			}
			out[stack[at]].Close = i
			stack = stack[:at]
		}
	}
	return out
}

// Unpaired returns the brackets without a partner.
func Unpaired(all []Bracket) []Bracket {
	var out []Bracket
	for _, b := range all {
		if b.Open < 0 || b.Close < 0 {
			out = append(out, b)
		}
	}
	return out
}

// Closer returns the bracket that closes open, "" for other text.
func Closer(open string) string {
	switch open {
	case "(":
		return ")"
	case "[":
		return "]"
	case "{":
		return "}"
	}
	return ""
}
