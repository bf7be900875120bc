// Package model is what all healers that ask a language model have in common:
// the prompt, the transport with its retries, and the reading of answers.
package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/prompt"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Answer is what a model said.
type Answer struct {
	Text string
	// Cut is set where the answer ended at the limit of tokens.
	Cut bool
	// Refused is set where the model would not answer.
	Refused bool
}

// Ask sends one prompt.
type Ask func(ctx context.Context, system, user string) (Answer, error)

// Healer is an [nsbox.Healer] that asks a model. It is safe for concurrent use.
type Healer struct {
	name, model, key string
	timeout          time.Duration
	ask              Ask
}

// DefaultTimeout bounds one request with its retries.
const DefaultTimeout = 60 * time.Second

// New returns a healer. key is kept out of every error.
func New(name, model, key string, timeout nsbox.Duration, ask Ask) *Healer {
	t := timeout.Std()
	if t <= 0 {
		t = DefaultTimeout
	}
	return &Healer{name, model, key, t, ask}
}

// Name is the healer's name.
func (h *Healer) Name() string { return h.name }

// Propose asks the model for the whole corrected main file. An answer that is no
// program is no fix; the error is the service's failure.
func (h *Healer) Propose(ctx context.Context, p nsbox.Problem) ([]nsbox.Fix, error) {
	user, err := prompt.User(p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	answer, err := h.ask(ctx, prompt.System, user)
	switch {
	case err != nil:
		return nil, h.plain(ctx, err)
	case answer.Refused, answer.Cut:
		return nil, nil
	}
	code, err := prompt.Code(p, answer.Text)
	if err != nil {
		return nil, nil //nolint:nilerr // the model knows no fix
	}
	main := p.Main()
	return []nsbox.Fix{{
		Rule: h.model, Explanation: "proposed by " + h.model, Rank: nsbox.RankModel,
		Edits: []nsbox.Edit{{File: main.Name, End: len(main.Data), Text: code}},
	}}, nil
}

// maxError is how much of a service's error is kept.
const maxError = 500

// plain words an error without the key, and bounded.
func (h *Healer) plain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", h.timeout)
	}
	text := err.Error()
	if h.key != "" {
		text = strings.ReplaceAll(text, h.key, "[key]")
		text = strings.ReplaceAll(text, url.QueryEscape(h.key), "[key]")
	}
	if len(text) > maxError {
		text = strings.ToValidUTF8(text[:maxError], "") + "..."
	}
	return errors.New(text)
}

// Environment is where keys and addresses are looked up; tests replace it.
type Environment func(string) string

// OS is the process's environment.
func OS(name string) string { return os.Getenv(name) }

// maxBody bounds an answer's bytes.
const maxBody = 4 << 20

// The waits between tries. What a server asks for by Retry-After is kept to as
// far as maxWait goes.
const (
	minWait = 300 * time.Millisecond
	maxWait = 20 * time.Second
)

// DefaultRetries is how often a request is sent again.
const DefaultRetries = 3

// Client returns an HTTP client for e: with retries on 429, server failures and
// broken connections, answers that are bounded, and no redirect to another host,
// which would get the key.
func Client(e settings.Endpoint) *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = DefaultRetries
	if e.Retries != nil {
		c.RetryMax = *e.Retries
	}
	c.RetryWaitMin, c.RetryWaitMax = minWait, maxWait
	c.Backoff = func(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
		wait := retryablehttp.DefaultBackoff(low, high, attempt, resp)
		// Not all at once: up to a quarter more.
		return min(wait, high) + rand.N(low)
	}
	// The last answer is for the caller to word.
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != via[0].URL.Host || len(via) > 3 {
			return fmt.Errorf("the service redirects to %s, which is not followed", req.URL.Host)
		}
		return nil
	}
	out := c.StandardClient()
	out.CheckRedirect = c.HTTPClient.CheckRedirect
	out.Transport = bounded{out.Transport}
	return out
}

// bounded cuts answers off that are too long.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxBody), resp.Body}
	}
	return resp, err
}

// CheckURL refuses addresses that are none.
func CheckURL(name, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%w: %s: url %q is no address; write http://HOST:PORT or https://HOST", settings.ErrConfig, name, text)
	}
	return nil
}

// First returns the first text that is not empty.
func First(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
