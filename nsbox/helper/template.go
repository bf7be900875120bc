package helper

import (
	"bytes"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/policy"
)

// template returns the interpreter that the stage's sandbox may be cloned from,
// or nil. A zygote that has just been made gets none: an execution that comes
// alone is over before an interpreter has started.
func (s *session) template(st policy.Stage, warm bool) *confine.Template {
	w := st.Warm
	if s.h.cfg.NoTemplates || w == nil || w.Kind != language.WarmFork || !warm || st.Name != nsbox.StageRun || st.Main == 0 || s.plan.TTY != nil {
		return nil
	}
	// The program's side has still some calls to do behind its filter, which only
	// this profile is known to allow.
	if st.Profile != policy.DefaultProfile {
		return nil
	}
	more := 0
	for i, set := range w.More {
		if s.mentions(set) {
			more = i + 1
		}
	}
	imports := slices.Concat(w.Imports, slices.Concat(w.More[:more]...))
	return &confine.Template{Kind: w.Interpreter, Argv: st.Argv[:st.Main], Env: st.BaseEnv, Imports: imports}
}

// mentions tells whether the beginning of the main file has a line that imports
// and has one of the names of libraries in it. A wrong guess costs time only.
func (s *session) mentions(names []string) bool {
	for line := range bytes.Lines(s.head) {
		line = bytes.TrimSpace(line)
		if !slices.ContainsFunc(importing, func(w string) bool { return bytes.HasPrefix(line, []byte(w)) }) {
			continue
		}
		for _, n := range names {
			if top, _, _ := strings.Cut(n, "."); bytes.Contains(line, []byte(top)) {
				return true
			}
		}
	}
	return false
}

// importing is how a line begins that imports a library, in the languages that
// have templates.
var importing = []string{"import ", "from "}
