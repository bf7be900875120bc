package service

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// ExecuteRequest asks for one program to be run. Its JSON has the names of the
// command line's flags, with an underscore for a dash.
type ExecuteRequest struct {
	// Language is a name or alias; empty is told from the first file's name, then
	// its content.
	Language string `json:"language,omitempty"`
	// Code is the main file. Empty where Files has the program, its first file
	// being the main one.
	Code string `json:"code,omitempty"`
	// Files lie beside the main file under /workspace.
	Files []FileInput `json:"files,omitempty"`
	Args  []string    `json:"args,omitempty"`
	// Env are entries NAME=value.
	Env   []string `json:"env,omitempty"`
	Stdin string   `json:"stdin,omitempty"`
	// StdinEncoding is empty for text, or base64.
	StdinEncoding string `json:"stdin_encoding,omitempty"`

	Timeout   nsbox.Duration `json:"timeout,omitempty"`
	CPUTime   nsbox.Duration `json:"cpu_time,omitempty"`
	Memory    nsbox.Size     `json:"memory,omitempty"`
	CPUs      float64        `json:"cpus,omitempty"`
	Pids      int            `json:"pids,omitempty"`
	Disk      nsbox.Size     `json:"disk,omitempty"`
	MaxOutput nsbox.Size     `json:"max_output,omitempty"`
	Net       nsbox.Network  `json:"net,omitempty"`
	// Profile names a seccomp profile.
	Profile string `json:"profile,omitempty"`

	// Heal mends a program that fails; nil takes the configuration's default.
	Heal          *bool `json:"heal,omitempty"`
	MaxIterations int   `json:"max_iterations,omitempty"`
	// Healer names healers with commas; empty is the configuration's.
	Healer string `json:"healer,omitempty"`
	Vet    bool   `json:"vet,omitempty"`
	// ExpectStdout is the output that the program must have.
	ExpectStdout *string `json:"expect_stdout,omitempty"`

	Artifacts Artifacts `json:"artifacts,omitempty"`
	// Sandbox is the id of a long-lived sandbox to run in.
	Sandbox string `json:"sandbox,omitempty"`
	// Session names a session whose variables and imports the code finds and leaves
	// (Python and JavaScript). A sandbox has one session, whatever it is called;
	// without Sandbox each name is a session of the principal's with a sandbox of
	// its own.
	Session string `json:"session,omitempty"`
	// Detach lets the program go on when its caller goes away.
	Detach bool `json:"detach,omitempty"`
	// Interactive says that input comes while the program runs; see Run.Stdin.
	Interactive bool `json:"interactive,omitempty"`

	// RequestID is that of the request it came by. It is the front end's to set.
	RequestID string `json:"-"`
}

// FileInput is a file that comes with a request.
type FileInput struct {
	// Name is relative to /workspace.
	Name    string `json:"name"`
	Content string `json:"content"`
	// Encoding is empty for text, or base64.
	Encoding   string `json:"encoding,omitempty"`
	Executable bool   `json:"executable,omitempty"`
}

// Artifacts says what becomes of the files that a program leaves.
type Artifacts string

// The values of Artifacts. In JSON they are false, true and "data".
const (
	ArtifactsNone Artifacts = ""
	// ArtifactsKept are listed in the result and can be fetched.
	ArtifactsKept Artifacts = "kept"
	// ArtifactsData are in the result, too.
	ArtifactsData Artifacts = "data"
)

// UnmarshalJSON reads false, true, "kept" or "data".
func (a *Artifacts) UnmarshalJSON(b []byte) error {
	switch string(bytes.TrimSpace(b)) {
	case "false", "null", `""`:
		*a = ArtifactsNone
	case "true", `"kept"`:
		*a = ArtifactsKept
	case `"data"`:
		*a = ArtifactsData
	default:
		return fmt.Errorf(`artifacts: write true, false or "data"`)
	}
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (a Artifacts) MarshalJSON() ([]byte, error) {
	switch a {
	case ArtifactsNone:
		return []byte("false"), nil
	case ArtifactsKept:
		return []byte("true"), nil
	}
	return json.Marshal(string(a))
}

// The bounds of what no limit of the service bounds.
const (
	maxArgs    = 256
	maxEnv     = 256
	maxName    = 255
	maxWord    = 32 << 10 // bytes of arguments, and of the environment, together
	maxSession = 64
)

// decode returns content as bytes.
func decode(field, content, encoding string) ([]byte, *Error) {
	switch encoding {
	case "", "utf-8", "text":
		return []byte(content), nil
	case "base64":
		b, err := base64.StdEncoding.DecodeString(content)
		if err != nil {
			return nil, errf(CodeBadRequest, "%s: it is not base64 as its encoding says", field)
		}
		return b, nil
	}
	return nil, errf(CodeBadRequest, "%s: %q is not an encoding: write base64, or leave it out for text", field, encoding)
}

// prepared is a request that was looked at.
type prepared struct {
	req    ExecuteRequest
	nsreq  nsbox.Request
	main   []byte
	expect []byte
	heal   bool
	// size is the bytes of it all.
	size int64
	// inline tells that the main file came without a name.
	inline bool
	// sandbox is where it runs; nil is one of its own.
	sandbox *nsbox.Sandbox
	// trace has the span of the request, and no end.
	trace context.Context
}

// prepare checks what can be told without the helper and makes the request that
// it gets.
func (s *Service) prepare(req ExecuteRequest) (*prepared, *Error) {
	l := s.limits.get()
	p := &prepared{req: req, heal: s.settings().HealDefault}
	if req.Heal != nil {
		p.heal = *req.Heal
	}
	files, err := s.files(req, l)
	if err != nil {
		return nil, err
	}
	p.main = files[0].Data
	stdin, err := decode("stdin", req.Stdin, req.StdinEncoding)
	if err != nil {
		return nil, err
	}
	if int64(len(stdin)) > int64(l.MaxBody) {
		return nil, errf(CodeTooLarge, "stdin has %d bytes; at most %s are allowed", len(stdin), l.MaxBody)
	}
	if err := checkWords(req); err != nil {
		return nil, err
	}
	if err := s.checkHealing(req); err != nil {
		return nil, err
	}
	limits, err := l.apply(nsbox.Limits{
		Timeout: req.Timeout, CPUTime: req.CPUTime, Memory: req.Memory, CPUs: req.CPUs, Pids: req.Pids,
		Disk: req.Disk, MaxOutput: req.MaxOutput,
	})
	if err != nil {
		return nil, err
	}
	switch req.Net {
	case "", nsbox.NetNone, nsbox.NetLoopback:
	default:
		return nil, errf(CodeUnprocessable, "net: %q is not a network: write none or loopback", req.Net)
	}
	if req.ExpectStdout != nil {
		p.expect = append([]byte{}, *req.ExpectStdout...)
	}
	p.nsreq = nsbox.Request{
		Language: req.Language, Files: files, Args: req.Args, Env: req.Env, Limits: limits,
		Network: req.Net, Profile: req.Profile, Artifacts: req.Artifacts != ArtifactsNone,
	}
	p.size = int64(len(stdin) + len(p.expect))
	for _, f := range files {
		p.size += int64(len(f.Data))
	}
	p.req.Code, p.req.Files, p.req.Stdin, p.req.ExpectStdout = "", nil, "", nil // are in what was made of them
	p.inline = req.Code != ""
	if len(stdin) > 0 {
		p.nsreq.Stdin = bytes.NewReader(stdin)
	}
	return p, nil
}

// files returns the files of the program, the main one first.
func (s *Service) files(req ExecuteRequest, l Limits) ([]nsbox.File, *Error) {
	if len(req.Files) > l.MaxFiles {
		return nil, errf(CodeTooLarge, "files: there are %d; at most %d are allowed", len(req.Files), l.MaxFiles)
	}
	var files []nsbox.File
	if req.Code != "" || len(req.Files) == 0 {
		if strings.TrimSpace(req.Code) == "" {
			return nil, errf(CodeBadRequest, "code: there is no program: write its source in code, or files")
		}
		name, err := s.mainName(req.Language)
		if err != nil {
			return nil, err
		}
		files = append(files, nsbox.File{Name: name, Data: []byte(req.Code)})
	}
	var total int64
	seen := map[string]bool{}
	for i, f := range req.Files {
		field := fmt.Sprintf("files[%d]", i)
		if err := checkName(field, f.Name); err != nil {
			return nil, err
		}
		data, err := decode(field, f.Content, f.Encoding)
		if err != nil {
			return nil, err
		}
		files = append(files, nsbox.File{Name: f.Name, Data: data, Executable: f.Executable})
	}
	for _, f := range files {
		if seen[f.Name] {
			return nil, errf(CodeBadRequest, "files: %s is there twice", f.Name)
		}
		seen[f.Name] = true
		if int64(len(f.Data)) > int64(l.MaxFile) {
			return nil, errf(CodeTooLarge, "%s has %d bytes; at most %s are allowed for one file", f.Name, len(f.Data), l.MaxFile)
		}
		if total += int64(len(f.Data)); total > int64(l.MaxBody) {
			return nil, errf(CodeTooLarge, "the files have more than %s together, which is the most that is allowed", l.MaxBody)
		}
	}
	return files, nil
}

// mainName is the name that code without one gets.
func (s *Service) mainName(language string) (string, *Error) {
	if language == "" {
		return "main", nil // its first line must tell the language
	}
	lang, err := s.opts.Languages.Lookup(language)
	if err != nil {
		return "", &Error{Code: CodeUnprocessable, Message: err.Error(), cause: err}
	}
	return lang.Main, nil
}

func checkName(field, name string) *Error {
	switch {
	case name == "":
		return errf(CodeBadRequest, "%s: the name is missing", field)
	case len(name) > maxName:
		return errf(CodeBadRequest, "%s: the name has more than %d bytes", field, maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) || !strings.EqualFold(strings.ToValidUTF8(name, ""), name):
		return errf(CodeBadRequest, "%s: the name has a control character, or is not UTF-8", field)
	case path.IsAbs(name) || path.Clean(name) != name || name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return errf(CodeBadRequest, "%s: %q is not allowed: write a name relative to /workspace, without . and ..", field, name)
	}
	return nil
}

func checkWords(req ExecuteRequest) *Error {
	for _, c := range []struct {
		field string
		words []string
		most  int
	}{{"args", req.Args, maxArgs}, {"env", req.Env, maxEnv}} {
		if len(c.words) > c.most {
			return errf(CodeTooLarge, "%s: there are %d; at most %d are allowed", c.field, len(c.words), c.most)
		}
		n := 0
		for i, w := range c.words {
			if n += len(w) + 1; n > maxWord {
				return errf(CodeTooLarge, "%s: all together have more than %d bytes", c.field, maxWord)
			}
			if strings.ContainsRune(w, 0) {
				return errf(CodeBadRequest, "%s[%d]: it has a NUL character", c.field, i)
			}
			if name, _, ok := strings.Cut(w, "="); c.field == "env" && (!ok || name == "") {
				return errf(CodeBadRequest, "env[%d]: %q is not allowed: write NAME=value", i, w)
			}
		}
	}
	if len(req.Session) > maxSession || strings.ContainsFunc(req.Session, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errf(CodeBadRequest, "session: write a name of at most %d bytes without control characters", maxSession)
	}
	return nil
}

func (s *Service) checkHealing(req ExecuteRequest) *Error {
	if req.MaxIterations < 0 || req.MaxIterations > nsbox.MaxIterations {
		return errf(CodeUnprocessable, "max_iterations: %d is not allowed: write 1 to %d", req.MaxIterations, nsbox.MaxIterations)
	}
	if req.Healer != "" {
		if _, err := s.settings().Healers(req.Healer); err != nil {
			return &Error{Code: CodeUnprocessable, Message: "healer: " + err.Error(), cause: err}
		}
	}
	return nil
}
