package helper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/ids"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/seccomp"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/language"
	"golang.org/x/sys/unix"
)

// Config is what a helper is told by its root-owned surroundings.
type Config struct {
	// RunDir holds locks and mount points: /run/nsbox. All helpers of a host must
	// share it, as they share its ids and its cgroups.
	RunDir string
	// ImageDir is the image store: /var/lib/nsbox/images.
	ImageDir string
	// Candidates prefers images that are being tested: see image.OpenCandidates.
	Candidates bool
	// NoTemplates executes every program's command in its sandbox: nothing is forked
	// or started ahead.
	NoTemplates bool
	// InitPath is nsbox-init.
	InitPath string
	// Host is what the host's file sets.
	config.Host
	Languages *language.Registry
	// ProfileDir has more seccomp profiles; it may be missing.
	ProfileDir string
	// VolumeDir has the volumes of sandboxes that live on: /var/lib/nsbox/volumes.
	VolumeDir string
	Log       *slog.Logger
	// Once means that the helper serves one connection: it builds nothing ahead.
	Once bool
}

// Helper runs executions. Its methods are safe for concurrent use.
type Helper struct {
	cfg      Config
	lease    *ids.Lease
	tree     *cgroup.Tree
	images   *image.Cached
	zygotes  *zygotes
	pool     *pool // nil without
	boxes    atomic.Uint64
	profiles *profiles
	living   *livings
	volumes  *volumes
	cache    *compileCache // nil where nothing is kept
	landlock int
	dir      string // this lease's part of RunDir
	// zygoteDirs are the parents of the zygotes' cgroups, in every hierarchy.
	zygoteDirs []string

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// New takes a lease of ids, removes what its last holder left, and prepares the
// cgroups. It fails where the host lacks something that confinement needs.
func New(cfg Config) (h *Helper, err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("the helper must run as root")
	}
	if err := zygote.PrivateMounts(); err != nil {
		return nil, fmt.Errorf("%w: %w", nsbox.ErrUnsupported, err)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	// What this process creates is for root; where others may look, a mode says so.
	unix.Umask(0o022)
	var undo cleanup.Stack
	defer undo.Run(&err)

	lease, err := ids.Acquire(filepath.Join(cfg.RunDir, "leases"), cfg.IDBase, cfg.IDCount, 10*time.Second)
	if err != nil {
		return nil, err
	}
	undo.Add(lease.Close)
	h = &Helper{cfg: cfg, lease: lease, dir: filepath.Join(cfg.RunDir, "lease-"+strconv.Itoa(lease.Number)+".d")}

	if err := h.clearLeftovers(); err != nil {
		return nil, fmt.Errorf("clear what the last helper left: %w", err)
	}
	if h.tree, err = cgroup.Open(h.leaseName()); err != nil {
		return nil, fmt.Errorf("%w: %w", nsbox.ErrUnsupported, err)
	}
	undo.Add(h.tree.Delete)
	if err := h.tree.Sweep(func(string) bool { return false }); err != nil {
		return nil, fmt.Errorf("clear cgroups: %w", err)
	}
	if err := os.MkdirAll(h.dir, 0o711); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	dir := h.dir // where New fails, h is nil by the time it is undone
	undo.Add(func() error { return os.RemoveAll(dir) })
	if err := h.rememberCgroups(); err != nil {
		return nil, err
	}
	open := image.Open
	if cfg.Candidates {
		open = image.OpenCandidates
	}
	store, err := open(cfg.ImageDir)
	if err != nil {
		return nil, err
	}
	h.images = image.NewCached(store)
	h.landlock = landlockABI()
	h.zygotes = newZygotes(h)
	h.living, h.volumes = &livings{}, &volumes{dir: cfg.VolumeDir, h: h}
	h.profiles = &profiles{store: seccomp.Store{Dir: cfg.ProfileDir}}
	if !cfg.Once {
		h.cache = newCompileCache(cfg.Cache)
	}
	if !cfg.Once && cfg.Pool.Enabled {
		h.pool = newPool(cfg.Pool, cfg.Log, func(o order) (spare, error) { return h.spare(o) })
	}
	undo.Release()
	return h, nil
}

// spare makes a sandbox that is ready to be used.
func (h *Helper) spare(o order) (*sandbox, error) {
	sb, err := h.prepare(o)
	if err != nil {
		return nil, err
	}
	if err := sb.settle(); err != nil {
		sb.discard()
		return nil, err
	}
	return sb, nil
}

func (h *Helper) leaseName() string { return "lease-" + strconv.Itoa(h.lease.Number) }

// Close ends every zygote, and with them every sandbox, and removes what the
// helper made. Executions under way end as cancelled.
func (h *Helper) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	h.mu.Unlock()
	h.living.close()
	h.pool.close()
	err := h.zygotes.close()
	h.running.Wait()
	h.cache.close()
	err = errors.Join(err, h.tree.Delete())
	h.removeZygoteDirs()
	return errors.Join(err, os.RemoveAll(h.dir), h.lease.Close())
}

// Wait waits for the executions under way, until ctx is done.
func (h *Helper) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		h.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// background runs f, which takes something down, beside an execution under way.
func (h *Helper) background(f func()) {
	h.running.Add(1)
	go func() {
		defer h.running.Done()
		f()
	}()
}

// begin counts an execution in; it refuses when the helper is being closed.
func (h *Helper) begin() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errShutdown
	}
	h.running.Add(1)
	return nil
}

// landlockABI returns the kernel's Landlock version, 0 where there is none
// (landlock_create_ruleset(2)).
func landlockABI() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}
