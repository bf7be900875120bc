// Package settings holds what model healers are configured by. It is data, so
// that whoever reads a configuration need not link the healers.
package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// Config is the table [healers] of a configuration file.
type Config struct {
	OpenAI    Endpoint `toml:"openai" json:"openai"`
	Anthropic Endpoint `toml:"anthropic" json:"anthropic"`
	Ollama    Endpoint `toml:"ollama" json:"ollama"`
	Yuuki     Endpoint `toml:"yuuki" json:"yuuki"`
	Command   Command  `toml:"command" json:"command"`
}

// Endpoint is one model service. Empty fields have the healer's defaults.
type Endpoint struct {
	URL   string `toml:"url" json:"url,omitempty"`
	Model string `toml:"model" json:"model,omitempty"`
	// KeyFile is a file that holds the key alone; it wins over the environment.
	KeyFile string `toml:"key_file" json:"key_file,omitempty"`
	// Timeout bounds one request, 60s when zero.
	Timeout nsbox.Duration `toml:"timeout" json:"timeout,omitempty"`
	// MaxTokens bounds the answer.
	MaxTokens   int      `toml:"max_tokens" json:"max_tokens,omitempty"`
	Temperature *float64 `toml:"temperature" json:"temperature,omitempty"`
	// Retries is how often a request is sent again that met a limit of rate, a
	// server's failure or no connection; 3 when nil.
	Retries *int `toml:"retries" json:"retries,omitempty"`
}

// Command is a program that mends.
type Command struct {
	Argv    []string       `toml:"argv" json:"argv,omitempty"`
	Timeout nsbox.Duration `toml:"timeout" json:"timeout,omitempty"`
}

// maxKey is the most bytes of a key.
const maxKey = 4096

// Key returns the key of e: from its file, else from the variable that lookup
// has. It may be empty. Errors name the file and never its content.
func (e Endpoint) Key(lookup func(string) string, variable string) (string, error) {
	if e.KeyFile == "" {
		if variable == "" {
			return "", nil
		}
		return checkKey(lookup(variable), variable)
	}
	f, err := os.Open(e.KeyFile)
	if err != nil {
		return "", fmt.Errorf("key_file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	if err != nil {
		return "", fmt.Errorf("key_file %s: %w", e.KeyFile, err)
	}
	key, err := checkKey(string(b), e.KeyFile)
	if err == nil && key == "" {
		err = fmt.Errorf("key_file %s is empty", e.KeyFile)
	}
	return key, err
}

func checkKey(text, source string) (string, error) {
	key := strings.TrimSpace(text)
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("%s holds no key: a key is one word of printable characters", source)
	}
	return key, nil
}

// ErrConfig is the class of errors of a healer's configuration.
var ErrConfig = errors.New("healer configuration")
