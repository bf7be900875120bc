// Package audit keeps the log of who did what. It is a file of JSON lines that is
// only ever appended to, and a table in the store beside it, for searching.
//
// Each line holds the hash of the line before, and ends with its own, over all
// bytes before it. Who changes, removes or inserts a line breaks the chain from
// there on, which Verify finds; who writes the whole rest anew contradicts the
// table. When the file has its size, the next one goes on with the chain.
package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// Entry is what is recorded of an action. It never holds a key, a password or a
// token.
type Entry struct {
	Actor   string
	ActorID string
	Addr    string
	// Action is what was done, such as execute, login, key.create; Target what it
	// was done to, Outcome how it ended.
	Action  string
	Target  string
	Outcome string
	// Detail is written as a JSON object.
	Detail map[string]any
}

// line is one line of the file, without its hash.
type line struct {
	Seq     int64           `json:"seq"`
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor"`
	ActorID string          `json:"actor_id"`
	Addr    string          `json:"addr"`
	Action  string          `json:"action"`
	Target  string          `json:"target"`
	Outcome string          `json:"outcome"`
	Detail  json.RawMessage `json:"detail"`
	Prev    string          `json:"prev"`
}

// Zero is the hash before the first line.
const Zero = "0000000000000000000000000000000000000000000000000000000000000000"

// The hash is the last field of a line, so that it is over bytes and not over
// what a decoder makes of them.
const (
	hashField = `,"hash":"`
	hashTail  = len(hashField) + 2*sha256.Size + len(`"}`)
)

// maxLine is the most bytes of one line.
const maxLine = 32 << 20

// Table is the part of the store that the log uses.
type Table interface {
	AppendAudit(ctx context.Context, records ...store.AuditRecord) error
	Audit(ctx context.Context, q store.AuditQuery) ([]store.AuditRecord, error)
}

// Options are what a log is opened with.
type Options struct {
	// Path is the file; old ones lie beside it.
	Path string
	// MaxSize is the size in bytes at which a new file begins; 0 is never.
	MaxSize int64
	// MaxFiles is how many old files are kept; 0 keeps all.
	MaxFiles int
	// Table may be nil.
	Table Table
	// Log is told of what goes wrong with the table; it may be nil.
	Log *slog.Logger
}

// Log is an open audit log. It is safe for concurrent use, and several processes
// may have a file open; one of them at a time may have a Table.
type Log struct {
	opts Options

	mu   sync.Mutex
	f    *os.File
	size int64
	seq  int64
	prev string
	// behind are lines of others that the table does not have yet.
	behind  []store.AuditRecord
	failure error // of the last line
	// moved tells that others may have filled files between the last line and the
	// open file.
	moved bool
	// dirty tells that something is not on the disk yet.
	dirty bool

	rows  chan store.AuditRecord
	asked chan chan struct{} // by Flush
	stop  chan struct{}
	wg    sync.WaitGroup
}

// syncEvery is how often what was written is forced to the disk. The end of the
// process loses nothing; that of the machine at most so much.
const syncEvery = time.Second

// maxRows is how many lines may wait for the table.
const maxRows = 4096

// Open opens the log and goes on where it ended. A line that was cut short by the
// end of the machine is taken off, and a line that says so follows.
func Open(ctx context.Context, opts Options) (*Log, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	l := &Log{opts: opts, prev: Zero, rows: make(chan store.AuditRecord, maxRows), asked: make(chan chan struct{}), stop: make(chan struct{})}
	cut, err := l.resume()
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	if err := l.catchUp(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("audit log: bring the table up to date: %w", err), l.f.Close())
	}
	l.wg.Add(2)
	go l.fillTable()
	go l.syncNow()
	if cut > 0 {
		err := l.Append(Entry{Actor: "nsboxd", Action: "audit.recover", Target: opts.Path, Outcome: "ok", Detail: map[string]any{"cut_bytes": cut}})
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// resume opens the file and finds the last line.
func (l *Log) resume() (cut int64, err error) {
	if l.f, err = openLog(l.opts.Path); err != nil {
		return 0, err
	}
	if err := flock(l.f); err != nil {
		return 0, errors.Join(err, l.f.Close())
	}
	// A file that was renamed meanwhile is left with the first line.
	defer func() {
		if err == nil {
			l.unlock()
		}
	}()
	last, whole, size, err := lastLine(l.f)
	if err == nil && whole < size {
		cut = size - whole
		err = l.f.Truncate(whole)
	}
	if err == nil && last == nil {
		// A new file that nothing was written to yet goes on with the one before.
		last, err = l.lastOfOld()
	}
	if err == nil && last != nil {
		rec, perr := parse(last)
		if perr != nil {
			err = fmt.Errorf("the last line is broken: %w; see nsboxd audit verify", perr)
		}
		l.seq, l.prev = rec.Seq, rec.Hash
	}
	if err != nil {
		return 0, errors.Join(err, l.f.Close())
	}
	l.size = whole
	return cut, nil
}

// lastLine returns the last whole line of f, where the whole lines end, and f's
// size.
func lastLine(f *os.File) (last []byte, whole, size int64, err error) {
	st, err := f.Stat()
	if err != nil {
		return nil, 0, 0, err
	}
	size = st.Size()
	for back := int64(64 << 10); ; back *= 8 {
		from := max(0, size-back)
		b := make([]byte, size-from)
		if _, err := f.ReadAt(b, from); err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, 0, err
		}
		end := bytes.LastIndexByte(b, '\n')
		begin := -1
		if end >= 0 {
			begin = bytes.LastIndexByte(b[:end], '\n')
		}
		switch {
		case end < 0 && from == 0:
			return nil, 0, size, nil
		case end >= 0 && (begin >= 0 || from == 0):
			return b[begin+1 : end], from + int64(end) + 1, size, nil
		case back > maxLine:
			return nil, 0, 0, errors.New("it has a line that is too long")
		}
	}
}

func (l *Log) lastOfOld() ([]byte, error) {
	old, err := oldFiles(l.opts.Path)
	if err != nil || len(old) == 0 {
		return nil, err
	}
	f, err := os.Open(old[len(old)-1])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	last, _, _, err := lastLine(f)
	return last, err
}

// oldFiles lists the files that were full, oldest first.
func oldFiles(path string) ([]string, error) {
	ext := filepath.Ext(path)
	list, err := filepath.Glob(strings.TrimSuffix(path, ext) + "-[0-9]*" + ext)
	slices.Sort(list)
	return list, err
}

// oldName is the name of a full file whose last line is seq: names sort as the
// lines do.
func oldName(path string, seq int64) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%015d%s", strings.TrimSuffix(path, ext), seq, ext)
}

// Append writes an entry. When it returns, the end of the process can't lose it.
func (l *Log) Append(e Entry) error {
	detail := json.RawMessage("{}")
	if len(e.Detail) > 0 {
		b, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("audit log: %w", err)
		}
		detail = b
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = l.append(e, detail)
	return l.failure
}

// Failure is why lines can't be written; nil where they can. After a failure it tries
// again, by a line that tells of it: who is not ready gets no request that would.
func (l *Log) Failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		detail, err := json.Marshal(map[string]string{"after": l.failure.Error()})
		if err != nil {
			return err
		}
		l.failure = l.append(Entry{Actor: "nsboxd", Action: "audit.recover", Target: l.opts.Path, Outcome: "ok"}, detail)
	}
	return l.failure
}

// append writes an entry. l.mu is held.
func (l *Log) append(e Entry, detail json.RawMessage) error {
	if l.f == nil {
		return errors.New("audit log: it is closed")
	}
	if err := l.lock(); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	if l.opts.MaxSize > 0 && l.size >= l.opts.MaxSize {
		if err := l.rotate(); err != nil {
			l.unlock()
			return fmt.Errorf("audit log: begin a new file: %w", err)
		}
		if err := l.lock(); err != nil {
			return fmt.Errorf("audit log: %w", err)
		}
	}
	rec, err := l.write(e, detail)
	l.unlock()
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	l.handOver(rec)
	return nil
}

// write writes the line of an entry. The lock is held.
func (l *Log) write(e Entry, detail json.RawMessage) (store.AuditRecord, error) {
	ln := line{
		Seq: l.seq + 1, Time: time.Now().UTC(), Actor: e.Actor, ActorID: e.ActorID, Addr: e.Addr, Action: e.Action,
		Target: e.Target, Outcome: e.Outcome, Detail: detail, Prev: l.prev,
	}
	body, err := json.Marshal(ln)
	if err != nil {
		return store.AuditRecord{}, err
	}
	body = body[:len(body)-1] // the closing brace comes after the hash
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	text := append(body, hashField+hash+"\"}\n"...)
	if n, err := l.f.Write(text); err != nil {
		// Half a line would make the next one part of it.
		return store.AuditRecord{}, errors.Join(err, l.undo(n))
	}
	l.seq, l.prev, l.size, l.dirty = ln.Seq, hash, l.size+int64(len(text)), true
	return row(ln, hash), nil
}

func (l *Log) undo(n int) error {
	if n == 0 {
		return nil
	}
	return l.f.Truncate(l.size)
}

func row(ln line, hash string) store.AuditRecord {
	return store.AuditRecord{
		Seq: ln.Seq, Time: ln.Time, Actor: ln.Actor, ActorID: ln.ActorID, Addr: ln.Addr, Action: ln.Action, Target: ln.Target,
		Outcome: ln.Outcome, Detail: string(ln.Detail), Prev: ln.Prev, Hash: hash,
	}
}

// rotate makes place for a new file, which the next lock makes. The lock is held,
// and gone afterwards where it worked.
func (l *Log) rotate() error {
	if err := l.f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(l.opts.Path, oldName(l.opts.Path, l.seq)); err != nil {
		return err
	}
	l.dirty = false
	if l.opts.MaxFiles > 0 {
		old, err := oldFiles(l.opts.Path)
		for ; err == nil && len(old) > l.opts.MaxFiles; old = old[1:] {
			err = os.Remove(old[0])
		}
		if err != nil {
			return err
		}
	}
	l.unlock()
	return nil
}

// tableLag is how long a line waits for others before the table gets them: a
// transaction right away would take the processor from the program that the line
// tells of, and the store from what records it.
const tableLag = 100 * time.Millisecond

// maxBatch is how many lines the table gets at once at most.
const maxBatch = 256

// fillTable carries the lines over to the table.
func (l *Log) fillTable() {
	defer l.wg.Done()
	var batch []store.AuditRecord
	var due <-chan time.Time
	insert := func() {
		if len(batch) > 0 {
			l.insert(batch)
		}
		batch, due = nil, nil
	}
	for {
		select {
		case r, ok := <-l.rows:
			if !ok {
				insert()
				return
			}
			if batch = append(batch, r); len(batch) == maxBatch {
				insert()
			} else if due == nil {
				due = time.After(tableLag)
			}
		case <-due:
			insert()
		case done := <-l.asked:
			for range len(l.rows) {
				batch = append(batch, <-l.rows)
			}
			insert()
			close(done)
		}
	}
}

// Flush waits until the table has the lines that were appended before.
func (l *Log) Flush(ctx context.Context) error {
	done := make(chan struct{})
	select {
	case l.asked <- done:
	case <-l.stop:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// insert tries for a while: what the table lacks in the end it gets at the next
// start, from the file.
func (l *Log) insert(batch []store.AuditRecord) {
	for wait := 100 * time.Millisecond; ; wait *= 2 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := l.opts.Table.AppendAudit(ctx, batch...)
		cancel()
		if err == nil {
			return
		}
		l.opts.Log.Error("audit table", "err", err, "lines", len(batch))
		if wait > 2*time.Second || errors.Is(err, store.ErrExists) {
			return
		}
		time.Sleep(wait)
	}
}

func (l *Log) syncNow() {
	defer l.wg.Done()
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.mu.Lock()
			f, dirty := l.f, l.dirty
			l.dirty = false
			l.mu.Unlock()
			if dirty && f != nil {
				if err := f.Sync(); err != nil && !errors.Is(err, fs.ErrClosed) {
					l.opts.Log.Error("audit log", "err", err)
				}
			}
			if l.opts.Table != nil {
				l.look()
			}
		case <-l.stop:
			return
		}
	}
}

// Close writes what is under way, and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.f == nil {
		l.mu.Unlock()
		return nil
	}
	err := errors.Join(l.f.Sync(), l.f.Close())
	l.f = nil
	close(l.stop)
	close(l.rows)
	l.mu.Unlock()
	l.wg.Wait()
	return err
}

// catchUp gives the table the lines that it lacks at its end.
func (l *Log) catchUp(ctx context.Context) error {
	if l.opts.Table == nil || l.seq == 0 {
		return nil
	}
	last, err := l.opts.Table.Audit(ctx, store.AuditQuery{Limit: 1})
	if err != nil {
		return err
	}
	var have int64
	if len(last) > 0 {
		have = last[0].Seq
	}
	if have >= l.seq {
		return nil
	}
	files, err := oldFiles(l.opts.Path)
	if err != nil {
		return err
	}
	var batch []store.AuditRecord
	flush := func(least int) error {
		if len(batch) < least || len(batch) == 0 {
			return nil
		}
		err := l.opts.Table.AppendAudit(ctx, batch...)
		batch = batch[:0]
		return err
	}
	for _, path := range append(files, l.opts.Path) {
		err := eachLine(path, func(text []byte) error {
			r, err := parse(text)
			if err != nil || r.Seq <= have || r.Seq > l.seq {
				return nil //nolint:nilerr // what is broken is Verify's to tell; what others add, look's to find
			}
			batch = append(batch, r)
			return flush(maxBatch)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // renamed or removed meanwhile
			return err
		}
	}
	return flush(0)
}

// eachLine calls do for every line of the file.
func eachLine(path string, do func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	for sc.Scan() {
		if err := do(sc.Bytes()); err != nil {
			return err
		}
	}
	return sc.Err()
}
