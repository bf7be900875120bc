package auth

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// AccessTTL is how long an access token is good for.
const AccessTTL = 15 * time.Minute

// RefreshTTL is how long a refresh token is good for, from its making.
const RefreshTTL = 30 * 24 * time.Hour

// issuer is the iss and aud of every token: one of another service that has the
// same key is none of ours.
const issuer = "nsbox"

// MinSecret is the least length of an HS256 key in bytes.
const MinSecret = 32

// Signer makes and checks access tokens with one key and one algorithm. A token
// that names another algorithm is refused, whatever its signature.
type Signer struct {
	method jwt.SigningMethod
	sign   any
	verify any
	parser *jwt.Parser
}

// claims are what an access token says.
type claims struct {
	jwt.RegisteredClaims
	Name string `json:"name"`
	Role Role   `json:"role"`
}

// NewHS256 returns a signer with a shared secret of at least MinSecret bytes.
func NewHS256(secret []byte) (*Signer, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("the key of HS256 has %d bytes: at least %d are needed", len(secret), MinSecret)
	}
	return newSigner(jwt.SigningMethodHS256, secret, secret), nil
}

// NewEdDSA returns a signer with an Ed25519 key.
func NewEdDSA(key ed25519.PrivateKey) (*Signer, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("the key of EdDSA is not an Ed25519 private key")
	}
	return newSigner(jwt.SigningMethodEdDSA, key, pub), nil
}

func newSigner(m jwt.SigningMethod, sign, verify any) *Signer {
	return &Signer{
		method: m, sign: sign, verify: verify,
		parser: jwt.NewParser(jwt.WithValidMethods([]string{m.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(issuer),
			jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(5*time.Second), jwt.WithStrictDecoding()),
	}
}

// Algorithm is the name of the signer's algorithm: HS256 or EdDSA.
func (s *Signer) Algorithm() string { return s.method.Alg() }

// PublicKey is the key that others check tokens with; nil with HS256.
func (s *Signer) PublicKey() crypto.PublicKey {
	if k, ok := s.verify.(ed25519.PublicKey); ok {
		return k
	}
	return nil
}

// Identity is who a token is for.
type Identity struct {
	ID   string
	Name string
	Role Role
}

// Sign makes an access token that is good from now for AccessTTL.
func (s *Signer) Sign(id Identity, now time.Time) (string, error) {
	return jwt.NewWithClaims(s.method, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: id.ID, ID: random(16),
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessTTL)),
		},
		Name: id.Name, Role: id.Role,
	}).SignedString(s.sign)
}

// maxToken is the most bytes of a token that is looked at.
const maxToken = 4096

// Verify returns who a token is for. The error says what is wrong with it, and
// never what a right one would be.
func (s *Signer) Verify(token string) (Identity, error) {
	if len(token) > maxToken {
		return Identity{}, errors.New("the token is too long")
	}
	var c claims
	_, err := s.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.verify, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Identity{}, errors.New("the token has expired: refresh it or log in again")
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return Identity{}, errors.New("the token is not valid yet")
	case err != nil:
		return Identity{}, errors.New("the token is not valid")
	}
	role, err := ParseRole(string(c.Role))
	if err != nil || c.Subject == "" {
		return Identity{}, errors.New("the token is not valid")
	}
	return Identity{ID: c.Subject, Name: c.Name, Role: role}, nil
}

// LoadSigner reads the key at path: an Ed25519 private key in PEM (PKCS #8) makes
// tokens by EdDSA, anything else is the secret of HS256. Where there is no file
// it makes one with a random secret that nobody but its owner can read.
func LoadSigner(path string) (*Signer, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = makeSecret(path)
	}
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	if st, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	} else if st.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("token key: everybody on this machine can use %s: run chmod o-rwx on it", path)
	}
	s, err := ParseSigner(b)
	if err != nil {
		return nil, fmt.Errorf("token key %s: %w", path, err)
	}
	return s, nil
}

// ParseSigner makes a signer of a key as LoadSigner reads it from a file.
func ParseSigner(b []byte) (*Signer, error) {
	if !strings.Contains(string(b), "-----BEGIN") {
		return NewHS256([]byte(strings.TrimSpace(string(b))))
	}
	block, rest := pem.Decode(b)
	if block == nil || block.Type != "PRIVATE KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, errors.New("it is not one PRIVATE KEY in PEM: make one with openssl genpkey -algorithm ed25519")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("it is not in PKCS #8: %w", err)
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it is %T: only Ed25519 keys sign here; make one with openssl genpkey -algorithm ed25519", key)
	}
	return NewEdDSA(ed)
}

// makeSecret makes a file with a secret at once, so that no reader sees half of
// it and two daemons that start together agree on one.
func makeSecret(path string) ([]byte, error) {
	secret := []byte(random(64) + "\n")
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(secret)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return os.ReadFile(path)
	} else if err != nil {
		return nil, err
	}
	return secret, nil
}

// NewEd25519PEM makes a key for EdDSA as LoadSigner reads it.
func NewEd25519PEM() ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
