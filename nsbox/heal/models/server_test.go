package models

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// The broken program, and what good models make of it.
const (
	broken = "import json\n\ndef total(orders):\n    return sum(order['price'] for order in orders)\n\nprint(total([{'prise': 3}, {'prise': 4}]))\n"
	mended = "import json\n\ndef total(orders):\n    return sum(order['prise'] for order in orders)\n\nprint(total([{'prise': 3}, {'prise': 4}]))\n"
	worse  = "import json\n\ndef total(orders):\n    return sum(order['cost'] for order in orders)\n\nprint(total([{'prise': 3}, {'prise': 4}]))\n"
)

// server speaks the protocols of all services and answers by a script.
type server struct {
	t    *testing.T
	http *httptest.Server
	key  string
	// answer returns the text of the n-th answer, from 1, to a prompt; or a status.
	answer func(n int, prompt string) reply

	mu       sync.Mutex
	requests []map[string]any
	times    []time.Time
	problems []string
}

// reply is one answer.
type reply struct {
	text   string
	status int // 200 when zero
	after  string
	cut    bool
	refuse bool
	delay  time.Duration
}

func newServer(t *testing.T, answer func(n int, prompt string) reply) *server {
	s := &server{t: t, key: "secret-key-0123456789", answer: answer}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.handle(s.openai))
	mux.HandleFunc("POST /v1/messages", s.handle(s.anthropic))
	mux.HandleFunc("POST /api/chat", s.handle(s.ollama))
	mux.HandleFunc("POST /generate", s.handle(s.yuuki))
	s.http = httptest.NewServer(mux)
	t.Cleanup(s.http.Close)
	return s
}

// wrong notes something that no real service would take.
func (s *server) wrong(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// handle reads a request; protocol checks it, takes the prompt out of it and
// returns what words an answer.
func (s *server) handle(protocol func(r *http.Request, body map[string]any) (prompt string, word func(n int, r reply) any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			s.wrong("body: %v", err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, body)
		s.times = append(s.times, time.Now())
		n := len(s.requests)
		s.mu.Unlock()
		prompt, word := protocol(r, body)
		rep := s.answer(n, prompt)
		if rep.delay > 0 {
			select {
			case <-time.After(rep.delay):
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if rep.status != 0 {
			if rep.after != "" {
				w.Header().Set("Retry-After", rep.after)
			}
			w.WriteHeader(rep.status)
			// Services repeat what they got in their errors, keys among it.
			fmt.Fprintf(w, `{"error":{"message":"too busy for %s","type":"x"}}`, s.key)
			return
		}
		if err := json.NewEncoder(w).Encode(word(n, rep)); err != nil {
			s.wrong("answer: %v", err)
		}
	}
}

func (s *server) want(ok bool, what string) {
	if !ok {
		s.wrong("%s", what)
	}
}

func messages(body map[string]any) string {
	var b strings.Builder
	list, _ := body["messages"].([]any)
	for _, m := range list {
		m, _ := m.(map[string]any)
		switch c := m["content"].(type) {
		case string:
			b.WriteString(c + "\n")
		case []any:
			for _, part := range c {
				if part, ok := part.(map[string]any); ok {
					fmt.Fprintf(&b, "%v\n", part["text"])
				}
			}
		}
	}
	return b.String()
}

func (s *server) openai(r *http.Request, body map[string]any) (string, func(int, reply) any) {
	s.want(r.Header.Get("Authorization") == "Bearer "+s.key, "openai: no key")
	s.want(body["model"] == "test-model", "openai: no model")
	return messages(body), func(n int, rep reply) any {
		message := map[string]any{"role": "assistant", "content": rep.text}
		reason := "stop"
		if rep.cut {
			reason = "length"
		}
		if rep.refuse {
			message["refusal"] = "I can't help with that."
		}
		return map[string]any{
			"id": fmt.Sprint("chatcmpl-", n), "object": "chat.completion", "created": 1, "model": "test-model",
			"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": reason}},
			"usage":   map[string]any{"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
		}
	}
}

func (s *server) anthropic(r *http.Request, body map[string]any) (string, func(int, reply) any) {
	s.want(r.Header.Get("X-Api-Key") == s.key, "anthropic: no key")
	s.want(r.Header.Get("Anthropic-Version") != "", "anthropic: no version")
	s.want(body["max_tokens"] != nil, "anthropic: no max_tokens")
	return messages(body), func(n int, rep reply) any {
		reason := "end_turn"
		if rep.cut {
			reason = "max_tokens"
		}
		if rep.refuse {
			reason = "refusal"
		}
		return map[string]any{
			"id": fmt.Sprint("msg_", n), "type": "message", "role": "assistant", "model": "test-model", "stop_reason": reason,
			"content": []any{map[string]any{"type": "text", "text": rep.text}},
			"usage":   map[string]any{"input_tokens": 1, "output_tokens": 1},
		}
	}
}

func (s *server) ollama(r *http.Request, body map[string]any) (string, func(int, reply) any) {
	s.want(body["model"] == "test-model", "ollama: no model")
	s.want(body["stream"] == false, "ollama: a stream is asked for")
	return messages(body), func(n int, rep reply) any {
		reason := "stop"
		if rep.cut {
			reason = "length"
		}
		return map[string]any{"model": "test-model", "done": true, "done_reason": reason, "message": map[string]any{"role": "assistant", "content": rep.text}}
	}
}

func (s *server) yuuki(r *http.Request, body map[string]any) (string, func(int, reply) any) {
	s.want(body["model"] == "yuuki-best", "yuuki: no model")
	s.want(body["max_new_tokens"] == 1000.0, "yuuki: no bound of tokens")
	s.want(body["temperature"] == 0.3, "yuuki: no temperature")
	prompt, _ := body["prompt"].(string)
	return prompt, func(n int, rep reply) any {
		// Each of the shapes in turn.
		switch n % 4 {
		case 0:
			return rep.text
		case 1:
			return map[string]any{"generated_text": rep.text}
		case 2:
			return map[string]any{"response": rep.text}
		}
		return []any{map[string]any{"generated_text": rep.text}}
	}
}
