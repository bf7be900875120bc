package nsbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// DefaultSocket is where a running helper listens.
const DefaultSocket = "/run/nsbox/helper.sock"

// Client runs requests on a helper. The zero value uses the helper that listens
// on the socket named by NSBOX_SOCKET, or on DefaultSocket; with none there, and
// as root, it starts one for each request. A Client is safe for concurrent use.
type Client struct {
	// Socket is the helper's socket; it must answer when it is set.
	Socket string
	// Helper is the program nsbox-helper, started where no helper listens. Empty
	// means beside this program, then ../libexec/nsbox from there.
	Helper string
	// HelperArgs are given to a started helper.
	HelperArgs []string
}

// Run runs req with the zero Client.
func Run(ctx context.Context, req Request) (Result, error) {
	return (&Client{}).Run(ctx, req)
}

// Run runs one request in a sandbox of its own and returns how it ended. The
// error is nsbox's failure; the program's is the Result's verdict. Where ctx is
// done before the program ends, it is killed and the verdict is Cancelled.
func (c *Client) Run(ctx context.Context, req Request) (Result, error) {
	conn, done, err := c.connect()
	if err != nil {
		return Result{}, err
	}
	defer done()
	defer conn.Close()
	r := &run{conn: conn, req: &req, events: events{emit: req.OnEvent}}
	r.open = r.sendSpec
	return r.finishWith(r.do(ctx))
}

// finishWith tells how the run ended.
func (r *run) finishWith(res Result, err error) (Result, error) {
	if err != nil {
		r.events.send(Event{Type: EventError, Error: err.Error()})
		return Result{}, err
	}
	r.events.send(Event{Type: EventExit, Result: &res})
	return res, nil
}

// socket returns the helper's socket; must says that one was named.
func (c *Client) socket() (path string, must bool) {
	path, must = c.Socket, c.Socket != ""
	if path == "" {
		path = os.Getenv("NSBOX_SOCKET")
		must = path != ""
	}
	if path == "" {
		path = DefaultSocket
	}
	return path, must
}

// connect finds or starts a helper. done waits for a started one to end.
func (c *Client) connect() (conn *wire.Conn, done func(), err error) {
	path, must := c.socket()
	conn, err = wire.Dial(path)
	switch {
	case err == nil:
		return conn, func() {}, nil
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM):
		return nil, nil, fmt.Errorf("%w may be used: %s is not yours to open; ask to be put into the group nsbox", ErrNoHelper, path)
	case must:
		return nil, nil, fmt.Errorf("%w listens on %s: start one with: sudo nsbox-helper serve --socket %s", ErrNoHelper, path, path)
	case os.Geteuid() != 0:
		return nil, nil, fmt.Errorf("%w runs: start one with: sudo systemctl start nsbox-helper, or run this command as root", ErrNoHelper)
	}
	return c.start()
}

// dial connects to a helper that runs: what lives on can't be one that ends with
// its connection.
func (c *Client) dial() (*wire.Conn, error) {
	path, _ := c.socket()
	conn, err := wire.Dial(path)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM):
		return nil, fmt.Errorf("%w may be used: %s is not yours to open; ask to be put into the group nsbox", ErrNoHelper, path)
	}
	return nil, fmt.Errorf("%w runs, and a sandbox that lives on needs one: start it with: sudo nsbox-helper serve --socket %s", ErrNoHelper, path)
}

// start starts a helper for one connection.
func (c *Client) start() (*wire.Conn, func(), error) {
	path := c.Helper
	if path == "" {
		var err error
		if path, err = findHelper(); err != nil {
			return nil, nil, err
		}
	}
	ours, theirs, err := wire.Pair()
	if err != nil {
		return nil, nil, err
	}
	defer theirs.Close()
	cmd := exec.Command(path, append([]string{"once"}, c.HelperArgs...)...)
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.Stderr = os.Stderr
	// A session of its own: Ctrl-C is for the caller, who closes the connection,
	// upon which the helper takes everything down.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, nil, fmt.Errorf("start the helper: %w", err)
	}
	conn, err := wire.NewConn(ours)
	if err != nil {
		return nil, nil, err
	}
	return conn, func() {
		conn.Close()
		_ = cmd.Wait() // what went wrong has come over the connection
	}, nil
}

// helperDirs are where a helper is looked for; relative ones from this program.
var helperDirs = []string{".", "../libexec/nsbox", "/usr/local/libexec/nsbox", "/usr/libexec/nsbox"}

func findHelper() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if p := os.Getenv("NSBOX_HELPER"); p != "" {
		return p, nil
	}
	for _, dir := range helperDirs {
		p := filepath.Join(dir, "nsbox-helper")
		if !filepath.IsAbs(dir) {
			p = filepath.Join(filepath.Dir(self), dir, "nsbox-helper")
		}
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
			return p, nil
		}
	}
	return "", fmt.Errorf("%w: nsbox-helper is not installed beside %s", ErrNoHelper, self)
}

// events numbers and hands out events; it serialises them.
type events struct {
	mu   sync.Mutex
	emit func(Event)
	seq  int64
}

func (e *events) send(ev Event) {
	if e.emit == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seq++
	ev.Seq, ev.Time = e.seq, time.Now()
	e.emit(ev)
}

// run is one execution as the client sees it.
type run struct {
	conn *wire.Conn
	req  *Request
	// open sends the first message; size bytes of files follow it.
	open   func(size int64) error
	events events
	res    Result
}

func (r *run) do(ctx context.Context) (Result, error) {
	if err := r.sendRequest(); err != nil {
		return Result{}, err
	}
	// Closing would cancel as well, but then no one would tell how it ended.
	stop := context.AfterFunc(ctx, func() {
		_ = r.conn.Send(wire.KindKill, wire.Kill{Reason: wire.KillCancel})
	})
	defer stop()
	var stage *stage
	defer func() {
		if stage != nil {
			stage.abandon()
		}
	}()
	for {
		p, err := r.conn.Receive()
		if err != nil {
			return Result{}, connError(err, "in the middle of the execution")
		}
		switch p.Kind {
		case wire.KindStarted:
			stage, err = r.started(p)
		case wire.KindEnded:
			if stage == nil {
				return Result{}, errors.New("helper: a stage ended that had not started")
			}
			err = r.ended(p, stage)
			stage = nil
		case wire.KindDone:
			return r.finish(p)
		case wire.KindError:
			err = helperError(p)
		default:
			err = fmt.Errorf("helper: unknown message %q", p.Kind)
		}
		if err != nil {
			p.Close()
			return Result{}, err
		}
	}
}

func (r *run) sendRequest() error {
	var size int64
	for _, f := range r.req.Files {
		size += int64(len(f.Data))
	}
	if err := r.open(size); err != nil {
		return err
	}
	// A helper that refuses the request stops reading: its reason comes as an
	// answer, so a failed write is not the end.
	for _, f := range r.req.Files {
		for b := f.Data; len(b) > 0; {
			n := min(len(b), wire.MaxPacket-1)
			if err := r.conn.SendBytes(wire.KindData, b[:n]); err != nil {
				return nil
			}
			b = b[n:]
		}
	}
	return nil
}

func (r *run) sendSpec(size int64) error {
	spec, err := json.Marshal(r.req.Spec())
	if err != nil {
		return err
	}
	if len(spec) > wire.MaxPacket-256 {
		return fmt.Errorf("%w: names, arguments and environment have %d bytes together; at most %d are allowed", ErrBadRequest, len(spec), wire.MaxPacket-256)
	}
	if err := r.conn.Send(wire.KindRun, wire.Run{Spec: spec, Size: size}); err != nil {
		return connError(err, "before it had the request")
	}
	return nil
}

// connError is err, which sending to the helper or receiving of it gave; when says
// when, in words. Whatever ends the connection is the end of the helper: it closes
// none before it has answered.
func connError(err error, when string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("%w %s", ErrHelperEnded, when)
	}
	return fmt.Errorf("helper: %w", err)
}

func helperError(p *wire.Packet) error {
	var e wire.Error
	if err := p.Decode(&e); err != nil {
		return err
	}
	for class, sentinel := range map[string]error{
		wire.ClassRequest: ErrBadRequest, wire.ClassLanguage: ErrLanguage, wire.ClassUnsupported: ErrUnsupported,
		wire.ClassNoSandbox: ErrNoSandbox, wire.ClassBusy: ErrBusy, wire.ClassPaused: ErrPaused, wire.ClassQuota: ErrQuota, wire.ClassStopping: ErrHelperEnded,
		wire.ClassNotExist: fs.ErrNotExist, wire.ClassExist: fs.ErrExist,
	} {
		if e.Class == class {
			return &classError{e.Message, sentinel}
		}
	}
	return errors.New(e.Message)
}

// classError is a message whose class is told by errors.Is alone: the wording
// is the helper's.
type classError struct {
	message string
	class   error
}

func (e *classError) Error() string { return e.message }
func (e *classError) Unwrap() error { return e.class }

// started begins a stage. It returns nil where the stage is over with that,
// because its outcome was known.
func (r *run) started(p *wire.Packet) (*stage, error) {
	var m wire.Started
	var limits Limits
	err := p.Decode(&m)
	if err == nil {
		err = json.Unmarshal(m.Limits, &limits)
	}
	var oom *OOMSign
	if err == nil && len(m.OOM) > 0 {
		err = json.Unmarshal(m.OOM, &oom)
	}
	if err != nil {
		return nil, err
	}
	if r.res.ID == "" {
		r.res.ID, r.res.Language = m.ID, m.Language
		r.events.send(Event{Type: EventStart, ID: m.ID, Language: m.Language})
	}
	r.events.send(Event{Type: EventStage, Stage: m.Stage})
	if m.Replay != nil {
		if len(p.Files) != 0 {
			return nil, fmt.Errorf("helper: known stage with %d descriptors", len(p.Files))
		}
		s := emptyStage(m.Stage, limits, oom)
		s.stdout.write(m.Replay.Stdout)
		s.stderr.write(m.Replay.Stderr)
		return nil, r.stageEnded(m.Stage, m.Replay.Result, s)
	}
	return r.newStage(m, limits, oom, p.Files)
}

func (r *run) ended(p *wire.Packet, s *stage) error {
	var m wire.Ended
	if err := p.Decode(&m); err != nil {
		return err
	}
	return r.stageEnded(m.Stage, m.Result, s)
}

func (r *run) stageEnded(name string, result json.RawMessage, s *stage) error {
	var res StageResult
	if err := json.Unmarshal(result, &res); err != nil {
		return fmt.Errorf("helper: result of stage %s: %w", name, err)
	}
	s.finish(&res)
	if res.Limit != nil {
		r.events.send(Event{Type: EventLimit, Limit: res.Limit})
	}
	t := Truncated{Stdout: s.stdout.kept(), Stderr: s.stderr.kept()}
	if name == StageCompile {
		r.res.Compile = &res
		if res.Verdict == OK {
			return nil
		}
		// The compile stage decides: its streams are what the caller sees.
		s.replay(r.req)
	}
	r.res.Stage, r.res.ExitCode, r.res.Signal = name, res.ExitCode, res.Signal
	r.res.Verdict, r.res.Usage, r.res.Limit, r.res.Denied = res.Verdict, res.Usage, res.Limit, res.Denied
	r.res.Stdout, r.res.Stderr, r.res.Truncated = res.Stdout, res.Stderr, t
	if name == StageCompile && (res.Verdict == NonZero || res.Verdict == Signal) {
		r.res.Verdict = CompileError
	}
	return nil
}

func (r *run) finish(p *wire.Packet) (Result, error) {
	defer p.Close()
	var m wire.Done
	err := p.Decode(&m)
	if err == nil {
		err = json.Unmarshal(m.Isolation, &r.res.Isolation)
	}
	if err != nil {
		return Result{}, err
	}
	r.res.Iterations, r.res.StateLost = 1, m.StateLost
	if len(m.Value) > 0 {
		if err := json.Unmarshal(m.Value, &r.res.Value); err != nil {
			return Result{}, fmt.Errorf("helper: value: %w", err)
		}
	}
	if m.Problem != "" {
		r.res.Skipped = append(r.res.Skipped, Skipped{Path: ".", Reason: m.Problem})
	}
	if m.Collected {
		if len(p.Files) != 2 {
			return Result{}, fmt.Errorf("helper: artifacts with %d descriptors", len(p.Files))
		}
		if err := r.takeArtifacts(p.Files[0], p.Files[1]); err != nil {
			return Result{}, fmt.Errorf("artifacts: %w", err)
		}
	}
	return r.res, nil
}
