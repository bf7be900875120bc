// Package javascript has the rules that mend its language's programs.
package javascript

import "github.com/nsbox/nsbox/nsbox"

// Propose returns fixes for p, the best first.
func Propose(nsbox.Problem) []nsbox.Fix { return nil }
