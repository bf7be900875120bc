package wsapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// The types of messages.
const (
	typeExecute    = "execute"
	typeStdin      = "stdin"
	typeStdinClose = "stdin_close"
	typeCancel     = "cancel"
	typeDetach     = "detach"
	typeAttach     = "attach"
	typePing       = "ping"

	typeAccepted = "accepted"
	typeEvent    = "event"
	typeError    = "error"
	typePong     = "pong"
	typeOutput   = "output"
	typeComplete = "complete"
)

// inbound is a message of the client. Which fields count depends on Type.
type inbound struct {
	Type      string                  `json:"type"`
	ID        string                  `json:"id"`
	Request   *service.ExecuteRequest `json:"request"`
	Execution string                  `json:"execution"`
	After     int64                   `json:"after"`
	Data      string                  `json:"data"`
	Encoding  string                  `json:"encoding"`
}

// outbound is a message of the server.
type outbound struct {
	Type      string       `json:"type"`
	ID        string       `json:"id,omitempty"`
	Execution string       `json:"execution,omitempty"`
	Event     *nsbox.Event `json:"event,omitempty"`
	// After is where an attach goes on behind a gap.
	After int64        `json:"after,omitempty"`
	Error *web.Problem `json:"error,omitempty"`
}

// maxID bounds the ids that clients choose, which every answer repeats.
const maxID = 128

// parse reads one message. SoulBox's execute comes as its own type.
func parse(data []byte) (*inbound, *compat.SoulBoxMessage, error) {
	var head struct {
		Type    string           `json:"type"`
		Runtime *json.RawMessage `json:"runtime"`
	}
	if err := json.Unmarshal(data, &head); err == nil && head.Type == typeExecute && head.Runtime != nil {
		m, err := compat.ParseSoulBoxMessage(data)
		return nil, m, err
	}
	var m inbound
	if err := web.Decode(data, &m); err != nil {
		return &m, nil, err
	}
	return &m, nil, m.check()
}

func (m *inbound) check() error {
	switch m.Type {
	case typeExecute:
		if m.Request == nil {
			return refuse(`execute needs "request", the body of POST /api/v1/execute`)
		}
	case typeAttach:
		if m.Execution == "" {
			return refuse(`attach needs "execution", the id of an execution`)
		}
		if m.After < 0 {
			return refuse(`"after" counts from 0`)
		}
	case typeStdin, typeStdinClose, typeCancel, typeDetach, typePing:
	case "":
		return refuse(`"type" is missing; use execute, stdin, stdin_close, cancel, detach, attach or ping`)
	default:
		return refuse(`there is no message of this "type"; use execute, stdin, stdin_close, cancel, detach, attach or ping`)
	}
	switch {
	case m.ID == "" && m.Type != typePing:
		return refuse(m.Type + ` needs "id", a name of your choice for the execution on this connection`)
	case len(m.ID) > maxID:
		return refuse(`"id" is longer than 128 bytes`)
	}
	return nil
}

// bytes are what stdin is to get.
func (m *inbound) bytes() ([]byte, error) {
	switch m.Encoding {
	case "":
		return []byte(m.Data), nil
	case "base64":
		b, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return nil, refuse(`"data" is not base64`)
		}
		return b, nil
	}
	return nil, refuse(`"encoding" is base64 or absent`)
}

func refuse(sentence string) error {
	return &service.Error{Code: service.CodeBadRequest, Message: sentence}
}

func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, errors.Join(errors.New("encode a message"), err)
	}
	return b, nil
}
