package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
)

// JSON writes r as one JSON object on a line of its own. The content of
// artifacts is in it only where data is set.
func JSON(w io.Writer, r nsbox.Result, data bool) error {
	if !data {
		r = withoutData(r)
	}
	return line(w, r)
}

// Events writes events as they come, each as a JSON object on one line. It is
// safe for use by several goroutines.
type Events struct {
	// Data keeps the content of artifacts in the events.
	Data bool

	mu  sync.Mutex
	w   io.Writer
	err error
	seq int64
}

// NewEvents returns Events that write to w.
func NewEvents(w io.Writer) *Events { return &Events{w: w} }

// Write writes e. After the first error it writes nothing more; Err has it.
func (s *Events) Write(e nsbox.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if !s.Data {
		if e.Artifact != nil {
			a := *e.Artifact
			a.Data = nil
			e.Artifact = &a
		}
		if e.Result != nil {
			r := withoutData(*e.Result)
			e.Result = &r
		}
	}
	s.seq = max(s.seq, e.Seq)
	s.err = line(s.w, e)
}

// Seq is the number of the last event written.
func (s *Events) Seq() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

// Err is the error that ended the writing, nil where all was written.
func (s *Events) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// withoutData copies the artifacts: the caller's result keeps its data.
func withoutData(r nsbox.Result) nsbox.Result {
	bare := make([]nsbox.Artifact, len(r.Artifacts))
	copy(bare, r.Artifacts)
	for i := range bare {
		bare[i].Data = nil
	}
	r.Artifacts = bare
	return r
}

// JSONLine writes v as one JSON object on a line of its own.
func JSONLine(w io.Writer, v any) error { return line(w, v) }

func line(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeControls(b), '\n'))
	return err
}

// escapeControls writes the control characters that JSON lets stand, DEL and
// those from U+0080 to U+009F, as \u escapes: JSON lines are looked at on
// terminals, where U+009B begins a control sequence as ESC [ does. Beyond ASCII
// and in its control characters, JSON text is all inside strings.
func escapeControls(b []byte) []byte {
	control := func(r rune) bool { return r >= 0x7f && r <= 0x9f }
	if bytes.IndexFunc(b, control) < 0 {
		return b
	}
	var out bytes.Buffer
	for _, r := range string(b) {
		if control(r) {
			fmt.Fprintf(&out, "\\u%04x", r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}
