// Package chain makes healers of their names.
package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/command"
	"github.com/nsbox/nsbox/nsbox/heal/rules"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// models are the healers that nsbox-healer asks.
var models = []string{"openai", "anthropic", "ollama", "yuuki"}

// modelTimeout is more than any model's own time, which its settings bound.
const modelTimeout = 15 * time.Minute

// New makes the healers that names, with commas between, mean. Models are asked by
// the program at the path healer, which is told their settings; where it is empty
// there are none.
func New(names string, cfg settings.Config, healer string) ([]nsbox.Healer, error) {
	var chain []nsbox.Healer
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == rules.Name:
			chain = append(chain, rules.New())
		case name == command.Name:
			h, err := command.New(cfg.Command)
			if err != nil {
				return nil, err
			}
			chain = append(chain, h)
		case slices.Contains(models, name):
			h, err := model(name, cfg, healer)
			if err != nil {
				return nil, err
			}
			chain = append(chain, h)
		default:
			return nil, &UnknownError{Name: name}
		}
	}
	return chain, nil
}

// UnknownError tells that there is no healer of that name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown healer %q; %s", e.Name, e.Hint())
}

// Hint says which healer may be meant, or which there are.
func (e *UnknownError) Hint() string {
	known := append([]string{rules.Name, command.Name}, models...)
	if near := suggest.Nearest(e.Name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "there are " + strings.Join(known, ", ")
}

func model(name string, cfg settings.Config, healer string) (nsbox.Healer, error) {
	if healer == "" {
		return nil, errors.New("healer " + name + ": nsbox-healer, which asks language models, is not installed")
	}
	b, err := json.Marshal(cfg)
	if err != nil {
		return nil, err
	}
	return &command.Healer{
		Label: name, Argv: []string{healer, name}, Env: []string{"NSBOX_HEALER_CONFIG=" + string(b)}, Timeout: modelTimeout,
	}, nil
}
