// Package ids hands out host ids that no other live sandbox has.
//
// One block of ids is reserved for nsbox on a host (subordinate ids, by default
// 2000000000 and the 65535 that follow). It is cut into leases; every helper
// process holds one for its life by a lock on a file, which the kernel releases
// with the process, however it ends. So a new holder of a lease knows that
// whatever bears its ids or its name is left over and may be removed.
package ids

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The default block, and how it is cut.
const (
	DefaultBase  = 2_000_000_000
	DefaultCount = 65_536

	leaseSize = 2048
	// zygotes are the ids at a lease's start that become the roots of zygotes.
	zygotes = 64
)

// Lease is one part of the block. Its methods are safe for concurrent use.
type Lease struct {
	// Number is the lease's place in the block.
	Number int
	first  uint32
	file   *os.File

	mu      sync.Mutex
	free    []uint32 // pairs, by their first id in the zygotes' user namespace; oldest first
	zygotes []uint32 // host ids
}

// Acquire takes the first lease that is free. dir holds the lock files and must
// be root's. It waits up to the given time where all leases are held.
func Acquire(dir string, base, count uint32, wait time.Duration) (*Lease, error) {
	if base == 0 || count < leaseSize || uint64(base)+uint64(count) > 1<<31 {
		// Ids of 2^31 and above are negative where a program keeps them as int.
		return nil, fmt.Errorf("ids: block %d+%d: it must start above 0, have at least %d ids and end below 2^31", base, count, leaseSize)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("ids: %w", err)
	}
	deadline := time.Now().Add(wait)
	for {
		for n := range int(count / leaseSize) {
			f, err := lock(filepath.Join(dir, "lease-"+strconv.Itoa(n)))
			if errors.Is(err, unix.EWOULDBLOCK) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("ids: %w", err)
			}
			return newLease(n, base+uint32(n)*leaseSize, f), nil
		}
		if !time.Now().Before(deadline) {
			return nil, fmt.Errorf("ids: all %d leases are held: too many helpers run at once", count/leaseSize)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func newLease(n int, first uint32, f *os.File) *Lease {
	l := &Lease{Number: n, first: first, file: f}
	for i := range uint32(zygotes) {
		l.zygotes = append(l.zygotes, first+i)
	}
	for id := uint32(1); id+1 <= leaseSize-zygotes; id += 2 {
		l.free = append(l.free, id)
	}
	return l
}

// Close gives the lease back.
func (l *Lease) Close() error { return l.file.Close() }

// Pair is the ids of one sandbox, as ids of the zygotes' user namespaces.
type Pair struct{ Init, Program uint32 }

// ErrExhausted means that as many sandboxes live as the lease has ids for.
var ErrExhausted = errors.New("ids: too many sandboxes at once")

// Take hands out a pair that has been free for the longest time.
func (l *Lease) Take() (Pair, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.free) == 0 {
		return Pair{}, ErrExhausted
	}
	id := l.free[0]
	l.free = l.free[1:]
	return Pair{Init: id, Program: id + 1}, nil
}

// Give takes a pair back. Everything that had the ids must be dead.
func (l *Lease) Give(p Pair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, p.Init)
}

// TakeZygote hands out a host id for the root of a zygote.
func (l *Lease) TakeZygote() (uint32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.zygotes) == 0 {
		return 0, errors.New("ids: too many zygotes at once")
	}
	id := l.zygotes[0]
	l.zygotes = l.zygotes[1:]
	return id, nil
}

// GiveZygote takes a zygote's id back.
func (l *Lease) GiveZygote(id uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.zygotes = append(l.zygotes, id)
}

// Map is the part of a zygote's id map from 1 on: size host ids from Host.
func (l *Lease) Map() (host, size uint32) { return l.first + zygotes, leaseSize - zygotes }

// HostID is the host's id of one that Take gave out.
func (l *Lease) HostID(id uint32) uint32 { return l.first + zygotes + id - 1 }
