package helper

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/seccomp"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
	"golang.org/x/sys/unix"
)

// Where things are unless a flag says otherwise.
const (
	defaultRunDir    = "/run/nsbox"
	defaultImages    = "/var/lib/nsbox/images"
	defaultConfig    = config.HostFile
	defaultProfiles  = "/etc/nsbox/seccomp.d"
	defaultLanguages = "/etc/nsbox/languages.d"
	defaultVolumes   = "/var/lib/nsbox/volumes"
	defaultGroup     = "nsbox"
	// stopGrace is how long running programs may go on after a signal to stop.
	stopGrace = 10 * time.Second
)

const usage = `usage: nsbox-helper serve [flags]   serve clients on a unix socket until SIGTERM
       nsbox-helper once [flags]    serve the client on descriptor 3, then end
`

// Main is the program nsbox-helper. It returns the exit status.
func Main(args []string) int {
	zygote.Init() // does not return in libcontainer's child
	// The helper mostly waits. A thread of it that is woken to look for work takes
	// the processor from the program that it has just let go.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.NumCPU()/4))
	}
	// The main goroutine has the first thread for itself; handing over to it would
	// cost a switch of threads at every connection.
	done := make(chan error)
	go func() { done <- mainErr(args) }()
	if err := <-done; err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "nsbox-helper:", message(err))
		}
		return 1
	}
	return 0
}

// options are the flags of both commands.
type options struct {
	socket, group, images, init, config, languages, profiles, volumes string
	verbose, candidates, templates                                    bool
}

func mainErr(args []string) error {
	if len(args) < 2 || args[1] != "serve" && args[1] != "once" {
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
	var o options
	fl := flag.NewFlagSet("nsbox-helper "+args[1], flag.ContinueOnError)
	fl.StringVar(&o.images, "images", defaultImages, "directory of the images")
	fl.BoolVar(&o.candidates, "candidates", false, "prefer images that are being tested to those that are published")
	fl.StringVar(&o.init, "init", "", "path of nsbox-init (default: beside this program)")
	fl.StringVar(&o.config, "config", defaultConfig, "root-owned file of the host's bounds")
	fl.StringVar(&o.languages, "languages", defaultLanguages, "directory of further languages")
	fl.StringVar(&o.profiles, "profiles", defaultProfiles, "directory of further seccomp profiles")
	fl.BoolVar(&o.verbose, "verbose", false, "log every execution")
	if args[1] == "serve" {
		fl.StringVar(&o.socket, "socket", defaultRunDir+"/helper.sock", "unix socket to listen on")
		fl.StringVar(&o.volumes, "volumes", defaultVolumes, "directory of the volumes of sandboxes that live on")
		fl.BoolVar(&o.templates, "templates", true, "fork programs from interpreters that are up, or start their runtime ahead, where the language allows it")
		fl.StringVar(&o.group, "group", defaultGroup, "group whose members may connect")
	}
	if err := fl.Parse(args[2:]); err != nil {
		return flag.ErrHelp // the flag package has said what is wrong
	}
	if fl.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", fl.Arg(0))
	}
	if args[1] == "once" {
		return once(o)
	}
	return serve(o)
}

// build makes a helper of what the flags and the host's file say, for one
// connection or for many.
func (o options) build(once bool) (*Helper, error) {
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	cfg := Config{
		RunDir: defaultRunDir, ImageDir: o.images, Candidates: o.candidates, InitPath: o.init, ProfileDir: o.profiles, VolumeDir: o.volumes, NoTemplates: !o.templates, Log: log, Once: once,
		Host: config.DefaultHost(),
	}
	if cfg.InitPath == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		cfg.InitPath = filepath.Join(filepath.Dir(self), "nsbox-init")
	}
	if err := ownedByRoot(cfg.InitPath); err != nil {
		return nil, err
	}
	if err := readHostFile(o.config, &cfg.Host); err != nil {
		return nil, err
	}
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		return nil, err
	}
	var problems []error
	if cfg.Languages, problems = language.Load(builtin, o.languages); cfg.Languages == nil {
		return nil, errors.Join(problems...)
	}
	for _, p := range problems {
		log.Warn("language left out", "error", p)
	}
	if cfg.Ceilings.Profiles, err = profileNames(o.profiles); err != nil {
		return nil, err
	}
	return New(cfg)
}

// readHostFile lets a root-owned file change the bounds. It may be missing.
func readHostFile(path string, host *config.Host) error {
	if err := ownedByRoot(path); errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return config.LoadHost(path, host)
}

// ownedByRoot refuses a file that anyone but root could have written.
func ownedByRoot(path string) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if st.Uid != 0 || st.Mode&0o022 != 0 {
		return fmt.Errorf("%s must belong to root and be writable by nobody else", path)
	}
	return nil
}

// profileNames lists the seccomp profiles that a request may name, each with its
// variant that ends the program at a refused call.
func profileNames(dir string) ([]string, error) {
	names, err := seccomp.Store{Dir: dir}.Names()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, n := range names {
		if n != collectorProfile && n != filesProfile {
			all = append(all, n, n+"-kill")
		}
	}
	return all, nil
}

// once serves the client that started this process.
func once(o options) error {
	conn, err := wire.NewConn(os.NewFile(3, "client"))
	if err != nil {
		return fmt.Errorf("descriptor 3 is no client: %w", err)
	}
	// The client decides by closing its end, also where a signal hits both.
	signal.Ignore(unix.SIGINT, unix.SIGHUP, unix.SIGTERM)
	h, err := o.build(true)
	if err != nil {
		// The client tells its user; this process has nothing to add.
		_ = conn.Send(wire.KindError, wire.Error{Class: classOf(err), Message: message(err)})
		conn.Close()
		return nil
	}
	h.Serve(conn)
	return h.Close()
}

// serve listens until a signal says stop; programs that run then may go on for
// a while.
func serve(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGTERM, unix.SIGINT)
	defer stop()
	h, err := o.build(false)
	if err != nil {
		return err
	}
	l, err := listen(o.socket, o.group)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	notify(h.cfg.Log, daemon.SdNotifyReady)
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			break
		}
		go h.Serve(wire.Wrap(c))
	}
	if ctx.Err() == nil {
		err = errors.New("the socket failed")
	}
	notify(h.cfg.Log, daemon.SdNotifyStopping)
	grace, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	_ = h.Wait(grace) // what has not ended by then is cancelled by Close
	return errors.Join(err, h.Close())
}

// listen makes the socket, for root and a group. One that a dead helper left is
// replaced; one that answers is not.
func listen(path, group string) (*net.UnixListener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if c, err := wire.Dial(path); err == nil {
		c.Close()
		return nil, fmt.Errorf("socket: a helper serves %s already", path)
	}
	if st, err := os.Lstat(path); err == nil && st.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("socket: %w", err)
		}
	}
	// Made unreachable for others first: the mode is set before anyone can connect.
	old := unix.Umask(0o177)
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	unix.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if g, err := user.LookupGroup(group); err == nil {
		gid, err := strconv.Atoi(g.Gid)
		if err == nil {
			err = errors.Join(os.Lchown(path, 0, gid), os.Chmod(path, 0o660))
		}
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("socket: %w", err)
		}
	}
	return l, nil
}
