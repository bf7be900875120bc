package helper

import (
	"cmp"
	"slices"

	"github.com/nsbox/nsbox/nsbox"
)

// kind is what spares are counted by. Of shelves there can be any number, as
// requests ask for limits and environments; of kinds only as many as images have.
type kind struct{ image, start, stage string }

// uses counts what became of the demand for a kind.
type uses struct{ taken, missed int64 }

func (k shelfKey) kind() kind {
	n := kind{image: k.image, start: nsbox.StartExec, stage: nsbox.StageRun}
	switch {
	case k.boot != "":
		n.start = nsbox.StartStarted
	case k.template != "":
		n.start = nsbox.StartForked
	}
	if k.build {
		n.stage = nsbox.StageCompile
	}
	return n
}

// used counts a demand. p.mu is held.
func (p *pool) used(k shelfKey, taken bool) {
	u := p.uses[k.kind()]
	if taken {
		u.taken++
	} else {
		u.missed++
	}
	p.uses[k.kind()] = u
}

// stats tells what the pool has, and had, of each kind.
func (p *pool) stats() []nsbox.PoolStats {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[kind]*nsbox.PoolStats{}
	of := func(k kind) *nsbox.PoolStats {
		if all[k] == nil {
			all[k] = &nsbox.PoolStats{Image: k.image, Start: k.start, Stage: k.stage}
		}
		return all[k]
	}
	for k, u := range p.uses {
		st := of(k)
		st.Taken, st.Missed = u.taken, u.missed
	}
	for k, s := range p.shelves {
		st := of(k.kind())
		st.Ready += len(s.ready)
		st.Making += s.making
		st.Target += s.target
	}
	list := make([]nsbox.PoolStats, 0, len(all))
	for _, st := range all {
		list = append(list, *st)
	}
	slices.SortFunc(list, func(a, b nsbox.PoolStats) int {
		return cmp.Or(cmp.Compare(a.Image, b.Image), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Start, b.Start))
	})
	return list
}
