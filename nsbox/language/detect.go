package language

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
)

// sniffed is how much of a program Detect looks at.
const sniffed = 64 << 10

// Detect tells the language of a program from its file name's extension, else
// from its shebang, else from its content. name may be empty or "-", content may
// be nil or the beginning of the file. The error wraps [nsbox.ErrLanguage].
func (r *Registry) Detect(name string, content []byte) (*Language, error) {
	ext := path.Ext(name)
	if l := r.byExtension[ext]; l != nil {
		return l, nil
	}
	if l := r.byExtension[strings.ToLower(ext)]; l != nil {
		return l, nil
	}
	content = content[:min(len(content), sniffed)]
	if l := r.interpreters[interpreter(content)]; l != nil {
		return l, nil
	}
	for _, s := range signs {
		if l := r.byName[s.language]; l != nil && s.re.Match(content) {
			return l, nil
		}
	}
	what := fmt.Sprintf("%q", name)
	if name == "" || name == "-" {
		what = "the program"
	}
	return nil, &detectError{fmt.Sprintf("cannot tell the language of %s: name it with --lang", what)}
}

// detectError is a message of its own; errors.Is tells its class.
type detectError struct{ message string }

func (e *detectError) Error() string { return e.message }
func (e *detectError) Unwrap() error { return nsbox.ErrLanguage }

// versionSuffix is what follows an interpreter's name: python3.11, ruby3.1.
var versionSuffix = lazyre.New(`-?[0-9]+(\.[0-9]+)*$`)

// interpreter returns the last part of a shebang's command without its version,
// or "". With env it is the command that env starts.
func interpreter(content []byte) string {
	line, ok := bytes.CutPrefix(content, []byte("#!"))
	if !ok {
		return ""
	}
	line, _, _ = bytes.Cut(line[:min(len(line), 512)], []byte("\n"))
	words := strings.Fields(string(line))
	for len(words) > 0 {
		w := path.Base(words[0])
		words = words[1:]
		if w == "env" || strings.HasPrefix(w, "-") || strings.Contains(w, "=") {
			continue // env, its options and its variables
		}
		return versionSuffix.ReplaceAllString(w, "")
	}
	return ""
}

// signs are what programs look like, those that mistake no other language for
// their own first.
var signs = []struct {
	language string
	re       *lazyre.Regexp
}{
	{"wasm", lazyre.New(`\A\x00asm`)},
	{"wasm", lazyre.New(`\A(\s|;;[^\n]*\n)*\(module\b`)},
	{"go", lazyre.New(`(?m)^package [a-z_][a-zA-Z0-9_]*[ \t]*(//.*)?\r?$`)},
	{"cpp", lazyre.New(`(?m)^\s*#\s*include\s*<[a-z_]+(/stdc\+\+\.h)?>`)},
	{"cpp", lazyre.New(`(?s)(\A|\n)\s*#\s*include\b.*(\bstd::|\busing namespace\b|\btemplate\s*<)`)},
	{"c", lazyre.New(`(?m)^\s*#\s*include\s*[<"]`)},
	{"java", lazyre.New(`\bpublic\s+static\s+void\s+main\s*\(`)},
	{"java", lazyre.New(`(?m)^\s*(import java[a-z]*\.|public\s+((final|abstract|sealed)\s+)*(class|interface|enum|record)\s)`)},
	{"rust", lazyre.New(`(?m)^\s*(pub\s+)?(async\s+)?fn\s+main\s*\(\s*\)`)},
	{"rust", lazyre.New(`(?m)^(use (std|core|alloc)::|#!\[[a-z_]+)`)},
	{"python", lazyre.New(`(?m)^\s*(async\s+)?(def|class)\s+\w+\s*(\(.*\)\s*(->.*)?)?:\s*(#.*)?\r?$`)},
	{"python", lazyre.New(`(?m)^(from\s+[\w.]+\s+import\s|import\s+[\w.]+(\s+as\s+\w+)?(\s*,\s*[\w.]+)*\s*\r?$)`)},
	{"typescript", lazyre.New(`(?m)^\s*(export\s+)?(interface\s+\w+[^\n]*\{|type\s+\w+(<[^>\n]*>)?\s*=|enum\s+\w+\s*\{)`)},
	{"typescript", lazyre.New(`\b(const|let|var)\s+\w+\s*:\s*[A-Za-z]|\(\s*\w+\??\s*:\s*(string|number|boolean|any|unknown)\b`)},
	{"javascript", lazyre.New(`(?m)\bconsole\.(log|error)\s*\(|\brequire\s*\(\s*['"]|^\s*import\s.*\bfrom\s+['"]|^\s*(const|let|var)\s+[\w{\[]|=>\s*\{|\bprocess\.(stdin|stdout|argv|exit)\b`)},
	{"ruby", lazyre.New(`(?m)^\s*(puts\s|require(_relative)?\s+['"]|def\s+\w+[?!]?[^:\n]*\r?$|class\s+[A-Z]\w*[^:{\n]*\r?$)|\.each\s+do\b`)},
	{"bash", lazyre.New(`(?m)^\s*(echo\s|printf\s+['"]|if \[|for \w+ in [^:\n]*(;\s*do\b|\r?$)|while (read|true|:)|set -[a-z]+\r?$|[A-Z_]+=\S*\r?$)`)},
	{"python", lazyre.New(`(?m)^\s*print\s*\(|^\s*(if|for|while)\s.*:\s*\r?$`)},
}
