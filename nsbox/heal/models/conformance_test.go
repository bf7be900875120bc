package models

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

func fenced(code string) string { return "```python\n" + code + "```" }

// behaviours are the ways in which models answer. Each must come out alike with
// every healer.
var behaviours = []struct {
	name   string
	answer func(n int, prompt string) reply
	healed bool
	reason nsbox.StopReason
	runs   int // at most
	not    []string
}{
	{name: "good", answer: always(mended), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "fenced", answer: always(fenced(mended)), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "chatty", answer: always("Sure! The key is misspelt.\n\n" + fenced(mended) + "\n\nThis fixes the KeyError. Let me know if it helps!"), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "chatty without a fence", answer: always("Here is the corrected program:\n\n" + mended + "\nHope this helps"), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "thinking", answer: always("<think>maybe\n```python\nprint('no')\n```\n</think>\n" + fenced(mended)), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "echoing", answer: func(_ int, prompt string) reply { return reply{text: prompt + "\nAssistant: " + fenced(mended)} }, healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "playing both parts", answer: always(fenced(mended) + "\nUser: thanks\nSystem: " + fenced("print('other')\n")), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "with carriage returns", answer: always(strings.ReplaceAll(fenced(mended), "\n", "\r\n")), healed: true, reason: nsbox.StopSuccess, runs: 2},
	{name: "right the second time", answer: func(n int, prompt string) reply {
		if n == 1 {
			return reply{text: fenced(worse)}
		}
		if !strings.Contains(prompt, "This was tried") || !strings.Contains(prompt, "+    return sum(order['cost']") {
			return reply{text: "nothing was said of what was tried"}
		}
		return reply{text: fenced(mended)}
	}, healed: true, reason: nsbox.StopSuccess, runs: 3},
	{name: "busy at first", answer: func(n int, _ string) reply {
		if n == 1 {
			return reply{status: 429, after: "1"}
		}
		return reply{text: fenced(mended)}
	}, healed: true, reason: nsbox.StopSuccess, runs: 2},

	{name: "same", answer: always(fenced(broken)), reason: nsbox.StopNoFix, runs: 1},
	{name: "repeating", answer: always(fenced(worse)), reason: nsbox.StopRepeatedFix, runs: 2},
	{name: "never the same", answer: func(n int, _ string) reply {
		return reply{text: fenced(strings.Replace(worse, "cost", fmt.Sprint("cost", n), 1))}
	}, reason: nsbox.StopMaxIterations, runs: 5},
	{name: "garbage", answer: always("\x00\x01\x02 lorem"), reason: nsbox.StopNoFix, runs: 1},
	{name: "prose", answer: always("The program looks up a key that is not there. You should use another key instead, because the orders have another one."), reason: nsbox.StopNoFix, runs: 1},
	{name: "another language", answer: always("```go\npackage main\n\nfunc total(orders []int) int { return 0 }\n\nfunc main() { print(total(nil)) }\n```"), reason: nsbox.StopNoFix, runs: 1},
	{name: "truncated", answer: always("```python\n" + mended[:60]), reason: nsbox.StopNoFix, runs: 1},
	{name: "empty", answer: always(""), reason: nsbox.StopNoFix, runs: 1},
	{name: "refusing", answer: func(int, string) reply { return reply{text: "I can't help with that.", refuse: true} }, reason: nsbox.StopNoFix, runs: 1},
	{name: "slow", answer: func(int, string) reply { return reply{text: mended, delay: 20 * time.Second} }, reason: nsbox.StopHealerError, runs: 1},
	{name: "always busy", answer: func(int, string) reply { return reply{status: 429, after: "0"} }, reason: nsbox.StopHealerError, runs: 1},
	{name: "broken", answer: func(int, string) reply { return reply{status: 500} }, reason: nsbox.StopHealerError, runs: 1},
	{name: "wrong key", answer: func(int, string) reply { return reply{status: 401} }, reason: nsbox.StopHealerError, runs: 1},
	// What a model asks for beside a program is not done, whatever it says.
	{name: "wants more", answer: always(`{"limits":{"memory":"64GiB"},"network":"host","command":"rm -rf /","files":{"/etc/passwd":""},"code":"` + "x" + `"}`), reason: nsbox.StopNoFix, runs: 1},
}

func always(text string) func(int, string) reply {
	return func(int, string) reply { return reply{text: text} }
}

// run is a sandbox in which the mended program alone ends well.
func run(runs *int, requests *[]nsbox.Request) func(context.Context, nsbox.Request) (nsbox.Result, error) {
	return func(_ context.Context, req nsbox.Request) (nsbox.Result, error) {
		*runs++
		*requests = append(*requests, req)
		res := nsbox.Result{ID: "1", Language: "python", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1,
			Stderr: []byte("KeyError: 'price'\n")}
		if string(req.Files[0].Data) == mended {
			res.Verdict, res.ExitCode, res.Stdout, res.Stderr = nsbox.OK, 0, []byte("7\n"), nil
		}
		return res, nil
	}
}

var analyzer = nsbox.AnalyzerFunc(func(e nsbox.Evidence) []nsbox.Diagnosis {
	return []nsbox.Diagnosis{{Type: "KeyError", Message: "'price'", File: "main.py", Line: 4, Phase: nsbox.PhaseRun}}
})

func healer(t *testing.T, name string, s *server, url string) nsbox.Healer {
	t.Helper()
	retries := 1
	e := settings.Endpoint{URL: url, Model: "test-model", Timeout: nsbox.Duration(4 * time.Second), Retries: &retries}
	c := settings.Config{OpenAI: e, Anthropic: e, Ollama: e, Yuuki: e}
	c.OpenAI.URL += "/v1"
	c.Yuuki.Model = ""
	h, err := New(name, c, func(v string) string {
		if strings.HasSuffix(v, "_API_KEY") {
			return s.key
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestConformance(t *testing.T) {
	for _, name := range Names {
		for _, b := range behaviours {
			if name == "yuuki" && b.name == "refusing" || name == "ollama" && b.name == "refusing" {
				b.answer = always("I can't help with that.") // they have no other way to say it
			}
			t.Run(name+"/"+b.name, func(t *testing.T) {
				t.Parallel()
				s := newServer(t, b.answer)
				var runs int
				var requests []nsbox.Request
				rep, err := nsbox.Heal(context.Background(), nsbox.Request{
					Language: "python", Files: []nsbox.File{{Name: "main.py", Data: []byte(broken)}},
				}, nsbox.Options{Analyzer: analyzer, Healers: []nsbox.Healer{healer(t, name, s, s.http.URL)}, Run: run(&runs, &requests)})
				if err != nil {
					t.Fatal(err)
				}
				if rep.Healed != b.healed || rep.StopReason != b.reason || runs > b.runs || rep.Iterations != runs {
					t.Errorf("healed %v, reason %s, %d runs, %d reported, errors %v", rep.Healed, rep.StopReason, runs, rep.Iterations, rep.HealerErrors)
				}
				if b.healed && rep.FinalCode != mended {
					t.Errorf("final code %q", rep.FinalCode)
				}
				if b.reason == nsbox.StopHealerError && len(rep.HealerErrors) == 0 {
					t.Error("nobody says why the healer could not be asked")
				}
				// The key is nowhere but in the request.
				if text := fmt.Sprintf("%+v %v", rep, rep.HealerErrors); strings.Contains(text, s.key) {
					t.Error("the key is in the report")
				}
				// No answer changes what a run is allowed.
				for _, r := range requests {
					if r.Limits != (nsbox.Limits{}) || r.Network != "" || len(r.Files) != 1 || r.Files[0].Name != "main.py" || len(r.Args)+len(r.Env) > 0 {
						t.Errorf("a run was changed: %+v", r)
					}
				}
				for _, p := range s.problems {
					t.Error(p)
				}
			})
		}
		t.Run(name+"/unreachable", func(t *testing.T) {
			t.Parallel()
			s := newServer(t, always(mended))
			url := s.http.URL
			s.http.Close()
			var runs int
			var requests []nsbox.Request
			rep, err := nsbox.Heal(context.Background(), nsbox.Request{Files: []nsbox.File{{Name: "main.py", Data: []byte(broken)}}},
				nsbox.Options{Analyzer: analyzer, Healers: []nsbox.Healer{healer(t, name, s, url)}, Run: run(&runs, &requests)})
			if err != nil || rep.StopReason != nsbox.StopHealerError || runs != 1 || len(rep.HealerErrors) != 1 {
				t.Errorf("%v, reason %s, %d runs, %v", err, rep.StopReason, runs, rep.HealerErrors)
			}
		})
	}
}

// Retry-After is kept to.
func TestRetryAfter(t *testing.T) {
	s := newServer(t, func(n int, _ string) reply {
		if n == 1 {
			return reply{status: 503, after: "1"}
		}
		return reply{text: fenced(mended)}
	})
	p := nsbox.Problem{Diagnoses: []nsbox.Diagnosis{{Type: "KeyError"}}}
	p.Language, p.Files = "python", []nsbox.File{{Name: "main.py", Data: []byte(broken)}}
	fixes, err := healer(t, "ollama", s, s.http.URL).Propose(context.Background(), p)
	if err != nil || len(fixes) != 1 || len(s.times) != 2 {
		t.Fatalf("%d fixes after %d requests: %v", len(fixes), len(s.times), err)
	}
	if wait := s.times[1].Sub(s.times[0]); wait < time.Second {
		t.Errorf("it waited %s", wait)
	}
}

func TestNewRefuses(t *testing.T) {
	none := func(string) string { return "" }
	for name, c := range map[string]struct {
		healer string
		config settings.Config
		want   string
	}{
		"no key":     {"openai", settings.Config{}, "set OPENAI_API_KEY"},
		"no key 2":   {"anthropic", settings.Config{}, "set ANTHROPIC_API_KEY"},
		"no address": {"yuuki", settings.Config{}, "set YUUKI_API_URL"},
		"no url":     {"ollama", settings.Config{Ollama: settings.Endpoint{URL: "ftp://x"}}, "is no address"},
		"key file":   {"openai", settings.Config{OpenAI: settings.Endpoint{KeyFile: "/nowhere/key"}}, "key_file"},
		"unknown":    {"gpt", settings.Config{}, "there are openai, anthropic, ollama, yuuki"},
	} {
		if _, err := New(c.healer, c.config, none); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
