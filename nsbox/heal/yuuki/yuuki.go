// Package yuuki mends programs with the Yuuki API, as YuuBox does.
package yuuki

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
const Name = "yuuki"

// What YuuBox asks for.
const (
	defaultModel       = "yuuki-best"
	defaultTokens      = 1000
	defaultTemperature = 0.3
)

// New returns the healer. Its address is the configuration's or YUUKI_API_URL's:
// there is no other.
func New(e settings.Endpoint, env model.Environment) (nsbox.Healer, error) {
	key, err := e.Key(env, "YUUKI_API_KEY")
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", settings.ErrConfig, Name, err)
	}
	url := model.First(e.URL, env("YUUKI_API_URL"))
	if url == "" {
		return nil, fmt.Errorf("%w: %s: there is no address: set YUUKI_API_URL, or url in [healers.yuuki]", settings.ErrConfig, Name)
	}
	if err := model.CheckURL(Name, url); err != nil {
		return nil, err
	}
	url = strings.TrimRight(url, "/")
	if !strings.HasSuffix(url, "/generate") {
		url += "/generate"
	}
	name := model.First(e.Model, defaultModel)
	tokens, temperature := e.MaxTokens, defaultTemperature
	if tokens <= 0 {
		tokens = defaultTokens
	}
	if e.Temperature != nil {
		temperature = *e.Temperature
	}
	client := model.Client(e)
	ask := func(ctx context.Context, system, user string) (model.Answer, error) {
		b, err := model.Post(ctx, client, url, key, map[string]any{
			"prompt": system + "\n\n" + user, "model": name, "temperature": temperature,
			// Servers name it either way, and pass over what they don't know.
			"max_new_tokens": tokens, "max_tokens": tokens,
		})
		if err != nil {
			return model.Answer{}, err
		}
		return model.Answer{Text: text(b)}, nil
	}
	return model.New(Name, name, key, e.Timeout, ask), nil
}

// fields are those that an answer may be in.
var fields = []string{"generated_text", "response", "text", "output", "completion", "content", "result", "answer"}

// text takes the answer out of what came: a string, an object with one of the
// known fields, a list of those, or plain text.
func text(b []byte) string {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return string(b)
	}
	return find(v, 0)
}

// maxDepth bounds how deep an answer is looked for.
const maxDepth = 4

func find(v any, depth int) string {
	if depth > maxDepth {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case []any:
		if len(v) > 0 {
			return find(v[0], depth+1)
		}
	case map[string]any:
		for _, f := range fields {
			if inner, ok := v[f]; ok {
				return find(inner, depth+1)
			}
		}
	}
	return ""
}
