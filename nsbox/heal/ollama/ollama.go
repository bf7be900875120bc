// Package ollama mends programs with a model that Ollama runs. Its protocol is
// one request and one answer, so no library is needed for it.
package ollama

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/model"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Name is the healer's name.
const Name = "ollama"

const (
	defaultURL    = "http://127.0.0.1:11434"
	defaultModel  = "qwen2.5-coder"
	defaultTokens = 4096
)

// New returns the healer, which asks OLLAMA_HOST where no URL is set.
func New(e settings.Endpoint, env model.Environment) (nsbox.Healer, error) {
	key, err := e.Key(env, "OLLAMA_API_KEY")
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", settings.ErrConfig, Name, err)
	}
	url := model.First(e.URL, env("OLLAMA_HOST"), defaultURL)
	if !strings.Contains(url, "://") {
		url = "http://" + url // OLLAMA_HOST is HOST:PORT
	}
	if err := model.CheckURL(Name, url); err != nil {
		return nil, err
	}
	name := model.First(e.Model, defaultModel)
	client := model.Client(e)
	options := map[string]any{"num_predict": max(e.MaxTokens, 0)}
	if e.MaxTokens <= 0 {
		options["num_predict"] = defaultTokens
	}
	if e.Temperature != nil {
		options["temperature"] = *e.Temperature
	}
	ask := func(ctx context.Context, system, user string) (model.Answer, error) {
		b, err := model.Post(ctx, client, strings.TrimRight(url, "/")+"/api/chat", key, map[string]any{
			"model": name, "stream": false, "options": options,
			"messages": []map[string]string{{"role": "system", "content": system}, {"role": "user", "content": user}},
		})
		if err != nil {
			return model.Answer{}, err
		}
		var out struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
			DoneReason string `json:"done_reason"`
			Error      string `json:"error"`
		}
		if err := json.Unmarshal(b, &out); err != nil {
			return model.Answer{}, fmt.Errorf("the service's answer is not JSON: %w", err)
		}
		if out.Error != "" {
			return model.Answer{}, fmt.Errorf("the service says: %s", out.Error)
		}
		return model.Answer{Text: out.Message.Content, Cut: out.DoneReason == "length"}, nil
	}
	return model.New(Name, name, key, e.Timeout, ask), nil
}
