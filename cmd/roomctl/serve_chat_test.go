package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// lineStage is a chat line to a server in this process, with a registry.
type lineStage struct {
	*chatLine
	server  *xmpptest.Server
	reg     *registry.Registry
	refuse  atomic.Bool // logins fail before they are tried
	changes chan bool   // gets one for each call of changed
}

func newLineStage(t *testing.T, o xmpptest.Options) *lineStage {
	t.Helper()
	server, err := xmpptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	id := registry.Identity{MUC: "conference.localhost", Datatracker: "https://datatracker.example.org"}
	reg, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.sqlite"), id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	log := logrus.New()
	log.SetOutput(io.Discard)
	s := &lineStage{server: server, reg: reg, changes: make(chan bool, 16)}
	s.chatLine = &chatLine{
		options: func(mechanism string) (xmppadmin.Options, error) {
			if s.refuse.Load() {
				return xmppadmin.Options{}, errors.New("the password file is gone")
			}
			return xmppadmin.Options{
				JID: server.JID(), Password: server.Password(), Address: server.Addr(), TLS: xmppadmin.TLSNone,
				MUC: "conference.localhost", Mechanism: mechanism, Timeout: 5 * time.Second,
			}, nil
		},
		read: reg.Load, now: func() time.Time { return epoch }, log: log, wait: time.Millisecond,
		changed: func() { s.changes <- true },
		opening: make(chan struct{}, 1), down: epoch,
	}
	t.Cleanup(s.close)
	return s
}

// keepUp lets the line keep itself open until the test ends.
func (s *lineStage) keepUp(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.keep(ctx)
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

func TestRunsShareOneConnection(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	if _, err := s.current(); err == nil || err.Error() != "there is no connection to the chat server yet" {
		t.Errorf("before: %v", err)
	}
	first, err := s.lend(t.Context(), s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	known, err := s.reg.Load(t.Context())
	if err != nil || known.Mechanism != "SCRAM-SHA-256" {
		t.Errorf("remembered is %q, %v", known.Mechanism, err)
	}
	second, err := s.lend(t.Context(), s.reg)
	if err != nil || second != first {
		t.Errorf("the second run has %v, %v, want the connection of the first", second, err)
	}
	if _, err := second.List(t.Context()); err != nil {
		t.Errorf("the connection was closed by a run: %v", err)
	}
	if c := s.connection(); !c.Down.IsZero() || c.Why != "" {
		t.Errorf("health is told %+v", c)
	}
}

func TestAConnectionThatIsLostIsOpenedAgain(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	stop := s.keepUp(t)
	<-s.changes
	first, err := s.current()
	if err != nil {
		t.Fatal(err)
	}
	s.refuse.Store(true)
	s.server.Disconnect()
	<-s.changes
	if _, err := s.current(); err == nil {
		t.Fatal("there is a connection")
	}
	if c := s.connection(); !c.Down.Equal(epoch) || c.Why == "" {
		t.Errorf("health is told %+v", c)
	}
	// A run in need of one tries, and says why it has none.
	if _, err := s.lend(t.Context(), s.reg); err == nil || !strings.Contains(err.Error(), "the password file is gone") {
		t.Errorf("a run is told %v", err)
	}
	if _, err := s.current(); err == nil || !strings.Contains(err.Error(), "no connection to the chat server: the password file is gone") {
		t.Errorf("a follower is told %v", err)
	}
	s.refuse.Store(false)
	<-s.changes
	second, err := s.current()
	if err != nil || second == first {
		t.Errorf("the connection is %p (%v), and was %p", second, err, first)
	}
	stop()
	if _, err := s.current(); !errors.Is(err, xmppadmin.ErrDisconnected) {
		t.Errorf("after the end: %v", err)
	}
}

// A run that meets a dead connection does not wait for the one that keeps it.
func TestARunOpensAConnectionThatIsDown(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	first, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.server.Disconnect()
	<-first.Ended()
	second, err := s.lend(t.Context(), s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.List(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAWeakerLoginThanRememberedIsRefused(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{Mechanisms: []string{"SCRAM-SHA-1"}})
	if _, err := s.lend(t.Context(), s.reg); err != nil {
		t.Fatal(err)
	}
	// Meanwhile somebody else saw a stronger one there.
	if err := s.reg.SetMechanism(t.Context(), "SCRAM-SHA-256"); err != nil {
		t.Fatal(err)
	}
	_, err := s.lend(t.Context(), s.reg)
	if !errors.As(err, new(*xmppadmin.DowngradeError)) {
		t.Errorf("got %v, want a *DowngradeError", err)
	}
	if known, err := s.reg.Load(t.Context()); err != nil || known.Mechanism != "SCRAM-SHA-256" {
		t.Errorf("remembered is %q, %v", known.Mechanism, err)
	}
}

func TestAConnectionIsGivenUpWhileTheAccountLacksSomething(t *testing.T) {
	for name, tt := range map[string]struct {
		options xmpptest.Options
		kept    bool
	}{
		"kept where nothing is missing":       {xmpptest.Options{Kind: xmpptest.Ejabberd}, true},
		"given up without rights":             {xmpptest.Options{Kind: xmpptest.Ejabberd, Denied: true}, false},
		"kept as long as nobody knows better": {xmpptest.Options{NoLogging: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newLineStage(t, tt.options)
			if _, err := s.open(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.renew()
			if _, err := s.current(); (err == nil) != tt.kept {
				t.Errorf("the connection is there: %t (%v), want %t", err == nil, err, tt.kept)
			}
		})
	}
}

// A connection shows the certificate of its login, however long ago that was: one
// that was renewed meanwhile must not be told of as one that ends.
func TestAConnectionIsGivenUpWhenItsCertificateEndsSoon(t *testing.T) {
	config, anchor, err := xmpptest.Certificate("localhost") // for an hour
	if err != nil {
		t.Fatal(err)
	}
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, anchor, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newLineStage(t, xmpptest.Options{TLS: config})
	plain := s.options
	s.options = func(mechanism string) (xmppadmin.Options, error) {
		o, err := plain(mechanism)
		o.TLS, o.CAFile = xmppadmin.TLSStart, caFile
		return o, err
	}
	for _, c := range []struct {
		left time.Duration
		kept bool
	}{{health.ExpiresSoon + time.Hour, true}, {health.ExpiresSoon - time.Hour, false}} {
		rooms, err := s.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.now = func() time.Time { return rooms.Profile().CertificateEnds.Add(-c.left) }
		s.renew()
		if _, err := s.current(); (err == nil) != c.kept {
			t.Errorf("%s before the end of its certificate the connection is there: %t", c.left, err == nil)
		}
	}
}

// TestLossesAreCounted, each of them once, whoever sees it first.
func TestLossesAreCounted(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	losses := 0
	s.dropped = func() { losses++ }
	lose := func() *xmppadmin.Service {
		t.Helper()
		rooms, err := s.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.server.Disconnect()
		<-rooms.Ended()
		return rooms
	}
	s.lost(lose()) // by the one who keeps the line
	lose()         // by one who wants a connection
	s.refuse.Store(true)
	for range 2 { // who does not get one
		if _, err := s.open(t.Context()); err == nil {
			t.Fatal("there is a connection")
		}
	}
	s.refuse.Store(false)
	if _, err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.close() // in good order
	if losses != 2 {
		t.Errorf("%d losses, want 2", losses)
	}
}

// Many that want a connection at once get the same.
func TestOneLoginForAll(t *testing.T) {
	s := newLineStage(t, xmpptest.Options{})
	const all = 8
	got := make(chan *xmppadmin.Service, all)
	for range all {
		go func() {
			rooms, err := s.open(t.Context())
			if err != nil {
				t.Error(err)
			}
			got <- rooms
		}()
	}
	first := <-got
	for range all - 1 {
		if rooms := <-got; rooms != first {
			t.Error("there are two connections")
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	s.opening <- struct{}{} // somebody is at it
	over := errors.New("it is over")
	cancel(over)
	if _, err := s.open(ctx); !errors.Is(err, over) {
		t.Errorf("got %v, want %v", err, over)
	}
	<-s.opening
}
