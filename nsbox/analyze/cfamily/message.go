package cfamily

import (
	"bytes"
	"encoding/json"
	"strings"
)

// message is one of the compiler's, whichever form it came in.
type message struct {
	Kind     string
	File     string
	Line     int
	Col      int // in bytes, from 1; display columns where tabs is set
	Text     string
	Option   string // the warning's, as -Wformat=
	Notes    []message
	FixIts   []fixIt
	Function string // "In function 'main'"
	// from is where the program makes the library do what fails there; text alone
	// tells it.
	from    *message
	display bool
}

// fixIt replaces what lies between two places of one file.
type fixIt struct {
	File                               string
	Line, Col, EndLine, EndCol         int
	Text                               string
	display, wholeLine, extentsGuessed bool
}

func (m *message) isError() bool { return m.Kind == "error" || m.Kind == "fatal error" }

// jsonPlace is a place in -fdiagnostics-format=json.
type jsonPlace struct {
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	ByteColumn int    `json:"byte-column"`
}

func (p jsonPlace) col() int {
	if p.ByteColumn > 0 {
		return p.ByteColumn
	}
	return p.Column
}

type jsonMessage struct {
	Kind      string `json:"kind"`
	Message   string `json:"message"`
	Option    string `json:"option"`
	Locations []struct {
		Caret jsonPlace `json:"caret"`
	} `json:"locations"`
	FixIts []struct {
		Start  jsonPlace `json:"start"`
		Next   jsonPlace `json:"next"`
		String string    `json:"string"`
	} `json:"fixits"`
	Children []jsonMessage `json:"children"`
}

// maxMessages bounds what is kept of one compiler's output.
const maxMessages = 400

// parseJSON reads the arrays of -fdiagnostics-format=json, one for each source
// file. An array that was cut off counts up to there; anything between the
// arrays is passed over.
func parseJSON(out []byte) []message {
	var all []message
	for len(out) > 0 && len(all) < maxMessages {
		at := bytes.Index(out, []byte("[{"))
		if at < 0 {
			break
		}
		out = out[at:]
		dec := json.NewDecoder(bytes.NewReader(out))
		if _, err := dec.Token(); err != nil {
			break
		}
		for dec.More() && len(all) < maxMessages {
			var m jsonMessage
			if err := dec.Decode(&m); err != nil {
				return all
			}
			switch n := len(all); {
			case m.Kind == "note" && n > 0:
				all[n-1].Notes = append(all[n-1].Notes, m.message(1))
			case m.Kind != "":
				all = append(all, promote(m.message(0))...)
			}
		}
		if _, err := dec.Token(); err != nil {
			break
		}
		out = out[dec.InputOffset():]
	}
	return all
}

// promote takes errors out of the notes of a warning: gcc groups a warning about
// a string without an end with the error that is the same.
func promote(m message) []message {
	out := []message{m}
	if m.isError() {
		return out
	}
	for _, n := range m.Notes {
		if n.isError() {
			out = append(out, n)
		}
	}
	return out
}

func (m *jsonMessage) message(depth int) message {
	out := message{Kind: m.Kind, Text: plain(m.Message), Option: m.Option}
	if len(m.Locations) > 0 {
		p := m.Locations[0].Caret
		out.File, out.Line, out.Col = p.File, p.Line, p.col()
	}
	for _, f := range m.FixIts {
		out.FixIts = append(out.FixIts, fixIt{
			File: f.Start.File, Line: f.Start.Line, Col: f.Start.col(),
			EndLine: f.Next.Line, EndCol: f.Next.col(), Text: f.String,
		})
	}
	if depth < 3 {
		for i := range m.Children {
			out.Notes = append(out.Notes, m.Children[i].message(depth+1))
		}
	}
	return out
}

var plainQuotes = strings.NewReplacer("‘", "'", "’", "'")

// plain has ASCII's quotes for those that gcc writes in a UTF-8 locale.
func plain(s string) string { return plainQuotes.Replace(s) }
