package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// mutant is a program with one damage.
type mutant struct {
	*program
	seed uint64
	n    int
	kind string
	text string
	line int // of the damage
}

func (m *mutant) id() string { return fmt.Sprintf("%s-%d-%03d-%s", m.language, m.seed, m.n, m.kind) }

type token struct {
	kind       byte // s string, c comment, w word, p punctuation
	start, end int
	text       string
}

var tokenRE = regexp.MustCompile(`(?s)("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|` + "`[^`]*`" + `)|(//[^\n]*|#[^\n]*|/\*.*?\*/)|([A-Za-z_]\w*)|([()\[\]{},:;])`)

// noComment are what # begins elsewhere: directives, attributes, lengths.
var noComment = regexp.MustCompile(`^#(?:include|define|\[|!|\{|\w+\b.*\})`)

func tokens(text string) []token {
	var out []token
	for at := 0; at < len(text); {
		m := tokenRE.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		for g := 1; g <= 4; g++ {
			if m[2*g] < 0 {
				continue
			}
			t := token{"scwp"[g-1], at + m[2*g], at + m[2*g+1], text[at+m[2*g] : at+m[2*g+1]]}
			if t.kind == 'c' && noComment.MatchString(t.text) {
				t.kind, t.end, t.text = 'x', t.start+1, "#"
			}
			out = append(out, t)
			at = t.end
		}
	}
	return out
}

var keywords = set("if else for while return def class import from in not and or None True False self const let var function new this async await fn mut pub use struct impl match func package type range int float double char void static public private final boolean String do end elsif puts print println main std include namespace using template auto unsigned long short bool true false null nil interface extends implements require case default break continue switch try catch throw throws then fi done esac local echo elif")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

var slipped = set("return while function class struct import static public print puts elif else match func def elsif switch case const let interface then done echo local include")

// damage is one way to break a program: it returns a broken text, "" where the
// program has nothing to break so.
type damage struct {
	kind string
	do   func(r *rand.Rand, p *program, ts []token) string
}

func pick[T any](r *rand.Rand, all []T) (t T, ok bool) {
	if len(all) == 0 {
		return t, false
	}
	return all[r.IntN(len(all))], true
}

func (p *program) with(start, end int, text string) string {
	return p.text[:start] + text + p.text[end:]
}

// slip misspells a word as fingers do.
func slip(r *rand.Rand, w string) string {
	i := 1 + r.IntN(len(w)-2)
	switch r.IntN(3) {
	case 0:
		return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
	case 1:
		return w[:i] + w[i+1:]
	}
	return w[:i] + w[i:i+1] + w[i:]
}

func choose(ts []token, ok func(i int, t token) bool) []token {
	var out []token
	for i, t := range ts {
		if ok(i, t) {
			out = append(out, t)
		}
	}
	return out
}

func next(p *program, t token) byte {
	if t.end < len(p.text) {
		return p.text[t.end]
	}
	return 0
}

func after(p *program, t token) byte {
	if t.start > 0 {
		return p.text[t.start-1]
	}
	return 0
}

func nameUse(p *program, ts []token) []token {
	seen := map[string]bool{}
	return choose(ts, func(_ int, t token) bool {
		if t.kind != 'w' || len(t.text) < 4 || keywords[t.text] {
			return false
		}
		was := seen[t.text]
		seen[t.text] = true
		return was
	})
}

func word(kind string, pool func(p *program, ts []token) []token, change func(r *rand.Rand, w string) string) damage {
	return damage{kind, func(r *rand.Rand, p *program, ts []token) string {
		t, ok := pick(r, pool(p, ts))
		if !ok {
			return ""
		}
		return p.with(t.start, t.end, change(r, t.text))
	}}
}

func calls(p *program, ts []token) []token {
	return choose(ts, func(_ int, t token) bool {
		return t.kind == 'w' && len(t.text) >= 4 && !keywords[t.text] && next(p, t) == '(' && after(p, t) == '.'
	})
}

// lost takes one mark out.
func lost(kind, marks string, except ...string) damage {
	return damage{kind, func(r *rand.Rand, p *program, ts []token) string {
		t, ok := pick(r, choose(ts, func(_ int, t token) bool { return t.kind == 'p' && strings.Contains(marks, t.text) }))
		if !ok || slices.Contains(except, p.language) {
			return ""
		}
		return p.with(t.start, t.end, "")
	}}
}

var importLine = regexp.MustCompile(`(?m)^(?:import .*|from \w+ import .*|use .*|#include .*|(?:const|var|let) .* = require.*|require .*|\t"[\w/]+")\n`)

var closerLine = regexp.MustCompile(`(?m)^[ \t]*(?:\}|end|fi|done|esac)[ \t]*\n`)

func cut(kind string, lines *regexp.Regexp) damage {
	return damage{kind, func(r *rand.Rand, p *program, _ []token) string {
		m, ok := pick(r, lines.FindAllStringIndex(p.text, -1))
		if !ok {
			return ""
		}
		return p.with(m[0], m[1], "")
	}}
}

// idiom puts another text for one match of a pattern, in some languages.
type idiom struct {
	languages, pattern, with string
}

var idioms = []idiom{
	{"python", `(?m):$`, ""}, {"python", `(?m)^    (    \S)`, "$1"}, {"python", `(?m)^(    )`, " $1"}, {"python", `self\.(\w+)`, "$1"},
	{"python", `\(self, `, "("}, {"python", ` == `, " = "}, {"python", `\bTrue\b`, "true"}, {"python", `\bNone\b`, "null"}, {"python", `\.append\(`, ".push("},
	{"python", `(?m)print\((.*)\)$`, "print $1"}, {"python", `\belif\b`, "else if"}, {"python", `(?m) \+= 1$`, "++"}, {"python", `str\((\w+)\)`, "$1"},
	{"python", `len\((\w+)\)`, "$1.length"}, {"python", ` and `, " && "}, {"python", ` not `, " !"},
	{"javascript typescript", `\blet\b`, "const"}, {"javascript typescript", `\bnew `, ""}, {"javascript typescript", `\bthis\.(\w+)`, "$1"},
	{"javascript typescript", `\basync `, ""}, {"javascript typescript", `console\.log`, "print"}, {"javascript typescript", `\bfunction\b`, "def"},
	{"javascript typescript", `\.length\b`, ".length()"}, {"javascript typescript", `\.push\(`, ".append("}, {"javascript typescript", `\belse if\b`, "elif"},
	{"typescript", `: number\b`, ": int"}, {"typescript", `: string\b`, ": String"},
	{"go", `:=`, "="}, {"go", ` = `, " := "}, {"go", `float64\((\w+)\)`, "$1"}, {"go", `(?m)^(func .*) (?:int|string|float64|bool|\[\]\w+) \{`, "$1 {"},
	{"go", `\bfor (\w+ [<>!]=? )`, "while $1"}, {"go", `(?m)^\t(return)`, "\textra := 1\n\t$1"}, {"go", `\.Println\(`, ".println("}, {"go", `&(\w)`, "$1"}, {"go", `\bnil\b`, "null"},
	{"rust", `\bmut `, ""}, {"rust", `println!`, "println"}, {"rust", `([(\s])&(\w)`, "$1$2"}, {"rust", ` -> [\w<>()&', ]+ \{`, " {"}, {"rust", `\.to_string\(\)`, ""},
	{"rust", `\.clone\(\)`, ""}, {"rust", `(?m)^#\[derive.*\n`, ""}, {"rust", ` as \w+`, ""}, {"rust", `&self`, "self"}, {"rust", `\blet mut\b`, "var"},
	{"java", `\bstatic (\w[\w<>\[\]]* \w+\()`, "$1"}, {"java", `\bString\b`, "string"}, {"java", `\bSystem\b`, "system"}, {"java", `\.length\(\)`, ".length"},
	{"java", `\.length\b`, ".length()"}, {"java", ` throws \w+`, ""}, {"java", `\bnew `, ""}, {"java", `\bboolean\b`, "bool"}, {"java", `\.size\(\)`, ".length"},
	{"c cpp", `->`, "."}, {"c", `\bstruct (\w+ \*)`, "$1"}, {"c", `&(\w+)([,)])`, "$1$2"}, {"c cpp", `\bint (main)`, "$1"},
	{"cpp", `std::`, ""}, {"cpp", ` const \{`, " {"}, {"cpp", `public:`, ""}, {"cpp", `<<`, "<"}, {"c", `printf`, "print"},
	{"ruby", `\bputs\b`, "put"}, {"ruby", ` do \|`, " |"}, {"ruby", `\.to_s\b`, ""}, {"ruby", `==`, "="}, {"ruby", `\.each\b`, ".eac"}, {"ruby", `\belsif\b`, "elif"},
	{"ruby", `@(\w+)`, "$1"}, {"ruby", `\.length\b`, ".len"},
	{"bash", `; then`, ""}, {"bash", `; do\b`, ""}, {"bash", `\[ `, "["}, {"bash", ` \]`, "]"}, {"bash", `;;`, ""}, {"bash", `(\w)=`, "$1 = "}, {"bash", `\bfi\b`, "end"}, {"bash", `\belif\b`, "else if"},
}

func (i idiom) damage() damage {
	re := regexp.MustCompile(i.pattern)
	return damage{"idiom", func(r *rand.Rand, p *program, _ []token) string {
		m, ok := pick(r, re.FindAllStringSubmatchIndex(p.text, -1))
		if !ok {
			return ""
		}
		return p.with(m[0], m[1], string(re.ExpandString(nil, i.with, p.text, m)))
	}}
}

// damages are all that a language knows.
func damages(language string) []damage {
	out := []damage{
		word("typo-name", nameUse, slip),
		word("typo-method", calls, slip),
		word("typo-keyword", func(_ *program, ts []token) []token {
			return choose(ts, func(_ int, t token) bool { return t.kind == 'w' && slipped[t.text] })
		}, slip),
		word("wrong-case", func(p *program, ts []token) []token {
			return append(calls(p, ts), choose(ts, func(_ int, t token) bool {
				return t.kind == 'w' && len(t.text) > 3 && t.text[0] >= 'A' && t.text[0] <= 'Z'
			})...)
		}, func(r *rand.Rand, w string) string {
			if c := w[0]; r.IntN(5) < 3 && c >= 'A' && c <= 'z' {
				return string(c^0x20) + w[1:]
			}
			return strings.ToLower(w)
		}),
		lost("lost-paren", ")"), lost("lost-bracket", "]"), lost("lost-brace", "}"), lost("lost-opener", "([{"), lost("lost-comma", ","),
		lost("lost-semicolon", ";", "javascript", "typescript", "python", "go", "ruby", "bash"), lost("lost-colon", ":", "bash"),
		cut("lost-import", importLine), cut("lost-end", closerLine),
		{"doubled-closer", func(r *rand.Rand, p *program, ts []token) string {
			t, ok := pick(r, choose(ts, func(_ int, t token) bool { return t.kind == 'p' && strings.Contains(")]}", t.text) }))
			if !ok {
				return ""
			}
			return p.with(t.end, t.end, t.text)
		}},
		{"lost-quote", func(r *rand.Rand, p *program, ts []token) string {
			t, ok := pick(r, choose(ts, func(_ int, t token) bool { return t.kind == 's' && len(t.text) > 2 }))
			if !ok {
				return ""
			}
			if r.IntN(4) == 0 {
				return p.with(t.start, t.start+1, "")
			}
			return p.with(t.end-1, t.end, "")
		}},
	}
	for _, i := range idioms {
		if slices.Contains(strings.Fields(i.languages), language) {
			out = append(out, i.damage())
		}
	}
	return out
}

// corpus makes n mutants of programs, all kinds of damage in turn.
func corpus(seed uint64, programs []*program, n int) []*mutant {
	r := rand.New(rand.NewPCG(seed, uint64(len(programs)))) //nolint:gosec // the same mutants each time
	all := damages(programs[0].language)
	seen := map[string]bool{}
	var out []*mutant
	for round := 0; len(out) < n && round < 50; round++ {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, d := range all {
			p := programs[r.IntN(len(programs))]
			text := d.do(r, p, tokens(p.text))
			if text == "" || text == p.text || seen[text] || len(out) == n {
				continue
			}
			seen[text] = true
			out = append(out, &mutant{program: p, seed: seed, n: len(out), kind: d.kind, text: text, line: firstChange(p.text, text)})
		}
	}
	return out
}

func firstChange(a, b string) int {
	line := 1
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '\n' {
			line++
		}
	}
	return line
}
