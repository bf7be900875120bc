package helper

import (
	"bytes"

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
	t := &confine.Template{Kind: w.Interpreter, Argv: st.Argv[:st.Main], Env: st.BaseEnv, Imports: w.Imports}
	if s.mentions(w.Extra) {
		t.Imports = append(append([]string{}, w.Imports...), w.Extra...)
	}
	return t
}

// mentions tells whether the beginning of the main file has one of the names of
// libraries in it. A wrong guess costs time only.
func (s *session) mentions(names []string) bool {
	for _, n := range names {
		if top, _, _ := bytes.Cut([]byte(n), []byte(".")); bytes.Contains(s.head, top) {
			return true
		}
	}
	return false
}
