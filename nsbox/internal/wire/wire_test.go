package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func pair(t testing.TB) (a, b *Conn) {
	t.Helper()
	fa, fb, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		c **Conn
		f *os.File
	}{{&a, fa}, {&b, fb}} {
		if *f.c, err = NewConn(f.f); err != nil {
			t.Fatal(err)
		}
		c := *f.c
		t.Cleanup(func() { c.Close() })
	}
	return a, b
}

func TestMessages(t *testing.T) {
	a, b := pair(t)
	if err := a.Send(KindKill, Kill{Reason: KillOutput}); err != nil {
		t.Fatal(err)
	}
	p, err := b.Receive()
	if err != nil {
		t.Fatal(err)
	}
	var k Kill
	if err := p.Decode(&k); err != nil || p.Kind != KindKill || k.Reason != KillOutput {
		t.Fatalf("%q %+v %v", p.Kind, k, err)
	}
}

func TestDescriptors(t *testing.T) {
	a, b := pair(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := a.SendBytes(KindData, []byte("x"), w); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p, err := b.Receive()
	if err != nil || len(p.Files) != 1 {
		t.Fatalf("%+v %v", p, err)
	}
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, p.Files[0].Fd(), syscall.F_GETFD, 0)
	if errno != 0 || flags&syscall.FD_CLOEXEC == 0 {
		t.Errorf("a received descriptor survives execve: %#x %v", flags, errno)
	}
	if _, err := p.Files[0].WriteString("through"); err != nil {
		t.Fatal(err)
	}
	p.Close()
	got, err := io.ReadAll(r)
	if err != nil || string(got) != "through" {
		t.Fatalf("%q %v", got, err)
	}
}

func TestEnds(t *testing.T) {
	a, b := pair(t)
	if err := a.SendBytes(KindData, bytes.Repeat([]byte("x"), MaxPacket)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a packet above the limit was sent: %v", err)
	}
	if err := a.SendBytes(KindData, bytes.Repeat([]byte("x"), MaxPacket-1)); err != nil {
		t.Fatal(err)
	}
	if p, err := b.Receive(); err != nil || len(p.Body) != MaxPacket-1 {
		t.Fatalf("the largest packet: %v", err)
	}
	a.Close()
	if _, err := b.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for body, want := range map[string]string{
		`{"reason":"x","more":1}`: "unknown field",
		`{"reason":"x"} {}`:       "follows",
		`{"reason":`:              "unexpected EOF",
		`[]`:                      "cannot unmarshal",
		``:                        "EOF",
	} {
		var k Kill
		if err := (&Packet{Kind: KindKill, Body: []byte(body)}).Decode(&k); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

// FuzzReceive sends packets as a hostile peer would, past Send.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("R{}"), 0)
	f.Add([]byte{}, 1)
	f.Add([]byte("K{\"reason\":\"output\"}"), 3)
	f.Add(bytes.Repeat([]byte("D"), MaxPacket+1), 20)
	f.Fuzz(func(t *testing.T, packet []byte, fds int) {
		fa, fb, err := Pair()
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.FileConn(fa)
		fa.Close()
		if err != nil {
			t.Fatal(err)
		}
		raw := conn.(*net.UnixConn)
		defer raw.Close()
		b, err := NewConn(fb)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		null, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		var oob []byte
		if n := fds % 32; n > 0 {
			list := make([]int, n)
			for i := range list {
				list[i] = int(null.Fd())
			}
			oob = syscall.UnixRights(list...)
		}
		if _, _, err := raw.WriteMsgUnix(packet, oob, nil); err != nil {
			return // larger than the socket takes
		}
		raw.Close()
		p, err := b.Receive()
		if err != nil {
			return
		}
		defer p.Close()
		if len(p.Body) >= MaxPacket || len(p.Files) > maxFDs {
			t.Fatalf("%d bytes and %d descriptors got through", len(p.Body), len(p.Files))
		}
		for _, v := range []any{new(Run), new(Started), new(Kill), new(Ended), new(Done), new(Error), new(Found), new(Manage), new(Inside), new(FileOp)} {
			_ = p.Decode(v) // must not panic
		}
	})
}
