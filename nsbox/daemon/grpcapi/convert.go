package grpcapi

import (
	"encoding/base64"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/nsbox/nsbox/nsbox"
	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// The service's request has text with an encoding beside it, as JSON needs; here
// bytes come as they are.
const base64Encoding = "base64"

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// request makes the service's request of p.
func request(p *pb.Program) service.ExecuteRequest {
	l := p.GetLimits()
	r := service.ExecuteRequest{
		Language: p.GetLanguage(), Code: p.GetCode(), Args: p.GetArgs(), Env: p.GetEnv(),
		Timeout: duration(l.GetTimeout()), CPUTime: duration(l.GetCpuTime()), Memory: nsbox.Size(l.GetMemoryBytes()), CPUs: l.GetCpus(),
		Pids: int(l.GetPids()), Disk: nsbox.Size(l.GetDiskBytes()), MaxOutput: nsbox.Size(l.GetMaxOutputBytes()),
		Net: nsbox.Network(p.GetNet()), Profile: p.GetProfile(),
		Heal: p.Heal, MaxIterations: int(p.GetMaxIterations()), Healer: p.GetHealer(), Vet: p.GetVet(), ExpectStdout: p.ExpectStdout,
		Sandbox: p.GetSandboxId(), Session: p.GetSession(), Detach: p.GetDetach(),
	}
	if len(p.GetStdin()) > 0 {
		r.Stdin, r.StdinEncoding = encode(p.GetStdin()), base64Encoding
	}
	for _, f := range p.GetFiles() {
		r.Files = append(r.Files, service.FileInput{
			Name: f.GetName(), Content: encode(f.GetContent()), Encoding: base64Encoding, Executable: f.GetExecutable(),
		})
	}
	switch {
	case p.GetArtifactData():
		r.Artifacts = service.ArtifactsData
	case p.GetArtifacts():
		r.Artifacts = service.ArtifactsKept
	}
	return r
}

func duration(d *durationpb.Duration) nsbox.Duration { return nsbox.Duration(d.AsDuration()) }

// timestamp is nil for the zero time.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func event(e nsbox.Event) *pb.Event {
	out := &pb.Event{
		Seq: e.Seq, Ts: timestamp(e.Time), Type: string(e.Type), Id: e.ID, Language: e.Language, Stage: e.Stage, Data: e.Data,
		Error: e.Error, Code: e.Code, Iteration: int32(e.Iteration), Limit: limitHit(e.Limit), Result: result(e.Result),
	}
	if e.Artifact != nil {
		out.Artifact = artifact(*e.Artifact)
	}
	if e.Diagnosis != nil {
		out.Diagnosis = diagnosis(*e.Diagnosis)
	}
	if e.Patch != nil {
		out.Patch = attempt(*e.Patch)
	}
	return out
}

func result(r *nsbox.Result) *pb.Result {
	if r == nil {
		return nil
	}
	out := &pb.Result{
		Id: r.ID, Language: r.Language, Verdict: string(r.Verdict), ExitCode: int32(r.ExitCode), Signal: r.Signal,
		Stdout: r.Stdout, Stderr: r.Stderr, Stage: r.Stage, Usage: usage(r.Usage), Limit: limitHit(r.Limit), Denied: denied(r.Denied),
		Truncated: &pb.Truncated{Stdout: kept(r.Truncated.Stdout), Stderr: kept(r.Truncated.Stderr)},
		Healed:    r.Healed, Iterations: int32(r.Iterations), FinalCode: r.FinalCode, StopReason: string(r.StopReason),
		Isolation: &pb.Isolation{
			Namespaces: r.Isolation.Namespaces, Cgroup: r.Isolation.Cgroup, Seccomp: r.Isolation.Seccomp,
			Landlock: r.Isolation.Landlock, Warm: r.Isolation.Warm,
		},
	}
	if c := r.Compile; c != nil {
		out.Compile = &pb.StageResult{
			Verdict: string(c.Verdict), ExitCode: int32(c.ExitCode), Signal: c.Signal, Stdout: c.Stdout, Stderr: c.Stderr,
			Usage: usage(c.Usage), Limit: limitHit(c.Limit), Denied: denied(c.Denied),
		}
	}
	if v := r.Value; v != nil {
		out.Value = &pb.Value{Text: v.Text, Type: v.Type, Json: string(v.JSON)}
	}
	out.StateLost = r.StateLost
	for _, a := range r.Artifacts {
		out.Artifacts = append(out.Artifacts, artifact(a))
	}
	for _, s := range r.Skipped {
		out.Skipped = append(out.Skipped, &pb.SkippedFile{Path: s.Path, Reason: s.Reason})
	}
	for _, a := range r.Attempts {
		out.Attempts = append(out.Attempts, attempt(a))
	}
	return out
}

func usage(u nsbox.Usage) *pb.Usage {
	return &pb.Usage{WallMs: u.WallMS, CpuMs: u.CPUMS, MemoryPeakBytes: u.MemoryPeakBytes, PidsPeak: u.PidsPeak, SetupMs: u.SetupMS}
}

func limitHit(l *nsbox.LimitHit) *pb.LimitHit {
	if l == nil {
		return nil
	}
	return &pb.LimitHit{Name: l.Name, Value: l.Value, Observed: l.Observed}
}

func kept(k nsbox.Kept) *pb.Kept { return &pb.Kept{TotalBytes: k.TotalBytes, KeptBytes: k.KeptBytes} }

func denied(list []nsbox.DeniedCall) []*pb.DeniedCall {
	var out []*pb.DeniedCall
	for _, d := range list {
		out = append(out, &pb.DeniedCall{Syscall: d.Syscall, Count: d.Count})
	}
	return out
}

func artifact(a nsbox.Artifact) *pb.Artifact {
	return &pb.Artifact{Path: a.Path, MimeType: a.MIMEType, Size: a.Size, Sha256: a.SHA256, Data: a.Data}
}

func diagnosis(d nsbox.Diagnosis) *pb.Diagnosis {
	return &pb.Diagnosis{
		Type: d.Type, Message: d.Message, File: d.File, Line: int32(d.Line), Column: int32(d.Column),
		StackTrace: d.StackTrace, Hint: d.Hint, Phase: string(d.Phase),
	}
}

func attempt(a nsbox.Attempt) *pb.Attempt {
	return &pb.Attempt{
		Iteration: int32(a.Iteration), Verdict: string(a.Verdict), Diagnosis: diagnosis(a.Diagnosis),
		Healer: a.Healer, Rule: a.Rule, Diff: a.Diff, Explanation: a.Explanation, Outcome: string(a.Outcome), Reason: a.Reason,
	}
}

func execution(e service.Execution) *pb.Execution {
	out := &pb.Execution{
		Id: e.ID, Owner: e.OwnerName, Language: e.Language, State: e.State, Verdict: string(e.Verdict), CodeSha256: e.CodeSHA256,
		Created: timestamp(e.Created), Started: timestamp(e.Started), Finished: timestamp(e.Finished),
		Result: result(e.Result), Error: e.Error, BatchId: e.Batch, SandboxId: e.Sandbox,
	}
	if e.ExitCode != nil {
		n := int32(*e.ExitCode)
		out.ExitCode = &n
	}
	return out
}

func languageInfo(l service.Language) *pb.Language {
	return &pb.Language{
		Name: l.Name, Title: l.Title, Aliases: l.Aliases, Extensions: l.Extensions, Compiled: l.Compiled, Available: l.Available,
	}
}
