package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestPermissions(t *testing.T) {
	// What each role may do; all that is not here it may not.
	want := map[Role]string{
		Admin:    "execute read read.any control control.any keys keys.any users stats stats.any info limits.set audit",
		Operator: "execute read read.any control control.any keys stats stats.any info audit",
		User:     "execute read control keys stats info",
		Viewer:   "read read.any stats stats.any info",
		"":       "",
		"root":   "",
		"Admin":  "",
	}
	for role, allowed := range want {
		may := map[string]bool{}
		for p := range strings.FieldsSeq(allowed) {
			may[p] = true
		}
		for _, p := range Permissions() {
			if got := role.Can(p); got != may[string(p)] {
				t.Errorf("role %q, permission %s: %v", role, p, got)
			}
		}
		if role.Can("nothing") {
			t.Errorf("role %q has a permission that there is not", role)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		r, other Role
		want     bool
	}{
		{Admin, Admin, true}, {Admin, Operator, true}, {Admin, Viewer, true}, {Operator, Admin, false}, {Operator, User, true},
		{Operator, Viewer, true}, {User, Viewer, false}, {User, Operator, false}, {Viewer, User, false}, {User, User, true}, {Admin, "", false}, {"", "", false},
	} {
		if got := c.r.Covers(c.other); got != c.want {
			t.Errorf("%q covers %q: %v", c.r, c.other, got)
		}
	}
}

// The documentation shows the table that is in force.
func TestDocumentedTable(t *testing.T) {
	b, err := os.ReadFile("../../../docs/daemon.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), Table()) {
		t.Errorf("docs/daemon.md does not have the permission table:\n%s", Table())
	}
}

func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		key, id, hash := NewKey()
		got, ok := KeyID(key)
		if !ok || got != id || !SameHash(key, hash) || seen[key] {
			t.Fatalf("%s: id %s, %v", key, got, ok)
		}
		seen[key] = true
	}
	key, id, hash := NewKey()
	for _, bad := range []string{
		"", "nsb_", key[:len(key)-1], key + "a", strings.ToUpper(key), "nsr" + key[3:], " " + key, strings.Replace(key, id, id[:11]+"/", 1), strings.Repeat("x", 1<<20),
	} {
		if _, ok := KeyID(bad); ok && SameHash(bad, hash) {
			t.Errorf("%.80q is taken for the key", bad)
		}
	}
}

func TestPasswords(t *testing.T) {
	p := NewPasswords(2, Cost{})
	ctx := t.Context()
	hash, err := p.Hash(ctx, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=2$") || strings.Contains(hash, "horse") {
		t.Errorf("hash is %s", hash)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horse ": false, "": false, strings.Repeat("x", 1<<20): false} {
		if ok, err := p.Check(ctx, password, hash); ok != want || err != nil {
			t.Errorf("%.20q: %v %v", password, ok, err)
		}
	}
	if ok, err := p.Check(ctx, "correct horse", ""); ok || err != nil {
		t.Errorf("a user without a password: %v %v", ok, err)
	}
	again, err := p.Hash(ctx, "correct horse")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	for _, bad := range []string{"short", strings.Repeat("x", MaxPassword+1), "\xff\xfe not text at all"} {
		if _, err := p.Hash(ctx, bad); err == nil {
			t.Errorf("%.20q is accepted", bad)
		}
	}
	for _, bad := range []string{
		"plain", "$argon2i$v=19$m=65536,t=3,p=2$AAAA$AAAA", "$argon2id$v=19$m=4294967295,t=3,p=2$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=65536,t=0,p=2$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=65536,t=3,p=2$$",
	} {
		if ok, err := p.Check(ctx, "x", bad); ok || err == nil {
			t.Errorf("hash %q: %v %v", bad, ok, err)
		}
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	one := NewPasswords(1, Cost{})
	one.slots <- struct{}{}
	if _, err := one.Check(done, "correct horse", hash); err == nil {
		t.Error("a check waits for ever")
	}
}

var secret = []byte(strings.Repeat("s", MinSecret))

func signers(t *testing.T) (hs, ed *Signer, key ed25519.PrivateKey) {
	t.Helper()
	hs, err := NewHS256(secret)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err = ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	ed, err = NewEdDSA(key)
	if err != nil {
		t.Fatal(err)
	}
	return hs, ed, key
}

func TestTokens(t *testing.T) {
	hs, ed, _ := signers(t)
	id := Identity{ID: "u1", Name: "alice", Role: Operator}
	for _, s := range []*Signer{hs, ed} {
		token, err := s.Sign(id, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Verify(token); err != nil || got != id {
			t.Errorf("%s: %+v %v", s.Algorithm(), got, err)
		}
	}
}

// forge makes a token of any header and claims with a signature by sign.
func forge(header, claims map[string]any, sign func(string) []byte) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString(h) + "." + b64.EncodeToString(c)
	return text + "." + b64.EncodeToString(sign(text))
}

func TestForgedTokensAreRefused(t *testing.T) {
	hs, ed, key := signers(t)
	now := time.Now().Unix()
	good := func(change map[string]any) map[string]any {
		c := map[string]any{"iss": issuer, "aud": []string{issuer}, "sub": "u1", "iat": now, "nbf": now, "exp": now + 600, "name": "alice", "role": "admin"}
		for k, v := range change {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return c
	}
	hmac := func(key []byte) func(string) []byte {
		return func(s string) []byte {
			b, err := jwt.SigningMethodHS256.Sign(s, key)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	edSign := func(s string) []byte { return ed25519.Sign(key, []byte(s)) }
	none := func(string) []byte { return nil }
	hsHeader := map[string]any{"alg": "HS256", "typ": "JWT"}
	edHeader := map[string]any{"alg": "EdDSA", "typ": "JWT"}
	pub := key.Public().(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	pubPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	right := forge(hsHeader, good(nil), hmac(secret))
	if _, err := hs.Verify(right); err != nil {
		t.Fatalf("the forger's right token: %v", err)
	}
	if _, err := ed.Verify(forge(edHeader, good(nil), edSign)); err != nil {
		t.Fatalf("the forger's right token: %v", err)
	}
	parts := strings.Split(right, ".")
	for name, c := range map[string]struct {
		s     *Signer
		token string
	}{
		"alg none":                     {hs, forge(map[string]any{"alg": "none"}, good(nil), none)},
		"alg None":                     {hs, forge(map[string]any{"alg": "None"}, good(nil), none)},
		"alg none for EdDSA":           {ed, forge(map[string]any{"alg": "none"}, good(nil), none)},
		"no alg":                       {hs, forge(map[string]any{}, good(nil), hmac(secret))},
		"another key":                  {hs, forge(hsHeader, good(nil), hmac([]byte(strings.Repeat("x", 32))))},
		"empty key":                    {hs, forge(hsHeader, good(nil), hmac(nil))},
		"no signature":                 {hs, parts[0] + "." + parts[1] + "."},
		"signature of others":          {hs, parts[0] + "." + strings.Split(forge(hsHeader, good(map[string]any{"sub": "u2"}), none), ".")[1] + "." + parts[2]},
		"HS256 with the public key":    {ed, forge(hsHeader, good(nil), hmac(pub))},
		"HS256 with the key in PEM":    {ed, forge(hsHeader, good(nil), hmac(pubPEM))},
		"EdDSA header, HMAC signature": {ed, forge(edHeader, good(nil), hmac(pub))},
		"EdDSA where HS256 is used":    {hs, forge(edHeader, good(nil), edSign)},
		"HS512 with the right key":     {hs, forge(map[string]any{"alg": "HS512"}, good(nil), hmac(secret))},
		"a key in the header":          {ed, forge(map[string]any{"alg": "HS256", "jwk": map[string]any{"kty": "oct", "k": "c3M"}}, good(nil), hmac([]byte("ss")))},
		"expired":                      {hs, forge(hsHeader, good(map[string]any{"exp": now - 60}), hmac(secret))},
		"no expiry":                    {hs, forge(hsHeader, good(map[string]any{"exp": nil}), hmac(secret))},
		"not yet":                      {hs, forge(hsHeader, good(map[string]any{"nbf": now + 600}), hmac(secret))},
		"issued in the future":         {hs, forge(hsHeader, good(map[string]any{"iat": now + 600}), hmac(secret))},
		"another issuer":               {hs, forge(hsHeader, good(map[string]any{"iss": "other"}), hmac(secret))},
		"another audience":             {hs, forge(hsHeader, good(map[string]any{"aud": "other"}), hmac(secret))},
		"no subject":                   {hs, forge(hsHeader, good(map[string]any{"sub": nil}), hmac(secret))},
		"a role that is none":          {hs, forge(hsHeader, good(map[string]any{"role": "root"}), hmac(secret))},
		"padding":                      {hs, right + "="},
		"four parts":                   {hs, right + ".x"},
		"nothing":                      {hs, ""},
		"very long":                    {hs, strings.Repeat("a", maxToken+1)},
	} {
		if id, err := c.s.Verify(c.token); err == nil {
			t.Errorf("%s: accepted as %+v", name, id)
		}
	}
}

func FuzzVerify(f *testing.F) {
	hs, err := NewHS256(secret)
	if err != nil {
		f.Fatal(err)
	}
	token, err := hs.Sign(Identity{ID: "u1", Name: "alice", Role: User}, time.Unix(1<<33, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(token)
	f.Fuzz(func(t *testing.T, s string) {
		// The seed is of the far future, so nothing that can be made of it is good.
		if id, err := hs.Verify(s); err == nil {
			t.Errorf("%q is accepted as %+v", s, id)
		}
	})
}

func TestLoadSigner(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token.key")
	a, err := LoadSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", st, err)
	}
	b, err := LoadSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.Sign(Identity{ID: "u", Role: User}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Verify(token); err != nil {
		t.Errorf("a token of before the restart: %v", err)
	}
	pemText, err := NewEd25519PEM()
	if err != nil {
		t.Fatal(err)
	}
	rsa := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("no key")})
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string // "" is right
	}{
		"Ed25519":           {string(pemText), 0o600, ""},
		"a secret":          {strings.Repeat("k", 32) + "\n", 0o640, ""},
		"a short secret":    {"secret", 0o600, "has 6 bytes: at least 32"},
		"nothing":           {"", 0o600, "has 0 bytes"},
		"readable by all":   {strings.Repeat("k", 32), 0o644, "everybody on this machine"},
		"broken PEM":        {"-----BEGIN PRIVATE KEY-----", 0o600, "not one PRIVATE KEY"},
		"two keys":          {string(pemText) + string(pemText), 0o600, "not one PRIVATE KEY"},
		"not a private key": {string(rsa), 0o600, "PKCS #8"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		s, err := LoadSigner(path)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "" && (s.Algorithm() == "EdDSA") != (name == "Ed25519"):
			t.Errorf("%s signs by %s", name, s.Algorithm())
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v; want %s", name, err, c.want)
		}
	}
}

func TestThrottle(t *testing.T) {
	th := &Throttle{Free: 3, First: time.Second, Max: 8 * time.Second, Size: 2}
	now := time.Unix(1000, 0)
	var waits []string
	for range 8 {
		th.Fail("a", now)
		waits = append(waits, th.Wait("a", now).String())
	}
	if got := fmt.Sprint(waits); got != "[0s 0s 0s 1s 2s 4s 8s 8s]" {
		t.Errorf("waits are %s", got)
	}
	if th.Wait("b", now) != 0 || th.Wait("a", now.Add(9*time.Second)) != 0 {
		t.Error("another name, or one whose time is over, has to wait")
	}
	th.Fail("b", now)
	th.Fail("c", now) // a is forgotten: there are two
	if th.Wait("a", now) != 0 {
		t.Error("more names are kept than allowed")
	}
	th.Succeed("b")
	for range 3 {
		th.Fail("b", now)
	}
	if th.Wait("b", now) != 0 {
		t.Error("a success does not forget failures")
	}
}
