package grpcapi

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/nsbox/nsbox/nsbox"
	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// sandboxes is the SandboxService.
type sandboxes struct{ *server }

func sandbox(b service.Sandbox) *pb.Sandbox {
	out := &pb.Sandbox{
		Id: b.ID, Name: b.Name, Owner: b.OwnerName, Language: b.Language, State: string(b.State), Reason: b.Reason,
		Limits: limits(b.Limits), Created: timestamp(b.Created), Expires: timestamp(b.Expires), Ended: timestamp(b.Ended),
		Volume: b.Volume, Labels: b.Labels, Executions: int64(b.Executions), Running: int64(b.Running),
		Usage: &pb.SandboxUsage{
			MemoryBytes: b.Usage.MemoryBytes, MemoryPeakBytes: b.Usage.MemoryPeakBytes, CpuMs: b.Usage.CPUMS,
			Pids: b.Usage.Pids, DiskBytes: b.Usage.DiskBytes, Inodes: b.Usage.Inodes,
		},
	}
	if b.IdleTimeout > 0 {
		out.IdleTimeout = durationpb.New(b.IdleTimeout.Std())
	}
	return out
}

func limits(l nsbox.Limits) *pb.Limits {
	out := &pb.Limits{
		MemoryBytes: int64(l.Memory), Cpus: l.CPUs, Pids: int32(l.Pids), DiskBytes: int64(l.Disk), MaxOutputBytes: int64(l.MaxOutput),
	}
	if l.Timeout > 0 {
		out.Timeout = durationpb.New(l.Timeout.Std())
	}
	if l.CPUTime > 0 {
		out.CpuTime = durationpb.New(l.CPUTime.Std())
	}
	return out
}

func fileInfo(f nsbox.SandboxFile) *pb.FileInfo {
	return &pb.FileInfo{Path: f.Path, Size: f.Size, Type: f.Type, Mode: uint32(f.Mode.Perm()), Modified: timestamp(f.ModTime)}
}

// CreateSandbox makes a sandbox.
func (s sandboxes) CreateSandbox(ctx context.Context, req *connect.Request[pb.CreateSandboxRequest]) (*connect.Response[pb.CreateSandboxResponse], error) {
	m, l := req.Msg, req.Msg.GetLimits()
	b, err := s.svc.CreateSandbox(ctx, principal(ctx), service.SandboxRequest{
		Name: m.GetName(), Language: m.GetLanguage(),
		Timeout: duration(l.GetTimeout()), CPUTime: duration(l.GetCpuTime()), Memory: nsbox.Size(l.GetMemoryBytes()), CPUs: l.GetCpus(),
		Pids: int(l.GetPids()), Disk: nsbox.Size(l.GetDiskBytes()), MaxOutput: nsbox.Size(l.GetMaxOutputBytes()),
		TTL: duration(m.GetTtl()), IdleTimeout: duration(m.GetIdleTimeout()), Env: m.GetEnv(), Profile: m.GetProfile(),
		Volume: m.GetVolume(), Labels: m.GetLabels(),
	})
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.CreateSandboxResponse{Sandbox: sandbox(b)}), nil
}

// GetSandbox returns a sandbox as it stands.
func (s sandboxes) GetSandbox(ctx context.Context, req *connect.Request[pb.GetSandboxRequest]) (*connect.Response[pb.GetSandboxResponse], error) {
	b, err := s.svc.Sandbox(ctx, principal(ctx), req.Msg.GetSandboxId())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.GetSandboxResponse{Sandbox: sandbox(b)}), nil
}

// ListSandboxes lists the live ones.
func (s sandboxes) ListSandboxes(ctx context.Context, req *connect.Request[pb.ListSandboxesRequest]) (*connect.Response[pb.ListSandboxesResponse], error) {
	list, err := s.svc.ListSandboxes(ctx, principal(ctx), req.Msg.GetMine())
	if err != nil {
		return nil, fail(ctx, err)
	}
	out := &pb.ListSandboxesResponse{}
	for _, b := range list {
		out.Sandboxes = append(out.Sandboxes, sandbox(b))
	}
	return connect.NewResponse(out), nil
}

// DeleteSandbox ends a sandbox.
func (s sandboxes) DeleteSandbox(ctx context.Context, req *connect.Request[pb.DeleteSandboxRequest]) (*connect.Response[pb.DeleteSandboxResponse], error) {
	if err := s.svc.DeleteSandbox(ctx, principal(ctx), req.Msg.GetSandboxId()); err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.DeleteSandboxResponse{}), nil
}

// PauseSandbox stops every process where it is.
func (s sandboxes) PauseSandbox(ctx context.Context, req *connect.Request[pb.PauseSandboxRequest]) (*connect.Response[pb.PauseSandboxResponse], error) {
	b, err := s.svc.PauseSandbox(ctx, principal(ctx), req.Msg.GetSandboxId())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.PauseSandboxResponse{Sandbox: sandbox(b)}), nil
}

// ResumeSandbox lets the processes go on.
func (s sandboxes) ResumeSandbox(ctx context.Context, req *connect.Request[pb.ResumeSandboxRequest]) (*connect.Response[pb.ResumeSandboxResponse], error) {
	b, err := s.svc.ResumeSandbox(ctx, principal(ctx), req.Msg.GetSandboxId())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.ResumeSandboxResponse{Sandbox: sandbox(b)}), nil
}

// ExtendSandbox gives a new time to live.
func (s sandboxes) ExtendSandbox(ctx context.Context, req *connect.Request[pb.ExtendSandboxRequest]) (*connect.Response[pb.ExtendSandboxResponse], error) {
	b, err := s.svc.ExtendSandbox(ctx, principal(ctx), req.Msg.GetSandboxId(), duration(req.Msg.GetTtl()).Std())
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.ExtendSandboxResponse{Sandbox: sandbox(b)}), nil
}

// UploadFile writes a file from the client's chunks.
func (s sandboxes) UploadFile(ctx context.Context, stream *connect.ClientStream[pb.UploadFileRequest]) (*connect.Response[pb.UploadFileResponse], error) {
	if !stream.Receive() {
		if err := stream.Err(); err != nil {
			return nil, err
		}
		return nil, badRequest("the stream ended before its open message")
	}
	open := stream.Msg().GetOpen()
	if open == nil {
		return nil, badRequest("the first message must be open")
	}
	id, path, executable := open.GetSandboxId(), open.GetPath(), open.GetExecutable()
	mode := fs.FileMode(fileMode)
	if executable {
		mode = executableMode
	}
	f, err := s.svc.WriteSandboxFile(ctx, principal(ctx), id, path, &upload{stream: stream}, mode)
	if err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.UploadFileResponse{File: fileInfo(f)}), nil
}

// The permission bits of files that are written.
const (
	fileMode       = 0o644
	executableMode = 0o755
)

// upload reads the chunks of a stream.
type upload struct {
	stream *connect.ClientStream[pb.UploadFileRequest]
	rest   []byte
}

func (u *upload) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		if !u.stream.Receive() {
			if err := u.stream.Err(); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
		if _, ok := u.stream.Msg().GetPart().(*pb.UploadFileRequest_Chunk); !ok {
			return 0, badRequest("after open a message is a chunk")
		}
		u.rest = u.stream.Msg().GetChunk()
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

// DownloadFile sends a file.
func (s sandboxes) DownloadFile(ctx context.Context, req *connect.Request[pb.DownloadFileRequest], out *connect.ServerStream[pb.DownloadFileResponse]) error {
	r, info, err := s.svc.ReadSandboxFile(ctx, principal(ctx), req.Msg.GetSandboxId(), req.Msg.GetPath())
	if err != nil {
		return fail(ctx, err)
	}
	err = out.Send(&pb.DownloadFileResponse{Part: &pb.DownloadFileResponse_Info{Info: fileInfo(info)}})
	if err == nil {
		err = chunks(r, func(b []byte) error {
			return out.Send(&pb.DownloadFileResponse{Part: &pb.DownloadFileResponse_Chunk{Chunk: b}})
		})
	}
	return fail(ctx, errors.Join(err, r.Close()))
}

// ListFiles sends what is in a directory, one file a message.
func (s sandboxes) ListFiles(ctx context.Context, req *connect.Request[pb.ListFilesRequest], out *connect.ServerStream[pb.ListFilesResponse]) error {
	dir := req.Msg.GetPath()
	if dir == "" {
		dir = "."
	}
	list, err := s.svc.SandboxFiles(ctx, principal(ctx), req.Msg.GetSandboxId(), dir, req.Msg.GetRecursive())
	if err != nil {
		return fail(ctx, err)
	}
	for _, f := range list {
		if err := out.Send(&pb.ListFilesResponse{File: fileInfo(f)}); err != nil {
			return err
		}
	}
	return nil
}

// DeleteFile deletes a file.
func (s sandboxes) DeleteFile(ctx context.Context, req *connect.Request[pb.DeleteFileRequest]) (*connect.Response[pb.DeleteFileResponse], error) {
	m := req.Msg
	if err := s.svc.DeleteSandboxFile(ctx, principal(ctx), m.GetSandboxId(), m.GetPath(), m.GetRecursive()); err != nil {
		return nil, fail(ctx, err)
	}
	return connect.NewResponse(&pb.DeleteFileResponse{}), nil
}
