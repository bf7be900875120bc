package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/store"
	"github.com/nsbox/nsbox/nsbox/store/storetest"
)

func open(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "n s?b%ox.db")) })
}

func TestConformanceInMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, Memory) })
}

func TestAStoreIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nsbox.db")
	s := open(t, path)
	if err := s.SetSetting(t.Context(), "a", "b"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if v, err := open(t, path).Setting(t.Context(), "a"); err != nil || v != "b" {
		t.Errorf("got %q, %v", v, err)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", st.Mode())
	}
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nsbox.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path); err == nil {
		s.Close()
		t.Error("accepted")
	} else if !strings.Contains(err.Error(), path) {
		t.Errorf("%v does not name the file", err)
	}
	if s, err := Open(t.Context(), filepath.Join(t.TempDir(), "no", "dir")); err == nil {
		s.Close()
		t.Error("accepted a path without a directory")
	}
}

// A store of a newer nsbox has tables that this one would break.
func TestANewerStoreIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nsbox.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s, err := Open(t.Context(), path); err == nil {
		s.Close()
		t.Error("accepted")
	} else if !strings.Contains(err.Error(), "use a newer nsbox") {
		t.Error(err)
	}
}
