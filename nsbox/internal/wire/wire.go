// Package wire carries messages and descriptors between a client and the
// helper over a unix socket of type SOCK_SEQPACKET.
//
//	client                                   helper
//	  Run   {request}            ------>
//	  data  (the files' bytes)   ------>     admits the request, or answers Error
//	                             <------     Started {id, stage} + descriptors
//	  Kill                       ------>
//	                             <------     Ended {stage, result}
//	                             <------     Started, Ended of the run stage, where the first was compile
//	                                         (a compile stage whose outcome is known is one Started)
//	                             <------     Done {artifacts} + descriptor of their bytes
//
// One connection carries one execution at a time; closing it cancels what
// runs. A message is one packet: a kind byte, then JSON or, for data, bytes.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// MaxPacket is the largest packet in bytes that either side sends or takes. It
// is well below the kernel's default socket buffer (net.core.wmem_default).
const MaxPacket = 64 << 10

// maxFDs is the most descriptors in one packet.
const maxFDs = 16

// Kind says what a packet holds.
type Kind byte

// The kinds of packets.
const (
	KindRun     Kind = 'R'
	KindData    Kind = 'D'
	KindKill    Kind = 'K'
	KindStarted Kind = 'S'
	KindEnded   Kind = 'E'
	KindDone    Kind = 'F'
	KindError   Kind = 'X'
)

// Packet is one message as it arrived. The receiver owns Files.
type Packet struct {
	Kind  Kind
	Body  []byte
	Files []*os.File
}

// Close closes the packet's descriptors.
func (p *Packet) Close() {
	for _, f := range p.Files {
		f.Close()
	}
	p.Files = nil
}

// Decode reads the packet's JSON into v and refuses fields that v has not.
func (p *Packet) Decode(v any) error {
	dec := json.NewDecoder(bytes.NewReader(p.Body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("message %q: %w", p.Kind, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("message %q: something follows the JSON value", p.Kind)
	}
	return nil
}

// Conn is one end of a connection. Send may be called from several goroutines,
// Receive from one.
type Conn struct {
	c *net.UnixConn
}

// NewConn takes over f, which must be a connected SOCK_SEQPACKET socket.
func NewConn(f *os.File) (*Conn, error) {
	c, err := net.FileConn(f)
	f.Close()
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, errors.New("socket: not a unix socket")
	}
	return &Conn{c: u}, nil
}

// Wrap makes a Conn of c.
func Wrap(c *net.UnixConn) *Conn { return &Conn{c: c} }

// Dial connects to the helper's socket at path.
func Dial(path string) (*Conn, error) {
	c, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		return nil, err
	}
	return &Conn{c: c}, nil
}

// Pair returns two connected sockets. They close on exec.
func Pair() (a, b *os.File, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return os.NewFile(uintptr(fds[0]), "socket"), os.NewFile(uintptr(fds[1]), "socket"), nil
}

// Close closes the connection.
func (c *Conn) Close() error { return c.c.Close() }

// Unix returns the connection below, for its credentials.
func (c *Conn) Unix() *net.UnixConn { return c.c }

// Send sends v as JSON, with files. The files stay open on this side.
func (c *Conn) Send(kind Kind, v any, files ...*os.File) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("message %q: %w", kind, err)
	}
	return c.SendBytes(kind, body, files...)
}

// SendBytes sends body as it is.
func (c *Conn) SendBytes(kind Kind, body []byte, files ...*os.File) error {
	if len(body)+1 > MaxPacket {
		return fmt.Errorf("message %q has %d bytes; at most %d are allowed", kind, len(body), MaxPacket-1)
	}
	var oob []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			// SyscallConn keeps the descriptor's non-blocking state, which Fd would clear.
			rc, err := f.SyscallConn()
			if err == nil {
				err = rc.Control(func(fd uintptr) { fds[i] = int(fd) })
			}
			if err != nil {
				return fmt.Errorf("message %q: descriptor: %w", kind, err)
			}
		}
		oob = syscall.UnixRights(fds...)
	}
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	b.data[0] = byte(kind)
	n := copy(b.data[1:], body)
	_, _, err := c.c.WriteMsgUnix(b.data[:n+1], oob, nil)
	return err
}

// Receive waits for the next packet. It returns io.EOF when the other side has
// closed the connection.
func (c *Conn) Receive() (*Packet, error) {
	// A packet is mostly small: what was received is copied out of a buffer that
	// others use again.
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	buf, oob := b.data[:], b.oob[:]
	n, oobn, flags, _, err := c.c.ReadMsgUnix(buf, oob)
	if errors.Is(err, syscall.ECONNRESET) {
		// The other side has closed without reading all that we sent: a helper that
		// refused the request. The kernel says so once, before the packets that it
		// had sent, its reason among them (unix_release_sock in net/unix/af_unix.c).
		n, oobn, flags, _, err = c.c.ReadMsgUnix(buf, oob)
	}
	if err != nil {
		return nil, err
	}
	p := &Packet{}
	cmsgs, err := syscall.ParseSocketControlMessage(oob[:oobn])
	for i := range cmsgs {
		fds, ferr := syscall.ParseUnixRights(&cmsgs[i])
		if ferr != nil {
			continue
		}
		for _, fd := range fds {
			syscall.CloseOnExec(fd)
			p.Files = append(p.Files, os.NewFile(uintptr(fd), "received"))
		}
	}
	switch {
	case err != nil:
		p.Close()
		return nil, fmt.Errorf("control message: %w", err)
	case flags&(syscall.MSG_TRUNC|syscall.MSG_CTRUNC) != 0:
		p.Close()
		return nil, errors.New("packet is larger than allowed")
	case n == 0 && oobn == 0:
		return nil, io.EOF
	case n == 0:
		p.Close()
		return nil, errors.New("packet without a kind")
	}
	p.Kind, p.Body = Kind(buf[0]), bytes.Clone(buf[1:n])
	return p, nil
}

type buffer struct {
	data [MaxPacket]byte
	oob  [maxOOB]byte
}

// maxOOB is CMSG_SPACE(3) of maxFDs descriptors: a header of 16 bytes and the
// numbers, in words of eight.
const maxOOB = 16 + (4*maxFDs+7)/8*8

var buffers = sync.Pool{New: func() any { return new(buffer) }}
