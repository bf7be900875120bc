package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/coreos/go-systemd/v22/activation"
	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
)

// endpoint says where to listen.
type endpoint struct {
	// addresses are host:port, or unix: and the path of a socket.
	addresses []string
	// cert and key are the files of TLS, for addresses; empty is without TLS.
	cert, key string
	// authRequired says that nobody gets in without credentials.
	authRequired bool
}

// listeners are the open ones of an endpoint.
type listeners struct {
	all  []net.Listener
	cert *certificate // nil without TLS
}

// listen opens e's listeners, or takes those that systemd hands over, which then
// are the only ones. It refuses what would let strangers in.
func (e endpoint) listen(ctx context.Context) (_ *listeners, err error) {
	l := &listeners{}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if (e.cert == "") != (e.key == "") {
		return nil, errors.New("TLS needs both a certificate and a key: tls.cert and tls.key")
	}
	if e.cert != "" {
		if l.cert, err = loadCertificate(e.cert, e.key); err != nil {
			return nil, err
		}
	}
	passed, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("socket activation: %w", err)
	}
	if len(passed) > 0 {
		for i, p := range passed {
			if p == nil {
				return nil, fmt.Errorf("socket activation: descriptor %d is no stream socket", 3+i)
			}
			if err := e.mayListen(p.Addr()); err != nil {
				return nil, err
			}
			l.add(p)
		}
		return l, nil
	}
	for _, address := range e.addresses {
		if err := config.CheckListen(address, e.authRequired); err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		var n net.Listener
		if path, ok := strings.CutPrefix(address, "unix:"); ok {
			n, err = listenUnix(path)
		} else {
			n, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		}
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		l.add(n)
	}
	if len(l.all) == 0 {
		return nil, errors.New("there is nothing to listen on: give an address")
	}
	return l, nil
}

func (l *listeners) add(n net.Listener) {
	if _, tcp := n.(*net.TCPListener); tcp && l.cert != nil {
		n = tls.NewListener(n, l.cert.config())
	}
	l.all = append(l.all, n)
}

func (l *listeners) close() {
	for _, n := range l.all {
		_ = n.Close()
	}
}

// mayListen refuses a socket that others than this host reach, where nobody has
// to say who they are; for addresses of the configuration it does so itself.
func (e endpoint) mayListen(a net.Addr) error {
	tcp, ok := a.(*net.TCPAddr)
	if ok && !e.authRequired && !tcp.IP.IsLoopback() {
		return errExposed(a.String())
	}
	return nil
}

func errExposed(address string) error {
	return fmt.Errorf("listen: %s is reached by others than this host, who would need no credentials: set auth.required = true, or listen on 127.0.0.1", address)
}

// listenUnix makes the socket at path, replacing one that nobody answers on. Who
// may connect is a matter of its directory and its group.
func listenUnix(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("something serves %s already", path)
	}
	st, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case st.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is there and no socket", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	// Made unreachable for others first: the mode is set before anyone can connect.
	old := unix.Umask(0o177)
	l, err := net.Listen("unix", path)
	unix.Umask(old)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// certificate is a pair of files that can be read again while it is in use.
type certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]
}

func loadCertificate(certFile, keyFile string) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile}
	return c, c.reload()
}

// reload reads the files; where they are wrong the old pair stays.
func (c *certificate) reload() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS: %s, %s: %w", c.certFile, c.keyFile, err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}
