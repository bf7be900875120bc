// Package probe finds out what a host offers for confinement.
//
// It asks for features, not for version numbers: distributions carry features
// back, and containers and security modules take them away. Every probe is
// harmless, changes nothing that outlives it, and runs as root and as anybody;
// what only root can find out is otherwise answered by Unknown.
package probe

// Answer is what a probe found.
type Answer string

// A probe answers one of three things. Unknown means that it could not tell,
// and the check's Detail says why.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Need says what it means when a feature is missing.
type Need string

// Required: no program can run safely. Wanted: something is weaker, slower or
// not possible, and Consequence says what.
const (
	Required Need = "required"
	Wanted   Need = "wanted"
)

// Check is one feature and what the host answered.
type Check struct {
	Group  string `json:"group"`
	Name   string `json:"name"`
	Answer Answer `json:"answer"`
	// Detail is what was found: a version, a path, the error.
	Detail string `json:"detail,omitempty"`
	Need   Need   `json:"need"`
	// Consequence and Remedy are set where Answer is not Yes.
	Consequence string `json:"consequence,omitempty"`
	Remedy      string `json:"remedy,omitempty"`
}

// Bad reports whether c is required and certainly missing.
func (c Check) Bad() bool { return c.Need == Required && c.Answer == No }

// Ready reports whether nothing that is required is certainly missing.
func Ready(checks []Check) bool {
	for _, c := range checks {
		if c.Bad() {
			return false
		}
	}
	return true
}

// Kernel returns the checks of what the kernel offers, in the order in which a
// sandbox needs them.
func Kernel() []Check {
	var all []Check
	for _, group := range [][]Check{machine(), syscalls(), userNamespaces(), namespaces(), walls(), filesystems(), cgroups()} {
		all = append(all, group...)
	}
	return all
}

// check fills what is common: a feature that is there has no consequence.
func check(group, name string, need Need, a Answer, detail, consequence, remedy string) Check {
	c := Check{Group: group, Name: name, Need: need, Answer: a, Detail: detail}
	if a != Yes {
		c.Consequence, c.Remedy = consequence, remedy
	}
	return c
}
