package helper

import (
	"errors"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// sealed returns an input of one file per text.
func sealed(t *testing.T, texts ...string) input {
	t.Helper()
	f, err := memfd("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	in := input{files: f}
	for i, text := range texts {
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		in.entries = append(in.entries, confine.FileEntry{Name: string(rune('a'+i)) + ".go", Size: int64(len(text))})
	}
	if err := seal(f); err != nil {
		t.Fatal(err)
	}
	return in
}

func key(t *testing.T, scope, digest, profile string, st policy.Stage, in input) compileKey {
	t.Helper()
	k, err := keyOf(scope, digest, profile, st, in)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func stage() policy.Stage {
	return policy.Stage{
		Name: "compile", Argv: []string{"cc", "/workspace/a.c"}, Env: []string{"A=b"}, Dir: "/workspace", Profile: "compile",
		Limits: nsbox.Limits{Timeout: nsbox.Duration(time.Minute), Memory: 1 << 30, CPUs: 2, Pids: 64}, Build: true,
	}
}

func TestKeyOfTheSameIsTheSame(t *testing.T) {
	a := key(t, "uid 1", "sha256:1", "p", stage(), sealed(t, "one", "two"))
	b := key(t, "uid 1", "sha256:1", "p", stage(), sealed(t, "one", "two"))
	if a != b {
		t.Error("two keys of the same request differ")
	}
}

// Every field there is, now or later, is part of the key.
func TestKeyCoversEveryFieldOfTheStage(t *testing.T) {
	in := sealed(t, "one")
	seen := map[compileKey]string{key(t, "u", "d", "p", stage(), in): "the stage as it is"}
	see := func(what string, k compileKey) {
		t.Helper()
		if other, ok := seen[k]; ok {
			t.Errorf("%s has the key of %s", what, other)
		}
		seen[k] = what
	}
	var change func(v reflect.Value, name string, st *policy.Stage)
	change = func(v reflect.Value, name string, st *policy.Stage) {
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				change(v.Field(i), name+"."+v.Type().Field(i).Name, st)
			}
			return
		}
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Float64:
			v.SetFloat(v.Float() + 0.5)
		case reflect.Int, reflect.Int64, reflect.Int32:
			v.SetInt(v.Int() + 1)
		case reflect.Uint64, reflect.Uint32, reflect.Uint:
			v.SetUint(v.Uint() + 1)
		case reflect.Slice:
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
		default:
			t.Fatalf("%s is a %s: teach this test to change it", name, v.Kind())
		}
		see("another "+name, key(t, "u", "d", "p", *st, in))
		v.Set(old)
	}
	st := stage()
	change(reflect.ValueOf(&st).Elem(), "Stage", &st)

	// Two requests have the same by other pointers.
	here, there := stage(), stage()
	here.Warm, there.Warm = &language.Warm{Kind: "started"}, &language.Warm{Kind: "started"}
	here.OOM, there.OOM = &nsbox.OOMSign{ExitCode: 1}, &nsbox.OOMSign{ExitCode: 1}
	if key(t, "u", "d", "p", here, in) != key(t, "u", "d", "p", there, in) {
		t.Error("the key depends on where something is in memory")
	}
	there.Warm.Kind = "fork"
	see("another way to be there ahead", key(t, "u", "d", "p", there, in))

	// What the words are is told by their lengths, not by where one may begin.
	st = stage()
	st.Argv = []string{"cc /workspace/a.c"}
	see("one word of two", key(t, "u", "d", "p", st, in))
	st.Argv = []string{"cc", "/workspace/\xff"}
	see("a name that is no text", key(t, "u", "d", "p", st, in))
	st.Argv = []string{"cc", "/workspace/\xfe"}
	see("another name that is no text", key(t, "u", "d", "p", st, in))
}

func TestKeyCoversFilesAndSurroundings(t *testing.T) {
	seen := map[compileKey]string{}
	see := func(what string, k compileKey) {
		t.Helper()
		if other, ok := seen[k]; ok {
			t.Errorf("%s has the key of %s", what, other)
		}
		seen[k] = what
	}
	st := stage()
	see("two files", key(t, "u", "d", "p", st, sealed(t, "one", "two")))
	see("another scope", key(t, "v", "d", "p", st, sealed(t, "one", "two")))
	see("another image", key(t, "u", "e", "p", st, sealed(t, "one", "two")))
	see("another filter", key(t, "u", "d", "q", st, sealed(t, "one", "two")))
	see("scope and image run together", key(t, "ud", "", "p", st, sealed(t, "one", "two")))
	see("other bytes", key(t, "u", "d", "p", st, sealed(t, "one", "twO")))
	see("the bytes cut elsewhere", key(t, "u", "d", "p", st, sealed(t, "onet", "wo")))
	see("one file", key(t, "u", "d", "p", st, sealed(t, "onetwo")))
	in := sealed(t, "one", "two")
	in.entries[1].Name = "c.go"
	see("another name", key(t, "u", "d", "p", st, in))
	in = sealed(t, "one", "two")
	in.entries[1].Exec = true
	see("an executable file", key(t, "u", "d", "p", st, in))
	in = sealed(t, "one", "two")
	in.entries[0], in.entries[1] = in.entries[1], in.entries[0]
	see("another order", key(t, "u", "d", "p", st, in))
}

func TestKeyNeedsAllBytes(t *testing.T) {
	in := sealed(t, "one")
	in.entries[0].Size++
	if _, err := keyOf("u", "d", "p", stage(), in); err == nil {
		t.Error("a key was made of bytes that are not there")
	}
}

func TestSealedFilesCannotChange(t *testing.T) {
	in := sealed(t, "one")
	again, err := os.OpenFile("/proc/self/fd/"+itoa(in.files.Fd()), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.WriteAt([]byte("x"), 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("write: %v, want %v", err, unix.EPERM)
	}
	if err := again.Truncate(0); !errors.Is(err, unix.EPERM) {
		t.Errorf("truncate: %v, want %v", err, unix.EPERM)
	}
	if _, err := unix.Mmap(int(again.Fd()), 0, 1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); !errors.Is(err, unix.EPERM) {
		t.Errorf("mmap to write: %v, want %v", err, unix.EPERM)
	}
}

func itoa(fd uintptr) string {
	var b []byte
	for n := int(fd); ; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
		if n < 10 {
			return string(b)
		}
	}
}

// entry returns an entry whose only file has size bytes.
func entry(t *testing.T, n byte, size int) compiled {
	t.Helper()
	return compiled{key: compileKey{n}, input: sealed(t, string(make([]byte, size))), said: said{stderr: []byte{n}}}
}

func found(t *testing.T, c *compileCache, n byte) bool {
	t.Helper()
	e, err := c.get(compileKey{n})
	if err != nil {
		t.Fatal(err)
	}
	if e == nil {
		return false
	}
	defer e.input.files.Close()
	if len(e.said.stderr) != 1 || e.said.stderr[0] != n {
		t.Errorf("entry %d is that of %v", n, e.said.stderr)
	}
	if _, err := e.input.files.ReadAt(make([]byte, 1), 0); err != nil {
		t.Errorf("entry %d cannot be read: %v", n, err)
	}
	return true
}

func TestCacheForgetsWhatWasNotUsedForLongest(t *testing.T) {
	c := newCompileCache(config.Cache{Size: 1 << 20, Entries: 2})
	defer c.close()
	for n := byte(1); n <= 2; n++ {
		if err := c.put(entry(t, n, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if !found(t, c, 1) { // which makes it the latest
		t.Fatal("the first is gone too soon")
	}
	if err := c.put(entry(t, 3, 10)); err != nil {
		t.Fatal(err)
	}
	if found(t, c, 2) {
		t.Error("the second is there; want it given up")
	}
	if !found(t, c, 1) || !found(t, c, 3) {
		t.Error("the first or the third is gone; want both")
	}
}

func TestCacheKeepsToItsSize(t *testing.T) {
	const size = 400 << 10
	c := newCompileCache(config.Cache{Size: size, Entries: 1000})
	defer c.close()
	for n := range byte(20) {
		if err := c.put(entry(t, n, 60<<10)); err != nil {
			t.Fatal(err)
		}
		if c.used > size || c.used < int64(c.recent.Len())*60<<10 {
			t.Fatalf("%d bytes counted of %d entries; the limit is %d", c.used, c.recent.Len(), size)
		}
	}
	if !found(t, c, 19) || found(t, c, 0) {
		t.Error("want the last and not the first")
	}
	if err := c.put(entry(t, 100, size/2)); err != nil {
		t.Fatal(err)
	}
	if found(t, c, 100) {
		t.Error("one entry took half of the cache")
	}
	// The same again takes its own place.
	before := c.used
	if err := c.put(entry(t, 19, 60<<10)); err != nil {
		t.Fatal(err)
	}
	if c.used != before {
		t.Errorf("%d bytes counted after the same again, %d before", c.used, before)
	}
}

func TestAnEntryOutlivesItsRemoval(t *testing.T) {
	c := newCompileCache(config.Cache{Size: 1 << 20, Entries: 10})
	if err := c.put(entry(t, 1, 10)); err != nil {
		t.Fatal(err)
	}
	e, err := c.get(compileKey{1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.input.files.Close()
	c.close()
	if _, err := e.input.files.ReadAt(make([]byte, 10), 0); err != nil {
		t.Errorf("read what was handed out: %v", err)
	}
}

func TestNoCache(t *testing.T) {
	for _, b := range []config.Cache{{}, {Size: 1}, {Entries: 1}} {
		if c := newCompileCache(b); c != nil {
			t.Errorf("%+v makes a cache", b)
		}
	}
}

func TestOneLeads(t *testing.T) {
	c := newCompileCache(config.Cache{Size: 1, Entries: 1})
	done, wait := c.lead(compileKey{1})
	if done == nil || wait != nil {
		t.Fatal("the first does not lead")
	}
	if other, _ := c.lead(compileKey{2}); other == nil {
		t.Error("another key waits for the first")
	}
	second, wait := c.lead(compileKey{1})
	if second != nil || wait == nil {
		t.Fatal("two lead for one key")
	}
	select {
	case <-wait:
		t.Fatal("the wait is over before the first is done")
	default:
	}
	done()
	<-wait
	if done, _ = c.lead(compileKey{1}); done == nil {
		t.Error("nobody can lead any more")
	}
}

func TestRecordingPassesOnAndKeepsLittle(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		kept bool
	}{"nothing": {0, true}, "all that is kept": {maxSaid, true}, "one byte more": {maxSaid + 1, false}, "more than a pipe holds": {300 << 10, false}} {
		t.Run(name, func(t *testing.T) {
			s := &streams{client: make([]*os.File, 3)}
			defer s.close()
			for i := range s.child {
				r, w, err := pipe()
				if err != nil {
					t.Fatal(err)
				}
				if s.child[i], s.client[i] = w, r; i == 0 {
					s.child[i], s.client[i] = r, w
				}
			}
			rec, err := s.record()
			if err != nil {
				t.Fatal(err)
			}
			defer rec.end()
			text := make([]byte, c.size)
			for i := range text {
				text[i] = byte(i % 251)
			}
			written := make(chan struct{})
			go func() {
				defer close(written)
				_, _ = s.child[2].Write(text)
				s.closeChild()
			}()
			var got []byte
			read := make(chan struct{})
			go func() {
				defer close(read)
				buf := make([]byte, 4096)
				for {
					n, err := s.client[2].Read(buf)
					got = append(got, buf[:n]...)
					if err != nil {
						return
					}
				}
			}()
			said := rec.said()
			<-read
			<-written
			if string(got) != string(text) {
				t.Errorf("the client got %d bytes of %d, or others", len(got), len(text))
			}
			if (said != nil) != c.kept {
				t.Fatalf("kept: %v, want %v", said != nil, c.kept)
			}
			if said != nil && (string(said.stderr) != string(text) || len(said.stdout) != 0) {
				t.Errorf("kept %d and %d bytes, want 0 and %d", len(said.stdout), len(said.stderr), len(text))
			}
		})
	}
}

// A client that reads nothing and goes away does not hold the sandbox.
func TestRecordingWithoutAReader(t *testing.T) {
	s := &streams{client: make([]*os.File, 3)}
	for i := range s.child {
		r, w, err := pipe()
		if err != nil {
			t.Fatal(err)
		}
		s.child[i], s.client[i] = w, r
	}
	rec, err := s.record()
	if err != nil {
		t.Fatal(err)
	}
	s.closeClient()
	for range 20 {
		if _, err := s.child[1].Write(make([]byte, 32<<10)); err != nil {
			t.Fatalf("the program's write: %v", err)
		}
	}
	s.closeChild()
	if rec.said() != nil {
		t.Error("640 KiB were kept")
	}
	rec.end()
	<-rec.copies[0].done
	<-rec.copies[1].done
}
