package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/policy"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) explainCommand() *cli.Command {
	return &cli.Command{
		Name: "explain", Usage: "show the policy that a run would have, without running it",
		UsageText: "nsbox explain [flags] FILE [-- ARG...]",
		Description: "nsbox explain main.py\n# what a flag changes\nnsbox explain --memory 64MiB --profile strict main.py\n" +
			"# for a program\nnsbox explain --json main.go -- -n 10",
		Flags: append(append(sourceFlags(),
			&cli.BoolFlag{Name: "json", Usage: "print the policy as JSON"},
			&cli.BoolFlag{Name: "tty", Aliases: []string{"t"}, Usage: "as for a program on a terminal"},
		), optionFlags("images", "socket", "heal", "max-iterations", "healer", "heal-timeout", "heal-limits", "vet", "quiet")...),
		Action: a.explain,
	}
}

// explanation is a run's policy as it is shown. Its parts about the sandbox
// itself are the same for every run: package confine builds them, and a test
// compares.
type explanation struct {
	Language   string         `json:"language"`
	Image      string         `json:"image"`
	Namespaces []string       `json:"namespaces"`
	Hostname   string         `json:"hostname"`
	IDs        idsShown       `json:"ids"`
	Network    string         `json:"network"`
	Mounts     []mountShown   `json:"mounts"`
	Stages     []stageShown   `json:"stages"`
	Bounds     []boundShown   `json:"bounds"`
	Profiles   []profileShown `json:"profiles"`
}

type idsShown struct {
	Inside    string `json:"inside"`
	HostFirst uint32 `json:"host_first"`
	HostLast  uint32 `json:"host_last"`
}

type mountShown struct {
	Path string `json:"path"`
	What string `json:"what"`
}

type stageShown struct {
	Name    string       `json:"name"`
	Argv    []string     `json:"argv"`
	Env     []string     `json:"env"`
	Dir     string       `json:"dir"`
	Profile string       `json:"profile"`
	Limits  nsbox.Limits `json:"limits"`
}

// boundShown is a limit, who set it, and what the host allows.
type boundShown struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	SetBy  string `json:"set_by"`
	Lowest string `json:"lowest"`
	Most   string `json:"most"`
}

// The parts of a sandbox that no request changes.
var (
	sandboxNamespaces = []string{"pid", "net", "mount", "user", "ipc", "uts", "cgroup"}
	sandboxHostname   = "nsbox"
)

func (a *App) explain(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	req, _, err := a.request(c, cfg)
	if err != nil {
		return err
	}
	if c.Bool("tty") {
		req.TTY = &nsbox.TTY{Rows: 24, Cols: 80}
	}
	host := config.DefaultHost()
	if err := config.LoadHost(config.HostFile, &host); err != nil {
		return err
	}
	if host.Ceilings.Profiles, err = profileNames(); err != nil {
		return err
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	l, err := known.Lookup(req.Language)
	if err != nil {
		return languageError(err)
	}
	plan, err := policy.Resolve(req.Spec(), l, host.Ceilings)
	if err != nil {
		return &userError{message: trimClass(err), class: err}
	}
	e := explanation{
		Language: plan.Language, Image: plan.Image, Namespaces: sandboxNamespaces, Hostname: sandboxHostname,
		IDs:     idsShown{Inside: "1000", HostFirst: host.IDBase, HostLast: host.IDBase + host.IDCount - 1},
		Network: "a loopback of its own",
		Mounts:  mounts(plan),
		Bounds:  bounds(cfg, plan.Stages[len(plan.Stages)-1].Limits, host.Ceilings),
	}
	for i, s := range plan.Stages {
		if len(req.ProfileJSON) > 0 && i == len(plan.Stages)-1 {
			s.Profile = cfg.Profile
		}
		e.Stages = append(e.Stages, stageShown{s.Name, s.Argv, s.Env, s.Dir, s.Profile, s.Limits})
		p, err := describeProfile(s.Profile, req.ProfileJSON)
		if err != nil {
			return err
		}
		if len(e.Profiles) == 0 || e.Profiles[0].Name != p.Name {
			e.Profiles = append(e.Profiles, p)
		}
	}
	if c.Bool("json") {
		return a.printJSON(e)
	}
	return a.printExplanation(e)
}

func mounts(plan policy.Plan) []mountShown {
	run := plan.Stages[len(plan.Stages)-1].Limits
	scratch := fmt.Sprintf("of one tmpfs of %s and %d files; nosuid, nodev", run.Disk, run.Inodes)
	all := []mountShown{
		{"/", "the image " + plan.Image + ", read-only; nosuid, nodev"},
		{"/workspace", scratch + "; the program's files, and its working directory"},
		{"/tmp", scratch},
		{"/dev/shm", scratch},
	}
	if len(plan.Stages) > 1 {
		all = append(all, mountShown{"/build", "what the compile stage left; read-only while the program runs"})
	}
	all = append(all,
		mountShown{"/proc", "the sandbox's own processes alone (subset=pid, hidepid)"},
		mountShown{"/dev", "null, zero, full, random, urandom; read-only"})
	if plan.TTY != nil {
		all = append(all, mountShown{"/dev/pts", "a pseudo-terminal of its own"})
	}
	return all
}

// bounds lists the run stage's limits, who set each, and the host's range.
func bounds(cfg *config.Config, l nsbox.Limits, c policy.Ceilings) []boundShown {
	var all []boundShown
	for _, b := range []struct {
		name             string
		value, low, most any
	}{
		{"timeout", l.Timeout, c.Min.Timeout, c.Max.Timeout},
		{"cpu-time", l.CPUTime, c.Min.CPUTime, c.Max.CPUTime},
		{"memory", l.Memory, c.Min.Memory, c.Max.Memory},
		{"cpus", l.CPUs, c.Min.CPUs, c.Max.CPUs},
		{"pids", l.Pids, c.Min.Pids, c.Max.Pids},
		{"disk", l.Disk, c.Min.Disk, c.Max.Disk},
		{"inodes", l.Inodes, c.Min.Inodes, c.Max.Inodes},
		{"open-files", l.OpenFiles, c.Min.OpenFiles, c.Max.OpenFiles},
		{"max-output", l.MaxOutput, c.Min.MaxOutput, c.Max.MaxOutput},
	} {
		by := cfg.From(b.name)
		if by == "" {
			by = "default"
		}
		all = append(all, boundShown{b.name, fmt.Sprint(b.value), by, fmt.Sprint(b.low), fmt.Sprint(b.most)})
	}
	return all
}

func (a *App) printExplanation(e explanation) error {
	w := &strings.Builder{}
	field := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s %s\n", name, report.Escape(fmt.Sprintf(format, args...)))
	}
	field("language", "%s", e.Language)
	field("image", "%s", e.Image)
	field("namespaces", "%s: all fresh", strings.Join(e.Namespaces, ", "))
	field("ids", "uid %s inside, without capabilities; on the host one of its own from %d..%d", e.IDs.Inside, e.IDs.HostFirst, e.IDs.HostLast)
	field("network", "%s", e.Network)
	field("host name", "%s", e.Hostname)
	w.WriteString("\nmounts\n")
	for _, m := range e.Mounts {
		fmt.Fprintf(w, "  %-12s %s\n", m.Path, m.What)
	}
	w.WriteString("\nlimits\n")
	for _, b := range e.Bounds {
		fmt.Fprintf(w, "  %-12s %-10s %s; allowed are %s to %s\n", b.Name, b.Value, report.Escape(b.SetBy), b.Lowest, b.Most)
	}
	w.WriteString("\nseccomp\n")
	for _, p := range e.Profiles {
		fmt.Fprintf(w, "  %-12s %s\n", report.Escape(p.Name), p.counts())
	}
	for _, s := range e.Stages {
		fmt.Fprintf(w, "\nstage %s\n", s.Name)
		fmt.Fprintf(w, "  command     %s\n", report.Escape(shellWords(s.Argv)))
		fmt.Fprintf(w, "  environment %s\n", report.Escape(shellWords(s.Env)))
		fmt.Fprintf(w, "  profile     %s\n", report.Escape(s.Profile))
		if s.Name == nsbox.StageCompile {
			fmt.Fprintf(w, "  limits      timeout %s, memory %s, pids %d, disk %s\n", s.Limits.Timeout, s.Limits.Memory, s.Limits.Pids, s.Limits.Disk)
		}
	}
	_, err := fmt.Fprint(a.Stdout, w.String())
	return err
}

// shellWords writes words so that a shell would read them back.
func shellWords(words []string) string {
	var out []string
	for _, word := range words {
		const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
		if word == "" || strings.Trim(word, plain) != "" {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}
