package java

import "github.com/nsbox/nsbox/nsbox"

// running mends what failed while it ran.
func (h *healer) running() []nsbox.Fix { return nil }
