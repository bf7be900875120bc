package grpcapi_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1/nsboxv1connect"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// A sandbox's whole life over gRPC, in the helper's real sandboxes.
func TestSandboxLife(t *testing.T) {
	nstest.RequireRoot(t)
	nstest.RequireImage(t, "base")
	f := start(t, daemontest.Config{Real: true})
	boxes := nsboxv1connect.NewSandboxServiceClient(f.h2, f.url(), connect.WithGRPC(), f.as("user"))
	others := nsboxv1connect.NewSandboxServiceClient(f.h2, f.url(), connect.WithGRPCWeb(), f.as("viewer"))
	ctx := t.Context()

	made, err := boxes.CreateSandbox(ctx, connect.NewRequest(&pb.CreateSandboxRequest{
		Language: "bash", Name: "first", Ttl: durationpb.New(5 * time.Minute), Limits: &pb.Limits{MemoryBytes: 128 << 20}, Labels: map[string]string{"a": "b"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	b := made.Msg.GetSandbox()
	id := b.GetId()
	if id == "" || b.GetState() != "running" || b.GetLimits().GetMemoryBytes() != 128<<20 || b.GetLabels()["a"] != "b" || b.GetExpires() == nil {
		t.Errorf("%v", b)
	}

	// Several chunks up, and down again.
	data := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	up := boxes.UploadFile(ctx)
	send := func(m *pb.UploadFileRequest) {
		t.Helper()
		if err := up.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	send(&pb.UploadFileRequest{Part: &pb.UploadFileRequest_Open_{Open: &pb.UploadFileRequest_Open{SandboxId: id, Path: "data.bin"}}})
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 100_000)
		send(&pb.UploadFileRequest{Part: &pb.UploadFileRequest_Chunk{Chunk: rest[:n]}})
		rest = rest[n:]
	}
	written, err := up.CloseAndReceive()
	if err != nil {
		t.Fatal(err)
	}
	if w := written.Msg.GetFile(); w.GetPath() != "data.bin" || w.GetSize() != int64(len(data)) || w.GetType() != "file" {
		t.Errorf("%v", w)
	}
	run := func(code string) *pb.Result {
		t.Helper()
		c := f.protocols()["grpc"](f.as("user"))
		r, err := c.Execute(ctx, connect.NewRequest(&pb.ExecuteRequest{Program: &pb.Program{Language: "bash", Code: code, SandboxId: id}}))
		if err != nil {
			t.Fatal(err)
		}
		return r.Msg.GetResult()
	}
	if r := run("wc -c <data.bin; echo more >made.txt"); strings.TrimSpace(string(r.GetStdout())) != "640000" {
		t.Errorf("%v", r)
	}
	down, err := boxes.DownloadFile(ctx, connect.NewRequest(&pb.DownloadFileRequest{SandboxId: id, Path: "data.bin"}))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for down.Receive() {
		got.Write(down.Msg().GetChunk())
	}
	if err := down.Err(); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("%d bytes came back, %v", got.Len(), err)
	}
	files := func() (names []string) {
		t.Helper()
		s, err := boxes.ListFiles(ctx, connect.NewRequest(&pb.ListFilesRequest{SandboxId: id}))
		if err != nil {
			t.Fatal(err)
		}
		for s.Receive() {
			names = append(names, s.Msg().GetFile().GetPath())
		}
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
		return names
	}
	if names := strings.Join(files(), " "); !strings.Contains(names, "data.bin") || !strings.Contains(names, "made.txt") {
		t.Errorf("files: %s", names)
	}
	if _, err := boxes.DeleteFile(ctx, connect.NewRequest(&pb.DeleteFileRequest{SandboxId: id, Path: "data.bin"})); err != nil {
		t.Error(err)
	}
	if names := strings.Join(files(), " "); strings.Contains(names, "data.bin") {
		t.Errorf("files after one was deleted: %s", names)
	}

	// Paths that lead out, and streams that are wrong, are refused.
	_, err = boxes.DeleteFile(ctx, connect.NewRequest(&pb.DeleteFileRequest{SandboxId: id, Path: "../etc/passwd"}))
	if code := connect.CodeOf(err); code != connect.CodeInvalidArgument && code != connect.CodeNotFound {
		t.Errorf("a path that leads out: %v", err)
	}
	bad := boxes.UploadFile(ctx)
	_ = bad.Send(&pb.UploadFileRequest{Part: &pb.UploadFileRequest_Chunk{Chunk: []byte("x")}})
	_, err = bad.CloseAndReceive()
	checkError(t, "a chunk first", err, connect.CodeInvalidArgument, "bad_request")

	// Others do not see it.
	strangers := nsboxv1connect.NewSandboxServiceClient(f.h2, f.url(), connect.WithGRPC())
	_, err = strangers.GetSandbox(ctx, connect.NewRequest(&pb.GetSandboxRequest{SandboxId: id}))
	checkError(t, "a stranger", err, connect.CodeNotFound, "not_found")
	_, err = others.DeleteSandbox(ctx, connect.NewRequest(&pb.DeleteSandboxRequest{SandboxId: id}))
	checkError(t, "a viewer who deletes", err, connect.CodePermissionDenied, "forbidden")

	p, err := boxes.PauseSandbox(ctx, connect.NewRequest(&pb.PauseSandboxRequest{SandboxId: id}))
	if err != nil || p.Msg.GetSandbox().GetState() != "paused" {
		t.Errorf("%v, %v", p, err)
	}
	r, err := boxes.ResumeSandbox(ctx, connect.NewRequest(&pb.ResumeSandboxRequest{SandboxId: id}))
	if err != nil || r.Msg.GetSandbox().GetState() != "running" {
		t.Errorf("%v, %v", r, err)
	}
	if res := run("cat made.txt"); string(res.GetStdout()) != "more\n" {
		t.Errorf("after pause and resume: %v", res)
	}
	x, err := boxes.ExtendSandbox(ctx, connect.NewRequest(&pb.ExtendSandboxRequest{SandboxId: id, Ttl: durationpb.New(20 * time.Minute)}))
	if err != nil || !x.Msg.GetSandbox().GetExpires().AsTime().After(b.GetExpires().AsTime()) {
		t.Errorf("%v, %v", x, err)
	}
	list, err := boxes.ListSandboxes(ctx, connect.NewRequest(&pb.ListSandboxesRequest{}))
	if err != nil || len(list.Msg.GetSandboxes()) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := boxes.DeleteSandbox(ctx, connect.NewRequest(&pb.DeleteSandboxRequest{SandboxId: id})); err != nil {
		t.Error(err)
	}
	g, err := boxes.GetSandbox(ctx, connect.NewRequest(&pb.GetSandboxRequest{SandboxId: id}))
	if err == nil && g.Msg.GetSandbox().GetState() != "terminated" {
		t.Errorf("after its end: %v", g)
	}
}
