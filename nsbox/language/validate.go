package language

import (
	"errors"
	"fmt"
	"math"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// What the fields may hold. Those of a recipe become words of commands that run
// as root, so that their character sets leave no room for options, spaces or
// shell syntax.
var (
	reName        = lazyre.New(`^[a-z][a-z0-9+-]{0,31}$`)
	reAlias       = lazyre.New(`^[a-z0-9][a-z0-9+#._-]{0,31}$`)
	reExtension   = lazyre.New(`^\.[A-Za-z0-9_+-]{1,16}$`)
	reInterpreter = lazyre.New(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$`)
	reMain        = lazyre.New(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$`)
	reImage       = lazyre.New(`^[a-z][a-z0-9-]{0,31}$`)
	reAnalyzer    = reImage
	reProfile     = lazyre.New(`^[a-z0-9][a-z0-9-]{0,31}$`)
	reEnv         = lazyre.New(`^[A-Za-z_][A-Za-z0-9_]{0,127}=`)
	rePackage     = lazyre.New(`^[a-z0-9][a-z0-9+.-]*[a-z0-9+](:[a-z0-9]+)?(=[A-Za-z0-9.+:~-]+)?$`)
	reGoToolchain = lazyre.New(`^1\.[0-9]{1,3}(\.[0-9]{1,3}|rc[0-9]{1,2})?$`)
	reGoCommand   = lazyre.New(`^[a-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+@v[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$`)
	reNpm         = lazyre.New(`^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*@[0-9][0-9A-Za-z.+-]*$`)
	reRemove      = lazyre.New(`^(/[A-Za-z0-9@+_.*?~-]+){2,}$`)
)

const (
	maxList = 64       // elements of a list
	maxText = 64 << 10 // bytes of a script or program
	maxWord = 4 << 10  // bytes of an element of argv or env
)

func (l *Language) validate() error {
	if err := l.validateNames(); err != nil {
		return err
	}
	if err := validateArgv("version", l.Version, nil); err != nil {
		return err
	}
	if err := l.Recipe.validate(); err != nil {
		return err
	}
	if l.Compile != nil {
		if err := l.Compile.validate("compile"); err != nil {
			return err
		}
		if l.Compile.OOM != nil {
			return errors.New("compile.oom is not allowed: a compile stage that fails is a compile error")
		}
	}
	if l.Check != nil {
		if err := l.Check.validate("check"); err != nil {
			return err
		}
		if l.Check.OOM != nil {
			return errors.New("check.oom is not allowed: nobody asks how a check failed")
		}
	}
	if err := l.Run.validate("run"); err != nil {
		return err
	}
	if err := l.Session.validate(); err != nil {
		return err
	}
	for _, a := range l.Run.Argv {
		if a == "{args}" {
			return nil
		}
	}
	return errors.New(`run.argv has no "{args}": the program's arguments need a place`)
}

func (l *Language) validateNames() error {
	for _, f := range []struct {
		field, value string
		re           *lazyre.Regexp
		optional     bool
		allowed      string
	}{
		{"name", l.Name, reName, false, `lower case letters, digits, "+" and "-", a letter first`},
		{"main", l.Main, reMain, false, `a file name of letters, digits, ".", "_" and "-"`},
		{"image", l.Image, reImage, false, `lower case letters, digits and "-", a letter first`},
		{"analyzer", l.Analyzer, reAnalyzer, true, `lower case letters, digits and "-", a letter first`},
	} {
		if f.value == "" && f.optional {
			continue
		}
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.field)
		}
		if !f.re.MatchString(f.value) {
			return fmt.Errorf("%s is %q; allowed are %s", f.field, f.value, f.allowed)
		}
	}
	if err := text("title", l.Title, 64); err != nil {
		return err
	}
	if err := text("hello", l.Hello, maxText); err != nil {
		return err
	}
	for _, f := range []struct {
		field   string
		values  []string
		re      *lazyre.Regexp
		allowed string
	}{
		{"aliases", l.Aliases, reAlias, `lower case letters, digits and "+#._-"`},
		{"extensions", l.Extensions, reExtension, `a dot and then letters, digits, "_", "+" and "-"`},
		{"interpreters", l.Interpreters, reInterpreter, `letters, digits and "._+-"`},
	} {
		if err := list(f.field, f.values, f.re, f.allowed); err != nil {
			return err
		}
	}
	return nil
}

// text checks a required text for people or for a file.
func text(field, value string, most int) error {
	switch {
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("%s is missing", field)
	case len(value) > most:
		return fmt.Errorf("%s has %d bytes; at most %d are allowed", field, len(value), most)
	case strings.ContainsRune(value, 0) || !utf8.ValidString(value):
		return fmt.Errorf("%s has a NUL byte or is not UTF-8", field)
	case most <= 64 && strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%s has control characters", field)
	}
	return nil
}

func list(field string, values []string, re *lazyre.Regexp, allowed string) error {
	if len(values) > maxList {
		return fmt.Errorf("%s has %d elements; at most %d are allowed", field, len(values), maxList)
	}
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		if !re.MatchString(v) {
			return fmt.Errorf("%s has %q; allowed are %s", field, v, allowed)
		}
		if seen[v] {
			return fmt.Errorf("%s has %q twice", field, v)
		}
		seen[v] = true
	}
	return nil
}

func (s *Stage) validate(name string) error {
	if len(s.Argv) == 0 {
		return fmt.Errorf("%s.argv is missing", name)
	}
	words := []string{phMain, phStem, phHeap, phMemory, phCPUs}
	whole := []string{phSources}
	if name == "run" {
		whole = append(whole, phArgs)
	}
	if err := validateArgv(name+".argv", s.Argv, words, whole...); err != nil {
		return err
	}
	if s.Argv[0] == "{args}" || s.Argv[0] == "{sources}" {
		return fmt.Errorf("%s.argv begins with %s; a command must come first", name, s.Argv[0])
	}
	if err := validateArgv(name+".env", s.Env, words); err != nil {
		return err
	}
	for _, e := range s.Env {
		if !reEnv.MatchString(e) {
			return fmt.Errorf("%s.env has %q; want NAME=value", name, e)
		}
	}
	if s.Profile != "" && !reProfile.MatchString(s.Profile) {
		return fmt.Errorf(`%s.profile is %q; allowed are lower case letters, digits and "-"`, name, s.Profile)
	}
	if s.Warm != nil {
		if err := s.Warm.validate(name+".warm", s.Argv); err != nil {
			return err
		}
	}
	if o := s.OOM; o != nil {
		if o.ExitCode < 1 || o.ExitCode > 255 {
			return fmt.Errorf("%s.oom.exit_code is %d; allowed are 1 to 255", name, o.ExitCode)
		}
		if err := text(name+".oom.stderr", o.Stderr, 256); err != nil {
			return err
		}
	}
	return s.validateLimits(name)
}

func (s *Session) validate() error {
	if s == nil {
		return nil
	}
	if len(s.Argv) == 0 {
		return errors.New("session.argv is missing")
	}
	if err := validateArgv("session.argv", s.Argv, []string{phBoot, phHeap, phMemory, phCPUs}); err != nil {
		return err
	}
	if s.Boot == "" {
		return errors.New("session.boot is missing")
	}
	return text("session.boot", s.Boot, maxText)
}

// validateLimits refuses what can never be a limit. Whether the host allows a
// limit is for package policy to say.
func (s *Stage) validateLimits(name string) error {
	l := s.Limits
	for _, f := range []struct {
		field string
		value int64
	}{
		{"timeout", int64(l.Timeout)}, {"cpu_time", int64(l.CPUTime)}, {"memory", int64(l.Memory)},
		{"pids", int64(l.Pids)}, {"disk", int64(l.Disk)}, {"inodes", int64(l.Inodes)},
		{"open_files", int64(l.OpenFiles)}, {"max_output", int64(l.MaxOutput)},
	} {
		if f.value < 0 {
			return fmt.Errorf("%s.limits.%s is negative", name, f.field)
		}
	}
	// A bare number in a file would be nanoseconds, which nobody means.
	for _, f := range []struct {
		field string
		value nsbox.Duration
	}{{"timeout", l.Timeout}, {"cpu_time", l.CPUTime}} {
		if f.value > 0 && f.value.Std() < time.Millisecond {
			return fmt.Errorf(`%s.limits.%s is %v; write a text with a unit, such as "20s"`, name, f.field, f.value)
		}
	}
	if !(l.CPUs >= 0) || math.IsInf(l.CPUs, 0) { // the negation catches NaN
		return fmt.Errorf("%s.limits.cpus is %v; want a number such as 0.5 or 2", name, l.CPUs)
	}
	return nil
}

// validateArgv checks the words of a command or an environment. words may occur
// anywhere in one, whole only as an element of its own.
func validateArgv(field string, argv []string, words []string, whole ...string) error {
	if len(argv) > maxList {
		return fmt.Errorf("%s has %d elements; at most %d are allowed", field, len(argv), maxList)
	}
	if len(argv) > 0 && argv[0] == "" {
		return fmt.Errorf("%s begins with an empty word", field)
	}
	seen := ""
	for _, a := range argv {
		if len(a) > maxWord {
			return fmt.Errorf("%s has an element of %d bytes; at most %d are allowed", field, len(a), maxWord)
		}
		if strings.ContainsRune(a, 0) || !utf8.ValidString(a) {
			return fmt.Errorf("%s has an element with a NUL byte or one that is not UTF-8", field)
		}
		if w, ok := wholeWord(a, whole); ok {
			if strings.Contains(seen, a) {
				return fmt.Errorf("%s has {%s} twice", field, w)
			}
			seen += a
			continue
		}
		if _, err := substitute(a, func(w string) (string, bool) { return "", contains(words, w) }); err != nil {
			return fmt.Errorf("%s: %w", field, explainPlaceholder(err, words, whole))
		}
	}
	return nil
}

func explainPlaceholder(err error, words, whole []string) error {
	var unknown *placeholderError
	if !errors.As(err, &unknown) {
		return err
	}
	switch {
	case contains(whole, unknown.word):
		return fmt.Errorf("{%s} must be an element of its own", unknown.word)
	case len(words) == 0:
		return fmt.Errorf("{%s} is not allowed here; write {{ for a brace", unknown.word)
	}
	return fmt.Errorf("unknown placeholder {%s}; allowed are {%s}, and {{ for a brace", unknown.word, strings.Join(append(words, whole...), "}, {"))
}

func (r *Recipe) validate() error {
	if r == nil {
		return nil
	}
	if r.Base != "" && !reImage.MatchString(r.Base) {
		return fmt.Errorf(`recipe.base is %q; allowed are lower case letters, digits and "-"`, r.Base)
	}
	if r.GoToolchain != "" && !reGoToolchain.MatchString(r.GoToolchain) {
		return fmt.Errorf("recipe.go_toolchain is %q; want a version such as 1.26.8", r.GoToolchain)
	}
	for _, f := range []struct {
		field   string
		values  []string
		re      *lazyre.Regexp
		allowed string
	}{
		{"recipe.packages", r.Packages, rePackage, "names of Debian packages, with =version if need be"},
		{"recipe.go_commands", r.GoCommands, reGoCommand, "a package of a module and its version: example.org/mod/cmd/x@v1.2.3"},
		{"recipe.npm", r.Npm, reNpm, "a package and its exact version: esbuild@0.28.2"},
		{"recipe.remove", r.Remove, reRemove, "absolute paths of at least two components, of letters, digits and @+_.~-, with the wildcards * and ?"},
	} {
		if err := list(f.field, f.values, f.re, f.allowed); err != nil {
			return err
		}
	}
	for _, p := range r.Remove {
		if path.Clean(p) != p {
			return fmt.Errorf("recipe.remove has %q, which is not a clean path", p)
		}
	}
	if r.Script != "" {
		return text("recipe.script", r.Script, maxText)
	}
	return nil
}
