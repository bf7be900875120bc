package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost is what a password hash costs to make.
type Cost struct {
	Passes  uint32
	Memory  uint32 // KiB
	Threads uint8
}

// DefaultCost is RFC 9106's second recommendation, with the lanes of a small
// machine.
var DefaultCost = Cost{Passes: 3, Memory: 64 << 10, Threads: 2}

// The lengths of a hash's parts in bytes.
const (
	argonSalt = 16
	argonKey  = 32
)

// The bounds of a password. The upper one keeps hashing from being made a burden.
const (
	MinPassword = 10
	MaxPassword = 1024
)

// Passwords hashes and checks passwords, a few at a time: each takes the memory of
// its cost.
type Passwords struct {
	slots chan struct{}
	cost  Cost
	// decoy is what is hashed where there is no such user or no password, so that
	// the time tells nobody which names exist.
	decoy string
}

// NewPasswords returns one that hashes at most n passwords at a time. The zero
// cost is DefaultCost; others are for tests.
func NewPasswords(n int, cost Cost) *Passwords {
	if cost == (Cost{}) {
		cost = DefaultCost
	}
	p := &Passwords{slots: make(chan struct{}, max(n, 1)), cost: cost}
	p.decoy = p.phc(make([]byte, argonSalt), make([]byte, argonKey))
	return p
}

// phc writes a hash of p's cost.
func (p *Passwords) phc(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.Memory, p.cost.Passes, p.cost.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CheckPassword says why a password may not be one.
func CheckPassword(password string) error {
	switch {
	case !utf8.ValidString(password):
		return errors.New("the password is not UTF-8 text")
	case len(password) < MinPassword:
		return fmt.Errorf("the password is too short: at least %d bytes", MinPassword)
	case len(password) > MaxPassword:
		return fmt.Errorf("the password is too long: at most %d bytes", MaxPassword)
	}
	return nil
}

// Hash returns the argon2id hash of password in PHC form.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-p.slots }()
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, p.cost.Passes, p.cost.Memory, p.cost.Threads, argonKey)
	return p.phc(salt, sum), nil
}

// Check reports whether password is the one that hash was made of. It takes as
// long where hash is empty. The error is ctx's, or tells that hash is broken.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	exists := hash != ""
	if !exists {
		hash = p.decoy
	}
	if len(password) > MaxPassword {
		return false, nil
	}
	h, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-p.slots }()
	sum := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1 && exists, nil
}

// phc is a hash with what it was made by.
type phc struct {
	memory, time uint32
	threads      uint8
	salt, sum    []byte
}

func parsePHC(s string) (phc, error) {
	var h phc
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errors.New("the password hash is not of argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, errors.New("the password hash is of another version of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, errors.New("the password hash has no parameters")
	}
	// What is stored is ours, but a store can be another's for a moment.
	if h.memory > 1<<20 || h.time == 0 || h.time > 16 || h.threads == 0 {
		return h, errors.New("the parameters of the password hash are out of range")
	}
	var err, err2 error
	h.salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(h.salt) < 8 || len(h.sum) < 16 || len(h.sum) > 64 {
		return h, errors.New("the password hash is not whole")
	}
	return h, nil
}
