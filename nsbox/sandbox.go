package nsbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// SandboxState is where a sandbox that lives on is in its life.
type SandboxState string

// The states, in the order in which they can come; running and paused alternate.
const (
	SandboxCreating   SandboxState = "creating"
	SandboxRunning    SandboxState = "running"
	SandboxPaused     SandboxState = "paused"
	SandboxTerminated SandboxState = "terminated"
)

// SandboxRequest asks for a sandbox that lives on. Only Language must be set.
type SandboxRequest struct {
	// Name is another way to open the sandbox, unique among its owner's: letters,
	// digits, "-", "_" and ".", at most 64.
	Name string `json:"name,omitempty"`
	// Language decides the image, and how programs and snippets are run.
	Language string `json:"language"`
	// Limits hold over everything in the sandbox together, but for Timeout, CPUTime
	// and MaxOutput, which are the defaults of each execution.
	Limits Limits `json:"limits"`
	// TTL is how long the sandbox lives, zero for the host's default. See
	// [Sandbox.Extend].
	TTL Duration `json:"ttl,omitempty"`
	// IdleTimeout ends the sandbox when nothing was done in it for so long; zero is
	// the host's default.
	IdleTimeout Duration `json:"idle_timeout,omitempty"`
	// Env is added to the environment of every execution.
	Env []string `json:"env,omitempty"`
	// Profile names a seccomp profile; empty is the language's.
	Profile string `json:"profile,omitempty"`
	// Volume names storage that outlives the sandbox: its /workspace begins with
	// what the last sandbox with this volume left there. It is made where there is
	// none, and belongs to one live sandbox at a time.
	Volume string `json:"volume,omitempty"`
	// Labels are the owner's own notes, kept with the sandbox.
	Labels map[string]string `json:"labels,omitempty"`
}

// SandboxInfo is a sandbox as its owner sees it.
type SandboxInfo struct {
	ID       string       `json:"id"`
	Name     string       `json:"name,omitempty"`
	Language string       `json:"language"`
	State    SandboxState `json:"state"`
	// Owner is the uid that made it, which alone may use it, beside root.
	Owner       uint32            `json:"owner"`
	Created     time.Time         `json:"created"`
	Expires     time.Time         `json:"expires"`
	IdleTimeout Duration          `json:"idle_timeout,omitempty"`
	Limits      Limits            `json:"limits"`
	Volume      string            `json:"volume,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Usage       SandboxUsage      `json:"usage"`
	// Running counts the executions under way, Executions all there have been.
	Running    int `json:"running"`
	Executions int `json:"executions"`
	// Saved is when the volume was last written, nil for never by this sandbox.
	Saved *time.Time `json:"saved,omitempty"`
	// Ended and Reason are set once the state is terminated. A sandbox is
	// remembered for some minutes after its end.
	Ended  *time.Time `json:"ended,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// SandboxUsage is what a sandbox uses, all its processes and files together.
type SandboxUsage struct {
	MemoryBytes     int64   `json:"memory_bytes"`
	MemoryPeakBytes int64   `json:"memory_peak_bytes"`
	CPUMS           float64 `json:"cpu_ms"`
	Pids            int64   `json:"pids"`
	DiskBytes       int64   `json:"disk_bytes"`
	Inodes          int64   `json:"inodes"`
}

// VolumeInfo is storage that outlives sandboxes.
type VolumeInfo struct {
	Name  string `json:"name"`
	Owner uint32 `json:"owner"`
	// Size is the bytes that it takes on the host.
	Size  int64     `json:"size"`
	Saved time.Time `json:"saved"`
	// Sandbox is the live sandbox that it belongs to, empty where there is none.
	Sandbox string `json:"sandbox,omitempty"`
}

// Sandbox is a sandbox that lives on: programs run in it one after the other or
// at the same time, and share its files and its loopback network. It is gone at
// the end of its time to live, after its idle timeout, by Close, or with the
// helper. A Sandbox holds no connection and is safe for concurrent use.
//
// Methods return an error that wraps [ErrNoSandbox] once it is gone,
// [ErrPaused] while it is paused and [ErrBusy] where it can take no more at the
// moment.
type Sandbox struct {
	client *Client
	id     string
	first  SandboxInfo
}

// CreateSandbox makes a sandbox that lives on. It needs a running helper, which
// the sandbox belongs to, and is its caller's: only the same uid and root may
// use it.
func (c *Client) CreateSandbox(ctx context.Context, req SandboxRequest) (*Sandbox, error) {
	var info SandboxInfo
	err := c.ask(ctx, wire.KindCreate, req, func(p *wire.Packet) error { return decodeInfo(p, &info) })
	if err != nil {
		return nil, err
	}
	return &Sandbox{client: c, id: info.ID, first: info}, nil
}

// OpenSandbox finds a live sandbox by its id, or by its name among the caller's.
func (c *Client) OpenSandbox(ctx context.Context, idOrName string) (*Sandbox, error) {
	s := &Sandbox{client: c, id: idOrName}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, err
	}
	if info.State == SandboxTerminated {
		return nil, fmt.Errorf("%w: %s has ended: %s", ErrNoSandbox, idOrName, info.Reason)
	}
	s.id, s.first = info.ID, info
	return s, nil
}

// ListSandboxes lists the caller's sandboxes, oldest first, those that ended a
// short while ago included; root's list has those of all.
func (c *Client) ListSandboxes(ctx context.Context) ([]SandboxInfo, error) {
	list := []SandboxInfo{}
	err := c.ask(ctx, wire.KindManage, wire.Manage{Op: wire.OpList}, func(p *wire.Packet) error {
		list = append(list, SandboxInfo{})
		return decodeInfo(p, &list[len(list)-1])
	})
	return list, err
}

// ListVolumes lists the caller's volumes by name; root's list has those of all.
func (c *Client) ListVolumes(ctx context.Context) ([]VolumeInfo, error) {
	list := []VolumeInfo{}
	err := c.ask(ctx, wire.KindManage, wire.Manage{Op: wire.OpVolumes}, func(p *wire.Packet) error {
		list = append(list, VolumeInfo{})
		return decodeInfo(p, &list[len(list)-1])
	})
	return list, err
}

// RemoveVolume deletes one of the caller's volumes. One that a live sandbox has
// is refused.
func (c *Client) RemoveVolume(ctx context.Context, name string) error {
	return c.ask(ctx, wire.KindManage, wire.Manage{Op: wire.OpRemoveVolume, Volume: name}, nil)
}

// ID returns the sandbox's id.
func (s *Sandbox) ID() string { return s.id }

// Created returns what was known of the sandbox when this value was made.
func (s *Sandbox) Created() SandboxInfo { return s.first }

// Info returns the sandbox as it is now.
func (s *Sandbox) Info(ctx context.Context) (SandboxInfo, error) {
	return s.manage(ctx, wire.Manage{Op: wire.OpInfo})
}

// Pause stops every process in the sandbox until Resume; the timeouts of
// executions under way stand still meanwhile, the time to live does not.
func (s *Sandbox) Pause(ctx context.Context) (SandboxInfo, error) {
	return s.manage(ctx, wire.Manage{Op: wire.OpPause})
}

// Resume lets a paused sandbox go on. One that runs stays as it is.
func (s *Sandbox) Resume(ctx context.Context) (SandboxInfo, error) {
	return s.manage(ctx, wire.Manage{Op: wire.OpResume})
}

// Extend lets the sandbox live for ttl from now, up to the host's bound.
func (s *Sandbox) Extend(ctx context.Context, ttl time.Duration) (SandboxInfo, error) {
	return s.manage(ctx, wire.Manage{Op: wire.OpExtend, TTLNanos: int64(ttl)})
}

// Save writes /workspace to the sandbox's volume, which otherwise happens every
// few minutes and at the sandbox's end. Its processes stand still meanwhile.
func (s *Sandbox) Save(ctx context.Context) (SandboxInfo, error) {
	return s.manage(ctx, wire.Manage{Op: wire.OpSave})
}

// Close ends the sandbox and everything in it, saves its volume first where it
// has one, and returns when it is gone.
func (s *Sandbox) Close(ctx context.Context) error {
	_, err := s.manage(ctx, wire.Manage{Op: wire.OpClose})
	return err
}

func (s *Sandbox) manage(ctx context.Context, m wire.Manage) (info SandboxInfo, err error) {
	m.Sandbox = s.id
	err = s.client.ask(ctx, wire.KindManage, m, func(p *wire.Packet) error { return decodeInfo(p, &info) })
	return info, err
}

func decodeInfo(p *wire.Packet, v any) error {
	if err := json.Unmarshal(p.Body, v); err != nil {
		return fmt.Errorf("helper: %w", err)
	}
	return nil
}

// ask sends one message and hands the answers to each until the last.
func (c *Client) ask(ctx context.Context, kind wire.Kind, v any, each func(*wire.Packet) error) error {
	conn, err := c.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	// Closing the connection ends a Receive that waits.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.Send(kind, v); err != nil {
		return orContext(ctx, connError(err, "before it had the request"))
	}
	for {
		p, err := conn.Receive()
		if err != nil {
			return orContext(ctx, connError(err, "before it answered"))
		}
		switch {
		case p.Kind == wire.KindOK:
			p.Close()
			return nil
		case p.Kind == wire.KindError:
			err = helperError(p)
		case p.Kind == wire.KindInfo && each != nil:
			err = each(p)
		default:
			err = fmt.Errorf("helper: unknown message %q", p.Kind)
		}
		p.Close()
		if err != nil {
			return err
		}
	}
}

// orContext prefers the reason for which the caller gave up.
func orContext(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
