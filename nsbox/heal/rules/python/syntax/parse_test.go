package syntax

import (
	"os"
	"testing"
)

// TestParseFile reads the programs named by PYFILES; for use by hand.
func FuzzParse(f *testing.F) {
	f.Add("def f(a, *b, c=1, **d):\n    return f\"{a!r:>{b}} {c=}\"\n")
	f.Fuzz(func(t *testing.T, s string) { Parse(s) })
}

func TestScratch(t *testing.T) {
	for _, name := range os.Args {
		if len(name) > 3 && name[len(name)-3:] == ".py" {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, e := Parse(string(data)); e != nil {
				t.Logf("%s:%d %s", name, 1+len(data[:e.At])-len(string(data[:e.At])), e.Message)
				line := 1
				for _, c := range data[:e.At] {
					if c == '\n' {
						line++
					}
				}
				t.Errorf("%s:%d %s", name, line, e.Message)
			}
		}
	}
}
