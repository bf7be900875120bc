package rust

import (
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

func isUse(text string) bool { return strings.HasPrefix(text, "use ") }

// homes are where names of the standard library are at home that are found in
// several places; a path further up comes first.
var homes = []string{
	"std::collections::", "std::fmt::", "std::cmp::", "std::ops::", "std::error::", "std::io::", "std::rc::", "std::cell::",
	"std::sync::atomic::", "std::sync::", "std::str::", "std::string::", "std::thread", "std::time::", "std::iter::", "std::hash::",
	"std::num::", "std::mem::", "std::convert::", "std::borrow::", "std::any::", "std::env", "std::fs", "std::path::",
	"std::process", "std::marker::", "std::default::", "std::f64::", "std::f32::", "std::net::", "std::",
}

// importCost orders paths that have the same last name.
func (h *healer) importCost(text string) int {
	path := strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(text, "use ")), ";")
	if strings.HasPrefix(path, "crate::") || strings.HasPrefix(path, "self::") || strings.HasPrefix(path, "super::") {
		return 0
	}
	cost := 1000
	for i, home := range homes {
		if strings.HasPrefix(path, home) {
			cost = 10 + i
			break
		}
	}
	// Deeper paths are rarer: std::collections::hash_map::Iter.
	cost += 40 * max(strings.Count(path, "::")-2, 0)
	for _, rare := range []string{"nonpoison", "mpmc", "simd", "intrinsics", "::os::", "std::arch", "std::ptr", "std::assert", "core::", "alloc::"} {
		if strings.Contains(path, rare) {
			cost += 500
		}
	}
	return cost + h.usage(path)
}

// usage raises the cost of a path that the way the program uses the name
// contradicts.
func (h *healer) usage(path string) int {
	src := string(h.problem.Files[0].Data)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(src, w) {
				return true
			}
		}
		return false
	}
	const against = 200
	switch path {
	case "std::cmp::Ordering":
		if has("Ordering::SeqCst", "Ordering::Relaxed", "Ordering::Acquire", "Ordering::Release", "Ordering::AcqRel") {
			return against
		}
	case "std::sync::atomic::Ordering":
		if has("Ordering::Less", "Ordering::Greater", "Ordering::Equal") {
			return against
		}
	case "std::fmt::Result", "std::fmt::Error", "std::fmt::Alignment":
		return against
	case "std::fmt::Write":
		if has("stdout()", "stderr()", "File", "BufWriter") {
			return against
		}
	case "std::io::Write":
		if !has("io::") {
			return against
		}
	case "std::f32::consts::PI", "std::f32::consts::E", "std::f32::consts::TAU":
		if !has("f32") {
			return against
		}
	case "std::f64::consts::PI", "std::f64::consts::E", "std::f64::consts::TAU":
		if has("f32") && !has("f64") {
			return against
		}
	}
	if strings.Contains(path, "::hash_map::") && has("BTreeMap") && !has("HashMap") || strings.Contains(path, "::btree_map::") && has("HashMap") && !has("BTreeMap") {
		return against
	}
	return 0
}

// spaceImports leaves a blank line after the last of several imports alone.
func spaceImports(edits []nsbox.Edit) []nsbox.Edit {
	last := -1
	for i := range edits {
		if !isUse(edits[i].Text) {
			continue
		}
		if last >= 0 && edits[last].File == edits[i].File && edits[last].Start == edits[i].Start {
			edits[last].Text = strings.TrimRight(edits[last].Text, "\n") + "\n"
		}
		last = i
	}
	return edits
}
