package cli

import (
	"os"
	"path/filepath"
	"strings"
)

func writeFile(path string, b []byte) error { return os.WriteFile(path, b, 0o600) }

// processesWith returns the command lines that contain word.
func processesWith(word string) ([]string, error) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		if line := strings.ReplaceAll(string(b), "\x00", " "); strings.Contains(line, word) {
			found = append(found, line)
		}
	}
	return found, nil
}
