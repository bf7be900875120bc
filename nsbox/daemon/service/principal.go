package service

import (
	"net/netip"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
)

// Role is what a principal may do in general.
type Role = auth.Role

// Principal is who asks.
type Principal struct {
	ID   string
	Name string
	Role Role
	// KeyID is the API key that it came with, if any.
	KeyID string
	// Addr is where it comes from; not valid where that is a unix socket.
	Addr netip.Addr
	// Anonymous came without credentials, over loopback.
	Anonymous bool
}

// may returns an error unless p has the permission.
func (p Principal) may(perm auth.Permission) *Error {
	if p.Role.Can(perm) {
		return nil
	}
	if p.ID == "" {
		return errf(CodeUnauthenticated, "this needs an API key or a token")
	}
	return errf(CodeForbidden, "the role %s has not the permission %s", p.Role, perm)
}

// owns returns an error unless p may do own with what is its own, and every with
// what is another's. What p may not see does not exist for p.
func (p Principal) owns(ownerID string, own, every auth.Permission) *Error {
	if p.Role.Can(every) {
		return nil
	}
	if err := p.may(own); err != nil {
		return err
	}
	if p.ID != ownerID || p.ID == "" {
		return errf(CodeNotFound, "there is nothing of that name here")
	}
	return nil
}
