package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/store"
	"github.com/nsbox/nsbox/nsbox/store/storetest"
)

// server is a PostgreSQL of the test's own: in a directory that goes with the
// test, reached by a socket in it and by nothing else.
type server struct {
	dir string
	n   atomic.Int64
}

// account is who the server runs as: PostgreSQL refuses to be root.
func account(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.ParseUint(u.Uid, 10, 32)
			gid, _ := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("there is no user postgres or nobody")
	return nil
}

func startServer(t *testing.T) *server {
	t.Helper()
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(bins) == 0 {
		nstest.Skip(t, "PostgreSQL is not installed: run scripts/setup-host --test")
	}
	bin := filepath.Dir(bins[len(bins)-1])
	dir, err := os.MkdirTemp("/tmp", "nsbox-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if attr.Credential = account(t); attr.Credential != nil {
		if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr, cmd.Env = dir, attr, []string{"LC_ALL=C.UTF-8", "TZ=UTC", "PATH=/usr/bin:/bin"}
		return cmd
	}
	if out, err := command("initdb", "-D", data, "-U", "nsbox", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	var log bytes.Buffer
	srv := command("postgres", "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40", "-c", "shared_buffers=16MB")
	srv.Stdout, srv.Stderr = &log, &log
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = srv.Process.Signal(syscall.SIGINT) // its fast shutdown
		_ = srv.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", log.String())
		}
	})
	s := &server{dir: dir}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		db := s.admin(t)
		err := db.Ping()
		db.Close()
		if err == nil {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

func (s *server) url(database string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword("nsbox", "pass/word"), Path: "/" + database, RawQuery: url.Values{"host": {s.dir}}.Encode()}).String()
}

func (s *server) admin(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// database makes an empty database and returns its URL.
func (s *server) database(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.n.Add(1))
	db := s.admin(t)
	defer db.Close()
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

func TestPostgres(t *testing.T) {
	s := startServer(t)
	t.Run("conformance", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			st, err := Open(t.Context(), s.database(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { st.Close() })
			return st
		})
	})
	t.Run("two that start at once", func(t *testing.T) {
		dsn := s.database(t)
		errs := make(chan error, 2)
		for range 2 {
			go func() {
				st, err := Open(context.Background(), dsn)
				if err == nil {
					err = st.Close()
				}
				errs <- err
			}()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("people look by psql", func(t *testing.T) {
		dsn := s.database(t)
		st, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		created := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		if err := st.PutExecution(t.Context(), store.Execution{ID: "01", OwnerName: "alice", Language: "python", State: "done", Verdict: "ok", Created: created}); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("psql", "-At", "-c", "SELECT id, owner_name, verdict, created FROM history", dsn)
		cmd.Env = append(os.Environ(), "PGTZ=UTC", "PGUSER=nsbox")
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != "01|alice|ok|2026-03-01 12:00:00+00" {
			t.Errorf("psql: %v\n%s", err, out)
		}
	})
	t.Run("a server that is gone is an error without the password", func(t *testing.T) {
		_, err := Open(t.Context(), "postgres://nsbox:secret@/x?host=/nowhere")
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	})
}
