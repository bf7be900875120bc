package nsbox

import (
	"context"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// PoolStats is what a helper keeps ready of one kind of sandbox, and how that was
// of use since the helper's start.
type PoolStats struct {
	Image string `json:"image"`
	// Start is how a program comes to run in one: StartExec, StartForked or
	// StartStarted.
	Start string `json:"start"`
	Stage string `json:"stage"` // StageCompile or StageRun
	// Ready wait for a program, Making are on their way, Target is how many the
	// demand asks for.
	Ready  int `json:"ready"`
	Making int `json:"making"`
	Target int `json:"target"`
	// Taken were handed out to programs; Missed is how often there was none. A
	// program that misses one kind may take another, so that both can count it.
	Taken  int64 `json:"taken"`
	Missed int64 `json:"missed"`
}

// Pool tells what the helper keeps ready, sorted by image; nothing where its pool is
// off. It needs a running helper.
func (c *Client) Pool(ctx context.Context) ([]PoolStats, error) {
	list := []PoolStats{}
	err := c.ask(ctx, wire.KindManage, wire.Manage{Op: wire.OpPool}, func(p *wire.Packet) error {
		list = append(list, PoolStats{})
		return decodeInfo(p, &list[len(list)-1])
	})
	return list, err
}
