package java

import (
	"os"
	"path/filepath"
	"testing"
)

// Programs that compile are read to their end: else the rules would mend what is
// not broken.
func TestParse(t *testing.T) {
	names, err := filepath.Glob("../../../internal/healbench/testdata/programs/java/*.java")
	if err != nil || len(names) < 5 {
		t.Fatalf("%d programs: %v", len(names), err)
	}
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		p := newProgram(n, data)
		if bad := parse(p.tokens); bad <= len(p.tokens) {
			line := 0
			if bad < len(p.tokens) {
				line = p.tokens[bad].line
			}
			t.Errorf("%s:%d: %q", n, line, p.text(bad))
		}
	}
}
