// Package openai mends programs with any service that speaks OpenAI's
// chat-completions protocol: OpenAI, vLLM, llama.cpp, LM Studio.
package openai

import (
	"context"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/model"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Name is the healer's name.
const Name = "openai"

const (
	defaultURL    = "https://api.openai.com/v1"
	defaultModel  = "gpt-4o-mini"
	defaultTokens = 4096
)

// New returns the healer. Without a URL it asks OPENAI_BASE_URL, else OpenAI,
// which needs a key; other services may need none.
func New(e settings.Endpoint, env model.Environment) (nsbox.Healer, error) {
	key, err := e.Key(env, "OPENAI_API_KEY")
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", settings.ErrConfig, Name, err)
	}
	url := model.First(e.URL, env("OPENAI_BASE_URL"), defaultURL)
	if err := model.CheckURL(Name, url); err != nil {
		return nil, err
	}
	if key == "" && url == defaultURL {
		return nil, fmt.Errorf("%w: %s: there is no key: set OPENAI_API_KEY, or key_file in [healers.openai]", settings.ErrConfig, Name)
	}
	name := model.First(e.Model, defaultModel)
	tokens := int64(e.MaxTokens)
	if tokens <= 0 {
		tokens = defaultTokens
	}
	client := openai.NewClient(
		option.WithBaseURL(url), option.WithAPIKey(model.First(key, "none")), option.WithHTTPClient(model.Client(e)), option.WithMaxRetries(0),
	)
	ask := func(ctx context.Context, system, user string) (model.Answer, error) {
		params := openai.ChatCompletionNewParams{
			Model: name, MaxTokens: openai.Int(tokens),
			Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(system), openai.UserMessage(user)},
		}
		if e.Temperature != nil {
			params.Temperature = openai.Float(*e.Temperature)
		}
		resp, err := client.Chat.Completions.New(ctx, params)
		if err != nil {
			return model.Answer{}, err
		}
		if len(resp.Choices) == 0 {
			return model.Answer{}, nil
		}
		c := resp.Choices[0]
		return model.Answer{
			Text: c.Message.Content, Cut: c.FinishReason == "length",
			Refused: c.Message.Refusal != "" || c.FinishReason == "content_filter",
		}, nil
	}
	return model.New(Name, name, key, e.Timeout, ask), nil
}
