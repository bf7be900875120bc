package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/store"
)

// Language is one language that programs may be in.
type Language struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Aliases    []string `json:"aliases"`
	Extensions []string `json:"extensions"`
	// Compiled tells that there is a compile stage.
	Compiled bool `json:"compiled"`
	// Available tells that its image is built, Version which toolchain is in it.
	Available bool   `json:"available"`
	Version   string `json:"version,omitempty"`
}

// Languages lists the languages by name.
func (s *Service) Languages(_ context.Context, p Principal) ([]Language, error) {
	if err := p.may(auth.Info); err != nil {
		return nil, err
	}
	var list []Language
	for _, l := range s.opts.Languages.All() {
		version := ""
		if s.opts.Version != nil {
			version = s.opts.Version(l.Name)
		}
		list = append(list, Language{
			Name: l.Name, Version: version, Title: l.Title, Aliases: append([]string{}, l.Aliases...), Extensions: append([]string{}, l.Extensions...),
			Compiled: l.Compile != nil, Available: s.opts.Available == nil || s.opts.Available(l.Image),
		})
	}
	return list, nil
}

// MainFile is the name under /workspace that code of the language gets; "main"
// where nobody knows the language.
func (s *Service) MainFile(language string) string {
	if l, err := s.opts.Languages.Lookup(language); err == nil {
		return l.Main
	}
	return "main"
}

// Config is what callers may know of the configuration.
type Config struct {
	Limits       Limits `json:"limits"`
	AuthRequired bool   `json:"auth_required"`
	HealDefault  bool   `json:"heal_default"`
	Healer       string `json:"healer"`
	Store        string `json:"store"`
	TokenAlg     string `json:"token_algorithm"`
}

// Config returns the configuration that callers may know.
func (s *Service) Config(_ context.Context, p Principal) (Config, error) {
	if err := p.may(auth.Info); err != nil {
		return Config{}, err
	}
	return Config{
		Limits: s.limits.get(), AuthRequired: s.settings().AuthRequired, HealDefault: s.settings().HealDefault, Healer: s.settings().Healer,
		Store: s.store.Kind(), TokenAlg: s.settings().Signer.Algorithm(),
	}, nil
}

// Limits returns the limits in force.
func (s *Service) Limits() Limits { return s.limits.get() }

// limitsSetting is the setting that SetLimits writes.
const limitsSetting = "limits"

// SetLimits changes the limits that patch, a JSON object with some of the fields
// of Limits, has. The change holds at once and outlives the daemon.
func (s *Service) SetLimits(ctx context.Context, p Principal, patch []byte) (now Limits, err error) {
	defer func() {
		err = s.audited(p, "limits.set", "", map[string]any{"patch": string(patch[:min(len(patch), 4096)])}, err)
	}()
	if err := p.may(auth.SetLimits); err != nil {
		return Limits{}, err
	}
	s.limitsMu.Lock()
	defer s.limitsMu.Unlock()
	// What was changed before stays changed; what was not follows the file.
	overlay := map[string]json.RawMessage{}
	if old, err := s.store.Setting(ctx, limitsSetting); err == nil {
		_ = json.Unmarshal([]byte(old), &overlay) // one that is broken is replaced
	} else if !errors.Is(err, store.ErrNotFound) {
		return Limits{}, AsError(err)
	}
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil {
		return Limits{}, errf(CodeBadRequest, "limits: write a JSON object")
	}
	for k, v := range changes {
		if string(v) == "null" { // back to the configuration's
			delete(overlay, k)
			continue
		}
		overlay[k] = v
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return Limits{}, AsError(err)
	}
	l, lerr := overlayLimits(s.settings().Limits, text)
	if lerr != nil {
		return Limits{}, lerr
	}
	if err := s.store.SetSetting(ctx, limitsSetting, string(text)); err != nil {
		return Limits{}, AsError(err)
	}
	s.limits.set(l)
	s.queue.changed()
	return l, nil
}

// overlayLimits returns l with the fields that text has.
func overlayLimits(l Limits, text []byte) (Limits, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return l, errf(CodeUnprocessable, "limits: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return l, l.Check()
}

// Health tells whether the service can do its work.
type Health struct {
	Live  bool `json:"live"`
	Ready bool `json:"ready"`
	// Checks says of each part what is wrong with it, or ok.
	Checks        map[string]string `json:"checks"`
	UptimeSeconds float64           `json:"uptime_seconds"`
}

// Health asks the parts.
func (s *Service) Health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	h := Health{Live: true, Ready: true, Checks: map[string]string{}, UptimeSeconds: time.Since(s.since).Seconds()}
	check := func(name string, err error) {
		h.Checks[name] = "ok"
		if err != nil {
			h.Checks[name], h.Ready = err.Error(), false
		}
	}
	check("store", s.store.Ping(ctx))
	if s.opts.HelperCheck != nil {
		check("helper", s.opts.HelperCheck(ctx))
	}
	if s.opts.Audit != nil {
		check("audit", s.opts.Audit.Failure())
	}
	s.mu.Lock()
	if s.closing {
		h.Ready, h.Checks["service"] = false, "stopping"
	}
	s.mu.Unlock()
	return h
}
