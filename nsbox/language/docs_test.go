package language

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func docs(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/languages.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The worked example is a definition that is allowed.
func TestDocsExample(t *testing.T) {
	_, rest, ok := strings.Cut(docs(t), "```toml\n")
	example, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("no example")
	}
	if _, err := Decode("lua", []byte(example)); err != nil {
		t.Error(err)
	}
}

// Every key of the format is explained.
func TestDocsKeys(t *testing.T) {
	text := docs(t)
	for _, v := range []any{Language{}, Stage{}, Warm{}, Recipe{}, Stage{}.Limits} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			key := typ.Field(i).Tag.Get("toml")
			if !strings.Contains(text, "`"+key+"`") && !strings.Contains(text, "["+key+"]") && !strings.Contains(text, "\n"+key+" = ") {
				t.Errorf("%s.%s (%s) is not explained", typ.Name(), typ.Field(i).Name, key)
			}
		}
	}
	for _, p := range []string{phMain, phStem, phHeap, phMemory, phCPUs, phArgs, phSources} {
		if !strings.Contains(text, "`{"+p+"}`") {
			t.Errorf("{%s} is not explained", p)
		}
	}
}
