package service

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// audit records what p did. An action that can't be recorded is not carried out,
// so its error is the caller's answer.
func (s *Service) audit(p Principal, action, target, outcome string, detail map[string]any) error {
	if s.opts.Audit == nil {
		return nil
	}
	e := audit.Entry{Actor: p.Name, ActorID: p.ID, Action: action, Target: target, Outcome: outcome, Detail: detail}
	if p.Addr.IsValid() {
		e.Addr = p.Addr.Unmap().String()
	}
	if p.KeyID != "" { // the key's public part
		e.Detail = maps.Clone(detail)
		if e.Detail == nil {
			e.Detail = map[string]any{}
		}
		e.Detail["key_id"] = p.KeyID
	}
	if err := s.opts.Audit.Append(e); err != nil {
		s.log.Error("audit", "action", action, "target", target, "err", err)
		return &Error{Code: CodeUnavailable, Message: "the audit log can't be written, so nothing is carried out", RetryAfter: 10 * time.Second, cause: err}
	}
	return nil
}

// audited records how an action ended that was carried out already, or was not:
// err is its error.
func (s *Service) audited(p Principal, action, target string, detail map[string]any, err error) error {
	outcome := "ok"
	if err != nil {
		outcome = AsError(err).Code
	}
	if aerr := s.audit(p, action, target, outcome, detail); aerr != nil && err == nil {
		return aerr
	}
	return err
}

// auditExecute records that a program was admitted.
func (s *Service) auditExecute(p Principal, r *run, prep *prepared) error {
	if s.opts.Audit == nil {
		return nil
	}
	req := &prep.req
	d := map[string]any{
		"language": r.rec.Language, "code_sha256": r.rec.CodeSHA256, "limits": prep.nsreq.Limits, "net": req.Net, "heal": prep.heal,
		"files": len(prep.nsreq.Files), "request_id": req.RequestID,
	}
	for name, v := range map[string]string{"batch": r.rec.Batch, "sandbox": req.Sandbox, "session": req.Session, "profile": req.Profile} {
		if v != "" {
			d[name] = v
		}
	}
	if s.settings().AuditCode {
		d["code"] = string(prep.main)
	}
	return s.audit(p, "execute", r.id, "admitted", d)
}

// auditEnd records how it ended.
func (s *Service) auditEnd(p Principal, rec store.Execution) {
	if s.opts.Audit == nil {
		return
	}
	d := map[string]any{"code_sha256": rec.CodeSHA256, "wall_ms": rec.WallMS, "cpu_ms": rec.CPUMS, "healed": rec.Healed, "iterations": rec.Iterations}
	if rec.ExitCode != nil {
		d["exit_code"] = *rec.ExitCode
	}
	if rec.Error != "" {
		d["error"] = rec.Error
	}
	_ = s.audit(p, "execute.end", rec.ID, rec.Verdict, d) // it is logged; the program has run
}

// AuditQuery selects lines of the audit log. Empty fields select all.
type AuditQuery struct {
	Actor, Action, Target, Outcome string
	From, To                       time.Time
	// Before is AuditPage.Next of the page before.
	Before int64
	// Limit is 50 where it is 0, and at most 500.
	Limit int
}

// AuditPage is a part of the log, newest first.
type AuditPage struct {
	Records []AuditRecord `json:"records"`
	// Next is the Before of the page that follows, 0 where there is none.
	Next int64 `json:"next,omitempty"`
}

// AuditRecord is one line of the log.
type AuditRecord struct {
	Seq     int64     `json:"seq"`
	Time    time.Time `json:"time"`
	Actor   string    `json:"actor"`
	ActorID string    `json:"actor_id"`
	Addr    string    `json:"addr,omitempty"`
	Action  string    `json:"action"`
	Target  string    `json:"target,omitempty"`
	Outcome string    `json:"outcome"`
	// Detail is a JSON object.
	Detail json.RawMessage `json:"detail"`
	Prev   string          `json:"prev"`
	Hash   string          `json:"hash"`
}

// AuditLog returns a page of the audit log.
func (s *Service) AuditLog(ctx context.Context, p Principal, q AuditQuery) (AuditPage, error) {
	if err := p.may(auth.ReadAudit); err != nil {
		return AuditPage{}, err
	}
	if q.Limit < 0 || q.Limit > MaxPage || q.Before < 0 {
		return AuditPage{}, errf(CodeUnprocessable, "limit: write 1 to %d; before: not negative", MaxPage)
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if s.opts.Audit != nil {
		if err := s.opts.Audit.Flush(ctx); err != nil {
			return AuditPage{}, AsError(err)
		}
	}
	list, err := s.store.Audit(ctx, store.AuditQuery{
		Actor: q.Actor, Action: q.Action, Target: q.Target, Outcome: q.Outcome, From: q.From, To: q.To, Before: q.Before, Limit: q.Limit + 1,
	})
	if err != nil {
		return AuditPage{}, AsError(err)
	}
	page := AuditPage{Records: []AuditRecord{}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = list[len(list)-1].Seq
	}
	for _, r := range list {
		page.Records = append(page.Records, AuditRecord{
			Seq: r.Seq, Time: r.Time, Actor: r.Actor, ActorID: r.ActorID, Addr: r.Addr, Action: r.Action, Target: r.Target,
			Outcome: r.Outcome, Detail: json.RawMessage(r.Detail), Prev: r.Prev, Hash: r.Hash,
		})
	}
	return page, nil
}
