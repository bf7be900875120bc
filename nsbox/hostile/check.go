package hostile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
)

// Request makes the request that runs p. Bait gives the value of each {name} in
// its arguments and environment. A limit that p leaves open is tight for a
// hostile program, so that a broken sandbox does little harm, and the
// language's for a benign one.
func (p *Program) Request(bait map[string]string) nsbox.Request {
	req := nsbox.Request{
		Language:  p.Language,
		Files:     []nsbox.File{{Name: p.Name, Data: p.Source}},
		Limits:    p.Limits,
		Artifacts: p.Collect,
	}
	if p.Class != "" {
		lib := "probe" + path.Ext(p.Name)
		if path.Ext(p.Name) == ".c" {
			lib = "probe.h"
		}
		if b, err := testdata.ReadFile("testdata/lib/" + lib); err == nil {
			req.Files = append(req.Files, nsbox.File{Name: lib, Data: b})
		}
		tight(&req.Limits)
	}
	for _, a := range p.Args {
		req.Args = append(req.Args, fill(a, bait))
	}
	for _, e := range p.Env {
		req.Env = append(req.Env, fill(e, bait))
	}
	if p.Stdin != "" {
		req.Stdin = strings.NewReader(p.Stdin)
	}
	if p.TTY {
		req.TTY = &nsbox.TTY{Rows: 24, Cols: 80}
	}
	return req
}

func tight(l *nsbox.Limits) {
	if l.Timeout == 0 {
		l.Timeout = nsbox.Duration(8 * time.Second)
	}
	if l.Memory == 0 {
		l.Memory = 128 * nsbox.MiB
	}
	if l.Disk == 0 {
		l.Disk = 32 * nsbox.MiB
	}
	if l.Inodes == 0 {
		l.Inodes = 4000
	}
}

func fill(text string, bait map[string]string) string {
	for name, value := range bait {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// escapedLine finds the line by which a program says that it got out. A
// terminal puts a carriage return before the line feed.
var (
	escapedLine   = regexp.MustCompile(`(?m)^ESCAPED.*$`)
	containedLine = regexp.MustCompile(`(?m)^CONTAINED `)
)

// Check says what is wrong with res as the end of p, one sentence each; nothing
// where all is as it must be. Secret is what only the host knows.
func (p *Program) Check(res nsbox.Result, secret string) []string {
	var bad []string
	say := func(format string, a ...any) { bad = append(bad, fmt.Sprintf(format, a...)) }

	for _, s := range [][]byte{res.Stdout, res.Stderr} {
		if m := escapedLine.Find(s); m != nil && p.Class != "" {
			say("%s", bytes.TrimSpace(m))
		}
		if secret != "" && bytes.Contains(s, []byte(secret)) {
			say("the host's secret is in the output")
		}
	}
	if p.Class != "" && res.Stage == nsbox.StageRun && res.ExitCode == 99 {
		say("the exit status says that it escaped")
	}
	if p.Class != "" && !slices.ContainsFunc(p.Expect, func(o Outcome) bool {
		return res.Verdict == o.Verdict && (!o.Contained || res.ExitCode == 0 && containedLine.Match(res.Stdout))
	}) {
		say("verdict %s, exit status %d, want %v", res.Verdict, res.ExitCode, p.Expect)
	}
	if p.Class == "" && (res.Verdict != nsbox.OK || res.ExitCode != 0) {
		say("verdict %s, exit status %d, want ok", res.Verdict, res.ExitCode)
	}
	switch {
	case p.Class != "":
	case p.StdoutSize > 0 && len(res.Stdout) != p.StdoutSize:
		say("%d bytes of output, want %d", len(res.Stdout), p.StdoutSize)
	case p.StdoutSize == 0 && string(res.Stdout) != p.Stdout:
		say("output %q, want %q", res.Stdout, p.Stdout)
	}
	return append(bad, p.checkArtifacts(res, secret)...)
}

func (p *Program) checkArtifacts(res nsbox.Result, secret string) []string {
	var bad []string
	say := func(format string, a ...any) { bad = append(bad, fmt.Sprintf(format, a...)) }
	var names []string
	var total int64
	for _, a := range res.Artifacts {
		names = append(names, a.Path)
		total += a.Size
		if a.Path == "" || path.IsAbs(a.Path) || path.Clean(a.Path) != a.Path || strings.HasPrefix(a.Path, "../") {
			say("artifact %q has a path that leads elsewhere", a.Path)
		}
		if !utf8.ValidString(a.Path) || strings.ContainsRune(a.Path, utf8.RuneError) {
			say("artifact %q has a name that its program can't have given it", a.Path)
		}
		if sum := sha256.Sum256(a.Data); a.Size != int64(len(a.Data)) || a.SHA256 != hex.EncodeToString(sum[:]) {
			say("artifact %q is not what its size and digest say", a.Path)
		}
		if secret != "" && bytes.Contains(a.Data, []byte(secret)) || bytes.Contains(a.Data, []byte("root:*:")) || bytes.Contains(a.Data, []byte("root:x:0:0:")) {
			say("artifact %q holds a file from outside /workspace", a.Path)
		}
	}
	if total > 256<<20 {
		say("artifacts of %d bytes", total)
	}
	if !p.Collect && len(names) > 0 {
		say("artifacts %q, and none were asked for", names)
	}
	if p.Exact {
		want := slices.Clone(p.Artifacts)
		slices.Sort(want)
		slices.Sort(names)
		if !slices.Equal(names, want) {
			say("artifacts %q, want %q", names, want)
		}
	}
	return bad
}
