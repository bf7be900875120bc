package daemon

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("PLAY") == "activated" {
		l, err := endpoint{addresses: []string{"127.0.0.1:1"}}.listen(context.Background())
		if err != nil {
			os.Stdout.WriteString(err.Error())
			return
		}
		os.Stdout.WriteString(l.all[0].Addr().String())
		return
	}
	os.Exit(m.Run())
}

func TestListenRefusals(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used := filepath.Join(dir, "used.sock")
	busy, err := net.Listen("unix", used)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, c := range []struct {
		e    endpoint
		want string
	}{
		{endpoint{addresses: []string{"0.0.0.0:0"}}, "who would need no credentials: set auth.required"},
		{endpoint{addresses: []string{"[::]:0"}}, "who would need no credentials"},
		{endpoint{addresses: []string{":0"}}, "who would need no credentials"},
		{endpoint{addresses: []string{"192.0.2.1:0"}}, "who would need no credentials"},
		{endpoint{addresses: []string{"nonsense"}}, "is not an address"},
		{endpoint{}, "nothing to listen on"},
		{endpoint{addresses: []string{"unix:" + plain}}, "is there and no socket"},
		{endpoint{addresses: []string{"unix:" + used}}, "something serves " + used + " already"},
		{endpoint{addresses: []string{"127.0.0.1:0"}, cert: plain}, "both a certificate and a key"},
		{endpoint{addresses: []string{"127.0.0.1:0"}, cert: plain, key: plain}, "TLS: " + plain},
	} {
		l, err := c.e.listen(t.Context())
		if err == nil {
			l.close()
			t.Errorf("%+v: accepted", c.e)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %s", c.e, err, c.want)
		}
	}
	// With credentials every address is allowed.
	l, err := endpoint{addresses: []string{"0.0.0.0:0"}, authRequired: true}.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.close()
}

func TestDeadSocketIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d", "nsboxd.sock")
	for range 2 {
		l, err := endpoint{addresses: []string{"unix:" + path}}.listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != 0o660 {
			t.Errorf("%v, %v", st, err)
		}
		// As a killed daemon leaves it.
		l.all[0].(*net.UnixListener).SetUnlinkOnClose(false)
		l.close()
	}
}

// systemd hands sockets over as descriptors from 3 on, and names the process that
// they are for.
func TestSocketActivation(t *testing.T) {
	for address, want := range map[string]string{"127.0.0.1:0": "", "0.0.0.0:0": "reached by others than this host"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		// LISTEN_PID is the child's, which a shell knows and keeps through exec.
		cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0"`, "/proc/self/exe")
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Args[3] = self
		cmd.Env = append(os.Environ(), "PLAY=activated", "LISTEN_FDS=1")
		cmd.ExtraFiles = []*os.File{f}
		out, err := cmd.Output()
		if want == "" {
			want = l.Addr().String()
		}
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %q, %v; want %s", address, out, err, want)
		}
		f.Close()
		l.Close()
	}
}

// selfSigned writes a certificate for localhost with that serial number.
func selfSigned(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kder}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TLS with HTTP/2, a certificate that SIGHUP replaces, notifications in their
// order, and a stop that waits for answers.
func TestServeReloadsAndStops(t *testing.T) {
	dir := t.TempDir()
	cert, key := selfSigned(t, dir, 1)
	l, err := endpoint{addresses: []string{"127.0.0.1:0"}, cert: cert, key: key}.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", socket.LocalAddr().String())
	t.Setenv("WATCHDOG_USEC", "150000")
	said := make(chan string, 1000)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := socket.Read(buf)
			if err != nil {
				return
			}
			said <- string(buf[:n])
		}
	}()
	hear := func(want string) {
		t.Helper()
		for end := time.After(20 * time.Second); ; {
			select {
			case s := <-said:
				if strings.HasPrefix(s, want) {
					return
				}
			case <-end:
				t.Fatalf("%s was not said", want)
			}
		}
	}
	reloaded := 0
	entered, drained := make(chan struct{}), make(chan struct{})
	b := &backend{
		handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				close(entered)
				<-drained
			}
			io.WriteString(w, r.Proto)
		}),
		drain:      func(context.Context) error { close(drained); return nil },
		endStreams: func() {}, alive: func(context.Context) {},
		reload: func() error { reloaded++; return nil },
		log:    slog.New(slog.DiscardHandler), grace: 5 * time.Second,
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- b.serve(ctx, l) }()
	hear("READY=1")
	hear("WATCHDOG=1")

	url := "https://" + l.all[0].Addr().String()
	get := func(path string) (string, int64) {
		// A connection of its own, with a look at the certificate.
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr, Timeout: 20 * time.Second}).Get(url + path)
		if err != nil {
			t.Error(err)
			return "", 0
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(text), resp.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if proto, serial := get("/"); proto != "HTTP/2.0" || serial != 1 {
		t.Errorf("%s with certificate %d", proto, serial)
	}
	selfSigned(t, dir, 2)
	hup := func() {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		hear("RELOADING=1\nMONOTONIC_USEC=")
		hear("READY=1")
	}
	hup()
	if _, serial := get("/"); serial != 2 || reloaded != 1 {
		t.Errorf("after SIGHUP: certificate %d, %d reloads", serial, reloaded)
	}
	// What is broken changes nothing.
	if err := os.WriteFile(key, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	hup()
	if _, serial := get("/"); serial != 2 {
		t.Errorf("after a broken key: certificate %d", serial)
	}

	slow := make(chan string, 1)
	go func() { text, _ := get("/slow"); slow <- text }()
	<-entered
	stop()
	hear("STOPPING=1")
	if text := <-slow; text != "HTTP/2.0" {
		t.Errorf("the request that was under way got %q", text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A daemon that hangs says nothing to the watchdog.
func TestWatchdogOfAHungService(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	hangs := &backend{alive: func(context.Context) { select {} }, log: log}
	if err := hangs.answers(20 * time.Millisecond); err == nil {
		t.Error("a service that hangs answers")
	}
	well := &backend{alive: func(context.Context) {}, log: log}
	if err := well.answers(10 * time.Second); err != nil {
		t.Error(err)
	}
}
