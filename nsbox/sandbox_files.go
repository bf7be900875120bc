package nsbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// SandboxFile is an entry below a sandbox's /workspace.
type SandboxFile struct {
	// Path is relative to /workspace, with forward slashes; "." is /workspace.
	Path string `json:"path"`
	// Type is "file", "dir", "symlink" or "other".
	Type    string      `json:"type"`
	Size    int64       `json:"size"`
	Mode    fs.FileMode `json:"mode"` // permission bits
	ModTime time.Time   `json:"mod_time"`
}

// The values of SandboxFile.Type.
const (
	TypeFile    = "file"
	TypeDir     = "dir"
	TypeSymlink = "symlink"
	TypeOther   = "other"
)

// The methods below work on files under /workspace, by a process inside the
// sandbox that has a program's rights and follows no symbolic link. Names are
// relative to /workspace. Errors are those of package fs where one fits
// (fs.ErrNotExist, fs.ErrExist), and wrap ErrQuota where the sandbox's disk
// limit is reached.

// WriteFile writes a file, over one that is there, and makes the directories
// above it. It appears whole or not at all. mode's permission bits are taken;
// zero means 0644.
func (s *Sandbox) WriteFile(ctx context.Context, name string, data []byte, mode fs.FileMode) error {
	_, err := s.Upload(ctx, name, bytes.NewReader(data), mode)
	return err
}

// Upload is WriteFile from a reader, which is read to its end. Where reading
// fails nothing is left.
func (s *Sandbox) Upload(ctx context.Context, name string, r io.Reader, mode fs.FileMode) (SandboxFile, error) {
	if mode == 0 {
		mode = 0o644
	}
	op, err := s.openFile(ctx, wire.FileOp{Op: wire.FileWrite, Path: name, Mode: uint32(mode.Perm())})
	if err != nil {
		return SandboxFile{}, err
	}
	defer op.close()
	// A write that fails has its reason in the answer: the quota is reached, say.
	rerr := sendChunks(op.stream, r)
	op.stream.Close()
	if rerr != nil {
		return SandboxFile{}, orContext(ctx, fmt.Errorf("upload %s: %w", name, rerr))
	}
	return op.answer(ctx)
}

// sendChunks writes r as chunks, each with its length before it, and an empty
// one at the end: an upload that breaks off can't be taken for a whole one. It
// returns the error of reading.
func sendChunks(w io.Writer, r io.Reader) error {
	buf := make([]byte, 4+64<<10)
	for {
		n, err := r.Read(buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, werr := w.Write(buf[:4+n]); werr != nil {
				return nil
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			_, _ = w.Write(make([]byte, 4))
			return nil
		case err != nil:
			return err
		}
	}
}

// ReadFile returns a file's content.
func (s *Sandbox) ReadFile(ctx context.Context, name string) ([]byte, error) {
	r, _, err := s.Download(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Download opens a regular file for reading. Reading ends with an error, not
// io.EOF, where fewer bytes come than its size says, because a program has cut
// it meanwhile. The caller closes the reader; it is also ended by ctx.
func (s *Sandbox) Download(ctx context.Context, name string) (io.ReadCloser, SandboxFile, error) {
	op, err := s.openFile(ctx, wire.FileOp{Op: wire.FileRead, Path: name})
	if err != nil {
		return nil, SandboxFile{}, err
	}
	return &download{op: op, left: op.file.Size}, op.file, nil
}

type download struct {
	op   *fileOp
	left int64
}

func (d *download) Read(b []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	n, err := d.op.stream.Read(b[:min(int64(len(b)), d.left)])
	d.left -= int64(n)
	if errors.Is(err, io.EOF) && d.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (d *download) Close() error { d.op.close(); return nil }

// ListFiles lists a directory, "." or "" for /workspace, sorted by path; with
// recursive everything below it. At most 10,000 entries are listed: beyond that it
// is an error.
func (s *Sandbox) ListFiles(ctx context.Context, dir string, recursive bool) ([]SandboxFile, error) {
	op, err := s.openFile(ctx, wire.FileOp{Op: wire.FileList, Path: dir, Recursive: recursive})
	if err != nil {
		return nil, err
	}
	defer op.close()
	list := []SandboxFile{}
	dec := json.NewDecoder(op.stream)
	for {
		var f SandboxFile
		if err := dec.Decode(&f); err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, orContext(ctx, fmt.Errorf("list %s: %w", dir, err))
			}
			// The answer says whether the list is whole.
			_, err := op.answer(ctx)
			return list, err
		}
		list = append(list, f)
	}
}

// Stat describes one entry, without following it where it is a symbolic link.
func (s *Sandbox) Stat(ctx context.Context, name string) (SandboxFile, error) {
	return s.simple(ctx, wire.FileOp{Op: wire.FileStat, Path: name})
}

// Mkdir makes a directory and those above it. One that is there is no error.
func (s *Sandbox) Mkdir(ctx context.Context, name string) error {
	_, err := s.simple(ctx, wire.FileOp{Op: wire.FileMkdir, Path: name})
	return err
}

// Remove deletes a file or an empty directory; with recursive all below it too.
func (s *Sandbox) Remove(ctx context.Context, name string, recursive bool) error {
	_, err := s.simple(ctx, wire.FileOp{Op: wire.FileRemove, Path: name, Recursive: recursive})
	return err
}

func (s *Sandbox) simple(ctx context.Context, m wire.FileOp) (f SandboxFile, err error) {
	m.Sandbox = s.id
	err = s.client.ask(ctx, wire.KindFile, m, func(p *wire.Packet) error { return decodeInfo(p, &f) })
	return f, err
}

// fileOp is an operation on a file whose bytes come or go over a pipe.
type fileOp struct {
	conn   *wire.Conn
	stream *os.File
	stop   func() bool
	file   SandboxFile
}

func (s *Sandbox) openFile(ctx context.Context, m wire.FileOp) (*fileOp, error) {
	m.Sandbox = s.id
	conn, err := s.client.dial()
	if err != nil {
		return nil, err
	}
	op := &fileOp{conn: conn, stop: func() bool { return true }}
	// Upon the end of the connection the helper ends the process at the pipe's
	// other end.
	op.stop = context.AfterFunc(ctx, func() { conn.Close() })
	if err := conn.Send(wire.KindFile, m); err != nil {
		op.close()
		return nil, orContext(ctx, connError(err, "before it had the request"))
	}
	p, err := conn.Receive()
	switch {
	case err != nil:
		err = connError(err, "before it answered")
	case p.Kind == wire.KindError:
		err = helperError(p)
	case p.Kind != wire.KindStream || len(p.Files) != 1:
		err = fmt.Errorf("helper: message %q with %d descriptors", p.Kind, len(p.Files))
	default:
		if err = decodeInfo(p, &op.file); err == nil {
			op.stream, err = pollable(p.Files[0])
			return op, err
		}
	}
	if p != nil {
		p.Close()
	}
	op.close()
	return nil, orContext(ctx, err)
}

// answer waits for the operation's end.
func (op *fileOp) answer(ctx context.Context) (f SandboxFile, err error) {
	for {
		p, err := op.conn.Receive()
		if err != nil {
			return f, orContext(ctx, connError(err, "before it answered"))
		}
		switch p.Kind {
		case wire.KindOK:
		case wire.KindError:
			err = helperError(p)
		case wire.KindInfo:
			if err = decodeInfo(p, &f); err == nil {
				p.Close()
				continue
			}
		default:
			err = fmt.Errorf("helper: unknown message %q", p.Kind)
		}
		p.Close()
		return f, err
	}
}

func (op *fileOp) close() {
	op.stop()
	op.conn.Close()
	if op.stream != nil {
		op.stream.Close()
	}
}
