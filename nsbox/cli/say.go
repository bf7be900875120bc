package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/nsbox/nsbox/nsbox/report"
)

// output is where a command writes. What nsbox itself says goes to Err, line by
// line with a prefix, and is safe for a terminal.
type output struct {
	out, err   io.Writer
	errTTY     bool
	outTTY     bool
	colour     bool
	mu         sync.Mutex
	unfinished bool // the program left the cursor within a line
}

func newOutput(stdout, stderr io.Writer, getenv func(string) string) *output {
	o := &output{out: stdout, err: stderr, outTTY: isTerminal(stdout), errTTY: isTerminal(stderr)}
	// no-color.org: any value but the empty one.
	o.colour = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return o
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say writes one line of nsbox's own.
func (o *output) say(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	var b strings.Builder
	if o.unfinished {
		b.WriteByte('\n')
		o.unfinished = false
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString("nsbox: " + report.Escape(line) + "\n")
	}
	io.WriteString(o.err, b.String())
}

// sayLine writes a line of a report, coloured by its role on a terminal. Tabs
// in it, which source text has, stay.
func (o *output) sayLine(line report.Line) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := report.EscapeText(line.Text)
	if colour := roleColours[line.Role]; colour != "" && o.colour && o.errTTY {
		text = "\x1b[" + colour + "m" + text + "\x1b[0m"
	}
	if o.unfinished {
		text = "\nnsbox: " + text
		o.unfinished = false
	} else {
		text = "nsbox: " + text
	}
	io.WriteString(o.err, text+"\n")
}

var roleColours = map[report.Role]string{
	report.Good: green, report.Bad: red, report.Added: green, report.Removed: red, report.Faint: dim,
}

// The colours, for a terminal that wants them.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

// paint colours text that goes to stdout.
func (o *output) paint(colour, text string) string {
	if !o.colour || !o.outTTY {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// passStdout and passStderr return writers for the program's streams. Bytes go
// through as they are; that a line is not finished is remembered where it would
// stand before nsbox's own words.
func (o *output) passStdout() *pass { return &pass{o: o, w: o.out, watch: o.outTTY && o.errTTY} }
func (o *output) passStderr() *pass { return &pass{o: o, w: o.err, watch: true} }

type pass struct {
	o      *output
	w      io.Writer
	watch  bool
	failed error // the first error
}

func (p *pass) Write(b []byte) (int, error) {
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	n, err := p.w.Write(b)
	if err != nil && p.failed == nil {
		p.failed = err
	}
	if p.watch && n > 0 {
		p.o.unfinished = b[n-1] != '\n'
	}
	return n, err
}

func (p *pass) failure() error {
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	return p.failed
}
