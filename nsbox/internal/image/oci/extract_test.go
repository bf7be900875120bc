package oci

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

// unpackTo extracts layers into a directory beside which there is one that must
// not change, and fails the test if it does.
func unpackTo(t testing.TB, maxSize nsbox.Size, maxEntries int, layers ...[]byte) (root string, err error) {
	t.Helper()
	dir := t.TempDir()
	root, outside := filepath.Join(dir, "root"), filepath.Join(dir, "outside")
	for _, d := range []string{root, outside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := newExtractor(root, maxSize, maxEntries)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	for _, l := range layers {
		if err = x.extract(bytes.NewReader(l)); err != nil {
			break
		}
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("the file outside was changed: %q, %v", b, err)
	}
	if fi, err := os.Stat(secret); err != nil || fi.Mode() != 0o600 || fi.Sys().(*syscall.Stat_t).Nlink != 1 {
		t.Errorf("the file outside: %v, %v", fi, err)
	}
	if es, err := os.ReadDir(outside); err != nil || len(es) != 1 {
		t.Errorf("the directory outside: %v, %v", es, err)
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) != 2 {
		t.Errorf("beside the root: %v, %v", es, err)
	}
	checkTree(t, root)
	return root, err
}

// checkTree makes sure that a tree has in it what images may have.
func checkTree(t testing.TB, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case fi.Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0:
			t.Errorf("%s has mode %v", path, fi.Mode())
		case fi.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()):
			t.Errorf("%s belongs to %d", path, fi.Sys().(*syscall.Stat_t).Uid)
		}
		return nil
	})
	if err != nil {
		t.Errorf("walk: %v", err)
	}
}

func TestMaliciousLayers(t *testing.T) {
	up := strings.Repeat("../", 20)
	for name, c := range map[string]struct {
		layer []file
		want  string // part of the error; empty where the entry stays inside
		then  map[string]string
	}{
		"dots":          {layer: []file{{name: "../outside/new", content: "x"}}, want: "has .. in it"},
		"dots inside":   {layer: []file{{name: "a/../../outside/new", content: "x"}}, want: "has .. in it"},
		"dots at end":   {layer: []file{{name: "a/..", kind: tar.TypeDir}}, want: "has .. in it"},
		"absolute":      {layer: []file{{name: "/etc/new", content: "x"}}, then: map[string]string{"etc/new": "x"}},
		"absolute link": {layer: []file{{name: "l", link: "/outside", kind: tar.TypeSymlink}, {name: "l/secret", content: "x"}}, want: "l"},
		"absolute link to what is there": {
			layer: []file{{name: "d/", kind: tar.TypeDir}, {name: "l", link: "/d", kind: tar.TypeSymlink}, {name: "l/f", content: "x"}},
			then:  map[string]string{"d/f": "x"}},
		"relative link": {layer: []file{{name: "l", link: "../outside", kind: tar.TypeSymlink}, {name: "l/secret", content: "x"}}, want: "l"},
		"link up": {
			layer: []file{{name: "l", link: up, kind: tar.TypeSymlink}, {name: "l/tmp/f", content: "x"}},
			then:  map[string]string{"tmp/f": "x"}},
		"link to proc":           {layer: []file{{name: "l", link: "/proc/self/root", kind: tar.TypeSymlink}, {name: "l/tmp/f", content: "x"}}, want: "l"},
		"write through link":     {layer: []file{{name: "l", link: "../outside/secret", kind: tar.TypeSymlink}, {name: "l", content: "x"}}, then: map[string]string{"l": "x"}},
		"directory over link":    {layer: []file{{name: "l", link: "../outside", kind: tar.TypeSymlink}, {name: "l/", kind: tar.TypeDir, mode: 0o777}, {name: "l/f", content: "x"}}, then: map[string]string{"l/f": "x"}},
		"hard link outside":      {layer: []file{{name: "h", link: "../outside/secret", kind: tar.TypeLink}}, want: "has .. in it"},
		"hard link absolute":     {layer: []file{{name: "h", link: "/outside/secret", kind: tar.TypeLink}}, want: "link to"},
		"hard link through link": {layer: []file{{name: "l", link: "../outside", kind: tar.TypeSymlink}, {name: "h", link: "l/secret", kind: tar.TypeLink}}, want: "link to"},
		"hard link, then write": {
			layer: []file{{name: "a", content: "a"}, {name: "h", link: "a", kind: tar.TypeLink}, {name: "h", content: "h"}},
			then:  map[string]string{"a": "a", "h": "h"}},
		"hard link to a link, then write": {
			layer: []file{{name: "l", link: "../outside/secret", kind: tar.TypeSymlink}, {name: "h", link: "l", kind: tar.TypeLink}, {name: "h", content: "x"}},
			then:  map[string]string{"h": "x"}},
		"hard link to itself":          {layer: []file{{name: "a", content: "a"}, {name: "a", link: "a", kind: tar.TypeLink}}, then: map[string]string{"a": "a"}},
		"hard link to a directory":     {layer: []file{{name: "d/", kind: tar.TypeDir}, {name: "h", link: "d", kind: tar.TypeLink}}, want: "which is no file"},
		"hard link over its directory": {layer: []file{{name: "d/f", content: "x"}, {name: "d", link: "d/f", kind: tar.TypeLink}}, want: "link to"},
		"whiteout up":                  {layer: []file{{name: ".wh..."}}, want: "whiteout"},
		"whiteout of dot":              {layer: []file{{name: "a/.wh.."}}, want: "whiteout"},
		"whiteout of nothing":          {layer: []file{{name: ".wh."}}, want: "whiteout"},
		"whiteout through link":        {layer: []file{{name: "l", link: "../outside", kind: tar.TypeSymlink}, {name: "l/.wh.secret"}}, want: "l"},
		"opaque through link":          {layer: []file{{name: "l", link: up + "etc", kind: tar.TypeSymlink}, {name: "l/.wh..wh..opq"}}, want: "leads to nothing"},
		"whiteout of own file":         {layer: []file{{name: "a", content: "a"}, {name: ".wh.a"}}, then: map[string]string{"a": "a"}},
		"device":                       {layer: []file{{name: "sda", kind: tar.TypeBlock}, {name: "mem", kind: tar.TypeChar}, {name: "p", kind: tar.TypeFifo}}, then: map[string]string{}},
		"setuid":                       {layer: []file{{name: "su", content: "x", mode: 0o6777}, {name: "d/", kind: tar.TypeDir, mode: 0o7777}}, then: map[string]string{"su": "x"}},
		"the root itself":              {layer: []file{{name: "./", kind: tar.TypeDir, mode: 0o777}, {name: "/", link: "../outside", kind: tar.TypeSymlink}, {name: "f", content: "x"}}, then: map[string]string{"f": "x"}},
		"long name":                    {layer: []file{{name: strings.Repeat("n", 300), content: "x"}}, want: "255"},
		"deep":                         {layer: []file{{name: strings.Repeat("d/", 300) + "f", content: "x"}}, want: "deeper than"},
		"link loop":                    {layer: []file{{name: "a", link: "b", kind: tar.TypeSymlink}, {name: "b", link: "a", kind: tar.TypeSymlink}, {name: "a/f", content: "x"}}, want: "too many levels"},
		"file as directory":            {layer: []file{{name: "f", content: "x"}, {name: "f/g", content: "x"}}, want: "not a directory"},
		"empty link":                   {layer: []file{{name: "l", link: "", kind: tar.TypeSymlink}}, want: "target is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			root, err := unpackTo(t, 0, 0, layerTar(t, c.layer...))
			if c.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			for path, want := range c.then {
				if fi, err := os.Lstat(filepath.Join(root, path)); err != nil || !fi.Mode().IsRegular() {
					t.Errorf("%s: %v, %v", path, fi, err)
					continue
				}
				if b, err := os.ReadFile(filepath.Join(root, path)); err != nil || string(b) != want {
					t.Errorf("%s: %q, %v; want %q", path, b, err, want)
				}
			}
		})
	}
}

// Paths that links make deep: every entry goes through a link to the directory
// that the one before made.
func TestLinksDoNotMakeBottomlessTrees(t *testing.T) {
	var layer []file
	for i := range 50 {
		link := "l" + string(rune('A'+i))
		layer = append(layer, file{name: link, link: strings.Repeat("d/", 10*(i+1)), kind: tar.TypeSymlink})
		prev := ""
		if i > 0 {
			prev = "l" + string(rune('A'+i-1)) + "/"
		}
		layer = append(layer, file{name: prev + strings.Repeat("d/", 10), kind: tar.TypeDir})
	}
	if _, err := unpackTo(t, 0, 0, layerTar(t, layer...)); err == nil || !strings.Contains(err.Error(), "deeper than") {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	if _, err := unpackTo(t, 1000, 0, layerTar(t, file{name: "a", content: strings.Repeat("x", 600)}), layerTar(t, file{name: "b", content: strings.Repeat("x", 600)})); !errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), "larger than 1000B") {
		t.Errorf("too large: %v", err)
	}
	if _, err := unpackTo(t, 0, 3, layerTar(t, file{name: "a"}, file{name: "b"}, file{name: "c"}, file{name: "d"})); err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("too many: %v", err)
	}
	if _, err := unpackTo(t, 0, 5, layerTar(t, file{name: "a/b/c/d/e/f/g"})); err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("too many implied directories: %v", err)
	}
	// A sparse file of 1 TiB in a few bytes: refused before anything is written.
	if root, err := unpackTo(t, 0, 0, sparse(t)); err == nil || !strings.Contains(err.Error(), "larger than 4GiB") {
		t.Errorf("huge sparse file: %v", err)
	} else if _, err := os.Lstat(root + "/huge"); err == nil {
		t.Error("the huge file is there")
	}
	// An archive that says more than it has.
	l := layerTar(t, file{name: "a", content: strings.Repeat("x", 5000)})
	if _, err := unpackTo(t, 0, 0, l[:2000]); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}

// sparse is an archive with a PAX sparse file (format 1.0): a map that says
// there is nothing in 1 TiB.
func sparse(t testing.TB) []byte {
	t.Helper()
	data := "1\n1099511627776\n0\n"
	data += strings.Repeat("\x00", 512-len(data))
	pax := ""
	for _, kv := range []string{"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=huge", "GNU.sparse.realsize=1099511627776"} {
		n := len(kv) + 3
		for _, digits := range []int{2, 3} {
			n = len(kv) + 2 + digits
			if len(itoa(n)) == digits {
				break
			}
		}
		pax += itoa(n) + " " + kv + "\n"
	}
	var b bytes.Buffer
	b.Write(rawHeader("PaxHeaders/huge", 'x', int64(len(pax))))
	b.WriteString(pax + strings.Repeat("\x00", (512-len(pax)%512)%512))
	b.Write(rawHeader("GNUSparseFile/huge", '0', int64(len(data))))
	b.WriteString(data)
	b.Write(make([]byte, 1024))
	return b.Bytes()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// rawHeader is a USTAR header; archive/tar writes no sparse ones.
func rawHeader(name string, kind byte, size int64) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	octal := func(n int64, width int) string {
		s := ""
		for range width {
			s = string(rune('0'+n%8)) + s
			n /= 8
		}
		return s
	}
	copy(h[124:], octal(size, 11)+"\x00"+octal(0, 11)+"\x00")
	copy(h[148:], "        ")
	h[156] = kind
	copy(h[257:], "ustar\x0000")
	sum := int64(0)
	for _, c := range h {
		sum += int64(c)
	}
	copy(h[148:], octal(sum, 6)+"\x00 ")
	return h
}

// FuzzImportLayer feeds layers to the extractor. Whatever is in them, nothing
// outside of the directory changes and nothing forbidden is in it.
func FuzzImportLayer(f *testing.F) {
	f.Add(lower(f), upper(f))
	f.Add(sparse(f), []byte{})
	f.Add(layerTar(f, file{name: "l", link: "../outside", kind: tar.TypeSymlink}, file{name: "l/secret", content: "x"}), upper(f))
	f.Add(layerTar(f, file{name: "a", content: "a", mode: 0o6755}, file{name: "h", link: "a", kind: tar.TypeLink}), layerTar(f, file{name: ".wh.a"}))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		_, _ = unpackTo(t, nsbox.MiB, 200, a, b)
	})
}

// FuzzArchive feeds whole docker save archives to the reader.
func FuzzArchive(f *testing.F) {
	f.Add(layerTar(f, file{name: "manifest.json", content: `[{"Config":"c","RepoTags":["a:b"],"Layers":["l.tar"]}]`},
		file{name: "c", content: `{"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:` + strings.Repeat("0", 64) + `"]}}`},
		file{name: "l.tar", content: string(layerTar(f, file{name: "x"}))}), "b")
	f.Fuzz(func(t *testing.T, b []byte, tag string) {
		img, err := readArchive(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, tag)
		if err != nil {
			return
		}
		layers, err := source{Image: img}.layers()
		if err != nil {
			return
		}
		x, err := newExtractor(t.TempDir(), nsbox.MiB, 200)
		if err != nil {
			t.Fatal(err)
		}
		defer x.close()
		for _, l := range layers {
			if unpack(t.Context(), x, l) != nil {
				return
			}
		}
	})
}
