package policy

import (
	"fmt"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// limit is one of the limits: how files call it, and how it is read and set.
type limit struct {
	key  string
	get  func(*nsbox.Limits) float64
	set  func(*nsbox.Limits, float64)
	text func(float64) string
	// least is the smallest bound of a Ceilings that makes sense. A duration below
	// it was meant as seconds and read as nanoseconds.
	least float64
}

func field[T ~int | ~int64 | ~float64](key string, at func(*nsbox.Limits) *T) limit {
	return limit{
		key: key,
		get: func(l *nsbox.Limits) float64 { return float64(*at(l)) },
		set: func(l *nsbox.Limits, v float64) { *at(l) = T(v) },
		text: func(v float64) string {
			// What no T can hold is shown as the number that it is.
			if f := float64(T(v)); f != v && v == v {
				return fmt.Sprint(v)
			}
			return fmt.Sprint(T(v))
		},
	}
}

func duration(key string, at func(*nsbox.Limits) *nsbox.Duration) limit {
	l := field(key, at)
	l.least = 1e6
	return l
}

// allLimits are the limits by their keys in files.
func allLimits() []limit {
	return []limit{
		duration("timeout", func(l *nsbox.Limits) *nsbox.Duration { return &l.Timeout }),
		duration("cpu_time", func(l *nsbox.Limits) *nsbox.Duration { return &l.CPUTime }),
		field("memory", func(l *nsbox.Limits) *nsbox.Size { return &l.Memory }),
		field("cpus", func(l *nsbox.Limits) *float64 { return &l.CPUs }),
		field("pids", func(l *nsbox.Limits) *int { return &l.Pids }),
		field("disk", func(l *nsbox.Limits) *nsbox.Size { return &l.Disk }),
		field("inodes", func(l *nsbox.Limits) *int { return &l.Inodes }),
		field("open_files", func(l *nsbox.Limits) *int { return &l.OpenFiles }),
		field("max_output", func(l *nsbox.Limits) *nsbox.Size { return &l.MaxOutput }),
	}
}

// flag is the limit's name on the command line.
func (l limit) flag() string {
	b := []byte("--" + l.key)
	for i, c := range b {
		if c == '_' {
			b[i] = '-'
		}
	}
	return string(b)
}

// optional tells whether zero is a value: no limit of its own.
func (l limit) optional() bool { return l.key == "cpu_time" }

// within is false for NaN, which is neither below nor above anything.
func within(v, low, high float64) bool { return v >= low && v <= high }

// runLimits fills what the request leaves open from the language, then from the
// host's defaults. What lies outside the host's range is refused, whoever asks.
func (c Ceilings) runLimits(lang *language.Language, req nsbox.Limits) (nsbox.Limits, error) {
	var out nsbox.Limits
	for _, l := range allLimits() {
		low, high := l.get(&c.Min), l.get(&c.Max)
		allowed := l.text(low) + " to " + l.text(high)
		v := l.get(&req)
		if v != 0 {
			if !within(v, low, high) {
				return out, bad("%s is %s; allowed are %s", l.flag(), l.text(v), allowed)
			}
		} else if v = l.get(&lang.Run.Limits); v != 0 {
			if !within(v, low, high) {
				return out, fmt.Errorf("%w: %s: run.limits.%s is %s; this host allows %s", nsbox.ErrLanguage, lang.Name, l.key, l.text(v), allowed)
			}
		} else {
			v = l.get(&c.Default)
		}
		l.set(&out, v)
	}
	return out, nil
}

// toolLimits are the language's own for its compile or check stage, cut to what
// the host allows a compiler: they are about the toolchain, so a request has no
// say in them.
func (c Ceilings) toolLimits(lang *language.Language, name string, st *language.Stage) (nsbox.Limits, error) {
	var out nsbox.Limits
	for _, l := range allLimits() {
		v := l.get(&st.Limits)
		if v == 0 {
			v = l.get(&c.Default)
		}
		v = min(v, l.get(&c.CompileMax))
		if low := l.get(&c.Min); v < low && !(l.optional() && v == 0) {
			return out, fmt.Errorf("%w: %s: %s.limits.%s is %s; this host allows %s and more", nsbox.ErrLanguage, lang.Name, name, l.key, l.text(v), l.text(low))
		}
		l.set(&out, v)
	}
	return out, nil
}

// Validate reports the first bound that makes no sense, by its key in the file.
func (c Ceilings) Validate() error {
	for _, l := range allLimits() {
		low, high, deflt, compile := l.get(&c.Min), l.get(&c.Max), l.get(&c.Default), l.get(&c.CompileMax)
		for _, v := range []float64{low, high, deflt, compile} {
			if v != v {
				return fmt.Errorf("%s: not a number", l.key)
			}
			if v != 0 && v < l.least {
				return fmt.Errorf("%s is %s: write a text with a unit, such as \"60s\"", l.key, l.text(v))
			}
		}
		switch {
		case low <= 0:
			return fmt.Errorf("min.%s is %s; it must be more than 0", l.key, l.text(low))
		case high < low:
			return fmt.Errorf("max.%s is %s, less than min.%s, %s", l.key, l.text(high), l.key, l.text(low))
		case !within(deflt, low, high) && !(l.optional() && deflt == 0):
			return fmt.Errorf("default.%s is %s; allowed are %s to %s", l.key, l.text(deflt), l.text(low), l.text(high))
		case compile < low:
			return fmt.Errorf("compile_max.%s is %s, less than min.%s, %s", l.key, l.text(compile), l.key, l.text(low))
		}
	}
	return c.Sandboxes.validate()
}
