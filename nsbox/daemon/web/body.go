package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

const (
	// bodyTimeout is how long a body may take that is read into memory.
	bodyTimeout = time.Minute
	// uploadTimeout is how long a streamed body may pause.
	uploadTimeout = 30 * time.Second
)

// ReadBody reads all of the request's body, at most limit bytes, within a
// minute.
func ReadBody(w http.ResponseWriter, r *http.Request, limit nsbox.Size) ([]byte, error) {
	rc := http.NewResponseController(w)
	// Not every connection knows deadlines; those that don't are in this process.
	_ = rc.SetReadDeadline(time.Now().Add(bodyTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)))
	// The server goes on reading, to see whether the client is still there.
	_ = rc.SetReadDeadline(time.Time{})
	switch {
	case err == nil:
		return body, nil
	case isTooLarge(err):
		return nil, TooLarge(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, bad("the body did not arrive within %s", bodyTimeout)
	}
	return nil, bad("the body did not arrive whole: %v", err)
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// Upload returns the request's body as a stream that fails where the client
// pauses for too long, or breaks off.
func Upload(w http.ResponseWriter, r *http.Request) io.Reader {
	return &upload{r: r.Body, rc: http.NewResponseController(w)}
}

type upload struct {
	r  io.Reader
	rc *http.ResponseController
}

func (u *upload) Read(b []byte) (int, error) {
	_ = u.rc.SetReadDeadline(time.Now().Add(uploadTimeout))
	n, err := u.r.Read(b)
	if err != nil {
		_ = u.rc.SetReadDeadline(time.Time{})
		if !errors.Is(err, io.EOF) {
			err = &service.Error{Code: service.CodeBadRequest, Message: "the body did not arrive whole: " + err.Error()}
		}
	}
	return n, err
}
