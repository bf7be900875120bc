package language

import (
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// minimal is the shortest definition that is allowed.
const minimal = `
title = "Lua"
extensions = [".lua"]
main = "main.lua"
image = "lua"
hello = "print('hello')"
[run]
argv = ["lua", "{main}", "{args}"]
`

func TestDecode(t *testing.T) {
	l, err := Decode("lua", []byte(minimal+`
env = ["A={cpus}", "B={{literal}"]
profile = "strict"
[run.limits]
timeout = "20"
cpu_time = "1m30s"
memory = "1.5GiB"
disk = 1048576
cpus = 0.5
pids = 9
[run.oom]
exit_code = 1
stderr = "not enough memory"
[compile]
argv = ["luac", "-o", "/build/main", "{sources}"]
[recipe]
base = "base"
packages = ["lua5.4", "g++", "libc6:amd64=2.36-9+deb12u10"]
go_toolchain = "1.26.8"
go_commands = ["github.com/tetratelabs/wazero/cmd/wazero@v1.12.0"]
npm = ["@types/node@26.0.0", "esbuild@0.28.2"]
script = "echo 'any shell is allowed here'"
remove = ["/usr/share/doc", "/usr/lib/x/*.a"]
`))
	if err != nil {
		t.Fatal(err)
	}
	if l.Name != "lua" {
		t.Errorf("name = %q; want the file's", l.Name)
	}
	want := nsbox.Limits{
		Timeout: nsbox.Duration(20 * time.Second), CPUTime: nsbox.Duration(90 * time.Second),
		Memory: 1536 * nsbox.MiB, Disk: nsbox.MiB, CPUs: 0.5, Pids: 9,
	}
	if l.Run.Limits != want {
		t.Errorf("limits = %+v; want %+v", l.Run.Limits, want)
	}
	if l.Run.OOM == nil || l.Run.OOM.ExitCode != 1 {
		t.Errorf("oom = %+v", l.Run.OOM)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":            {"[run]", "colour = 3\n[run]", "unknown key colour"},
		"unknown key in a table": {"[run]", "[run]\nshell = true", "unknown key run.shell"},
		"syntax":                 {"[run]", "[run", "line 7"},
		"wrong type":             {`title = "Lua"`, "title = 3", "line 2"},
		"bad size":               {"[run]", "[run.limits]\nmemory = \"lots\"\n[run]", "not a size"},
		"other name":             {`title`, "name = \"perl\"\ntitle", `the file's name says "lua"`},
		"no title":               {`title = "Lua"`, "", "title is missing"},
		"title with escape":      {`"Lua"`, `"Lua\u001b[2J"`, "control characters"},
		"no hello":               {`hello = "print('hello')"`, "", "hello is missing"},
		"no image":               {`image = "lua"`, "", "image is missing"},
		"image is a path":        {`image = "lua"`, `image = "../lua"`, "image is"},
		"main is a path":         {`main = "main.lua"`, `main = "/etc/passwd"`, "main is"},
		"main is an option":      {`main = "main.lua"`, `main = "-e"`, "main is"},
		"extension without dot":  {`[".lua"]`, `["lua"]`, "extensions has"},
		"extension twice":        {`[".lua"]`, `[".lua", ".lua"]`, "twice"},
		"alias":                  {"[run]", "aliases = [\"a b\"]\n[run]", "aliases has"},
		"interpreter":            {"[run]", "interpreters = [\"/bin/lua\"]\n[run]", "interpreters has"},
		"analyzer":               {"[run]", "analyzer = \"Lua!\"\n[run]", "analyzer is"},
		"no argv":                {`argv = ["lua", "{main}", "{args}"]`, "", "run.argv is missing"},
		"empty command":          {`"lua", "{main}"`, `"", "{main}"`, "empty word"},
		"argv begins with args":  {`"lua", "{main}", "{args}"`, `"{args}"`, "a command must come first"},
		"no args":                {`, "{args}"`, "", `no "{args}"`},
		"args twice":             {`"{args}"`, `"{args}", "{args}"`, "twice"},
		"args in a word":         {`"{args}"`, `"{args}", "-x{args}"`, "must be an element of its own"},
		"unknown placeholder":    {`"{main}"`, `"{file}"`, "unknown placeholder {file}"},
		"NUL":                    {`"{main}"`, `"a\u0000b"`, "NUL"},
		"env without value":      {"[run]", "[run]\nenv = [\"HOME\"]", "want NAME=value"},
		"env with a bad name":    {"[run]", "[run]\nenv = [\"1A=b\"]", "want NAME=value"},
		"args in env":            {"[run]", "[run]\nenv = [\"A={args}\"]", "unknown placeholder {args}"},
		"profile":                {"[run]", "[run]\nprofile = \"../x\"", "run.profile"},
		"negative limit":         {"[run]", "[run.limits]\npids = -1\n[run]", "run.limits.pids is negative"},
		"duration without unit":  {"[run]", "[run.limits]\ntimeout = 20\n[run]", "write a text with a unit"},
		"not a number of cpus":   {"[run]", "[run.limits]\ncpus = nan\n[run]", "run.limits.cpus"},
		"infinite cpus":          {"[run]", "[run.limits]\ncpus = inf\n[run]", "run.limits.cpus"},
		"args while compiling":   {"[run]", "[compile]\nargv = [\"x\", \"{args}\"]\n[run]", "unknown placeholder {args}"},
		"oom while compiling":    {"[run]", "[compile]\nargv = [\"x\"]\noom = {exit_code = 1, stderr = \"x\"}\n[run]", "compile.oom"},
		"oom with exit 0":        {"[run]", "[run]\noom = {exit_code = 0, stderr = \"x\"}", "exit_code is 0"},
		"placeholder in version": {"[run]", "version = [\"lua\", \"{main}\"]\n[run]", "{main} is not allowed here"},
		"package is an option":   {"[run]", "[recipe]\npackages = [\"--purge\"]\n[run]", "recipe.packages has"},
		"package is removed":     {"[run]", "[recipe]\npackages = [\"libc6-\"]\n[run]", "recipe.packages has"},
		"package with a command": {"[run]", "[recipe]\npackages = [\"a;id\"]\n[run]", "recipe.packages has"},
		"package with a space":   {"[run]", "[recipe]\npackages = [\"a b\"]\n[run]", "recipe.packages has"},
		"toolchain":              {"[run]", "[recipe]\ngo_toolchain = \"latest\"\n[run]", "recipe.go_toolchain"},
		"go command, no version": {"[run]", "[recipe]\ngo_commands = [\"example.org/x\"]\n[run]", "recipe.go_commands"},
		"go command, option":     {"[run]", "[recipe]\ngo_commands = [\"-toolexec=x/y@v1.0.0\"]\n[run]", "recipe.go_commands"},
		"npm range":              {"[run]", "[recipe]\nnpm = [\"node@^26\"]\n[run]", "recipe.npm"},
		"npm path":               {"[run]", "[recipe]\nnpm = [\"../x@1.0.0\"]\n[run]", "recipe.npm"},
		"remove everything":      {"[run]", "[recipe]\nremove = [\"/\"]\n[run]", "recipe.remove"},
		"remove a whole tree":    {"[run]", "[recipe]\nremove = [\"/usr\"]\n[run]", "recipe.remove"},
		"remove upwards":         {"[run]", "[recipe]\nremove = [\"/usr/../etc\"]\n[run]", "recipe.remove"},
		"remove with a command":  {"[run]", "[recipe]\nremove = [\"/usr/$(id)\"]\n[run]", "recipe.remove"},
		"recipe base":            {"[run]", "[recipe]\nbase = \"a/b\"\n[run]", "recipe.base"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(minimal, c.from) {
				t.Fatalf("nothing to replace: %q", c.from)
			}
			_, err := Decode("lua", []byte(strings.Replace(minimal, c.from, c.to, 1)))
			if err == nil {
				t.Fatal("decoded; want an error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q; want it to contain %q", err, c.want)
			}
			if !strings.HasPrefix(err.Error(), "lua.toml: ") {
				t.Errorf("error %q does not name the file", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has more than one line", err)
			}
		})
	}
}

func TestDecodeRefusesLargeFiles(t *testing.T) {
	if _, err := Decode("lua", make([]byte, MaxFileSize+1)); err == nil {
		t.Error("decoded")
	}
}

// FuzzDecode: whatever is decoded can be expanded, and nothing but what the
// checks let through gets into commands.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte("[run]\nargv=[\"{{x\",\"{args}\"]"))
	f.Add([]byte("[recipe]\npackages=[\"a\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Decode("lua", data)
		if err != nil {
			return
		}
		stages := []*Stage{&l.Run}
		if l.Compile != nil {
			stages = append(stages, l.Compile)
		}
		for _, s := range stages {
			argv, env, err := l.Expand(s, Vars{Files: []string{"main.lua"}, Args: []string{"{main}"}, Memory: nsbox.GiB, CPUs: 1})
			if err != nil {
				t.Fatalf("decoded, but not expanded: %v", err)
			}
			if len(argv) == 0 || argv[0] == "" {
				t.Errorf("argv %q has no command", argv)
			}
			for _, w := range append(argv, env...) {
				if strings.ContainsRune(w, 0) {
					t.Errorf("word %q has a NUL byte", w)
				}
			}
		}
		if l.Recipe != nil {
			for _, p := range append(append(l.Recipe.Packages, l.Recipe.Npm...), l.Recipe.GoCommands...) {
				if strings.HasPrefix(p, "-") || strings.ContainsAny(p, " \t\n;&|$`'\"\\<>()*?[]{}!") {
					t.Errorf("recipe word %q", p)
				}
			}
		}
	})
}
