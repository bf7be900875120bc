package config

import (
	"fmt"
	"runtime"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// Pool says how many sandboxes the helper keeps ready. Each kind of them, one
// for each image and more where programs are started ahead, has its own number,
// which follows the demand.
type Pool struct {
	Enabled bool `toml:"enabled"`
	// Low is how many of a kind are ready once it was asked for, High how many at
	// most while demand is high.
	Low  int `toml:"low"`
	High int `toml:"high"`
	// Started bounds, for all kinds together, those that have an interpreter or
	// a virtual machine started ahead, which takes memory.
	Started int `toml:"started"`
	// Idle is the time without demand after which a kind is given back.
	Idle nsbox.Duration `toml:"idle"`
}

// DefaultPool is what a host has that sets nothing.
func DefaultPool() Pool {
	return Pool{Enabled: true, Low: 2, High: max(4, 2*runtime.NumCPU()), Started: 8, Idle: nsbox.Duration(5 * time.Minute)}
}

const maxPool = 64 // of Low, High and Started

func (p Pool) validate() error {
	switch {
	case p.High < 1 || p.High > maxPool:
		return fmt.Errorf("pool.high is %d; allowed are 1 to %d; enabled = false keeps none ready", p.High, maxPool)
	case p.Low < 1 || p.Low > p.High:
		return fmt.Errorf("pool.low is %d; allowed are 1 to pool.high, which is %d", p.Low, p.High)
	case p.Started < 0 || p.Started > maxPool:
		return fmt.Errorf("pool.started is %d; allowed are 0 to %d", p.Started, maxPool)
	case p.Idle.Std() < time.Second || p.Idle.Std() > 24*time.Hour:
		return fmt.Errorf(`pool.idle is %v; allowed are "1s" to "24h"`, p.Idle)
	}
	return nil
}
