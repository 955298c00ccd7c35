package main

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roomctl/provisioner/health"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// wardrobe has certificates for a chat server, and the one that it shows.
type wardrobe struct {
	gate    sync.RWMutex // locked: it shows none yet
	worn    atomic.Pointer[tls.Certificate]
	anchors []byte // of all of them, in PEM form
}

// certificate makes one that ends at a time.
func (w *wardrobe) certificate(t *testing.T, ends time.Time) *tls.Certificate {
	t.Helper()
	config, anchor, err := xmpptest.CertificateUntil("localhost", ends)
	if err != nil {
		t.Fatal(err)
	}
	w.anchors = append(w.anchors, anchor...)
	return &config.Certificates[0]
}

// config is the server's side of TLS.
func (w *wardrobe) config() *tls.Config {
	return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		w.gate.RLock()
		defer w.gate.RUnlock()
		return w.worn.Load(), nil
	}}
}

// caFile is a file in which all the certificates are trusted.
func (w *wardrobe) caFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, w.anchors, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

var (
	longExpired = time.Date(2020, 1, 2, 12, 0, 0, 0, time.UTC)
	farAway     = time.Date(2099, 1, 2, 12, 0, 0, 0, time.UTC)
)

// A line tells of the certificate that it saw last, also while there is no
// connection: without one nothing has become better.
func TestTheLastCertificateIsToldWithoutAConnection(t *testing.T) {
	var certificates wardrobe
	old, expired, good := certificates.certificate(t, time.Now().Add(time.Hour)), certificates.certificate(t, longExpired), certificates.certificate(t, farAway)
	certificates.worn.Store(old)
	s := newLineStage(t, xmpptest.Options{TLS: certificates.config()})
	plain, caFile := s.options, certificates.caFile(t)
	s.options = func(mechanism string) (xmppadmin.Options, error) {
		o, err := plain(mechanism)
		o.TLS, o.CAFile = xmppadmin.TLSStart, caFile
		return o, err
	}
	require := func(when string, want time.Time) {
		t.Helper()
		if got := s.connection().CertificateEnds; !got.Equal(want) {
			t.Errorf("%s: the certificate ends %s, want %s", when, got, want)
		}
	}
	require("before the first login", time.Time{})
	rooms, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ends := rooms.Profile().CertificateEnds
	require("logged in", ends)

	s.now = func() time.Time { return ends.Add(-health.ExpiresSoon / 2) }
	s.renew()
	if c := s.connection(); c.Down.IsZero() {
		t.Fatal("the connection was kept")
	}
	require("after the connection was given up", ends)
	s.refuse.Store(true)
	if _, err := s.open(t.Context()); err == nil {
		t.Fatal("there is a connection")
	}
	require("after a login that failed for another reason", ends)
	s.refuse.Store(false)

	certificates.worn.Store(expired)
	if _, err := s.open(t.Context()); err == nil || !strings.Contains(err.Error(), "renew the server's certificate") {
		t.Fatalf("with an expired certificate: %v", err)
	}
	require("after a login that failed for it", longExpired)
	next := newLineStage(t, xmpptest.Options{})
	next.follow(s.chatLine)
	if got := next.connection().CertificateEnds; !got.Equal(longExpired) {
		t.Errorf("after another configuration the certificate ends %s, want %s", got, longExpired)
	}

	certificates.worn.Store(good)
	if _, err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	require("logged in with another one", farAway)
}

// A serve that starts when the certificate has expired says so, to operators too,
// and that it is solved when a good one is there and not before.
func TestServeWithAnExpiredCertificate(t *testing.T) {
	t.Parallel()
	var certificates wardrobe
	expired, good := certificates.certificate(t, longExpired), certificates.certificate(t, farAway)
	certificates.worn.Store(expired)
	hook := newHook(t)
	d := startDaemon(t, xmpptest.Options{Kind: xmpptest.Ejabberd, TLS: certificates.config()},
		strings.Replace(usualConfig, "tls: none", "tls: starttls\n  ca_file: "+certificates.caFile(t), 1)+
			"http: {listen: \"\", admin_listen: \"127.0.0.1:0\"}\nnotify: {webhook: \""+hook.URL+"\"}\n")
	require := func(when string) {
		t.Helper()
		const red = "red certificate: the certificate of the chat server expired 2020-01-02 12:00 UTC\n    -> renew it, and let the chat server load it\n"
		if status, body := d.ask("healthz"); status != 503 || !strings.Contains(body, red) {
			t.Errorf("%s: %d %s", when, status, body)
		}
		if len(hook.about("red: the certificate of the chat server expired 2020-01-02")) != 1 || len(hook.about("solved")) > 0 {
			t.Errorf("%s operators were told %q", when, hook.said())
		}
	}
	require("at the start")
	d.order("run")
	require("after another run")

	// Under a pause no run logs in before operators are told of what is solved. And
	// nobody else can, just then.
	d.order("pause")
	certificates.gate.Lock()
	d.readAgain()
	require("after the configuration was read again")
	certificates.gate.Unlock()
	d.order("resume")
	require("after the pause")

	certificates.worn.Store(good)
	d.order("run")
	if status, body := d.ask("healthz"); status != 200 || strings.Contains(body, "certificate") {
		t.Errorf("with a good one: %d %s", status, body)
	}
	if len(hook.about("solved: certificate")) != 1 {
		t.Errorf("with a good one operators were told %q", hook.said())
	}
}

// about are the texts that have something in them.
func (h *hook) about(what string) []string {
	return slices.DeleteFunc(h.said(), func(text string) bool { return !strings.Contains(text, what) })
}
