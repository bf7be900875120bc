//go:build ignore

// Generate writes std.txt: what the packages of Go's standard library export.
// One package a line: its path, then its names, sorted, a type's with "@", a
// variable's or constant's with "%", a method's or field's as Type.Name.
//
//	go run generate.go > std.txt
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		panic(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if strings.Contains(path, "internal") || strings.HasPrefix(path, "vendor/") || strings.HasPrefix(path, "cmd/") ||
			strings.HasPrefix(path, "runtime/") && path != "runtime/debug" || strings.HasPrefix(path, "debug/") || path == "unsafe" {
			continue
		}
		pkg, err := build.Import(path, "", 0)
		if err != nil {
			continue
		}
		names := map[string]bool{}
		for _, name := range pkg.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				panic(err)
			}
			for _, d := range f.Decls {
				declared(d, names)
			}
		}
		var list []string
		for n := range names {
			list = append(list, n)
		}
		slices.Sort(list)
		if len(list) > 0 {
			fmt.Println(path, strings.Join(list, " "))
		}
	}
}

func declared(d ast.Decl, names map[string]bool) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() {
			return
		}
		if d.Recv == nil {
			names[d.Name.Name] = true
			return
		}
		if t := receiver(d.Recv.List[0].Type); ast.IsExported(t) {
			names[t+"."+d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if !s.Name.IsExported() {
					continue
				}
				names[s.Name.Name+"@"] = true
				members(s, names)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() {
						names[n.Name+"%"] = true
					}
				}
			}
		}
	}
}

func members(s *ast.TypeSpec, names map[string]bool) {
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, n := range f.Names {
			if n.IsExported() {
				names[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
