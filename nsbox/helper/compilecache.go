package helper

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// compileCache keeps what compile stages have made, for requests that ask for
// exactly the same again. Its methods are safe for concurrent use, and those of
// a nil cache find and keep nothing.
//
// What it hands out was made by a sandbox from what the key was computed of, and
// nothing else can get in: the helper computes the key itself, over bytes that it
// has sealed before (a client keeps no descriptor of them, and could not change
// them if it did), and what is kept is sealed, too. A program that takes over its
// compiler decides only what the same program gets the next time. Users do not
// share what is kept, unless the host says so: how fast an answer comes tells
// whether somebody has compiled just this before.
type compileCache struct {
	bounds config.Cache

	mu     sync.Mutex
	byKey  map[compileKey]*list.Element
	recent *list.List // of *compiled, the one used last in front
	used   int64
	// flights are the compile stages under way whose outcome others wait for.
	flights map[compileKey]chan struct{}
}

// compileKey is a hash of everything that goes into a compile stage.
type compileKey [sha256.Size]byte

// compiled is one result of a compile stage.
type compiled struct {
	key compileKey
	// input is that of the run stage: what was built, and the request's files,
	// which the key covers. Its memfd is sealed.
	input  input
	result nsbox.StageResult
	said   said
	size   int64
}

// newCompileCache returns nil where bounds leave no room.
func newCompileCache(bounds config.Cache) *compileCache {
	if bounds.Size <= 0 || bounds.Entries <= 0 {
		return nil
	}
	return &compileCache{
		bounds: bounds, recent: list.New(),
		byKey: map[compileKey]*list.Element{}, flights: map[compileKey]chan struct{}{},
	}
}

// get returns what was kept for a key, or nil. The caller closes its input.
func (c *compileCache) get(key compileKey) (*compiled, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el := c.byKey[key]
	if el == nil {
		return nil, nil
	}
	c.recent.MoveToFront(el)
	e := *el.Value.(*compiled)
	// A descriptor of its own, as the entry may be given up meanwhile.
	var err error
	e.input.files, err = duplicate(e.input.files)
	return &e, err
}

// put keeps e, whose input stays the caller's, and gives up what was not used
// for longest where the bounds ask for that. One entry may take a quarter.
func (c *compileCache) put(e compiled) error {
	e.size = e.weight()
	if e.size > int64(c.bounds.Size)/4 {
		return nil
	}
	var err error
	if e.input.files, err = duplicate(e.input.files); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.byKey[e.key]; old != nil {
		c.remove(old)
	}
	c.byKey[e.key] = c.recent.PushFront(&e)
	c.used += e.size
	for c.used > int64(c.bounds.Size) || c.recent.Len() > c.bounds.Entries {
		c.remove(c.recent.Back())
	}
	return nil
}

// remove gives up an entry. The caller holds mu.
func (c *compileCache) remove(el *list.Element) {
	e := c.recent.Remove(el).(*compiled)
	delete(c.byKey, e.key)
	c.used -= e.size
	e.input.files.Close()
}

// lead makes the caller the one that compiles for a key; it calls done when it
// has. Where another does so already, wait is closed when that one is done.
func (c *compileCache) lead(key compileKey) (done func(), wait <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.flights[key]; other != nil {
		return nil, other
	}
	mine := make(chan struct{})
	c.flights[key] = mine
	return func() {
		c.mu.Lock()
		delete(c.flights, key)
		c.mu.Unlock()
		close(mine)
	}, nil
}

// close gives up everything.
func (c *compileCache) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.recent.Len() > 0 {
		c.remove(c.recent.Back())
	}
}

// weight is what an entry takes of the memory, in bytes: whole pages of its
// memfd, and about what the list of its files has.
func (e *compiled) weight() int64 {
	const page, fixed = 4096, 1024
	var bytes int64
	names := int64(len(e.said.stdout) + len(e.said.stderr))
	for _, f := range e.input.entries {
		bytes += f.Size
		names += int64(len(f.Name)) + 64
	}
	return (bytes+page-1)/page*page + names + fixed
}

// keyOf computes the key of a compile stage. scope keeps users apart, digest is
// the image's, profile names the compiled seccomp filter. The memfd of in must
// be sealed.
func keyOf(scope, digest, profile string, st policy.Stage, in input) (compileKey, error) {
	h := sha256.New()
	word := func(s string) {
		// The length keeps neighbours apart.
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
	word("nsbox compile 1")
	word(scope)
	word(digest)
	word(profile)
	// Go's syntax for the value: every field there is, and strings byte by byte;
	// of pointers what they point to, since every request has others.
	warm, oom := st.Warm, st.OOM
	st.Warm, st.OOM = nil, nil
	word(fmt.Sprintf("%#v", st))
	word(pointed(warm))
	word(pointed(oom))
	var size int64
	for _, f := range in.entries {
		word(fmt.Sprintf("%#v", f))
		size += f.Size
	}
	word("")
	n, err := io.Copy(h, io.NewSectionReader(in.files, 0, size))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return compileKey{}, fmt.Errorf("hash the files: %w", err)
	}
	return compileKey(h.Sum(nil)), nil
}

func pointed[T any](p *T) string {
	if p == nil {
		return "nil"
	}
	return fmt.Sprintf("%#v", *p)
}

// seal makes a memfd unchangeable, for every descriptor of it and for good.
func seal(f *os.File) error {
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return fmt.Errorf("seal %s: %w", f.Name(), err)
	}
	return nil
}

func duplicate(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
