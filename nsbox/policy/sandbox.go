package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// SandboxCeilings are the host's bounds of sandboxes that live on.
type SandboxCeilings struct {
	// TTL is how long a sandbox lives whose request does not say, MaxTTL the most
	// that one may have left at any time.
	TTL    nsbox.Duration `toml:"ttl"`
	MaxTTL nsbox.Duration `toml:"max_ttl"`
	// Idle ends a sandbox in which nothing was done for so long, unless its request
	// says otherwise.
	Idle nsbox.Duration `toml:"idle_timeout"`
	// Execs bounds the executions that run in one sandbox at once.
	Execs int `toml:"execs"`
	// PerOwner and Total bound the sandboxes that live at once, of a uid and of all.
	PerOwner int `toml:"per_owner"`
	Total    int `toml:"total"`
	// Volumes bounds the volumes of a uid.
	Volumes int `toml:"volumes"`
}

func defaultSandboxes() SandboxCeilings {
	return SandboxCeilings{
		TTL: seconds(3600), MaxTTL: seconds(24 * 3600), Idle: seconds(30 * 60),
		Execs: 8, PerOwner: 64, Total: 128, Volumes: 64,
	}
}

// maxExecs is what the namespaces of one sandbox leave room for.
const maxExecs = 48

func (c SandboxCeilings) validate() error {
	for _, d := range []struct {
		key   string
		value nsbox.Duration
	}{{"ttl", c.TTL}, {"max_ttl", c.MaxTTL}, {"idle_timeout", c.Idle}} {
		if d.value < seconds(1) {
			return fmt.Errorf("sandboxes.%s is %s; it must be 1s or more", d.key, d.value)
		}
	}
	if c.TTL > c.MaxTTL {
		return fmt.Errorf("sandboxes.ttl is %s, more than sandboxes.max_ttl, %s", c.TTL, c.MaxTTL)
	}
	for _, n := range []struct {
		key         string
		value, most int
	}{{"execs", c.Execs, maxExecs}, {"per_owner", c.PerOwner, 900}, {"total", c.Total, 900}, {"volumes", c.Volumes, 100_000}} {
		if n.value < 1 || n.value > n.most {
			return fmt.Errorf("sandboxes.%s is %d; allowed are 1 to %d", n.key, n.value, n.most)
		}
	}
	return nil
}

// SandboxPlan is what ResolveSandbox decided.
type SandboxPlan struct {
	Language string
	Image    string
	Limits   nsbox.Limits
	TTL      nsbox.Duration
	Idle     nsbox.Duration
	Env      []string
	Profile  string // empty is that of the language
}

// Bounds of a sandbox's labels.
const (
	maxLabels     = 32
	maxLabelBytes = 4 << 10
)

// spareMemory is what a sandbox must have beyond its files: they are memory, and
// where they have used up all there is, nothing can run that would remove them.
const spareMemory = 32 * nsbox.MiB

// ResolveSandbox decides what a sandbox that lives on gets, as Resolve does for
// one execution.
func ResolveSandbox(req nsbox.SandboxRequest, lang *language.Language, c Ceilings) (SandboxPlan, error) {
	if err := CheckSandboxName(req.Name); req.Name != "" && err != nil {
		return SandboxPlan{}, err
	}
	if err := CheckVolumeName(req.Volume); req.Volume != "" && err != nil {
		return SandboxPlan{}, err
	}
	if err := checkEnv(req.Env); err != nil {
		return SandboxPlan{}, err
	}
	if err := checkProfile(nsbox.Spec{Profile: req.Profile}, c.Profiles); err != nil {
		return SandboxPlan{}, err
	}
	sum := 0
	for _, k := range slices.Sorted(maps.Keys(req.Labels)) {
		sum += len(k) + len(req.Labels[k])
		if k == "" || hasControl(k) || hasControl(req.Labels[k]) {
			return SandboxPlan{}, bad("label %q: want a name, and no control characters", k)
		}
	}
	if len(req.Labels) > maxLabels || sum > maxLabelBytes {
		return SandboxPlan{}, bad("%d labels with %d bytes; allowed are at most %d with %d bytes together", len(req.Labels), sum, maxLabels, maxLabelBytes)
	}
	p := SandboxPlan{Language: lang.Name, Image: lang.Image, Env: req.Env, Profile: req.Profile}
	var err error
	if p.Limits, err = c.runLimits(lang, req.Limits); err != nil {
		return SandboxPlan{}, err
	}
	if req.Limits.Disk == 0 {
		p.Limits.Disk = min(p.Limits.Disk, p.Limits.Memory/2)
	}
	if p.Limits.Disk+spareMemory > p.Limits.Memory {
		return SandboxPlan{}, bad("--memory is %s and --disk %s; a sandbox that lives on keeps its files in memory and needs %s beyond them", p.Limits.Memory, p.Limits.Disk, spareMemory)
	}
	if p.TTL, err = resolveTTL(req.TTL, c.Sandboxes); err != nil {
		return SandboxPlan{}, err
	}
	p.Idle = req.IdleTimeout
	if p.Idle == 0 {
		p.Idle = c.Sandboxes.Idle
	}
	if p.Idle < seconds(1) || p.Idle > c.Sandboxes.MaxTTL {
		return SandboxPlan{}, bad("--idle-timeout is %s; allowed are 1s to %s", p.Idle, c.Sandboxes.MaxTTL)
	}
	return p, nil
}

func resolveTTL(ttl nsbox.Duration, c SandboxCeilings) (nsbox.Duration, error) {
	if ttl == 0 {
		return c.TTL, nil
	}
	return ttl, CheckTTL(ttl, c)
}

// CheckTTL refuses a time to live that the host does not allow.
func CheckTTL(ttl nsbox.Duration, c SandboxCeilings) error {
	if ttl < seconds(1) || ttl > c.MaxTTL {
		return bad("--ttl is %s; allowed are 1s to %s", ttl, c.MaxTTL)
	}
	return nil
}

// ulidLength is that of a sandbox's id, which no name may look like.
const ulidLength = 26

// CheckSandboxName takes the names that a sandbox may have.
func CheckSandboxName(name string) error {
	if len(name) == ulidLength && strings.ToUpper(name) == name {
		return bad("the sandbox's name %q looks like an id; choose another", name)
	}
	return checkWord("the sandbox's name", name)
}

// CheckVolumeName takes the names that a volume may have.
func CheckVolumeName(name string) error { return checkWord("the volume's name", name) }

func checkWord(what, name string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if name == "" || len(name) > 64 || !strings.ContainsRune(letters, rune(name[0])) || strings.Trim(name, letters+"-_.") != "" {
		return bad("%s is %q; allowed are 1 to 64 letters, digits, \"-\", \"_\" and \".\", a letter or digit first", what, name)
	}
	return nil
}

// ResolveExec decides how a program is run in a sandbox that lives on. lang is
// the request's language, whose image must be the sandbox's. The main file has a
// name by now. The plan has a compile stage where the language has one and the
// request no command; its run stage is for inside the sandbox.
func ResolveExec(req nsbox.Spec, lang *language.Language, sb SandboxPlan, c Ceilings) (Plan, error) {
	switch {
	case lang.Image != sb.Image:
		return Plan{}, bad("the sandbox has the image of %s, in which %s does not run; make another sandbox for it", sb.Language, lang.Name)
	case req.Artifacts:
		return Plan{}, bad("artifacts are not collected from a sandbox that lives on; its files can be listed and read")
	case req.Profile != "" || len(req.ProfileJSON) > 0:
		return Plan{}, bad("a profile is chosen when the sandbox is made, not for an execution in it")
	}
	command := req.Command
	if err := checkArgs(command); err != nil {
		return Plan{}, err
	}
	if len(command) > 0 && (req.Check || len(req.Args) > 0) {
		return Plan{}, bad("a command brings its own arguments, and is not checked")
	}
	if len(command) > 0 && command[0] == "" {
		return Plan{}, bad("the command has no name")
	}
	limits, err := c.insideLimits(req.Limits, sb.Limits)
	if err != nil {
		return Plan{}, err
	}
	given := req
	req.Command, req.Limits, req.Env = nil, nsbox.Limits{}, append(slices.Clone(sb.Env), req.Env...)
	if len(command) > 0 && len(req.Files) == 0 {
		req.Files = []nsbox.FileSpec{{Name: lang.Main}}
	}
	p, err := Resolve(req, lang, c)
	if err != nil || req.Check {
		return p, err
	}
	run := &p.Stages[len(p.Stages)-1]
	run.Limits = limits
	if run.Argv, run.Env, err = insideCommand(req, lang, limits); err != nil {
		return Plan{}, err
	}
	if sb.Profile != "" {
		run.Profile = sb.Profile
	}
	if len(command) > 0 {
		run.Argv, run.OOM = command, nil
		p.Stages = []Stage{*run}
	}
	return p, checkFit(given.Files, p.Stages)
}

// insideCommand expands the run stage for the limits that hold inside.
func insideCommand(req nsbox.Spec, lang *language.Language, limits nsbox.Limits) (argv, env []string, err error) {
	st, err := resolveStage(nsbox.StageRun, lang, &lang.Run, req, limits)
	return st.Argv, st.Env, err
}

// ResolveEval decides how snippets are run: the interpreter as a run stage, whose
// limits are those of the snippet at hand.
func ResolveEval(req nsbox.EvalSpec, lang *language.Language, sb SandboxPlan, c Ceilings) (Stage, error) {
	if lang.Session == nil {
		return Stage{}, bad("%s keeps no state between snippets; run programs in the sandbox instead", lang.Name)
	}
	for _, l := range allLimits() {
		if v := l.get(&req.Limits); v != 0 && !perExecution(l) {
			return Stage{}, bad("%s is the sandbox's; a snippet can have --timeout, --cpu-time and --max-output", l.flag())
		}
	}
	limits, err := c.insideLimits(req.Limits, sb.Limits)
	if err != nil {
		return Stage{}, err
	}
	spec := nsbox.Spec{Files: []nsbox.FileSpec{{Name: lang.Main}}, Env: sb.Env}
	st, err := resolveStage(nsbox.StageRun, lang, &lang.Run, spec, limits)
	if err != nil {
		return Stage{}, err
	}
	st.Argv, err = lang.ExpandSession(language.Vars{Memory: limits.Memory, CPUs: limits.CPUs})
	if err != nil {
		return Stage{}, fmt.Errorf("%w: %w", nsbox.ErrLanguage, err)
	}
	if sb.Profile != "" {
		st.Profile = sb.Profile
	}
	return st, nil
}

// perExecution tells whether a limit is one that every execution has for itself.
func perExecution(l limit) bool {
	return l.key == "timeout" || l.key == "cpu_time" || l.key == "max_output"
}

// insideLimits are an execution's own: the sandbox's where the request leaves them
// open, and never more than those.
func (c Ceilings) insideLimits(req, sandbox nsbox.Limits) (nsbox.Limits, error) {
	out := sandbox
	for _, l := range allLimits() {
		v, have := l.get(&req), l.get(&sandbox)
		if v == 0 || v == have {
			continue
		}
		low, high := l.get(&c.Min), l.get(&c.Max)
		switch l.key {
		case "timeout", "cpu_time", "max_output":
		case "memory", "cpus", "pids":
			high = have
		default:
			return out, bad("%s is %s; the sandbox was made with %s, and that is for all in it", l.flag(), l.text(v), l.text(have))
		}
		if !within(v, low, high) {
			return out, bad("%s is %s; allowed are %s to %s", l.flag(), l.text(v), l.text(low), l.text(high))
		}
		l.set(&out, v)
	}
	return out, nil
}
