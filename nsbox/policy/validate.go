package policy

import (
	"fmt"
	"math"
	"strings"
)

// Validate checks that the ceilings make sense: a range for every limit, with
// the default in it. Whoever reads ceilings from a file calls it once.
func (c Ceilings) Validate() error {
	for _, b := range bounds {
		key := strings.ReplaceAll(b.name, "-", "_") // as the file spells it
		low, high, def, compile := b.get(&c.Min), b.get(&c.Max), b.get(&c.Default), b.get(&c.CompileMax)
		for _, v := range []float64{low, high, def, compile} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("limits: %s: not a number", key)
			}
		}
		timed := b.name == "timeout" || b.name == "cpu-time"
		switch {
		case low <= 0:
			return fmt.Errorf("limits: min.%s is %s; it must be more than 0", key, b.show(low))
		case timed && anyBelow(float64(seconds(0.001)), low, high, def, compile):
			// A bare number in TOML is nanoseconds, which nobody means.
			return fmt.Errorf(`limits: %s: a time is less than a millisecond; write texts with units, such as "60s"`, key)
		case high < low:
			return fmt.Errorf("limits: max.%s is %s, less than min.%s, %s", key, b.show(high), key, b.show(low))
		case !(b.optional() && def == 0) && (def < low || def > high):
			return fmt.Errorf("limits: default.%s is %s; allowed is %s to %s (min to max)", key, b.show(def), b.show(low), b.show(high))
		case compile != 0 && compile < low:
			return fmt.Errorf("limits: compile_max.%s is %s, less than min.%s, %s", key, b.show(compile), key, b.show(low))
		}
	}
	return nil
}

// anyBelow reports whether one of values is below least without being zero.
func anyBelow(least float64, values ...float64) bool {
	for _, v := range values {
		if v != 0 && v < least {
			return true
		}
	}
	return false
}
