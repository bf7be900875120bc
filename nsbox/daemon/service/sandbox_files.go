package service

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
)

// SandboxFiles lists the files in dir of a sandbox, with recursive all below.
func (s *Service) SandboxFiles(ctx context.Context, p Principal, id, dir string, recursive bool) ([]nsbox.SandboxFile, error) {
	_, b, err := s.sandbox(ctx, p, id, auth.ReadOwn, auth.ReadAny)
	if err != nil {
		return nil, err
	}
	list, err := b.ListFiles(ctx, dir, recursive)
	if list == nil {
		list = []nsbox.SandboxFile{}
	}
	return list, sandboxError(err)
}

// StatSandboxFile tells about one file or directory.
func (s *Service) StatSandboxFile(ctx context.Context, p Principal, id, name string) (nsbox.SandboxFile, error) {
	_, b, err := s.sandbox(ctx, p, id, auth.ReadOwn, auth.ReadAny)
	if err != nil {
		return nsbox.SandboxFile{}, err
	}
	f, err := b.Stat(ctx, name)
	return f, sandboxError(err)
}

// ReadSandboxFile opens a file of a sandbox. The caller closes it.
func (s *Service) ReadSandboxFile(ctx context.Context, p Principal, id, name string) (io.ReadCloser, nsbox.SandboxFile, error) {
	_, b, err := s.sandbox(ctx, p, id, auth.ReadOwn, auth.ReadAny)
	if err != nil {
		return nil, nsbox.SandboxFile{}, err
	}
	r, f, err := b.Download(ctx, name)
	if err != nil {
		return nil, nsbox.SandboxFile{}, sandboxError(err)
	}
	return r, f, nil
}

// WriteSandboxFile writes a file of a sandbox from r, over what was there. mode
// is its permission bits, 0 for 0644. More than MaxFile bytes are refused.
func (s *Service) WriteSandboxFile(ctx context.Context, p Principal, id, name string, r io.Reader, mode fs.FileMode) (file nsbox.SandboxFile, err error) {
	defer func() { err = s.audited(p, "sandbox.write", id, map[string]any{"name": name, "size": file.Size}, err) }()
	_, b, err := s.sandbox(ctx, p, id, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return nsbox.SandboxFile{}, err
	}
	if mode == 0 {
		mode = 0o644
	}
	most := s.limits.get().MaxFile
	f, err := b.Upload(ctx, name, &bounded{r: r, left: int64(most)}, mode&fs.ModePerm)
	if errors.Is(err, errTooMuch) {
		return nsbox.SandboxFile{}, errf(CodeTooLarge, "%s is larger than %s, which is the most that is allowed for one file", name, most)
	}
	return f, sandboxError(err)
}

var errTooMuch = errors.New("larger than allowed")

// bounded fails where more comes than left.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooMuch
	}
	return n, err
}

// MakeSandboxDir makes a directory in a sandbox, with those above it.
func (s *Service) MakeSandboxDir(ctx context.Context, p Principal, id, name string) (err error) {
	defer func() { err = s.audited(p, "sandbox.mkdir", id, map[string]any{"name": name}, err) }()
	_, b, err := s.sandbox(ctx, p, id, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return err
	}
	return sandboxError(b.Mkdir(ctx, name))
}

// DeleteSandboxFile deletes a file, an empty directory, or with recursive all
// below it.
func (s *Service) DeleteSandboxFile(ctx context.Context, p Principal, id, name string, recursive bool) (err error) {
	defer func() {
		err = s.audited(p, "sandbox.remove", id, map[string]any{"name": name, "recursive": recursive}, err)
	}()
	_, b, err := s.sandbox(ctx, p, id, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return err
	}
	return sandboxError(b.Remove(ctx, name, recursive))
}

// ListVolumes lists p's storage that outlives sandboxes.
func (s *Service) ListVolumes(ctx context.Context, p Principal) ([]nsbox.VolumeInfo, error) {
	if err := p.may(auth.ReadOwn); err != nil {
		return nil, err
	}
	c, cerr := s.client()
	if cerr != nil {
		return nil, cerr
	}
	all, err := c.ListVolumes(ctx)
	if err != nil {
		return nil, sandboxError(err)
	}
	list := []nsbox.VolumeInfo{}
	for _, v := range all {
		if name, ok := strings.CutPrefix(v.Name, volumePrefix(p.ID)); ok {
			v.Name = name
			list = append(list, v)
		}
	}
	return list, nil
}

// RemoveVolume deletes a volume of p's with all that is in it.
func (s *Service) RemoveVolume(ctx context.Context, p Principal, name string) (err error) {
	defer func() { err = s.audited(p, "volume.delete", name, nil, err) }()
	if err := p.may(auth.ControlOwn); err != nil {
		return err
	}
	if err := checkVolume(name); err != nil {
		return err
	}
	c, cerr := s.client()
	if cerr != nil {
		return cerr
	}
	return sandboxError(c.RemoveVolume(ctx, volumeName(p.ID, name)))
}
