package service

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
)

// keepArtifacts writes the files that a program left into the state directory,
// each under the name of its hash: what a program calls a file is no path here.
func (s *Service) keepArtifacts(id string, res *nsbox.Result) error {
	if len(res.Artifacts) == 0 {
		return nil
	}
	dir := s.artifactDir(id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for _, a := range res.Artifacts {
		if err := os.WriteFile(filepath.Join(dir, a.SHA256), a.Data, 0o600); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	return nil
}

// withArtifacts puts the files that an execution left into its result, where the
// history has their names alone.
func (s *Service) withArtifacts(id string, res *nsbox.Result) error {
	for i := range res.Artifacts {
		a := &res.Artifacts[i]
		if a.Data != nil || a.Size == 0 {
			continue
		}
		b, err := os.ReadFile(filepath.Join(s.artifactDir(id), filepath.Base(a.SHA256)))
		if errors.Is(err, fs.ErrNotExist) {
			return errf(CodeNotFound, "the program ran, but its file %q is no longer kept: the execution %s tells the rest", a.Path, id)
		}
		if err != nil {
			return AsError(err)
		}
		a.Data = b
	}
	return nil
}

// Artifact opens a file that an execution left. The caller closes it.
func (s *Service) Artifact(ctx context.Context, p Principal, id, path string) (nsbox.Artifact, io.ReadSeekCloser, error) {
	e, err := s.Execution(ctx, p, id)
	if err != nil {
		return nsbox.Artifact{}, nil, err
	}
	if err := p.owns(e.OwnerID, auth.ReadOwn, auth.ReadAny); err != nil {
		return nsbox.Artifact{}, nil, err
	}
	if e.Result != nil {
		for _, a := range e.Result.Artifacts {
			if a.Path != path {
				continue
			}
			f, err := os.Open(filepath.Join(s.artifactDir(id), filepath.Base(a.SHA256)))
			if errors.Is(err, fs.ErrNotExist) {
				return a, nil, errf(CodeNotFound, "the file %q of this execution is no longer kept", path)
			}
			if err != nil {
				return a, nil, AsError(err)
			}
			a.Data = nil
			return a, f, nil
		}
	}
	return nsbox.Artifact{}, nil, errf(CodeNotFound, "this execution left no file %q", path)
}
