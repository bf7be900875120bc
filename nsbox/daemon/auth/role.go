// Package auth knows who a caller is and what they may do: roles and their
// permissions, API keys, passwords, tokens. It keeps nothing itself.
package auth

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a principal may do in general.
type Role string

// The roles, from the most powerful.
const (
	// Admin may do everything.
	Admin Role = "admin"
	// Operator runs the service: sees and ends everybody's work, changes no
	// users and no limits.
	Operator Role = "operator"
	// User runs programs and sees their own.
	User Role = "user"
	// Viewer sees what others did, and runs nothing.
	Viewer Role = "viewer"
)

// Roles lists all roles.
func Roles() []Role { return []Role{Admin, Operator, User, Viewer} }

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", fmt.Errorf("%q is not a role: write admin, operator, user or viewer", s)
}

// Permission is one thing that a principal may do or not.
type Permission string

// The permissions. Where one has a twin with the suffix any, the plain one is
// about what belongs to the principal, and the twin about everybody's.
const (
	// Execute runs programs, alone, in batches and in sandboxes.
	Execute Permission = "execute"
	// ReadOwn and ReadAny see executions, their events and artifacts, sandboxes
	// and the files in them.
	ReadOwn Permission = "read"
	ReadAny Permission = "read.any"
	// ControlOwn and ControlAny cancel executions, pause and end sandboxes, write
	// and delete files in them.
	ControlOwn Permission = "control"
	ControlAny Permission = "control.any"
	// KeysOwn makes, lists and revokes one's own API keys, of a role that is no
	// more than one's own; KeysAny everybody's.
	KeysOwn Permission = "keys"
	KeysAny Permission = "keys.any"
	// Users makes, changes and deletes users.
	Users Permission = "users"
	// StatsOwn and StatsAny see statistics.
	StatsOwn Permission = "stats"
	StatsAny Permission = "stats.any"
	// Info sees languages, configuration and limits.
	Info Permission = "info"
	// SetLimits changes limits while the daemon runs.
	SetLimits Permission = "limits.set"
	// ReadAudit sees the audit log.
	ReadAudit Permission = "audit"
)

// Permissions lists all permissions in the order of the documentation.
func Permissions() []Permission {
	return []Permission{
		Execute, ReadOwn, ReadAny, ControlOwn, ControlAny, KeysOwn, KeysAny, Users,
		StatsOwn, StatsAny, Info, SetLimits, ReadAudit,
	}
}

// granted is the permission table; docs/daemon.md shows the same.
var granted = map[Role][]Permission{
	Admin:    Permissions(),
	Operator: {Execute, ReadOwn, ReadAny, ControlOwn, ControlAny, KeysOwn, StatsOwn, StatsAny, Info, ReadAudit},
	User:     {Execute, ReadOwn, ControlOwn, KeysOwn, StatsOwn, Info},
	Viewer:   {ReadOwn, ReadAny, StatsOwn, StatsAny, Info},
}

// Can reports whether the role has the permission. An unknown role has none.
func (r Role) Can(p Permission) bool { return slices.Contains(granted[r], p) }

// Covers reports whether r may do all that other may, so that somebody with r
// can hand other on.
func (r Role) Covers(other Role) bool {
	for _, p := range granted[other] {
		if !r.Can(p) {
			return false
		}
	}
	return len(granted[other]) > 0
}

// Table returns the permission table in Markdown, as the documentation has it.
func Table() string {
	var b strings.Builder
	b.WriteString("| permission |")
	for _, r := range Roles() {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|---|---|---|---|\n")
	for _, p := range Permissions() {
		fmt.Fprintf(&b, "| `%s` |", p)
		for _, r := range Roles() {
			mark := "no"
			if r.Can(p) {
				mark = "yes"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	return b.String()
}
