package restapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
)

// The types below describe JSON that other packages write with methods of their
// own; no value of them is ever made. TestAnswersAreAsDescribed holds them to what is
// written.

// StreamFields are the streams as they are in JSON. They stand first where they
// are embedded: of two fields of one name huma describes the first.
type StreamFields struct {
	Stdout         string `json:"stdout" doc:"What the program wrote; head and tail where it was more than max_output"`
	StdoutEncoding string `json:"stdout_encoding,omitempty" enum:"base64" doc:"Set where stdout is not UTF-8"`
	Stderr         string `json:"stderr"`
	StderrEncoding string `json:"stderr_encoding,omitempty" enum:"base64"`
}

// Result describes nsbox.Result.
type Result struct {
	StreamFields
	nsbox.Result
}

// StageResult describes nsbox.StageResult.
type StageResult struct {
	StreamFields
	nsbox.StageResult
}

// Answer describes compat.Answer.
type Answer struct {
	StreamFields
	nsbox.Result
	compat.Extra
}

// TransformSchema says what may be null.
func (Result) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "limit")
}

// TransformSchema says what may be null.
func (Answer) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "limit")
}

// nullable marks a property that is an object or null.
func nullable(s *huma.Schema, names ...string) *huma.Schema {
	for _, n := range names {
		if p := s.Properties[n]; p != nil {
			s.Properties[n] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{p, {Type: "null"}}}
		}
	}
	return s
}

// Event describes nsbox.Event.
type Event struct {
	Seq       int64            `json:"seq" doc:"Counts from 1 within the execution"`
	Time      time.Time        `json:"ts"`
	Type      nsbox.EventType  `json:"type" enum:"start,stage,stdout,stderr,artifact,diagnosis,patch,rerun,limit,exit,error"`
	ID        string           `json:"id,omitempty" doc:"start: the execution"`
	Language  string           `json:"language,omitempty" doc:"start"`
	Stage     string           `json:"stage,omitempty" doc:"stage, stdout, stderr"`
	Data      string           `json:"data,omitempty" doc:"stdout, stderr"`
	Encoding  string           `json:"encoding,omitempty" enum:"base64" doc:"Set where data is not UTF-8"`
	Artifact  *nsbox.Artifact  `json:"artifact,omitempty"`
	Limit     *nsbox.LimitHit  `json:"limit,omitempty"`
	Result    *nsbox.Result    `json:"result,omitempty" doc:"exit"`
	Error     string           `json:"error,omitempty" doc:"error"`
	Code      string           `json:"code,omitempty" doc:"error: the code of the refusal that it would be as an answer"`
	Iteration int              `json:"iteration,omitempty"`
	Diagnosis *nsbox.Diagnosis `json:"diagnosis,omitempty"`
	Patch     *nsbox.Attempt   `json:"patch,omitempty"`
}
