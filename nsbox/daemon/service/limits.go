package service

import (
	"sync/atomic"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// Limits bound the service. An administrator can change them while it runs. 0
// is no bound where the field says so.
type Limits struct {
	// MaxConcurrent is how many programs run at a time, in all and of one
	// principal.
	MaxConcurrent        int `json:"max_concurrent"`
	MaxConcurrentPerUser int `json:"max_concurrent_per_user"`
	// MaxQueue is how many wait for that, in all and of one principal, and
	// QueueTimeout how long one waits.
	MaxQueue        int            `json:"max_queue"`
	MaxQueuePerUser int            `json:"max_queue_per_user"`
	QueueTimeout    nsbox.Duration `json:"queue_timeout"`
	// RatePerMinute is how many programs a principal starts, RateBurst how many of
	// them at once; 0 is no bound. AddrRatePerMinute is the same for an address.
	RatePerMinute     int `json:"rate_per_minute"`
	RateBurst         int `json:"rate_burst"`
	AddrRatePerMinute int `json:"addr_rate_per_minute"`
	AddrRateBurst     int `json:"addr_rate_burst"`
	// MaxBody bounds a request's body, and the files of a program together;
	// MaxFile one file, MaxFiles their number, MaxBatch the programs of a batch.
	MaxBody  nsbox.Size `json:"max_body"`
	MaxFile  nsbox.Size `json:"max_file"`
	MaxFiles int        `json:"max_files"`
	MaxBatch int        `json:"max_batch"`
	// MaxTimeout, MaxMemory, MaxCPUs, MaxPids, MaxDisk and MaxOutput bound what a
	// request asks for; 0 leaves it to the helper's ceilings.
	MaxTimeout nsbox.Duration `json:"max_timeout"`
	MaxMemory  nsbox.Size     `json:"max_memory"`
	MaxCPUs    float64        `json:"max_cpus"`
	MaxPids    int            `json:"max_pids"`
	MaxDisk    nsbox.Size     `json:"max_disk"`
	MaxOutput  nsbox.Size     `json:"max_output"`
	// Default* are what a request gets that asks for nothing; 0 is the language's
	// and the helper's.
	DefaultTimeout nsbox.Duration `json:"default_timeout"`
	DefaultMemory  nsbox.Size     `json:"default_memory"`
	// MaxPending bounds the bytes of all programs that wait or run: what the queue
	// takes of the memory.
	MaxPending nsbox.Size `json:"max_pending"`
	// MaxSandboxes is how many sandboxes live, in all and of one principal.
	MaxSandboxes        int `json:"max_sandboxes"`
	MaxSandboxesPerUser int `json:"max_sandboxes_per_user"`
}

// DefaultLimits are the limits of a service that nobody configured.
func DefaultLimits(cpus int) Limits {
	return Limits{
		MaxConcurrent: max(4, 4*cpus), MaxConcurrentPerUser: max(4, 4*cpus),
		MaxQueue: 2000, MaxQueuePerUser: 2000, QueueTimeout: nsbox.Duration(60 * time.Second),
		RatePerMinute: 6000, RateBurst: 2000, AddrRatePerMinute: 6000, AddrRateBurst: 2000,
		MaxBody: 32 * nsbox.MiB, MaxFile: 16 * nsbox.MiB, MaxFiles: 256, MaxBatch: 100, MaxPending: 512 * nsbox.MiB,
		MaxSandboxes: 64, MaxSandboxesPerUser: 16,
	}
}

// Check says what is wrong with l.
func (l Limits) Check() error {
	for _, c := range []struct {
		name string
		n    int64
		zero bool
	}{
		{"max_concurrent", int64(l.MaxConcurrent), false}, {"max_concurrent_per_user", int64(l.MaxConcurrentPerUser), false},
		{"max_queue", int64(l.MaxQueue), true}, {"max_queue_per_user", int64(l.MaxQueuePerUser), true},
		{"queue_timeout", int64(l.QueueTimeout), false}, {"rate_per_minute", int64(l.RatePerMinute), true},
		{"rate_burst", int64(l.RateBurst), true}, {"addr_rate_per_minute", int64(l.AddrRatePerMinute), true},
		{"addr_rate_burst", int64(l.AddrRateBurst), true},
		{"max_body", int64(l.MaxBody), false}, {"max_file", int64(l.MaxFile), false}, {"max_files", int64(l.MaxFiles), false},
		{"max_pending", int64(l.MaxPending), false},
		{"max_batch", int64(l.MaxBatch), false}, {"max_timeout", int64(l.MaxTimeout), true}, {"max_memory", int64(l.MaxMemory), true},
		{"max_pids", int64(l.MaxPids), true}, {"max_disk", int64(l.MaxDisk), true}, {"max_output", int64(l.MaxOutput), true},
		{"default_timeout", int64(l.DefaultTimeout), true}, {"default_memory", int64(l.DefaultMemory), true},
		{"max_sandboxes", int64(l.MaxSandboxes), true}, {"max_sandboxes_per_user", int64(l.MaxSandboxesPerUser), true},
	} {
		switch {
		case c.n < 0:
			return errf(CodeUnprocessable, "%s: it must not be negative", c.name)
		case c.n == 0 && !c.zero:
			return errf(CodeUnprocessable, "%s: it must be more than zero", c.name)
		}
	}
	switch {
	case l.MaxCPUs < 0 || l.MaxCPUs != l.MaxCPUs:
		return errf(CodeUnprocessable, "max_cpus: it must not be negative")
	case l.MaxPending < l.MaxBody:
		return errf(CodeUnprocessable, "max_pending: %s is less than max_body, which is %s", l.MaxPending, l.MaxBody)
	case l.MaxTimeout > 0 && l.DefaultTimeout > l.MaxTimeout:
		return errf(CodeUnprocessable, "default_timeout: %s is more than max_timeout, which is %s", l.DefaultTimeout, l.MaxTimeout)
	case l.MaxMemory > 0 && l.DefaultMemory > l.MaxMemory:
		return errf(CodeUnprocessable, "default_memory: %s is more than max_memory, which is %s", l.DefaultMemory, l.MaxMemory)
	case l.RatePerMinute > 0 && l.RateBurst == 0:
		return errf(CodeUnprocessable, "rate_burst: it must be more than zero where rate_per_minute is")
	case l.AddrRatePerMinute > 0 && l.AddrRateBurst == 0:
		return errf(CodeUnprocessable, "addr_rate_burst: it must be more than zero where addr_rate_per_minute is")
	}
	return nil
}

// apply returns what a request that asks for r gets, or why it may not.
func (l Limits) apply(r nsbox.Limits) (nsbox.Limits, *Error) {
	for _, c := range []struct {
		name string
		want int64
		most int64
		text func(int64) string
	}{
		{"timeout", int64(r.Timeout), int64(l.MaxTimeout), func(n int64) string { return nsbox.Duration(n).String() }},
		{"memory", int64(r.Memory), int64(l.MaxMemory), func(n int64) string { return nsbox.Size(n).String() }},
		{"pids", int64(r.Pids), int64(l.MaxPids), itoa},
		{"disk", int64(r.Disk), int64(l.MaxDisk), func(n int64) string { return nsbox.Size(n).String() }},
		{"max_output", int64(r.MaxOutput), int64(l.MaxOutput), func(n int64) string { return nsbox.Size(n).String() }},
		{"cpu_time", int64(r.CPUTime), 0, func(n int64) string { return nsbox.Duration(n).String() }},
	} {
		if c.want < 0 {
			return r, errf(CodeUnprocessable, "%s: it must be more than zero", c.name)
		}
		if c.most > 0 && c.want > c.most {
			return r, errf(CodeUnprocessable, "%s: %s is more than this server allows, which is %s", c.name, c.text(c.want), c.text(c.most))
		}
	}
	if r.CPUs < 0 || r.CPUs != r.CPUs || l.MaxCPUs > 0 && r.CPUs > l.MaxCPUs {
		return r, errf(CodeUnprocessable, "cpus: %g is not allowed: at most %g on this server", r.CPUs, l.MaxCPUs)
	}
	if r.Timeout == 0 {
		r.Timeout = l.DefaultTimeout
		if r.Timeout == 0 && l.MaxTimeout > 0 && l.MaxTimeout < helperTimeout {
			r.Timeout = l.MaxTimeout
		}
	}
	if r.Memory == 0 {
		r.Memory = l.DefaultMemory
		if r.Memory == 0 && l.MaxMemory > 0 && l.MaxMemory < helperMemory {
			r.Memory = l.MaxMemory
		}
	}
	return r, nil
}

// What the helper gives a program that asks for nothing, where its administrator
// has not said otherwise. A server's lower bound must hold for such programs too.
const (
	helperTimeout = nsbox.Duration(60 * time.Second)
	helperMemory  = 256 * nsbox.MiB
)

// liveLimits are limits that can be changed while they are used.
type liveLimits struct{ p atomic.Pointer[Limits] }

func (l *liveLimits) get() Limits  { return *l.p.Load() }
func (l *liveLimits) set(v Limits) { l.p.Store(&v) }
