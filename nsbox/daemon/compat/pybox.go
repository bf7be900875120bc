package compat

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"

	_ "embed"
)

// PyboxRequest is the body of pybox's POST /run.
type PyboxRequest struct {
	Code string `json:"code" doc:"A Python program that puts its answer into the variable result" example:"result = x + y"`
	// Input is kept as it came: its numbers are Python's to read.
	Input  map[string]json.RawMessage `json:"input,omitempty" doc:"Variables of the program"`
	Config *PyboxConfig               `json:"config,omitempty" doc:"Limits of this run"`
}

// PyboxConfig are pybox's settings of a run.
type PyboxConfig struct {
	Timeout   *float64    `json:"timeout,omitempty" doc:"Seconds"`
	Memory    *nsbox.Size `json:"memory,omitempty" doc:"As 128m"`
	CPUs      *float64    `json:"cpus,omitempty" doc:"Processors"`
	PidsLimit *int        `json:"pids_limit,omitempty"`
	TmpfsSize *nsbox.Size `json:"tmpfs_size,omitempty" doc:"As 64m"`
	// NetworkDisabled can only be true here.
	NetworkDisabled *bool `json:"network_disabled,omitempty" doc:"Only true: programs have no network"`

	// What follows says how pybox confines, which is not the client's to choose.
	Image           *string `json:"image,omitempty" doc:"Taken, changes nothing"`
	FastMode        *bool   `json:"fast_mode,omitempty" doc:"Taken, changes nothing"`
	ReadOnlyRoot    *bool   `json:"read_only_root,omitempty" doc:"Taken, changes nothing"`
	Userns          *string `json:"userns,omitempty" doc:"Taken, changes nothing"`
	Runtime         *string `json:"runtime,omitempty" doc:"Taken, changes nothing"`
	AppArmorProfile *string `json:"apparmor_profile,omitempty" doc:"Taken, changes nothing"`
	SeccompProfile  *string `json:"seccomp_profile,omitempty" doc:"Taken, changes nothing"`
}

//go:embed pybox_runner.py
var pyboxRunner string

// The files of a pybox run under /workspace. The result comes out as an
// artifact, not on stdout, so that the program may print.
const (
	pyboxMain   = "pybox_runner.py"
	pyboxCode   = "main.py"
	pyboxInput  = ".pybox/input.json"
	pyboxResult = ".pybox/result.json"
)

// Request is what r asks for.
func (r *PyboxRequest) Request() (service.ExecuteRequest, error) {
	off := false
	req := service.ExecuteRequest{Language: "python", Heal: &off}
	if r.Code == "" {
		return req, refuse(`"code" is missing or empty; send a Python program`)
	}
	for name := range r.Input {
		if name == "" || strings.HasPrefix(name, "__") {
			return req, refuse("input %q is no name for a variable", name)
		}
	}
	input := r.Input
	if input == nil {
		input = map[string]json.RawMessage{}
	}
	vars, err := json.Marshal(input)
	if err != nil {
		return req, refuse("input is not JSON: %v", err)
	}
	req.Files = []service.FileInput{
		{Name: pyboxMain, Content: pyboxRunner}, {Name: pyboxCode, Content: r.Code}, {Name: pyboxInput, Content: string(vars)},
	}
	req.Artifacts = service.ArtifactsData
	return req, r.Config.apply(&req)
}

func (c *PyboxConfig) apply(req *service.ExecuteRequest) error {
	if c == nil {
		return nil
	}
	if c.NetworkDisabled != nil && !*c.NetworkDisabled {
		return refuse("network_disabled is false; programs have no network here")
	}
	if c.Memory != nil {
		req.Memory = *c.Memory
	}
	if c.CPUs != nil {
		req.CPUs = *c.CPUs
	}
	if c.PidsLimit != nil {
		req.Pids = *c.PidsLimit
	}
	if c.TmpfsSize != nil {
		req.Disk = *c.TmpfsSize
	}
	var err error
	req.Timeout, err = seconds("timeout", c.Timeout)
	return err
}

// PyboxAnswer is the answer to pybox's POST /run.
type PyboxAnswer struct {
	Status     string          `json:"status" enum:"ok,error,timeout"`
	Result     json.RawMessage `json:"result" doc:"The variable result, as JSON"`
	Stdout     string          `json:"stdout" doc:"What the program printed"`
	ErrMsg     *string         `json:"errmsg" doc:"What went wrong, with the traceback"`
	ReturnCode *int            `json:"returncode" doc:"null where the program ran out of time"`
	Duration   float64         `json:"duration" doc:"Seconds"`
}

// NewPyboxAnswer makes the answer to a run that ended with r after took.
func NewPyboxAnswer(r nsbox.Result, took time.Duration) PyboxAnswer {
	a := PyboxAnswer{
		Status: "error", Result: json.RawMessage("null"), Stdout: text(r.Stdout),
		Duration: round(took.Seconds(), 6), ReturnCode: &r.ExitCode,
	}
	if msg := strings.TrimSpace(text(r.Stderr)); msg != "" {
		a.ErrMsg = &msg
	}
	switch r.Verdict {
	case nsbox.OK:
		value, ok := pyboxValue(r.Artifacts)
		if !ok {
			msg := "the program ended before its variable result could be read"
			a.ErrMsg = &msg
			return a
		}
		a.Status, a.Result = "ok", value
	case nsbox.WallTimeout, nsbox.CPUTimeout:
		msg := "Execution timed out"
		a.Status, a.ReturnCode, a.ErrMsg = "timeout", nil, &msg
	default:
		if a.ErrMsg == nil {
			a.ErrMsg = sentence(&r)
		}
	}
	return a
}

// pyboxValue finds the result among the artifacts. The program can write that
// file itself, which is its own affair: what it says its result is, is.
func pyboxValue(artifacts []nsbox.Artifact) (json.RawMessage, bool) {
	for _, f := range artifacts {
		if f.Path == pyboxResult {
			return f.Data, json.Valid(f.Data)
		}
	}
	return nil, false
}
