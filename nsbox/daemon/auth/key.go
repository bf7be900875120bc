package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// keyPrefix begins every API key, so that one that leaked is found by scanners.
const keyPrefix = "nsb"

// The lengths of a key's parts.
const (
	keyIDLen     = 12
	keySecretLen = 43 // 256 bits and a little
)

// base62 has no character that a URL, a shell or a double click breaks at.
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// random returns n random characters of base62.
func random(n int) string {
	out := make([]byte, 0, n)
	buf := make([]byte, n)
	for len(out) < n {
		rand.Read(buf)
		for _, b := range buf {
			// 248 is the largest multiple of 62 in a byte: no character is likelier.
			if b < 248 && len(out) < n {
				out = append(out, base62[b%62])
			}
		}
	}
	return string(out)
}

// NewID returns a random id that nobody guesses.
func NewID() string { return random(22) }

// NewKey makes an API key, nsb_ID_SECRET. The id is its public part; the hash is
// what is kept. The key has so much chance in it that a plain hash is enough.
func NewKey() (key, id, hash string) {
	id = random(keyIDLen)
	key = keyPrefix + "_" + id + "_" + random(keySecretLen)
	return key, id, HashToken(key)
}

// KeyID returns the public part of a key, false where key has not its form.
func KeyID(key string) (string, bool) {
	rest, ok := strings.CutPrefix(key, keyPrefix+"_")
	if !ok {
		return "", false
	}
	id, secret, ok := strings.Cut(rest, "_")
	if !ok || len(id) != keyIDLen || len(secret) != keySecretLen || strings.Trim(id+secret, base62) != "" {
		return "", false
	}
	return id, true
}

// HashToken returns the SHA-256 of a key or token, in hexadecimal.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SameHash compares the hash of token with hash in constant time.
func SameHash(token, hash string) bool {
	return subtle.ConstantTimeCompare([]byte(HashToken(token)), []byte(hash)) == 1
}

// NewRefresh makes a refresh token and the hash that is kept of it.
func NewRefresh() (token, hash string) {
	token = "nsr_" + random(keySecretLen)
	return token, HashToken(token)
}
