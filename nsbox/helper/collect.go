package helper

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"golang.org/x/sys/unix"
)

// Bounds of a collection.
const (
	maxArtifacts     = 256
	maxArtifactBytes = 64 << 20
	maxArtifactDepth = 16
	// What a compile stage hands on: class files come by the hundred.
	maxBuildFiles = 10_000
	maxBuildBytes = 512 << 20
	// collectTimeout bounds the time that the collector may take.
	collectTimeout = 60 * time.Second
)

// buildDir is where compile stages leave what they make.
const buildDir = "/build"

// collectLimits are the collector's own: it is trusted code, but what it reads
// is not.
var collectLimits = nsbox.Limits{Memory: 96 * nsbox.MiB, Pids: 16, CPUs: 1}

// collect copies files out of a sandbox whose processes are dead, by a process
// inside its namespaces with the program's uid. A collection that fails is
// reported in out, except of a compile stage, which is of no use without it.
func (b *box) collect(z *zygote.Zygote, out *output, build bool) error {
	spec := confine.CollectSpec{Dir: "/workspace", MaxFiles: maxArtifacts, MaxBytes: maxArtifactBytes, MaxDepth: maxArtifactDepth}
	if build {
		spec = confine.CollectSpec{Dir: buildDir, MaxFiles: maxBuildFiles, MaxBytes: maxBuildBytes, MaxDepth: maxArtifactDepth}
	}
	listing, bytes, err := b.runCollector(z, spec)
	switch {
	case err != nil && build:
		return fmt.Errorf("collect what was built: %w", err)
	case err != nil:
		out.problem = "files could not be collected: " + err.Error()
	default:
		out.listing, out.bytes = listing, bytes
	}
	return nil
}

func (b *box) runCollector(z *zygote.Zygote, spec confine.CollectSpec) (listing, bytes *os.File, err error) {
	profile, err := b.s.h.profiles.program(collectorProfile)
	if err != nil {
		return nil, nil, err
	}
	if err := z.LoadProfile(profile.id, profile.bpf); err != nil {
		return nil, nil, err
	}
	spec.Profile = profile.id
	lim := collectLimits
	lim.Memory += nsbox.Size(spec.MaxBytes)
	group, err := b.s.h.tree.Create(b.s.id+"-collect", lim)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, group.Delete()) }()
	joins, err := group.Join(false)
	if err != nil {
		return nil, nil, err
	}
	defer closeAll(joins)
	spec.Joins = len(joins)
	report, reportChild, err := reportSocket()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = report.Close() }()
	defer reportChild.Close()
	if listing, err = memfd("listing"); err != nil {
		return nil, nil, err
	}
	if bytes, err = memfd("bytes"); err != nil {
		listing.Close()
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			closeAll([]*os.File{listing, bytes})
			listing, bytes = nil, nil
		}
	}()
	files := append([]*os.File{b.proc.UserNS, b.proc.MountNS, listing, bytes, reportChild}, joins...)
	p, err := z.Collect(&spec, files...)
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	if err := waitDead(p, collectTimeout); err != nil {
		return nil, nil, errors.Join(err, p.Kill(), waitDead(p, deathTimeout))
	}
	reportChild.Close()
	buf := make([]byte, confine.RecordSize)
	if n, rerr := report.Read(buf); rerr == nil && n == len(buf) {
		r, derr := confine.DecodeRecord(buf)
		return nil, nil, errors.Join(derr, fmt.Errorf("%s: %w", p.StepName(r.Step), unix.Errno(r.Value)))
	}
	// Nobody may change what is handed on, not even by a copy of the descriptor. To
	// what was built the request's files are added first (input.with).
	sealed := []*os.File{listing, bytes}
	if spec.Dir == buildDir {
		sealed = sealed[:1]
	}
	for _, f := range sealed {
		_, oerr := f.Seek(0, io.SeekStart)
		err = errors.Join(err, seal(f), oerr)
	}
	return listing, bytes, err
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// with returns the input of the stage after: the request's files, and under
// /build what the stage before has left there. Their bytes are added to those of
// out, which are sealed then and belong to what is returned.
func (in input) with(out *output) (next input, err error) {
	defer out.listing.Close()
	defer func() {
		if err != nil {
			out.bytes.Close()
			next, err = input{}, fmt.Errorf("what was built: %w", err)
		}
	}()
	built, err := readListing(out.listing)
	if err != nil {
		return next, err
	}
	var size, more int64
	for _, f := range built {
		size += f.Size
	}
	for _, f := range in.entries {
		more += f.Size
	}
	// A collector that was stopped halfway has written more than it has listed.
	if err := out.bytes.Truncate(size); err != nil {
		return next, err
	}
	n, err := io.Copy(io.NewOffsetWriter(out.bytes, size), io.NewSectionReader(in.files, 0, more))
	if err == nil && n != more {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = seal(out.bytes)
	}
	return input{files: out.bytes, entries: append(built, in.entries...)}, err
}

// readListing reads what a collector wrote. Entries that it passed over, links
// and the like, are not part of what was built.
func readListing(f *os.File) ([]confine.FileEntry, error) {
	dec := json.NewDecoder(f)
	var list []confine.FileEntry
	for {
		var e wire.Found
		if err := dec.Decode(&e); err != nil {
			return nil, fmt.Errorf("the listing is not whole: %w", err)
		}
		if e.Done {
			return list, nil
		}
		if e.Reason == "" {
			list = append(list, confine.FileEntry{Name: e.Path, Size: e.Size, Exec: e.Exec, Build: true})
		}
	}
}
