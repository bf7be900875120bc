package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/supervise"
)

// What `nsbox serve` uses where no flag says otherwise; the units under
// scripts/packaging have the same.
const (
	daemonUser  = "nsboxd"
	helperGroup = "nsbox"
	daemonState = "/var/lib/nsbox/daemon"
)

func (a *App) serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "offer all of this over HTTP, WebSocket and gRPC: helper and daemon, until Ctrl-C",
		Description: "Starts nsbox-helper, and nsboxd under a user of its own, and keeps both running. Without any\n" +
			"configuration the daemon listens on 127.0.0.1:8090, keeps its history in SQLite, and prints an\n" +
			"administrator's key at its first start. Needs root. Under systemd use the units instead.",
		ArgsUsage: " ",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "listen", Usage: "address `HOST:PORT` of the daemon, several where given several times", DefaultText: "127.0.0.1:8090"},
			&cli.StringFlag{Name: "state-dir", Usage: "`DIR` of the daemon's history and keys", Value: daemonState},
			&cli.StringFlag{Name: "user", Usage: "`USER` that the daemon runs as", Value: daemonUser},
			&cli.StringFlag{Name: "socket", Usage: "`PATH` of the helper's socket", DefaultText: nsbox.DefaultSocket},
			&cli.StringFlag{Name: "images", Usage: "`DIR` of the language images", DefaultText: "/var/lib/nsbox/images"},
		},
		Action: a.serve,
	}
}

func (a *App) serve(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return usagef("serve needs root, for the helper that it starts: sudo nsbox serve")
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	s := &serving{app: a, socket: cfg.Socket, images: cfg.Images, state: c.String("state-dir"), listen: c.StringSlice("listen")}
	if s.socket == "" {
		s.socket = nsbox.DefaultSocket
	}
	if !filepath.IsAbs(s.state) {
		return usagef("--state-dir: %q is not allowed: write an absolute path", s.state)
	}
	for _, p := range []struct{ name, path *string }{{ptr("nsbox-helper"), &s.helper}, {ptr("nsboxd"), &s.daemon}} {
		if *p.path = a.find(*p.name); *p.path == "" {
			return &userError{message: fmt.Sprintf("%s is not installed beside this program: run make build, or make install", *p.name)}
		}
	}
	if s.who, err = lookUpUser(c.String("user")); err != nil {
		return err
	}
	if err := s.makeState(); err != nil {
		return err
	}
	return s.run()
}

func ptr[T any](v T) *T { return &v }

// account is the ids that the daemon gets.
type account struct {
	name string
	cred syscall.Credential
}

// lookUpUser finds the daemon's user, who must not be root and must be able to
// reach the helper.
func lookUpUser(name string) (account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, hint(&userError{message: fmt.Sprintf("there is no user %s for the daemon to run as", name)},
			"make it with: sudo scripts/setup-host --run, or: useradd --system --user-group --groups %s %s", helperGroup, name)
	}
	g, err := user.LookupGroup(helperGroup)
	if err != nil {
		return account{}, hint(&userError{message: "there is no group " + helperGroup + ", whose members may use the helper"},
			"make it with: sudo scripts/setup-host --run, or: groupadd --system %s", helperGroup)
	}
	var ids [3]uint32
	for i, text := range []string{u.Uid, u.Gid, g.Gid} {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("ids of %s: %w", name, err)
		}
		ids[i] = uint32(n)
	}
	if ids[0] == 0 || ids[1] == 0 {
		return account{}, usagef("--user: %s is not allowed: the daemon does not run as root", name)
	}
	return account{name, syscall.Credential{Uid: ids[0], Gid: ids[1], Groups: []uint32{ids[2]}}}, nil
}

// serving is one `nsbox serve`.
type serving struct {
	app                   *App
	helper, daemon        string // the programs
	socket, images, state string
	listen                []string
	who                   account
}

// makeState makes the daemon's directory, which is its user's alone.
func (s *serving) makeState() error {
	if err := os.MkdirAll(filepath.Dir(s.state), 0o755); err != nil {
		return fmt.Errorf("--state-dir: %w", err)
	}
	err := os.Mkdir(s.state, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--state-dir: %w", err)
	}
	made := err == nil
	dir, err := os.OpenFile(s.state, unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("--state-dir: %w", err)
	}
	defer dir.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(dir.Fd()), &st); err != nil {
		return fmt.Errorf("--state-dir: %w", err)
	}
	switch {
	case made:
		if err := dir.Chown(int(s.who.cred.Uid), int(s.who.cred.Gid)); err != nil {
			return fmt.Errorf("--state-dir: %w", err)
		}
	case st.Uid != s.who.cred.Uid || st.Mode&0o022 != 0:
		return &userError{message: fmt.Sprintf("--state-dir: %s must belong to %s and be writable by nobody else", s.state, s.who.name)}
	}
	return nil
}

func (s *serving) run() error {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	defer stop()
	g := &supervise.Group{
		Say: s.app.out.say, StartTimeout: time.Minute, MinPause: 200 * time.Millisecond, MaxPause: 10 * time.Second,
		Ready: func() { s.app.out.say("ready; Ctrl-C ends it") },
	}
	if c, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: s.socket, Net: "unixpacket"}); err == nil {
		_ = c.Close()
		s.app.out.say("a helper serves %s already and is used", s.socket)
	} else {
		g.Children = append(g.Children, supervise.Child{Name: "nsbox-helper", Command: s.helperCommand, Grace: 25 * time.Second})
	}
	g.Children = append(g.Children, supervise.Child{Name: "nsboxd", Command: s.daemonCommand, Grace: 60 * time.Second})
	return g.Run(ctx)
}

// helperCommand starts the helper with next to nothing of our environment: it is
// root, and a variable can change what a library does.
func (s *serving) helperCommand() *exec.Cmd {
	cmd := exec.Command(s.helper, "serve", "--socket", s.socket)
	if s.images != "" {
		cmd.Args = append(cmd.Args, "--images", s.images)
	}
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	if v, ok := s.app.lookupEnv("NSBOX_CGROUP_PARENT"); ok {
		cmd.Env = append(cmd.Env, "NSBOX_CGROUP_PARENT="+v)
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd
}

// daemonCommand starts the daemon as its user, without a capability: changing from
// root to another user gives all of them up.
func (s *serving) daemonCommand() *exec.Cmd {
	cmd := exec.Command(s.daemon, "serve", "--state-dir", s.state, "--first-key")
	if len(s.listen) > 0 {
		cmd.Args = append(cmd.Args, "--listen", strings.Join(s.listen, ","))
	}
	for _, e := range s.app.Environ {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID":
			continue
		}
		if !strings.HasPrefix(name, "SUDO_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	// The last of two with the same name counts.
	cmd.Env = append(cmd.Env, "HOME="+s.state, "USER="+s.who.name, "NSBOX_SOCKET="+s.socket)
	if s.images != "" {
		cmd.Env = append(cmd.Env, "NSBOX_IMAGES="+s.images)
	}
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cred := s.who.cred
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &cred}
	return cmd
}
