package helper

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
)

// zygotes keeps one zygote per image.
type zygotes struct {
	h *Helper

	mu     sync.Mutex
	byName map[string]*slot
	made   int
	closed bool
}

// slot is the zygote of one image. mu is held while it is built, so that others
// who want it wait.
type slot struct {
	mu     sync.Mutex
	digest string
	z      *zygote.Zygote
	undo   func() error
}

func newZygotes(h *Helper) *zygotes {
	return &zygotes{h: h, byName: map[string]*slot{}}
}

// get returns the zygote of an image, built first where there is none or the
// image was replaced. warm tells whether it was there.
func (zs *zygotes) get(ctx context.Context, img *image.Image) (z *zygote.Zygote, warm bool, err error) {
	zs.mu.Lock()
	if zs.closed {
		zs.mu.Unlock()
		return nil, false, errShutdown
	}
	s := zs.byName[img.Name]
	if s == nil {
		s = &slot{}
		zs.byName[img.Name] = s
	}
	zs.made++
	id := strconv.Itoa(zs.made)
	zs.mu.Unlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.z != nil && s.digest == img.Digest {
		return s.z, true, nil
	}
	if s.z != nil {
		// Sandboxes of the old image that still run keep their zygote until they end.
		old := s.z
		zs.h.pool.drop(func(o order) bool { return o.z == old })
		zs.h.retire(s.z, s.undo)
		s.z = nil
	}
	z, undo, err := zs.build(ctx, img, id)
	if err != nil {
		return nil, false, err
	}
	s.z, s.undo, s.digest = z, undo, img.Digest
	return z, false, nil
}

// retire ends an old zygote once no execution is under way and no sandbox lives
// in it.
func (h *Helper) retire(z *zygote.Zygote, undo func() error) {
	go func() {
		h.running.Wait()
		h.living.wait(z)
		if err := undo(); err != nil {
			h.cfg.Log.Error("retire zygote", "error", err)
		}
	}()
}

// drop forgets a zygote that broke.
func (zs *zygotes) drop(img *image.Image, z *zygote.Zygote) {
	zs.mu.Lock()
	s := zs.byName[img.Name]
	zs.mu.Unlock()
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.z != z {
		return
	}
	zs.h.pool.drop(func(o order) bool { return o.z == z })
	if err := s.undo(); err != nil {
		zs.h.cfg.Log.Error("remove a broken zygote", "error", err)
	}
	s.z = nil
}

func (zs *zygotes) build(ctx context.Context, img *image.Image, id string) (z *zygote.Zygote, end func() error, err error) {
	var undo cleanup.Stack
	defer undo.Run(&err)
	h := zs.h
	release, err := img.Hold()
	if err != nil {
		return nil, nil, err
	}
	undo.AddFunc(release)
	root := filepath.Join(h.dir, "root-"+id)
	if err := zygote.MountImage(root, img.Layers); err != nil {
		return nil, nil, err
	}
	undo.Add(func() error { return zygote.UnmountImage(root) })
	rootID, err := h.lease.TakeZygote()
	if err != nil {
		return nil, nil, err
	}
	undo.AddFunc(func() { h.lease.GiveZygote(rootID) })
	host, size := h.lease.Map()
	unlock, err := h.holdCgroups()
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	z, err = zygote.Start(ctx, zygote.Config{
		ID:       "zygote-" + id,
		StateDir: filepath.Join(h.dir, "containers"),
		Rootfs:   root,
		InitPath: h.cfg.InitPath,
		Cgroup:   filepath.Join("nsbox", h.leaseName()+zygoteSuffix, "zygote-"+id),
		RootID:   rootID, MapHost: host, MapSize: size,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("image %s: %w", img.Name, err)
	}
	undo.Release()
	return z, func() error {
		err := z.Close()
		err = errors.Join(err, zygote.UnmountImage(root))
		h.lease.GiveZygote(rootID)
		release()
		return err
	}, nil
}

func (zs *zygotes) close() error {
	zs.mu.Lock()
	zs.closed = true
	slots := zs.byName
	zs.byName = map[string]*slot{}
	zs.mu.Unlock()
	var errs []error
	for _, s := range slots {
		s.mu.Lock()
		if s.z != nil {
			errs = append(errs, s.undo())
			s.z = nil
		}
		s.mu.Unlock()
	}
	return errors.Join(errs...)
}
