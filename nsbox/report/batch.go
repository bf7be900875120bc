package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/nsbox/nsbox/nsbox"
)

// Program is one program of a batch and how it ended.
type Program struct {
	// Name is the file as the user named it.
	Name string `json:"name"`
	// Status is "ok", "healed", "failed", "error" where nsbox itself failed, or
	// "skipped" where the batch was interrupted before.
	Status string `json:"status"`
	// Error is nsbox's failure.
	Error  string        `json:"error,omitempty"`
	Result *nsbox.Result `json:"result,omitempty"`
	// Report is nil where there was none.
	Report *nsbox.Report `json:"-"`
}

// The states of a Program.
const (
	BatchOK      = "ok"
	BatchHealed  = "healed"
	BatchFailed  = "failed"
	BatchError   = "error"
	BatchSkipped = "skipped"
)

// Batch is the end of many programs.
type Batch struct {
	Programs []Program      `json:"programs"`
	Counts   map[string]int `json:"counts"`
	// WallMS is the time that all took together.
	WallMS float64 `json:"wall_ms"`
}

// Count fills in Counts.
func (b *Batch) Count() {
	b.Counts = map[string]int{BatchOK: 0, BatchHealed: 0, BatchFailed: 0, BatchError: 0, BatchSkipped: 0}
	for _, p := range b.Programs {
		b.Counts[p.Status]++
	}
}

// tailLength is how many characters of a failed program's error are shown.
const tailLength = 500

// Text writes b for people: a line for each program, then what went wrong.
func (b *Batch) Text(w io.Writer) error {
	var out strings.Builder
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, p := range b.Programs {
		fmt.Fprintf(table, "%s\t%s\t%s\n", p.Status, Escape(p.Name), p.summary())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range b.Programs {
		if p.Status == BatchFailed || p.Status == BatchError {
			fmt.Fprintf(&out, "\n%s\n", Escape(p.Name))
			for _, line := range p.details() {
				fmt.Fprintf(&out, "  %s\n", EscapeText(line))
			}
		}
	}
	fmt.Fprintf(&out, "\n%s: %d ok, %d healed, %d failed", count(len(b.Programs), "program"), b.Counts[BatchOK], b.Counts[BatchHealed], b.Counts[BatchFailed])
	if n := b.Counts[BatchError]; n > 0 {
		fmt.Fprintf(&out, ", %d not run", n)
	}
	if n := b.Counts[BatchSkipped]; n > 0 {
		fmt.Fprintf(&out, ", %d skipped", n)
	}
	out.WriteByte('\n')
	_, err := io.WriteString(w, out.String())
	return err
}

func (p *Program) summary() string {
	if p.Result == nil {
		return Escape(firstLine(p.Error))
	}
	text := fmt.Sprintf("%s, %s", p.Result.Language, p.Result.Verdict)
	if p.Result.Verdict == nsbox.NonZero {
		text += fmt.Sprintf(" %d", p.Result.ExitCode)
	}
	if p.Result.Iterations > 1 {
		text += fmt.Sprintf(", %d runs", p.Result.Iterations)
	}
	return text + fmt.Sprintf(", %.0f ms", p.Result.Usage.WallMS)
}

func (p *Program) details() []string {
	if p.Result == nil {
		return []string{p.Error}
	}
	lines := Explain(*p.Result)
	if p.Report != nil {
		for _, l := range Healing(*p.Report) {
			lines = append(lines, l.Text)
		}
	}
	if tail := Tail(p.Result.Stderr); tail != "" {
		lines = append(lines, strings.Split(tail, "\n")...)
	}
	return lines
}

// Tail returns the last 500 characters of b, from the beginning of a line where
// there is one among them.
func Tail(b []byte) string {
	text := []rune(strings.TrimRight(strings.ToValidUTF8(string(b), "\uFFFD"), "\n"))
	if len(text) <= tailLength {
		return string(text)
	}
	tail := string(text[len(text)-tailLength:])
	if _, rest, ok := strings.Cut(tail, "\n"); ok && rest != "" {
		tail = rest
	}
	return "...\n" + tail
}

// JUnit's XML, as CI systems read it.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Class     string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitProblem `xml:"failure,omitempty"`
		Error     *junitProblem `xml:"error,omitempty"`
		Skipped   *struct{}     `xml:"skipped,omitempty"`
		SystemOut string        `xml:"system-out,omitempty"`
		SystemErr string        `xml:"system-err,omitempty"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes b as JUnit XML. Bytes of the output that XML can't hold are
// replaced.
func (b *Batch) JUnit(w io.Writer) error {
	suite := junitSuite{
		Name: "nsbox", Tests: len(b.Programs), Failures: b.Counts[BatchFailed], Errors: b.Counts[BatchError],
		Skipped: b.Counts[BatchSkipped], Time: fmt.Sprintf("%.3f", b.WallMS/1000),
	}
	for _, p := range b.Programs {
		c := junitCase{Name: p.Name, Class: "nsbox", Time: "0"}
		if r := p.Result; r != nil {
			c.Class, c.Time = "nsbox."+r.Language, fmt.Sprintf("%.3f", r.Usage.WallMS/1000)
			c.SystemOut, c.SystemErr = string(r.Stdout), string(r.Stderr)
		}
		switch p.Status {
		case BatchFailed:
			c.Failure = &junitProblem{Type: string(p.Result.Verdict), Message: p.summary(), Text: strings.Join(p.details(), "\n")}
		case BatchError:
			c.Error = &junitProblem{Type: "nsbox", Message: p.Error}
		case BatchSkipped:
			c.Skipped = &struct{}{}
		}
		suite.Cases = append(suite.Cases, c)
	}
	out, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}
