package policy

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

func spec(files ...string) nsbox.Spec {
	s := nsbox.Spec{}
	for _, f := range files {
		s.Files = append(s.Files, nsbox.FileSpec{Name: f, Size: 10})
	}
	return s
}

func interpreted() *language.Language {
	return &language.Language{
		Name: "py", Image: "py-image",
		Run: language.Stage{
			Argv: []string{"py", "-m{heap_mb}", "{main}", "{args}"}, Env: []string{"A=lang", "HOME=/lang", "CPUS={cpus}"},
			OOM: &nsbox.OOMSign{ExitCode: 1, Stderr: "heap"},
		},
	}
}

func compiled() *language.Language {
	return &language.Language{
		Name: "cc", Image: "cc", Extensions: []string{".c"},
		Compile: &language.Stage{Argv: []string{"cc", "{sources}"}, Profile: "compile", Limits: nsbox.Limits{Memory: nsbox.GiB, Pids: 128}},
		Run:     language.Stage{Argv: []string{"/build/main", "{args}"}},
	}
}

func TestResolveInterpreted(t *testing.T) {
	req := spec("src/main.py", "lib/util.py")
	req.Args = []string{"-x", "{main}"}
	req.Env = []string{"A=req", "B=1", "B=2", "PATH=/mine", "LD_PRELOAD=/workspace/x.so"}
	req.Limits.Memory, req.Limits.CPUs = 512*nsbox.MiB, 1.5
	req.Artifacts = true
	got, err := Resolve(req, interpreted(), DefaultCeilings())
	if err != nil {
		t.Fatal(err)
	}
	limits := DefaultCeilings().Default
	limits.Memory, limits.CPUs = 512*nsbox.MiB, 1.5
	want := Plan{
		Language: "py", Image: "py-image", Artifacts: true, Network: nsbox.NetNone,
		Stages: []Stage{{
			Name: "run", Dir: "/workspace", Profile: "default", Limits: limits,
			Argv: []string{"py", "-m384", "/workspace/src/main.py", "-x", "{main}"},
			Env: []string{"PATH=/mine", "HOME=/lang", "LANG=C.UTF-8", "TMPDIR=/tmp", "A=req", "CPUS=2", "B=2",
				"LD_PRELOAD=/workspace/x.so"},
			BaseEnv: []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/lang", "LANG=C.UTF-8", "TMPDIR=/tmp", "A=lang", "CPUS=2"}, Main: 2,
			OOM: &nsbox.OOMSign{ExitCode: 1, Stderr: "heap"},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestResolveCompiled(t *testing.T) {
	req := spec("main.c", "util.c", "util.h")
	req.Args, req.Env, req.Profile = []string{"a"}, []string{"CC=evil"}, "strict"
	req.Limits.Memory = 64 * nsbox.MiB
	got, err := Resolve(req, compiled(), DefaultCeilings())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Stages) != 2 {
		t.Fatalf("%d stages; want 2", len(got.Stages))
	}
	c, r := got.Stages[0], got.Stages[1]
	if c.Name != nsbox.StageCompile || !c.Build || c.Profile != "compile" {
		t.Errorf("compile stage %+v", c)
	}
	if want := []string{"cc", "/workspace/main.c", "/workspace/util.c"}; !slices.Equal(c.Argv, want) {
		t.Errorf("compile argv %q; want %q", c.Argv, want)
	}
	if c.Limits.Memory != nsbox.GiB || c.Limits.Pids != 128 || c.Limits.Timeout.Std() != time.Minute {
		t.Errorf("compile limits %+v; want the language's own, the request's being the program's", c.Limits)
	}
	if slices.Contains(c.Env, "CC=evil") {
		t.Error("the compiler has the program's environment")
	}
	if r.Name != nsbox.StageRun || r.Build || r.Profile != "strict" || r.Limits.Memory != 64*nsbox.MiB {
		t.Errorf("run stage %+v", r)
	}
	if want := []string{"/build/main", "a"}; !slices.Equal(r.Argv, want) {
		t.Errorf("run argv %q; want %q", r.Argv, want)
	}
}

// Precedence: request, language, default. Each limit alone, so that none is
// mixed up with another.
func TestLimitPrecedence(t *testing.T) {
	c := DefaultCeilings()
	for i, f := range allLimits() {
		t.Run(f.key, func(t *testing.T) {
			low, high := f.get(&c.Min), f.get(&c.Max)
			fromReq, fromLang := low+(high-low)/2, low+(high-low)/4
			if f.key != "cpus" {
				fromReq, fromLang = math.Floor(fromReq), math.Floor(fromLang)
			}
			lang, req := interpreted(), spec("a")
			check := func(want float64) {
				t.Helper()
				got, err := Resolve(req, lang, c)
				if err != nil {
					t.Fatal(err)
				}
				for j, g := range allLimits() {
					w := g.get(&c.Default)
					if j == i {
						w = want
					}
					if v := g.get(&got.Stages[0].Limits); v != w {
						t.Errorf("%s = %s; want %s", g.key, g.text(v), g.text(w))
					}
				}
			}
			check(f.get(&c.Default))
			f.set(&lang.Run.Limits, fromLang)
			check(fromLang)
			f.set(&req.Limits, fromReq)
			check(fromReq)
			f.set(&req.Limits, low)
			check(low)
			f.set(&req.Limits, high)
			check(high)
		})
	}
}

func TestLimitsOutOfRange(t *testing.T) {
	for _, c := range []struct {
		limits nsbox.Limits
		want   string
	}{
		{nsbox.Limits{Timeout: nsbox.Duration(301 * time.Second)}, "--timeout is 5m1s; allowed are 1s to 5m"},
		{nsbox.Limits{Timeout: nsbox.Duration(time.Second - 1)}, "--timeout is 999.999999ms; allowed are 1s to 5m"},
		{nsbox.Limits{Timeout: -1}, "--timeout is -1ns; allowed are 1s to 5m"},
		{nsbox.Limits{CPUTime: nsbox.Duration(time.Hour)}, "--cpu-time is 1h; allowed are 100ms to 20m"},
		{nsbox.Limits{Memory: 63 * nsbox.MiB}, "--memory is 63MiB; allowed are 64MiB to 2GiB"},
		{nsbox.Limits{Memory: math.MaxInt64}, "allowed are 64MiB to 2GiB"},
		{nsbox.Limits{CPUs: 0.09}, "--cpus is 0.09; allowed are 0.1 to 4"},
		{nsbox.Limits{CPUs: math.NaN()}, "--cpus is NaN; allowed are 0.1 to 4"},
		{nsbox.Limits{CPUs: math.Inf(1)}, "--cpus is +Inf; allowed are 0.1 to 4"},
		{nsbox.Limits{Pids: 1025}, "--pids is 1025; allowed are 1 to 1024"},
		{nsbox.Limits{Disk: 2 * nsbox.GiB}, "--disk is 2GiB; allowed are 1MiB to 1GiB"},
		{nsbox.Limits{Inodes: 1}, "--inodes is 1; allowed are 16 to 200000"},
		{nsbox.Limits{OpenFiles: 255}, "--open-files is 255; allowed are 256 to 4096"},
		{nsbox.Limits{MaxOutput: 65 * nsbox.MiB}, "--max-output is 65MiB; allowed are 1KiB to 64MiB"},
	} {
		req := spec("a")
		req.Limits = c.limits
		_, err := Resolve(req, interpreted(), DefaultCeilings())
		if !errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.limits, err, c.want)
		}
	}
}

func TestLanguageLimits(t *testing.T) {
	lang := compiled()
	lang.Compile.Limits = nsbox.Limits{Memory: 8 * nsbox.GiB, Timeout: nsbox.Duration(time.Hour), Pids: 5000}
	got, err := Resolve(spec("a.c"), lang, DefaultCeilings())
	if err != nil {
		t.Fatal(err)
	}
	if l := got.Stages[0].Limits; l.Memory != 2*nsbox.GiB || l.Timeout.Std() != time.Minute || l.Pids != 256 {
		t.Errorf("compile limits %+v; want them cut to compile_max", l)
	}
	lang.Compile.Limits = nsbox.Limits{Memory: nsbox.MiB}
	if _, err = Resolve(spec("a.c"), lang, DefaultCeilings()); !errors.Is(err, nsbox.ErrLanguage) || !strings.Contains(err.Error(), "compile.limits.memory is 1MiB") {
		t.Errorf("compile stage below the minimum: %v", err)
	}
	lang = interpreted()
	lang.Run.Limits.Memory = 8 * nsbox.GiB
	if _, err = Resolve(spec("a"), lang, DefaultCeilings()); !errors.Is(err, nsbox.ErrLanguage) || !strings.Contains(err.Error(), "memory is 8GiB; this host allows 64MiB to 2GiB") {
		t.Errorf("run stage above the maximum: %v", err)
	}
	req := spec("a")
	req.Limits.Memory = nsbox.GiB
	if _, err = Resolve(req, lang, DefaultCeilings()); err != nil {
		t.Errorf("the request overrides the language: %v", err)
	}
	lang = interpreted()
	lang.Run.Argv = []string{"{nonsense}"}
	if _, err = Resolve(spec("a"), lang, DefaultCeilings()); !errors.Is(err, nsbox.ErrLanguage) {
		t.Errorf("broken language: %v", err)
	}
}

func TestFileNames(t *testing.T) {
	deep := strings.Repeat("d/", 31) + "f"
	for _, good := range [][]string{
		{"main.py"}, {".hidden"}, {"-c"}, {"a b"}, {"ünï/cödé"}, {"a\\b"}, {"...", "..a", "a.."}, {"a/b", "a/c", "ab"},
		{strings.Repeat("x", 255)}, {deep},
	} {
		if _, err := Resolve(spec(good...), interpreted(), DefaultCeilings()); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		files []string
		want  string
	}{
		{nil, "no file"},
		{[]string{""}, "no name"},
		{[]string{"/etc/passwd"}, "not allowed"},
		{[]string{"../x"}, "not allowed"},
		{[]string{"a/../x"}, "not allowed"},
		{[]string{".."}, "not allowed"},
		{[]string{"."}, "not allowed"},
		{[]string{"./x"}, "not allowed"},
		{[]string{"a//b"}, "not allowed"},
		{[]string{"a/"}, "not allowed"},
		{[]string{"a\x00b"}, "control"},
		{[]string{"a\x1b[2Jb"}, "control"},
		{[]string{"a\nb"}, "control"},
		{[]string{"a\x7f"}, "control"},
		{[]string{"a\xff"}, "not UTF-8"},
		{[]string{strings.Repeat("x", 256)}, "component of 256 bytes"},
		{[]string{"d/" + deep}, "33 directories deep"},
		{[]string{strings.Repeat("xx/", 1400)}, "at most 4096"},
		{[]string{"a", "a"}, "twice"},
		{[]string{"a", "a/b"}, `"a" is also the directory of "a/b"`},
		{[]string{"x/a/b/c", "x/a"}, `"x/a" is also the directory`},
		{many, "1001 files"},
	} {
		_, err := Resolve(spec(c.files...), interpreted(), DefaultCeilings())
		if !errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: %v; want %q", c.files, err, c.want)
		} else if strings.ContainsAny(err.Error(), "\x00\x1b\n") {
			t.Errorf("%q: the message has control characters: %q", c.files, err)
		}
	}
}

func TestFileSizes(t *testing.T) {
	for _, c := range []struct {
		name  string
		sizes []int64
		disk  nsbox.Size
		want  string
	}{
		{"as large as allowed", []int64{int64(64*nsbox.MiB) - 1, 1}, 0, ""},
		{"one too large", []int64{int64(64*nsbox.MiB) + 1}, nsbox.GiB, "more than 64MiB together"},
		{"together too large", []int64{int64(40 * nsbox.MiB), int64(40 * nsbox.MiB)}, nsbox.GiB, "more than 64MiB"},
		{"overflow", []int64{math.MaxInt64, math.MaxInt64}, nsbox.GiB, "more than 64MiB"},
		{"negative", []int64{-1}, 0, "the size -1"},
		{"larger than the disk", []int64{int64(2 * nsbox.MiB)}, nsbox.MiB, "--disk allows the run stage 1MiB"},
	} {
		req := nsbox.Spec{Limits: nsbox.Limits{Disk: c.disk}}
		for i, n := range c.sizes {
			req.Files = append(req.Files, nsbox.FileSpec{Name: fmt.Sprint(i), Size: n})
		}
		_, err := Resolve(req, interpreted(), DefaultCeilings())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	// Directories count as inodes, too.
	req := spec(strings.Repeat("d/", 20) + "f")
	req.Limits.Inodes = 20
	if _, err := Resolve(req, interpreted(), DefaultCeilings()); err == nil || !strings.Contains(err.Error(), "21 files and directories") {
		t.Errorf("inodes: %v", err)
	}
}

func TestArgsEnvAndRest(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*nsbox.Spec)
		want   string // "" means that it is allowed
	}{
		"empty argument":        {func(s *nsbox.Spec) { s.Args = []string{"", "--", "@x"} }, ""},
		"NUL in an argument":    {func(s *nsbox.Spec) { s.Args = []string{"a", "b\x00"} }, "argument 2 has a NUL"},
		"many arguments":        {func(s *nsbox.Spec) { s.Args = make([]string, 1025) }, "1025 arguments"},
		"long arguments":        {func(s *nsbox.Spec) { s.Args = []string{strings.Repeat("x", 32<<10)} }, "at most 32768"},
		"empty value":           {func(s *nsbox.Spec) { s.Env = []string{"_A1="} }, ""},
		"value with =":          {func(s *nsbox.Spec) { s.Env = []string{"A=b=c"} }, ""},
		"no value":              {func(s *nsbox.Spec) { s.Env = []string{"A"} }, `--env "A": want NAME=value`},
		"no name":               {func(s *nsbox.Spec) { s.Env = []string{"=a"} }, "want NAME=value"},
		"digit first":           {func(s *nsbox.Spec) { s.Env = []string{"1A=a"} }, "want NAME=value"},
		"name with a space":     {func(s *nsbox.Spec) { s.Env = []string{"A B=a"} }, "want NAME=value"},
		"function for bash":     {func(s *nsbox.Spec) { s.Env = []string{"BASH_FUNC_x%%=() { :; }"} }, "want NAME=value"},
		"NUL in a value":        {func(s *nsbox.Spec) { s.Env = []string{"A=\x00"} }, "NUL"},
		"many variables":        {func(s *nsbox.Spec) { s.Env = slices.Repeat([]string{"A=b"}, 1025) }, "1025 times"},
		"large environment":     {func(s *nsbox.Spec) { s.Env = []string{"A=" + strings.Repeat("x", 16<<10)} }, "at most 16384"},
		"loopback":              {func(s *nsbox.Spec) { s.Network = nsbox.NetLoopback }, ""},
		"network":               {func(s *nsbox.Spec) { s.Network = "host" }, `--net is "host"; allowed are none and loopback`},
		"profile":               {func(s *nsbox.Spec) { s.Profile = "strict" }, ""},
		"profile misspelt":      {func(s *nsbox.Spec) { s.Profile = "stirct" }, `did you mean "strict"?`},
		"profile unknown":       {func(s *nsbox.Spec) { s.Profile = "/etc/x.json" }, "there are: default, strict"},
		"terminal":              {func(s *nsbox.Spec) { s.TTY = &nsbox.TTYSize{Rows: 1, Cols: 1000} }, ""},
		"terminal without rows": {func(s *nsbox.Spec) { s.TTY = &nsbox.TTYSize{Cols: 80} }, "0 rows and 80 columns"},
		"terminal, huge":        {func(s *nsbox.Spec) { s.TTY = &nsbox.TTYSize{Rows: 24, Cols: 65535} }, "65535 columns"},
	} {
		req := spec("a")
		c.change(&req)
		_, err := Resolve(req, interpreted(), DefaultCeilings())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (!errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	req := spec("a")
	req.TTY = &nsbox.TTYSize{}
	if p, err := Resolve(req, interpreted(), DefaultCeilings()); err != nil || *p.TTY != defaultTTY {
		t.Errorf("terminal of unstated size: %+v, %v", p.TTY, err)
	}
}

func TestDefaultCeilingsAreValid(t *testing.T) {
	if err := DefaultCeilings().Validate(); err != nil {
		t.Error(err)
	}
}

func TestCeilingsValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Ceilings)
		want   string
	}{
		"no minimum":           {func(c *Ceilings) { c.Min.Memory = 0 }, "min.memory is 0B; it must be more than 0"},
		"range upside down":    {func(c *Ceilings) { c.Max.Pids = 0 }, "max.pids is 0, less than min.pids, 1"},
		"default outside":      {func(c *Ceilings) { c.Default.Disk = 2 * nsbox.GiB }, "default.disk is 2GiB; allowed are 1MiB to 1GiB"},
		"compile maximum":      {func(c *Ceilings) { c.CompileMax.Memory = nsbox.MiB }, "compile_max.memory is 1MiB"},
		"bare number, seconds": {func(c *Ceilings) { c.Min.Timeout, c.Max.Timeout, c.Default.Timeout = 1, 300, 60 }, "write a text with a unit"},
		"not a number":         {func(c *Ceilings) { c.Max.CPUs = math.NaN() }, "cpus: not a number"},
	} {
		ceilings := DefaultCeilings()
		c.change(&ceilings)
		if err := ceilings.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}
