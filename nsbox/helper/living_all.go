package helper

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/policy"
)

// livings are all sandboxes that live on, and for a while those that did.
type livings struct {
	mu     sync.Mutex
	list   []*living // oldest first
	dead   []*living
	closed bool
}

// How long, and of how many, the end of a sandbox is remembered.
const (
	rememberFor  = 10 * time.Minute
	rememberMost = 256
)

// add takes lv in unless there are as many as there may be.
func (l *livings) add(lv *living, c policy.SandboxCeilings) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errShutdown
	}
	own := 0
	for _, o := range l.list {
		if o.owner != lv.owner {
			continue
		}
		own++
		if lv.req.Name != "" && o.req.Name == lv.req.Name {
			return fmt.Errorf("%w: you have a sandbox named %q already", nsbox.ErrBadRequest, lv.req.Name)
		}
	}
	switch {
	case own >= c.PerOwner:
		return fmt.Errorf("%w: you have %d sandboxes, which is the most at once", nsbox.ErrBusy, own)
	case len(l.list) >= c.Total:
		return fmt.Errorf("%w: there are %d sandboxes, which is the most at once", nsbox.ErrBusy, len(l.list))
	}
	l.list = append(l.list, lv)
	return nil
}

func (l *livings) remove(lv *living) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.DeleteFunc(l.list, func(o *living) bool { return o == lv })
}

// bury moves lv to those that have ended.
func (l *livings) bury(lv *living) {
	l.remove(lv)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = append(l.dead, lv)
	l.forget()
}

func (l *livings) forget() {
	l.dead = slices.DeleteFunc(l.dead, func(o *living) bool { return time.Since(o.ended) > rememberFor })
	if n := len(l.dead) - rememberMost; n > 0 {
		l.dead = slices.Delete(l.dead, 0, n)
	}
}

// find returns the sandbox that uid means by an id or name. Whoever may not use
// one does not learn that it is there.
func (l *livings) find(uid uint32, idOrName string) (*living, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	for _, list := range [][]*living{l.list, l.dead} {
		for _, o := range slices.Backward(list) {
			mine := o.owner == uid
			if (mine || uid == 0) && o.id == idOrName || mine && o.req.Name != "" && o.req.Name == idOrName {
				return o, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: you have none with the id or name %q", nsbox.ErrNoSandbox, idOrName)
}

// of lists the sandboxes of uid, root's are all, oldest first.
func (l *livings) of(uid uint32) []*living {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	var out []*living
	for _, o := range slices.Concat(l.dead, l.list) {
		if uid == 0 || o.owner == uid {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b *living) int { return a.created.Compare(b.created) })
	return out
}

// holder is the sandbox that has a volume, "" where none has.
func (l *livings) holder(owner uint32, volume string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.list {
		if o.owner == owner && o.req.Volume == volume {
			return o.id
		}
	}
	return ""
}

// wait waits until no sandbox that lives now lives in z any more.
func (l *livings) wait(z *zygote.Zygote) {
	l.mu.Lock()
	list := slices.Clone(l.list)
	l.mu.Unlock()
	for _, o := range list {
		o.mu.Lock()
		in := o.z == z
		o.mu.Unlock()
		if in {
			<-o.gone
		}
	}
}

// close ends all, and returns when they are gone.
func (l *livings) close() {
	l.mu.Lock()
	l.closed = true
	list := slices.Clone(l.list)
	l.mu.Unlock()
	for _, o := range list {
		o.end("the helper was stopped")
	}
	for _, o := range list {
		<-o.gone
	}
}
