package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	profilefiles "github.com/nsbox/nsbox/seccomp-profiles"
)

// profilesDir has the seccomp profiles that the administrator added.
const profilesDir = "/etc/nsbox/seccomp.d"

// profileNames lists the profiles that a request may name, as the helper does.
func profileNames() ([]string, error) {
	names := profilefiles.Names()
	files, err := filepath.Glob(filepath.Join(profilesDir, "*.json"))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	return names, err
}

// profileShown is what a seccomp profile comes to.
type profileShown struct {
	Name string `json:"name"`
	// Allowed are system calls that are allowed whatever their arguments;
	// Conditional those that are allowed with some arguments only.
	Allowed     int    `json:"allowed"`
	Conditional int    `json:"conditional"`
	Otherwise   string `json:"otherwise"` // what happens to every other call
}

func (p profileShown) counts() string {
	return fmt.Sprintf("%d system calls allowed, %d more with some arguments only; %s for every other",
		p.Allowed, p.Conditional, p.Otherwise)
}

// describeProfile counts a profile of Docker's JSON format. own is the text of
// the profile that came with the request, if one did.
func describeProfile(name string, own []byte) (profileShown, error) {
	text := own
	if len(own) == 0 {
		var err error
		if slices.Contains(profilefiles.Names(), name) {
			text, err = profilefiles.Get(name)
		} else {
			text, err = os.ReadFile(filepath.Join(profilesDir, filepath.Base(name)+".json"))
		}
		if err != nil {
			return profileShown{}, fmt.Errorf("seccomp profile %q: %w", name, err)
		}
	}
	var profile struct {
		DefaultAction string `json:"defaultAction"`
		Syscalls      []struct {
			Names  []string          `json:"names"`
			Name   string            `json:"name"`
			Action string            `json:"action"`
			Args   []json.RawMessage `json:"args"`
		} `json:"syscalls"`
	}
	if err := json.Unmarshal(text, &profile); err != nil {
		return profileShown{}, usagef("seccomp profile %q is not in the JSON format of Docker's profiles: %v", name, err)
	}
	always, sometimes := map[string]bool{}, map[string]bool{}
	for _, s := range profile.Syscalls {
		if s.Action != "SCMP_ACT_ALLOW" && s.Action != "SCMP_ACT_LOG" {
			continue
		}
		if s.Name != "" {
			s.Names = append(s.Names, s.Name)
		}
		for _, n := range s.Names {
			if len(s.Args) > 0 {
				sometimes[n] = true
			} else {
				always[n] = true
			}
		}
	}
	for n := range always {
		delete(sometimes, n)
	}
	return profileShown{Name: name, Allowed: len(always), Conditional: len(sometimes), Otherwise: action(profile.DefaultAction)}, nil
}

// action says what a default action does.
func action(name string) string {
	switch name {
	case "SCMP_ACT_ERRNO":
		return "EPERM"
	case "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD":
		return "the end of the program"
	case "SCMP_ACT_ALLOW", "SCMP_ACT_LOG":
		return "leave"
	}
	return strings.ToLower(strings.TrimPrefix(name, "SCMP_ACT_"))
}
