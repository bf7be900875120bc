// Package profiles holds the seccomp profiles that come with nsbox, as files in
// Docker's JSON format.
package profiles

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed *.json
var files embed.FS

// Names returns the names of the profiles in order: "default" and so on.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil // an embedded root directory can always be read
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(out)
	return out
}

// Get returns the JSON of a profile.
func Get(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("no seccomp profile %q: there are %s", name, strings.Join(Names(), ", "))
	}
	return files.ReadFile(name + ".json")
}
