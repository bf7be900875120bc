package image

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Cached is a store that remembers what it found. A replaced image is seen at
// once; that a layer's files are as they were is looked at again from time to
// time only. It is safe for concurrent use.
type Cached struct {
	*Store
	mu    sync.Mutex
	known map[string]found
}

// found is what Get found, and the descriptions that said so.
type found struct {
	img    *Image
	stamps [2]stamp
	at     time.Time
}

// stamp tells one version of a description from another: each is a file of its own.
type stamp struct {
	dev, ino   uint64
	size       int64
	mtim, ctim unix.Timespec
}

// lookAgain is how long what was found holds where no description has changed.
const lookAgain = time.Second

// NewCached returns a Cached of s.
func NewCached(s *Store) *Cached { return &Cached{Store: s, known: map[string]found{}} }

// Get is Store.Get.
func (c *Cached) Get(name string) (*Image, error) {
	stamps := c.stamps(name) // before the look, so that a change meanwhile shows next time
	c.mu.Lock()
	f, ok := c.known[name]
	c.mu.Unlock()
	if ok && f.stamps == stamps && time.Since(f.at) < lookAgain {
		return f.img, nil
	}
	img, err := c.Store.Get(name)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[name] = found{img: img, stamps: stamps, at: time.Now()}
	return img, nil
}

func (c *Cached) stamps(name string) (all [2]stamp) {
	all[0] = stampOf(c.manifestPath(name))
	if c.candidates {
		all[1] = stampOf(c.candidatePath(name))
	}
	return all
}

// stampOf is the zero stamp where there is no file.
func stampOf(path string) stamp {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return stamp{}
	}
	return stamp{st.Dev, st.Ino, st.Size, st.Mtim, st.Ctim}
}
