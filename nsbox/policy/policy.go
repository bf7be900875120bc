// Package policy decides what a request is allowed. It is pure: it reads no
// file and asks no kernel, so a table test covers it.
package policy

import (
	"fmt"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

// Plan is what Resolve decided: all that the privileged side needs to know.
type Plan struct {
	Language string
	Image    string
	// Stages in order: compile, when there is one, then run; or check alone.
	Stages []Stage
	// Artifacts is set when files are to be collected after the run stage.
	Artifacts bool
	Network   nsbox.Network
	TTY       *nsbox.TTYSize
}

// Stage is one command to run in a sandbox of its own. Every limit is set, but
// for CPUTime, where zero means that the wall time bounds it.
type Stage struct {
	Name    string // nsbox.StageCompile, nsbox.StageRun or nsbox.StageCheck
	Argv    []string
	Env     []string // each name once
	BaseEnv []string // the same without what the request adds
	Dir     string   // working directory: /workspace
	Profile string
	Limits  nsbox.Limits
	// Build makes /build writable and keeps what is left there for the stage
	// that follows.
	Build bool
	// Warm is how the command can be there ahead, or nil; Main the main file's
	// place in Argv, or 0.
	Warm *language.Warm
	Main int
	// OOM is how the language's runtime says that its heap is full, or nil.
	OOM *nsbox.OOMSign
}

// DefaultProfile is the seccomp profile of stages that name none.
const DefaultProfile = "default"

// defaultTTY is the size of a terminal whose size nobody stated.
var defaultTTY = nsbox.TTYSize{Rows: 24, Cols: 80}

// Resolve decides how req is run: it checks everything that comes from the less
// trusted side and sets every limit, the run stage's from the request, else from
// the language, else from the ceilings' default.
//
// Errors wrap [nsbox.ErrBadRequest] where the request is at fault and
// [nsbox.ErrLanguage] where the language's definition does not fit the ceilings.
// A seccomp profile in req.ProfileJSON is left to the caller, who knows whether
// the peer may bring one.
func Resolve(req nsbox.Spec, lang *language.Language, c Ceilings) (Plan, error) {
	if len(req.Command) > 0 {
		return Plan{}, bad("a command of its own is for a sandbox that lives on; here the language says what runs")
	}
	if err := checkFiles(req.Files); err != nil {
		return Plan{}, err
	}
	if err := checkArgs(req.Args); err != nil {
		return Plan{}, err
	}
	if err := checkEnv(req.Env); err != nil {
		return Plan{}, err
	}
	if len(req.CacheScope) > maxScope {
		return Plan{}, bad("the cache scope has %d bytes; at most %d are allowed", len(req.CacheScope), maxScope)
	}
	p := Plan{Language: lang.Name, Image: lang.Image, Artifacts: req.Artifacts, Network: req.Network}
	switch p.Network {
	case "":
		p.Network = nsbox.NetNone
	case nsbox.NetNone, nsbox.NetLoopback:
	default:
		return Plan{}, bad("--net is %q; allowed are none and loopback", p.Network)
	}
	var err error
	if p.TTY, err = resolveTTY(req.TTY); err != nil {
		return Plan{}, err
	}
	if err := checkProfile(req, c.Profiles); err != nil {
		return Plan{}, err
	}
	if req.Check {
		return resolveCheck(p, req, lang, c)
	}
	if lang.Compile != nil {
		limits, err := c.toolLimits(lang, nsbox.StageCompile, lang.Compile)
		if err != nil {
			return Plan{}, err
		}
		st, err := resolveStage(nsbox.StageCompile, lang, lang.Compile, req, limits)
		if err != nil {
			return Plan{}, err
		}
		st.Build = true
		p.Stages = append(p.Stages, st)
	}
	limits, err := c.runLimits(lang, req.Limits)
	if err != nil {
		return Plan{}, err
	}
	st, err := resolveStage(nsbox.StageRun, lang, &lang.Run, req, limits)
	if err != nil {
		return Plan{}, err
	}
	if req.Profile != "" {
		st.Profile = req.Profile
	}
	p.Stages = append(p.Stages, st)
	return p, checkFit(req.Files, p.Stages)
}

// resolveCheck makes the plan of a check, in which nothing of the program runs.
func resolveCheck(p Plan, req nsbox.Spec, lang *language.Language, c Ceilings) (Plan, error) {
	if lang.Check == nil {
		return Plan{}, bad("%s has no check command; leave check out", lang.Name)
	}
	limits, err := c.toolLimits(lang, nsbox.StageCheck, lang.Check)
	if err != nil {
		return Plan{}, err
	}
	st, err := resolveStage(nsbox.StageCheck, lang, lang.Check, req, limits)
	if err != nil {
		return Plan{}, err
	}
	p.Artifacts, p.TTY = false, nil
	p.Stages = []Stage{st}
	return p, checkFit(req.Files, p.Stages)
}

// resolveStage makes the command of one stage. Arguments and environment of the
// request are the program's, so the compile stage gets none of them.
func resolveStage(name string, lang *language.Language, s *language.Stage, req nsbox.Spec, limits nsbox.Limits) (Stage, error) {
	vars := language.Vars{Memory: limits.Memory, CPUs: limits.CPUs}
	for _, f := range req.Files {
		vars.Files = append(vars.Files, f.Name)
	}
	var extra []string
	if name == nsbox.StageRun {
		vars.Args, extra = req.Args, req.Env
	}
	argv, env, err := lang.Expand(s, vars)
	if err != nil {
		return Stage{}, fmt.Errorf("%w: %w", nsbox.ErrLanguage, err)
	}
	st := Stage{
		Name: name, Argv: argv, Env: mergeEnv(baseEnv(), env, extra), BaseEnv: mergeEnv(baseEnv(), env), Dir: language.Workspace,
		Profile: s.Profile, Limits: limits, OOM: s.OOM, Warm: s.Warm, Main: language.MainIndex(s.Argv),
	}
	if st.Profile == "" {
		st.Profile = DefaultProfile
	}
	if w := s.Warm; w != nil && w.Kind == language.WarmStarted {
		argv, _, err := lang.Expand(&language.Stage{Argv: w.Argv}, vars)
		if err != nil {
			return Stage{}, fmt.Errorf("%w: %w", nsbox.ErrLanguage, err)
		}
		st.Warm = &language.Warm{Kind: w.Kind, Argv: argv}
	}
	return st, nil
}

// baseEnv is the environment that every stage has.
func baseEnv() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TMPDIR=/tmp"}
}

func resolveTTY(t *nsbox.TTYSize) (*nsbox.TTYSize, error) {
	if t == nil {
		return nil, nil
	}
	size := *t
	if size == (nsbox.TTYSize{}) {
		size = defaultTTY
	}
	if size.Rows < 1 || size.Rows > maxTTY || size.Cols < 1 || size.Cols > maxTTY {
		return nil, bad("the terminal has %d rows and %d columns; allowed are 1 to %d of each", size.Rows, size.Cols, maxTTY)
	}
	return &size, nil
}
