// Package anthropic mends programs with Anthropic's messages protocol.
package anthropic

import (
	"context"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/model"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Name is the healer's name.
const Name = "anthropic"

const (
	defaultURL    = "https://api.anthropic.com"
	defaultModel  = "claude-sonnet-4-5"
	defaultTokens = 4096
)

// New returns the healer. It needs a key where it asks Anthropic itself.
func New(e settings.Endpoint, env model.Environment) (nsbox.Healer, error) {
	key, err := e.Key(env, "ANTHROPIC_API_KEY")
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", settings.ErrConfig, Name, err)
	}
	url := model.First(e.URL, env("ANTHROPIC_BASE_URL"), defaultURL)
	if err := model.CheckURL(Name, url); err != nil {
		return nil, err
	}
	if key == "" && url == defaultURL {
		return nil, fmt.Errorf("%w: %s: there is no key: set ANTHROPIC_API_KEY, or key_file in [healers.anthropic]", settings.ErrConfig, Name)
	}
	name := model.First(e.Model, defaultModel)
	tokens := int64(e.MaxTokens)
	if tokens <= 0 {
		tokens = defaultTokens
	}
	client := anthropic.NewClient(
		option.WithBaseURL(url), option.WithAPIKey(model.First(key, "none")), option.WithHTTPClient(model.Client(e)), option.WithMaxRetries(0),
	)
	ask := func(ctx context.Context, system, user string) (model.Answer, error) {
		params := anthropic.MessageNewParams{
			Model: name, MaxTokens: tokens,
			System:   []anthropic.TextBlockParam{{Text: system}},
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(user))},
		}
		if e.Temperature != nil {
			params.Temperature = anthropic.Float(*e.Temperature)
		}
		resp, err := client.Messages.New(ctx, params)
		if err != nil {
			return model.Answer{}, err
		}
		var text strings.Builder
		for _, b := range resp.Content {
			if b.Type == "text" {
				text.WriteString(b.Text)
			}
		}
		return model.Answer{Text: text.String(), Cut: resp.StopReason == "max_tokens", Refused: resp.StopReason == "refusal"}, nil
	}
	return model.New(Name, name, key, e.Timeout, ask), nil
}
