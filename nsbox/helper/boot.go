package helper

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/policy"
)

// bootFor is the program that is started ahead for st, or nil where there is
// none.
func bootFor(st policy.Stage, profile filter) *bootOrder {
	// The environment of a process that is up can't be made another everywhere.
	if st.Warm == nil || st.Warm.Kind != language.WarmStarted || profile.once || !slices.Equal(st.Env, st.BaseEnv) {
		return nil
	}
	// JSON would change what is not UTF-8.
	for _, text := range slices.Concat(st.Argv, st.Env) {
		if !utf8.ValidString(text) {
			return nil
		}
	}
	return &bootOrder{stage: st.Name, argv: st.Warm.Argv, env: st.BaseEnv, filter: profile}
}

// bootMessage is the line that a program started ahead reads when it is needed:
// what the cold command would have been given.
func bootMessage(st policy.Stage, in input) ([]byte, error) {
	m := struct {
		Argv []string `json:"argv"`
		Env  []string `json:"env"`
		// Main is the main file's path.
		Main string `json:"main"`
	}{st.Argv, st.Env, ""}
	if main := mainOf(in.entries); main != "" {
		m.Main = path.Join(language.Workspace, main)
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return append(b, '\n'), nil
}

// mainOf is the request's first file; those that a stage before has left come
// before it.
func mainOf(entries []confine.FileEntry) string {
	for _, e := range entries {
		if !e.Build {
			return e.Name
		}
	}
	return ""
}
