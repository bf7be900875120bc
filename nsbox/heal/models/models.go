// Package models lists the healers that ask a language model.
package models

import (
	"fmt"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/anthropic"
	"github.com/nsbox/nsbox/nsbox/heal/model"
	"github.com/nsbox/nsbox/nsbox/heal/ollama"
	"github.com/nsbox/nsbox/nsbox/heal/openai"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
	"github.com/nsbox/nsbox/nsbox/heal/yuuki"
)

// Names are the healers of this package.
var Names = []string{openai.Name, anthropic.Name, ollama.Name, yuuki.Name}

// New returns the healer of that name. Errors of the class settings.ErrConfig
// say what is missing and where to set it.
func New(name string, c settings.Config, env model.Environment) (nsbox.Healer, error) {
	switch name {
	case openai.Name:
		return openai.New(c.OpenAI, env)
	case anthropic.Name:
		return anthropic.New(c.Anthropic, env)
	case ollama.Name:
		return ollama.New(c.Ollama, env)
	case yuuki.Name:
		return yuuki.New(c.Yuuki, env)
	}
	return nil, fmt.Errorf("%w: unknown healer %q; there are %s", settings.ErrConfig, name, strings.Join(Names, ", "))
}
