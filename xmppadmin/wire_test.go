package xmppadmin

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mellium.im/xmpp/jid"

	"roomctl/xmppadmin/xmpptest"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// startServer starts a chat server that ends with the test.
func startServer(t *testing.T, o xmpptest.Options) *xmpptest.Server {
	t.Helper()
	srv, err := xmpptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// plainOptions are those for a server on plain TCP.
func plainOptions(srv *xmpptest.Server) Options {
	return Options{
		JID: srv.JID(), Password: srv.Password(), Address: srv.Addr(), TLS: TLSNone,
		MUC: "conference.localhost", Timeout: patience,
	}
}

// loginTo logs in to a session that is closed with the test.
func loginTo(t *testing.T, o Options) *session {
	t.Helper()
	s, err := connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func address(t *testing.T, s string) jid.JID {
	t.Helper()
	j, err := jid.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("never came: %s", what)
		}
	}
}

// wire is a TCP relay in front of a plain server. It can say things to the
// client that the server never said, and lose what the server says.
type wire struct {
	address string
	deaf    atomic.Bool // lose everything, in both directions

	mu       sync.Mutex
	toClient net.Conn
}

func startWire(t *testing.T, server string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{address: listener.Addr().String()}
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		client, err := listener.Accept()
		if err != nil {
			return // the test ended before anybody connected
		}
		defer client.Close()
		upstream, err := net.Dial("tcp", server)
		if err != nil {
			t.Error(err)
			return
		}
		w.mu.Lock()
		w.toClient = client
		w.mu.Unlock()
		running.Add(1)
		go func() {
			defer running.Done()
			defer upstream.Close()
			_, _ = io.Copy(relay{w, upstream}, client) // until either side ends
		}()
		_, _ = io.Copy(relay{w, client}, upstream)
	}()
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	return w
}

// say sends bytes to the client. The server must be quiet meanwhile.
func (w *wire) say(t *testing.T, text string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := io.WriteString(w.toClient, text); err != nil {
		t.Fatal(err)
	}
}

// relay is one direction of a wire.
type relay struct {
	wire *wire
	to   io.Writer
}

func (r relay) Write(p []byte) (int, error) {
	if r.wire.deaf.Load() {
		return len(p), nil
	}
	return r.to.Write(p)
}
