// Package cfamily reads what gcc, g++, the linkers and glibc say of a C or C++
// program that failed.
package cfamily

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// typeCompile is the type of everything that the compiler or linker refuses:
// gcc has no classes of errors.
const typeCompile = "CompileError"

// Analyze is an [nsbox.AnalyzerFunc].
//
// Of a failed build it returns every error. After a program that ended by a
// signal or an exception come those of the compiler's warnings that may be the
// reason, as do those about functions that C has not seen declared after the
// errors of a build; of a program that ended well, when its check ran, they are all there
// is. Warnings are of the phase [nsbox.PhaseLint].
func Analyze(e nsbox.Evidence) []nsbox.Diagnosis {
	s := newSources(e.Files)
	checked := s.checked(e)
	if e.Verdict == nsbox.OK {
		return s.warnings(checked, lintOptions)
	}
	if e.Stage != nsbox.StageRun {
		told := parseText(string(e.Stderr))
		trace(checked, told)
		for _, all := range [][]message{checked, told} {
			if found := s.errors(all); len(found) > 0 {
				return append(found, s.warnings(all, implicitOptions)...)
			}
		}
		if found := s.linker(string(e.Stderr), append(told, checked...)); len(found) > 0 {
			return found
		}
	}
	found := s.run(e)
	if len(found) == 0 {
		return nil
	}
	return append(found, s.warnings(checked, crashOptions)...)
}

// trace tells the messages of the check, which has no such thing, where those
// come from that are about the library's headers.
func trace(checked, told []message) {
	for i := range checked {
		for k := range told {
			if told[k].from != nil && told[k].Text == checked[i].Text && told[k].Line == checked[i].Line {
				checked[i].from = told[k].from
				break
			}
		}
	}
}

// checked returns the messages of the check stage.
func (s *sources) checked(e nsbox.Evidence) []message {
	if e.Check == nil {
		return nil
	}
	if m := parseJSON(e.Check.Stderr); len(m) > 0 {
		return m
	}
	return parseText(string(e.Check.Stderr))
}

// lintOptions are the warnings about programs that do not do what they say.
var lintOptions = map[string]bool{
	"-Wformat=": true, "-Wformat-extra-args": true, "-Wformat": true, "-Wformat-security": true,
	"-Wreturn-type": true, "-Wimplicit-function-declaration": true, "-Wint-conversion": true,
	"-Wincompatible-pointer-types": true, "-Wparentheses": true, "-Wmultichar": true,
	"-Wuninitialized": true, "-Wmaybe-uninitialized": true, "-Warray-bounds": true,
	"-Wdangling-else": true, "-Wreturn-local-addr": true,
	"-Wsizeof-pointer-memaccess": true, "-Wdelete-non-virtual-dtor": true, "-Wimplicit-int": true,
	"-Wreturn-mismatch": true, "-Wstringop-overflow=": true, "-Woverflow": true, "-Wdiv-by-zero": true,
	"-Waddress": true, "-Wnonnull": true, "-Wdiscarded-qualifiers": true, "-Wmisleading-indentation": true,
	"-Wempty-body": true, "-Wbool-compare": true, "-Wtautological-compare": true, "-Wint-to-pointer-cast": true,
	"-Wpointer-to-int-cast": true, "-Wbuiltin-declaration-mismatch": true,
}

// implicitOptions are the warnings that explain errors: C takes a function that
// nobody has declared for one that returns int.
var implicitOptions = map[string]bool{"-Wimplicit-function-declaration": true}

// crashOptions are the warnings that explain a crash.
var crashOptions = map[string]bool{
	"-Wformat=": true, "-Wformat": true, "-Wreturn-type": true, "-Wimplicit-function-declaration": true,
	"-Wint-conversion": true, "-Wincompatible-pointer-types": true, "-Wmultichar": true,
	"-Wuninitialized": true, "-Wmaybe-uninitialized": true, "-Warray-bounds": true, "-Wreturn-local-addr": true,
	"-Wstringop-overflow=": true, "-Wdiv-by-zero": true, "-Wint-to-pointer-cast": true,
	"-Wpointer-to-int-cast": true, "-Wbuiltin-declaration-mismatch": true, "-Wnonnull": true, "-Wformat-extra-args": true,
}

func (s *sources) errors(all []message) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	for i := range all {
		if m := &all[i]; m.isError() {
			out = append(out, s.diagnosis(m, nsbox.PhaseCompile))
		}
	}
	return out
}

func (s *sources) warnings(all []message, wanted map[string]bool) []nsbox.Diagnosis {
	var out []nsbox.Diagnosis
	for i := range all {
		m := &all[i]
		if m.Kind == "warning" && (wanted[m.Option] || wanted[strings.TrimRight(m.Option, "=0123456789")]) {
			d := s.diagnosis(m, nsbox.PhaseLint)
			d.Type = m.Option
			out = append(out, d)
		}
	}
	return out
}
