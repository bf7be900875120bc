package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

//go:embed testdata/programs
var builtin embed.FS

// program is one that works.
type program struct {
	language, name string
	file           string // as it is run
	text           string
	stdout         string
}

// mainFiles are the names that programs run under.
var mainFiles = map[string]string{
	"python": "main.py", "javascript": "main.js", "typescript": "main.ts", "bash": "main.sh", "go": "main.go", "rust": "main.rs",
	"java": "Main.java", "ruby": "main.rb", "c": "main.c", "cpp": "main.cpp",
}

// load reads the programs by their language.
func load(o options) (map[string][]*program, error) {
	all, err := fs.Sub(builtin, "testdata/programs")
	if err != nil {
		return nil, err
	}
	if o.programs != "" {
		all = os.DirFS(o.programs)
	}
	names, err := fs.Glob(all, "*/*.*")
	if err != nil {
		return nil, err
	}
	out := map[string][]*program{}
	for _, name := range names {
		l := path.Dir(name)
		if mainFiles[l] == "" || o.only != "" && !slices.Contains(strings.Split(o.only, ","), l) {
			continue
		}
		data, err := fs.ReadFile(all, name)
		if err != nil {
			return nil, err
		}
		out[l] = append(out[l], &program{language: l, name: path.Base(name), file: mainFiles[l], text: string(data)})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no programs of %s", strings.Join(slices.Sorted(maps.Keys(mainFiles)), ", "))
	}
	return out, nil
}

func languages(programs map[string][]*program) []string { return slices.Sorted(maps.Keys(programs)) }

// expectations runs every program as it is.
func expectations(ctx context.Context, opts nsbox.Options, programs map[string][]*program) error {
	for _, l := range languages(programs) {
		for _, p := range programs[l] {
			res, err := opts.Run(ctx, request(p, p.text))
			if err != nil {
				return err
			}
			if res.Verdict != nsbox.OK {
				return fmt.Errorf("%s/%s does not work: %s: %s", l, p.name, res.Verdict, res.Stderr)
			}
			p.stdout = string(res.Stdout)
		}
	}
	return nil
}

func request(p *program, text string) nsbox.Request {
	return nsbox.Request{Language: p.language, Files: []nsbox.File{{Name: p.file, Data: []byte(text)}}}
}
