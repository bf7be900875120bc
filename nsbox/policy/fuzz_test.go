package policy

import (
	"encoding/json"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

// FuzzResolve: whatever request comes, it is refused as a bad request, or the
// plan keeps every bound and every file stays where it belongs.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{
		`{"files":[{"name":"main.py","size":3}]}`,
		`{"files":[{"name":"a/b","size":3},{"name":"a","size":0}],"args":["x"],"env":["A=b"]}`,
		`{"files":[{"name":"../a","size":-1}],"limits":{"memory":"1GiB","cpus":1e308}}`,
		`{"files":[{"name":"a","size":3}],"tty":{"rows":1,"cols":2},"network":"loopback","profile":"strict"}`,
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	c := DefaultCeilings()
	f.Fuzz(func(t *testing.T, data []byte, compile bool) {
		var req nsbox.Spec
		if json.Unmarshal(data, &req) != nil {
			return
		}
		lang := interpreted()
		if compile {
			lang = compiled()
		}
		p, err := Resolve(req, lang, c)
		if err != nil {
			if !errors.Is(err, nsbox.ErrBadRequest) {
				t.Errorf("%v is not a bad request", err)
			}
			if strings.ContainsAny(err.Error(), "\x00\x1b\n\r") {
				t.Errorf("message %q has control characters", err)
			}
			return
		}
		for _, s := range p.Stages {
			for _, l := range allLimits() {
				v, high := l.get(&s.Limits), l.get(&c.Max)
				if s.Build {
					high = l.get(&c.CompileMax)
				}
				if !within(v, l.get(&c.Min), high) && !(l.optional() && v == 0) {
					t.Errorf("%s: %s is %s", s.Name, l.key, l.text(v))
				}
			}
			for _, w := range append(s.Argv, s.Env...) {
				if strings.ContainsRune(w, 0) {
					t.Errorf("%s: word %q has a NUL byte", s.Name, w)
				}
			}
		}
		var total int64
		for _, file := range req.Files {
			total += file.Size
			full := path.Join("/workspace", file.Name)
			if full != "/workspace/"+file.Name || !strings.HasPrefix(full, "/workspace/") {
				t.Errorf("file %q would be %q", file.Name, full)
			}
		}
		if nsbox.Size(total) > p.Stages[len(p.Stages)-1].Limits.Disk {
			t.Errorf("%d bytes of files do not fit", total)
		}
	})
}
