package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Programs that run are read to their end: else the rules would mend what is
// not broken.
func TestParse(t *testing.T) {
	files, err := filepath.Glob("../testdata/programs/*.py")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d programs: %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, e := Parse(string(data)); e != nil {
			t.Errorf("%s:%d: %s", name, 1+strings.Count(string(data[:e.At]), "\n"), e.Message)
		}
	}
}
