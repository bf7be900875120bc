package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// To the helper all sandboxes are the daemon's: it knows the uid of a peer and no
// more. Whose they are among the principals is in the store, and every call here
// asks it first.

// SandboxRequest asks for a sandbox that lives on. Only Language must be set.
type SandboxRequest struct {
	// Name is for people; it need not be unique.
	Name     string         `json:"name,omitempty"`
	Language string         `json:"language"`
	Timeout  nsbox.Duration `json:"timeout,omitempty"`
	CPUTime  nsbox.Duration `json:"cpu_time,omitempty"`
	Memory   nsbox.Size     `json:"memory,omitempty"`
	CPUs     float64        `json:"cpus,omitempty"`
	Pids     int            `json:"pids,omitempty"`
	Disk     nsbox.Size     `json:"disk,omitempty"`
	// MaxOutput is the default of each execution.
	MaxOutput nsbox.Size `json:"max_output,omitempty"`
	// TTL is how long it lives, IdleTimeout how long without work; 0 is the host's.
	TTL         nsbox.Duration `json:"ttl,omitempty"`
	IdleTimeout nsbox.Duration `json:"idle_timeout,omitempty"`
	Env         []string       `json:"env,omitempty"`
	Profile     string         `json:"profile,omitempty"`
	// Volume names storage of its owner's that outlives it.
	Volume string            `json:"volume,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
}

// Sandbox is a sandbox that lives on.
type Sandbox struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	OwnerID   string `json:"owner_id"`
	OwnerName string `json:"owner"`
	Language  string `json:"language"`
	// State is creating, running, paused or terminated.
	State       nsbox.SandboxState `json:"state"`
	Created     time.Time          `json:"created"`
	Expires     time.Time          `json:"expires,omitzero"`
	IdleTimeout nsbox.Duration     `json:"idle_timeout,omitempty"`
	Limits      nsbox.Limits       `json:"limits"`
	Volume      string             `json:"volume,omitempty"`
	Labels      map[string]string  `json:"labels,omitempty"`
	Usage       nsbox.SandboxUsage `json:"usage"`
	Running     int                `json:"running"`
	Executions  int                `json:"executions"`
	Ended       time.Time          `json:"ended,omitzero"`
	Reason      string             `json:"reason,omitempty"`
}

// sessionPrefix begins the names of sandboxes that were made for a session.
const sessionPrefix = "session:"

// The bounds of what a request for a sandbox names.
const (
	maxLabels = 32
	maxVolume = 40
)

// volumeName is the helper's name of an owner's volume: no principal can name
// another's.
func volumeName(ownerID, name string) string {
	return volumePrefix(ownerID) + name
}

func volumePrefix(ownerID string) string { return "u" + hashHex([]byte(ownerID))[:16] + "-" }

func checkVolume(name string) *Error {
	if name == "" || len(name) > maxVolume || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return errf(CodeUnprocessable, "volume: %q is not allowed: write 1 to %d letters, digits, -, _ and .", name, maxVolume)
	}
	return nil
}

// client is what reaches sandboxes.
func (s *Service) client() (*nsbox.Client, *Error) {
	if s.opts.Client == nil {
		return nil, errf(CodeUnavailable, "this server has no sandboxes that live on")
	}
	return s.opts.Client, nil
}

// sandboxError classes an error of the sandbox API.
func sandboxError(err error) error {
	if err == nil {
		return nil
	}
	return runError(err)
}

// CreateSandbox makes a sandbox.
func (s *Service) CreateSandbox(ctx context.Context, p Principal, req SandboxRequest) (made Sandbox, err error) {
	defer func() {
		err = s.audited(p, "sandbox.create", made.ID, map[string]any{"language": req.Language, "limits": made.Limits, "volume": req.Volume}, err)
	}()
	if err := p.may(auth.Execute); err != nil {
		return Sandbox{}, err
	}
	c, cerr := s.client()
	if cerr != nil {
		return Sandbox{}, cerr
	}
	nreq, rerr := s.sandboxRequest(p, req)
	if rerr != nil {
		return Sandbox{}, rerr
	}
	if err := s.checkRate(p, 1); err != nil {
		return Sandbox{}, err
	}
	// One after the other, so that two at once can't both be the last one allowed.
	s.sandboxMu.Lock()
	defer s.sandboxMu.Unlock()
	if err := s.roomForSandbox(ctx, p); err != nil {
		return Sandbox{}, err
	}
	b, err := c.CreateSandbox(ctx, nreq)
	if err != nil {
		return Sandbox{}, sandboxError(err)
	}
	info := b.Created()
	spec, err := json.Marshal(req)
	if err != nil {
		return Sandbox{}, AsError(err)
	}
	rec := store.Sandbox{
		ID: b.ID(), OwnerID: p.ID, OwnerName: p.Name, Name: req.Name, Language: info.Language, State: string(info.State),
		Persistent: req.Volume != "", Spec: spec, Created: info.Created, Expires: info.Expires,
	}
	if err := s.store.PutSandbox(ctx, rec); err != nil {
		return Sandbox{}, AsError(errors.Join(err, b.Close(context.WithoutCancel(ctx))))
	}
	return sandboxView(rec, &info), nil
}

func (s *Service) sandboxRequest(p Principal, req SandboxRequest) (nsbox.SandboxRequest, *Error) {
	if len(req.Name) > maxSession+len(sessionPrefix) || strings.ContainsFunc(req.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nsbox.SandboxRequest{}, errf(CodeUnprocessable, "name: at most %d bytes without control characters", maxSession)
	}
	if len(req.Labels) > maxLabels {
		return nsbox.SandboxRequest{}, errf(CodeUnprocessable, "labels: at most %d", maxLabels)
	}
	if _, err := s.opts.Languages.Lookup(req.Language); err != nil {
		return nsbox.SandboxRequest{}, &Error{Code: CodeUnprocessable, Message: err.Error(), cause: err}
	}
	if err := checkWords(ExecuteRequest{Env: req.Env}); err != nil {
		return nsbox.SandboxRequest{}, err
	}
	if req.TTL < 0 || req.IdleTimeout < 0 {
		return nsbox.SandboxRequest{}, errf(CodeUnprocessable, "ttl, idle_timeout: they must not be negative")
	}
	limits, err := s.limits.get().apply(nsbox.Limits{
		Timeout: req.Timeout, CPUTime: req.CPUTime, Memory: req.Memory, CPUs: req.CPUs, Pids: req.Pids, Disk: req.Disk, MaxOutput: req.MaxOutput,
	})
	if err != nil {
		return nsbox.SandboxRequest{}, err
	}
	n := nsbox.SandboxRequest{
		Language: req.Language, Limits: limits, TTL: req.TTL, IdleTimeout: req.IdleTimeout, Env: req.Env, Profile: req.Profile, Labels: req.Labels,
	}
	if req.Volume != "" {
		if err := checkVolume(req.Volume); err != nil {
			return n, err
		}
		n.Volume = volumeName(p.ID, req.Volume)
	}
	return n, nil
}

// roomForSandbox refuses one sandbox too many. s.sandboxMu is held.
func (s *Service) roomForSandbox(ctx context.Context, p Principal) error {
	l := s.limits.get()
	live, err := s.liveSandboxes(ctx, "")
	if err != nil {
		return err
	}
	mine := 0
	for _, b := range live {
		if b.OwnerID == p.ID {
			mine++
		}
	}
	switch {
	case l.MaxSandboxesPerUser > 0 && mine >= l.MaxSandboxesPerUser:
		return errf(CodeConflict, "you have %d sandboxes, which is as many as you may: end one first", mine)
	case l.MaxSandboxes > 0 && len(live) >= l.MaxSandboxes:
		return &Error{Code: CodeOverloaded, Message: fmt.Sprintf("there are %d sandboxes, which is as many as this server takes", len(live)), RetryAfter: time.Minute}
	}
	return nil
}

func sandboxView(rec store.Sandbox, info *nsbox.SandboxInfo) Sandbox {
	v := Sandbox{
		ID: rec.ID, Name: rec.Name, OwnerID: rec.OwnerID, OwnerName: rec.OwnerName, Language: rec.Language,
		State: nsbox.SandboxState(rec.State), Created: rec.Created, Expires: rec.Expires, Ended: rec.Ended, Reason: rec.Error,
	}
	if info == nil {
		return v
	}
	v.State, v.Expires, v.IdleTimeout, v.Limits = info.State, info.Expires, info.IdleTimeout, info.Limits
	v.Volume = strings.TrimPrefix(info.Volume, volumePrefix(rec.OwnerID))
	v.Labels, v.Usage, v.Running, v.Executions = info.Labels, info.Usage, info.Running, info.Executions
	if info.Ended != nil {
		v.Ended, v.Reason = *info.Ended, info.Reason
	}
	return v
}

// liveSandboxes lists what lives, and records what has ended meanwhile.
func (s *Service) liveSandboxes(ctx context.Context, ownerID string) ([]Sandbox, error) {
	c, cerr := s.client()
	if cerr != nil {
		return nil, cerr
	}
	recs, err := s.store.Sandboxes(ctx, ownerID, true)
	if err != nil {
		return nil, AsError(err)
	}
	list := []Sandbox{}
	if len(recs) == 0 {
		return list, nil
	}
	infos, err := c.ListSandboxes(ctx)
	if err != nil {
		return nil, sandboxError(err)
	}
	byID := map[string]*nsbox.SandboxInfo{}
	for i := range infos {
		byID[infos[i].ID] = &infos[i]
	}
	for _, rec := range recs {
		info := byID[rec.ID]
		if info != nil && info.State != nsbox.SandboxTerminated {
			list = append(list, sandboxView(rec, info))
			continue
		}
		s.sandboxEnded(ctx, rec, info)
	}
	return list, nil
}

// sandboxEnded records an end that the helper tells of; info is nil where it has
// forgotten the sandbox or is another helper.
func (s *Service) sandboxEnded(ctx context.Context, rec store.Sandbox, info *nsbox.SandboxInfo) store.Sandbox {
	rec.State, rec.Ended, rec.Error = string(nsbox.SandboxTerminated), s.now().UTC(), "it ended with its time to live, or with the helper"
	if info != nil && info.Ended != nil {
		rec.Ended, rec.Error = *info.Ended, info.Reason
	}
	if err := s.store.PutSandbox(ctx, rec); err != nil {
		s.log.Error("sandbox", "sandbox", rec.ID, "err", err)
	}
	return rec
}

// ListSandboxes lists the live sandboxes that p may see, newest first; with mine
// only p's own.
func (s *Service) ListSandboxes(ctx context.Context, p Principal, mine bool) ([]Sandbox, error) {
	if err := p.may(auth.ReadOwn); err != nil {
		return nil, err
	}
	owner := p.ID
	if !mine && p.Role.Can(auth.ReadAny) {
		owner = ""
	}
	return s.liveSandboxes(ctx, owner)
}

// sandbox finds the sandbox with that id where p may do own with its own and every
// with another's.
func (s *Service) sandbox(ctx context.Context, p Principal, id string, own, every auth.Permission) (store.Sandbox, *nsbox.Sandbox, error) {
	c, cerr := s.client()
	if cerr != nil {
		return store.Sandbox{}, nil, cerr
	}
	rec, err := s.store.Sandbox(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return rec, nil, errf(CodeNotFound, "there is no sandbox %q", id)
	}
	if err != nil {
		return rec, nil, AsError(err)
	}
	if err := p.owns(rec.OwnerID, own, every); err != nil {
		return rec, nil, err
	}
	if !rec.Ended.IsZero() {
		return rec, nil, errf(CodeNotFound, "the sandbox %s has ended: %s", id, rec.Error)
	}
	b, err := c.OpenSandbox(ctx, id)
	if errors.Is(err, nsbox.ErrNoSandbox) {
		rec = s.sandboxEnded(ctx, rec, nil)
		return rec, nil, &Error{Code: CodeNotFound, Message: err.Error(), cause: err}
	}
	if err != nil {
		return rec, nil, sandboxError(err)
	}
	return rec, b, nil
}

// Sandbox returns one sandbox; one that has ended is of state terminated.
func (s *Service) Sandbox(ctx context.Context, p Principal, id string) (Sandbox, error) {
	rec, b, err := s.sandbox(ctx, p, id, auth.ReadOwn, auth.ReadAny)
	if b == nil {
		if err != nil && rec.ID != "" && !rec.Ended.IsZero() && p.owns(rec.OwnerID, auth.ReadOwn, auth.ReadAny) == nil {
			return sandboxView(rec, nil), nil
		}
		return Sandbox{}, err
	}
	info := b.Created()
	return sandboxView(rec, &info), nil
}

// DeleteSandbox ends a sandbox and all that runs in it.
func (s *Service) DeleteSandbox(ctx context.Context, p Principal, id string) (err error) {
	defer func() { err = s.audited(p, "sandbox.delete", id, nil, err) }()
	rec, b, err := s.sandbox(ctx, p, id, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return err
	}
	if err := b.Close(ctx); err != nil && !errors.Is(err, nsbox.ErrNoSandbox) {
		return sandboxError(err)
	}
	rec.State, rec.Ended, rec.Error = string(nsbox.SandboxTerminated), s.now().UTC(), "ended by "+p.Name
	if err := s.store.PutSandbox(ctx, rec); err != nil {
		return AsError(err)
	}
	return nil
}

// changeSandbox carries do out and records the state that it leads to.
func (s *Service) changeSandbox(ctx context.Context, p Principal, action, id string, detail map[string]any, do func(*nsbox.Sandbox) (nsbox.SandboxInfo, error)) (_ Sandbox, err error) {
	defer func() { err = s.audited(p, action, id, detail, err) }()
	rec, b, err := s.sandbox(ctx, p, id, auth.ControlOwn, auth.ControlAny)
	if err != nil {
		return Sandbox{}, err
	}
	info, err := do(b)
	if err != nil {
		return Sandbox{}, sandboxError(err)
	}
	rec.State, rec.Expires = string(info.State), info.Expires
	if err := s.store.PutSandbox(ctx, rec); err != nil {
		return Sandbox{}, AsError(err)
	}
	return sandboxView(rec, &info), nil
}

// PauseSandbox freezes all that runs in a sandbox.
func (s *Service) PauseSandbox(ctx context.Context, p Principal, id string) (Sandbox, error) {
	return s.changeSandbox(ctx, p, "sandbox.pause", id, nil, func(b *nsbox.Sandbox) (nsbox.SandboxInfo, error) { return b.Pause(ctx) })
}

// ResumeSandbox lets it go on.
func (s *Service) ResumeSandbox(ctx context.Context, p Principal, id string) (Sandbox, error) {
	return s.changeSandbox(ctx, p, "sandbox.resume", id, nil, func(b *nsbox.Sandbox) (nsbox.SandboxInfo, error) { return b.Resume(ctx) })
}

// ExtendSandbox lets it live for ttl from now.
func (s *Service) ExtendSandbox(ctx context.Context, p Principal, id string, ttl time.Duration) (Sandbox, error) {
	if ttl <= 0 {
		return Sandbox{}, errf(CodeUnprocessable, "ttl: it must be more than zero")
	}
	detail := map[string]any{"ttl_seconds": ttl.Seconds()}
	return s.changeSandbox(ctx, p, "sandbox.extend", id, detail, func(b *nsbox.Sandbox) (nsbox.SandboxInfo, error) { return b.Extend(ctx, ttl) })
}

// SaveSandbox writes what is in the sandbox to its volume.
func (s *Service) SaveSandbox(ctx context.Context, p Principal, id string) (Sandbox, error) {
	return s.changeSandbox(ctx, p, "sandbox.save", id, nil, func(b *nsbox.Sandbox) (nsbox.SandboxInfo, error) { return b.Save(ctx) })
}

// sessionSandbox finds the sandbox of p's session of that name, or makes it.
func (s *Service) sessionSandbox(ctx context.Context, p Principal, language, session string) (string, error) {
	lang, err := s.opts.Languages.Lookup(language)
	if err != nil {
		return "", &Error{Code: CodeUnprocessable, Message: err.Error(), cause: err}
	}
	name := sessionPrefix + session
	s.sessionMu.Lock()
	defer s.sessionMu.Unlock()
	live, err := s.liveSandboxes(ctx, p.ID)
	if err != nil {
		return "", err
	}
	for _, b := range live {
		if b.Name == name && b.Language == lang.Name && b.OwnerID == p.ID {
			return b.ID, nil
		}
	}
	b, err := s.CreateSandbox(ctx, p, SandboxRequest{Name: name, Language: lang.Name})
	return b.ID, err
}
