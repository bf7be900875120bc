package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

func problem() nsbox.Problem {
	p := nsbox.Problem{Diagnoses: []nsbox.Diagnosis{{Type: "NameError", Message: "prin"}}, ExpectStdout: []byte("1\n")}
	p.Language, p.Stderr = "python", []byte("NameError")
	p.Files = []nsbox.File{{Name: "main.py", Data: []byte("prin(1)\n")}}
	return p
}

func script(t *testing.T, text string) *Healer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "healer")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	h, err := New(settings.Command{Argv: []string{path}, Timeout: nsbox.Duration(3 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPropose(t *testing.T) {
	for name, c := range map[string]struct{ script, want, err string }{
		"code":       {`grep -q '"type":"NameError"' && printf '%s' '{"code":"print(1)\n"}'`, "print(1)\n", ""},
		"fixes":      {`printf '%s' '{"fixes":[{"rule":"r","files":[{"name":"main.py","text":"print(1)\n"}]}]}'`, "print(1)\n", ""},
		"nothing":    {`cat > /dev/null`, "", ""},
		"no change":  {`printf '%s' '{"code":"prin(1)\n"}'`, "", ""},
		"no JSON":    {`echo hello`, "", "not the JSON that is wanted"},
		"other file": {`printf '%s' '{"fixes":[{"files":[{"name":"/etc/passwd","text":""}]}]}'`, "", "no file of the program"},
		"failure":    {`echo 'model is gone' >&2; exit 3`, "", "exit status 3: model is gone"},
		"too slow":   {`sleep 60 & sleep 60`, "", "no answer within 3s"},
		"too long":   {`head -c 5000000 /dev/zero`, "", "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := problem()
			fixes, err := script(t, c.script).Propose(context.Background(), p)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(fixes) > 0 {
				files, err := nsbox.Apply(p.Files, fixes[0].Edits)
				if err != nil {
					t.Fatal(err)
				}
				got = string(files[0].Data)
			}
			if got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestRestore(t *testing.T) {
	p := problem()
	q := problemOf(p).Restore()
	if q.Language != p.Language || string(q.Files[0].Data) != string(p.Files[0].Data) || string(q.ExpectStdout) != "1\n" || q.Diagnoses[0].Type != "NameError" {
		t.Errorf("got %+v", q)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(settings.Command{}); err == nil || !strings.Contains(err.Error(), "NSBOX_HEALER_COMMAND") {
		t.Errorf("got %v", err)
	}
}
