package hostile

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

//go:embed testdata
var testdata embed.FS

// The two suites.
const (
	Hostile = "hostile"
	Benign  = "benign"
)

// Program is one program with what must become of it.
type Program struct {
	Name   string // the file's name
	Source []byte
	Class  string
	Why    string
	CVE    string
	// Expect are the outcomes of which one must come; empty in a benign program.
	Expect     []Outcome
	Language   string
	Limits     nsbox.Limits
	Args       []string
	Env        []string
	Stdin      string
	Stdout     string // exact, where StdoutSize is 0
	StdoutSize int
	TTY        bool
	// Collect asks for artifacts; Artifacts are their exact names where Exact.
	Collect, Exact bool
	Artifacts      []string
	CheckEscapes   bool
	Peer           string
}

// Outcome is one allowed end: a verdict, and with Contained the line too.
type Outcome struct {
	Verdict   nsbox.Verdict
	Contained bool
}

// String writes o as in a program's header.
func (o Outcome) String() string {
	if o.Contained {
		return "contained"
	}
	return "verdict=" + string(o.Verdict)
}

// Load returns the programs of a suite, ordered by name.
func Load(suite string) ([]Program, error) {
	dir := path.Join("testdata", suite)
	entries, err := testdata.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []Program
	for _, e := range entries {
		src, err := testdata.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		p, err := parse(e.Name(), src)
		if err == nil && suite == Hostile && (p.Class == "" || len(p.Expect) == 0 || p.Why == "") {
			err = fmt.Errorf("%s: class, why and expect are needed", p.Name)
		}
		if err == nil && suite == Benign && (p.Why == "" || p.Stdout == "" && p.StdoutSize == 0) {
			err = fmt.Errorf("%s: why and stdout are needed", p.Name)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

var languages = map[string]string{
	".c": "c", ".cpp": "cpp", ".py": "python-slim", ".sh": "bash", ".js": "javascript", ".ts": "typescript",
	".go": "go", ".java": "java", ".rs": "rust", ".rb": "ruby", ".wat": "wasm",
}

// parse reads a program's header: the lines at its top that are comments of
// the form nsbox:KEY: VALUE.
func parse(name string, src []byte) (Program, error) {
	p := Program{Name: name, Source: src, Language: languages[path.Ext(name)]}
	for line := range strings.Lines(string(src)) {
		_, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || !strings.HasPrefix(rest, "nsbox:") {
			break
		}
		key, value, _ := strings.Cut(strings.TrimPrefix(rest, "nsbox:"), ":")
		if err := p.set(key, strings.TrimPrefix(value, " ")); err != nil {
			return p, fmt.Errorf("%s: %s: %w", name, key, err)
		}
	}
	if p.Language == "" {
		return p, fmt.Errorf("%s: no language has this extension; name one with nsbox:lang", name)
	}
	return p, nil
}

func (p *Program) set(key, value string) (err error) {
	switch key {
	case "class":
		p.Class = value
	case "why":
		p.Why = value
	case "cve":
		p.CVE = value
	case "expect":
		p.Expect, err = parseExpect(value)
	case "lang":
		p.Language = value
	case "limits":
		err = parseLimits(value, &p.Limits)
	case "args":
		p.Args = strings.Fields(value)
	case "env":
		p.Env = strings.Fields(value)
	case "stdin":
		p.Stdin += value + "\n"
	case "stdin-size":
		var n int
		n, err = strconv.Atoi(value)
		p.Stdin = strings.Repeat(strings.Repeat("x", 63)+"\n", n/64)
	case "stdout":
		p.Stdout += value + "\n"
	case "stdout-size":
		p.StdoutSize, err = strconv.Atoi(value)
	case "tty":
		p.TTY = value == "yes"
	case "artifacts":
		p.Collect, p.Exact = true, value != "any"
		if p.Exact {
			p.Artifacts = strings.Fields(value)
		}
	case "check":
		if value != "escapes" {
			return fmt.Errorf("%q is no check; escapes is the only one", value)
		}
		p.CheckEscapes = true
	case "peer":
		p.Peer = value
	default:
		return fmt.Errorf("no such key")
	}
	return err
}

func parseExpect(text string) ([]Outcome, error) {
	words := strings.Fields(text)
	if len(words) > 1 && words[0] == "any-of" {
		words = words[1:]
	} else if len(words) != 1 {
		return nil, fmt.Errorf("%q must be one outcome, or any-of and several", text)
	}
	known := []nsbox.Verdict{
		nsbox.NonZero, nsbox.Signal, nsbox.WallTimeout, nsbox.CPUTimeout, nsbox.OOM, nsbox.PidsLimit,
		nsbox.OutputLimit, nsbox.DiskFull, nsbox.CompileError, nsbox.Denied,
	}
	var out []Outcome
	for _, w := range words {
		v, isVerdict := strings.CutPrefix(w, "verdict=")
		switch {
		case w == "contained":
			out = append(out, Outcome{Verdict: nsbox.OK, Contained: true})
		case isVerdict && slices.Contains(known, nsbox.Verdict(v)):
			out = append(out, Outcome{Verdict: nsbox.Verdict(v)})
		default:
			return nil, fmt.Errorf("%q is no outcome: write contained or verdict=NAME", w)
		}
	}
	return out, nil
}

func parseLimits(text string, l *nsbox.Limits) error {
	for _, f := range strings.Fields(text) {
		name, value, _ := strings.Cut(f, "=")
		var err error
		switch name {
		case "timeout":
			err = l.Timeout.UnmarshalText([]byte(value))
		case "cpu_time":
			err = l.CPUTime.UnmarshalText([]byte(value))
		case "memory":
			err = l.Memory.UnmarshalText([]byte(value))
		case "disk":
			err = l.Disk.UnmarshalText([]byte(value))
		case "max_output":
			err = l.MaxOutput.UnmarshalText([]byte(value))
		case "pids":
			l.Pids, err = strconv.Atoi(value)
		case "inodes":
			l.Inodes, err = strconv.Atoi(value)
		case "open_files":
			l.OpenFiles, err = strconv.Atoi(value)
		default:
			err = fmt.Errorf("%q is no limit", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
