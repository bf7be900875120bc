package wire

import "encoding/json"

// The bodies of the messages between client and helper. Where one carries a
// type of package nsbox it is raw JSON here, because nsbox imports this package.
type (
	// Run asks for an execution. Size bytes of data packets follow: the contents
	// of Spec's files, one after the other.
	Run struct {
		Spec json.RawMessage `json:"spec"` // nsbox.Spec
		Size int64           `json:"size"`
	}
	// Started tells that a stage runs. Its descriptors are the write end of stdin
	// and the read ends of stdout and stderr, or a terminal's master alone.
	Started struct {
		ID       string          `json:"id"`
		Language string          `json:"language"`
		Stage    string          `json:"stage"`
		Limits   json.RawMessage `json:"limits"` // nsbox.Limits
		TTY      bool            `json:"tty,omitempty"`
		// OOM is how the language's runtime says that its heap is full: the client
		// sees the program's output, the helper does not.
		OOM json.RawMessage `json:"oom,omitempty"` // nsbox.OOMSign
		// Replay is set where the stage need not run, because its outcome is known.
		// Then no descriptors come, and no Ended.
		Replay *Replay `json:"replay,omitempty"`
	}
	// Replay is what a stage did when it ran.
	Replay struct {
		Result json.RawMessage `json:"result"` // nsbox.StageResult without streams
		Stdout []byte          `json:"stdout,omitempty"`
		Stderr []byte          `json:"stderr,omitempty"`
	}
	// Kill asks for the end of the stage that runs.
	Kill struct {
		Reason string `json:"reason"` // KillOutput or KillCancel
	}
	// Ended tells how a stage ended.
	Ended struct {
		Stage  string          `json:"stage"`
		Result json.RawMessage `json:"result"` // nsbox.StageResult without streams
	}
	// Done is the end of the execution. With Collected its descriptors are a
	// listing, lines of JSON, and the bytes of the files in it.
	Done struct {
		Isolation json.RawMessage `json:"isolation"` // nsbox.Isolation
		Collected bool            `json:"collected,omitempty"`
		Problem   string          `json:"problem,omitempty"` // why files could not be collected
		// Value and StateLost are of a snippet.
		Value     json.RawMessage `json:"value,omitempty"` // nsbox.Value
		StateLost bool            `json:"state_lost,omitempty"`
	}
	// Error tells that the helper refused or failed; no more follows.
	Error struct {
		Class   string `json:"class"`
		Message string `json:"message"`
	}
	// Found is a line of the listing: a file, whose bytes follow those of the one
	// before it, or an entry that was passed over and the reason.
	Found struct {
		Path   string `json:"path,omitempty"`
		Size   int64  `json:"size,omitempty"`
		Exec   bool   `json:"exec,omitempty"`
		SHA256 string `json:"sha256,omitempty"`
		Reason string `json:"reason,omitempty"`
		// Done ends the listing; without it the listing is not whole.
		Done bool `json:"done,omitempty"`
	}
)

// Reasons of Kill.
const (
	KillOutput = "output"
	KillCancel = "cancel"
)

// Classes of Error.
const (
	ClassRequest     = "bad_request"
	ClassLanguage    = "language"
	ClassUnsupported = "unsupported"
	ClassInternal    = "internal"
	ClassStopping    = "stopping" // the helper takes no more
)
