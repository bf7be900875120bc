package helper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/seccomp"
)

// collectorProfile is the collector's own; it has no supervisor to ask.
const collectorProfile = "collect"

// customProfile marks a profile that came with a request from root.
const customProfile = "custom:"

// shown is the name of a profile as the result has it.
func shown(profile string) string {
	if strings.HasPrefix(profile, customProfile) {
		return "custom"
	}
	return profile
}

// profiles compiles seccomp profiles and keeps the programs.
type profiles struct {
	store seccomp.Store

	mu    sync.Mutex
	known map[string]filter
}

// filter is a compiled profile. id names exactly this program.
type filter struct {
	id  string
	bpf []byte
	// kills says that a refused call ends the program.
	kills bool
	// once says that it came with a request and is of no use to others.
	once bool
}

// program returns the filter of a profile.
func (p *profiles) program(name string) (filter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.known[name]; ok {
		return f, nil
	}
	f, err := p.compile(name)
	if err != nil {
		return filter{}, err
	}
	// A profile that came with a request is used once.
	if !strings.HasPrefix(name, customProfile) {
		if p.known == nil {
			p.known = map[string]filter{}
		}
		p.known[name] = f
	}
	return f, nil
}

func (p *profiles) compile(name string) (filter, error) {
	var profile *seccomp.Profile
	var err error
	if text, ok := strings.CutPrefix(name, customProfile); ok {
		if profile, err = seccomp.Parse([]byte(text)); err != nil {
			return filter{}, fmt.Errorf("%w: seccomp profile: %w", nsbox.ErrBadRequest, err)
		}
	} else if profile, err = p.store.Load(name); err != nil {
		return filter{}, err
	}
	prog, err := profile.Compile(seccomp.Options{NotifyDenied: name != collectorProfile && name != filesProfile})
	if err != nil {
		return filter{}, fmt.Errorf("%w: %w", nsbox.ErrUnsupported, err)
	}
	bpf := prog.Bytes()
	sum := sha256.Sum256(bpf)
	kills := []seccomp.Action{seccomp.Kill, seccomp.KillThread, seccomp.KillProcess}
	return filter{id: hex.EncodeToString(sum[:8]), bpf: bpf, kills: slices.Contains(kills, profile.DefaultAction), once: strings.HasPrefix(name, customProfile)}, nil
}
