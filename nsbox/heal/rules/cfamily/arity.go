package cfamily

// arity is how many arguments a function takes; max is -1 where any number.
type arity struct{ min, max int }

// takes reports whether a function of the file by that name takes n arguments.
// What is not declared here takes any.
func (f *code) takes(name string, n int) bool {
	some := false
	for _, k := range f.byName[name] {
		d := f.decls[k]
		if d.kind != aFunction {
			return true
		}
		a, ok := f.arity(d)
		if !ok || n >= a.min && (a.max < 0 || n <= a.max) {
			return true
		}
		some = true
	}
	return !some
}

// arity counts the parameters of a function; ok is false where its parentheses
// do not close, or where it is also a class's constructor.
func (f *code) arity(d decl) (arity, bool) {
	open := d.at + 1
	end := f.pair[open]
	if d.typ == "" || end < 0 {
		return arity{}, false
	}
	if end == open+1 || end == open+2 && f.is(open+1, "void") {
		if !f.cpp && end == open+1 {
			return arity{0, -1}, true
		}
		return arity{}, true
	}
	a := arity{1, 1}
	angles := 0
	defaults := 0
	for k := open + 1; k < end; k++ {
		if p := f.pair[k]; p > k {
			k = p
			continue
		}
		switch f.toks[k].Text {
		case "<":
			angles++
		case ">":
			angles = max(angles-1, 0)
		case ">>":
			angles = max(angles-2, 0)
		case ",":
			if angles == 0 {
				a.min++
				a.max++
			}
		case "=":
			defaults++
		case "...":
			return arity{a.min - 1, -1}, true
		}
	}
	a.min -= defaults
	return a, true
}
