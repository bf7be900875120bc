package policy

import (
	"cmp"
	"fmt"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// bound is one limit: how it is called and how it is read and set.
type bound struct {
	name string
	get  func(*nsbox.Limits) float64
	set  func(*nsbox.Limits, float64)
	show func(float64) string
}

func field[T ~int | ~int64 | ~float64](name string, at func(*nsbox.Limits) *T) bound {
	return bound{
		name: name,
		get:  func(l *nsbox.Limits) float64 { return float64(*at(l)) },
		set:  func(l *nsbox.Limits, v float64) { *at(l) = T(v) },
		show: func(v float64) string { return fmt.Sprint(T(v)) },
	}
}

// bounds are all limits, by the names of their flags.
var bounds = []bound{
	field("timeout", func(l *nsbox.Limits) *nsbox.Duration { return &l.Timeout }),
	field("cpu-time", func(l *nsbox.Limits) *nsbox.Duration { return &l.CPUTime }),
	field("memory", func(l *nsbox.Limits) *nsbox.Size { return &l.Memory }),
	field("cpus", func(l *nsbox.Limits) *float64 { return &l.CPUs }),
	field("pids", func(l *nsbox.Limits) *int { return &l.Pids }),
	field("disk", func(l *nsbox.Limits) *nsbox.Size { return &l.Disk }),
	field("inodes", func(l *nsbox.Limits) *int { return &l.Inodes }),
	field("open-files", func(l *nsbox.Limits) *int { return &l.OpenFiles }),
	field("max-output", func(l *nsbox.Limits) *nsbox.Size { return &l.MaxOutput }),
}

// runLimits fills what the request leaves open from the language, then from the
// host's defaults. What lies outside the host's range is refused.
func (c Ceilings) runLimits(lang *language.Language, req nsbox.Limits) (nsbox.Limits, error) {
	var out nsbox.Limits
	for _, b := range bounds {
		v := cmp.Or(b.get(&req), b.get(&lang.Run.Limits), b.get(&c.Default))
		if v == 0 && b.name == "cpu-time" {
			continue // left to timeout and cpus
		}
		low, high := b.get(&c.Min), b.get(&c.Max)
		// NaN is neither below nor above.
		if !(v >= low && v <= high) {
			return out, fmt.Errorf("%w: %s is %s; allowed is %s to %s", nsbox.ErrBadRequest, b.name, b.show(v), b.show(low), b.show(high))
		}
		b.set(&out, v)
	}
	return out, nil
}

// compileLimits are the language's own, never above the host's. A request has
// no say in them: they are about the compiler, not the program.
func (c Ceilings) compileLimits(lang *language.Language) (nsbox.Limits, error) {
	var out nsbox.Limits
	for _, b := range bounds {
		v := cmp.Or(b.get(&lang.Compile.Limits), b.get(&compileDefault))
		if high := b.get(&c.CompileMax); high > 0 {
			v = min(v, high)
		}
		b.set(&out, v)
	}
	return out, nil
}
