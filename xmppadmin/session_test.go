package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

func TestReplyFromTheWrongSenderIsIgnored(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	w := startWire(t, srv.Addr())
	o := plainOptions(srv)
	o.Address = w.address
	s := loginTo(t, o)
	// The genuine answer is held back until the false ones have been read.
	release := make(chan struct{})
	srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Hook: func(xmpptest.Stanza) { <-release }})
	type answer struct {
		info info
		err  error
	}
	done := make(chan answer)
	go func() {
		i, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), "")
		done <- answer{i, err}
	}()
	var id string
	eventually(t, "the request", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for key := range s.waiters {
			id = strings.TrimPrefix(key, "iq ")
		}
		return id != ""
	})
	for _, from := range []string{"mallory@localhost/x", "room@conference.localhost", "localhost", "", "@", "roomctl@localhost"} {
		w.say(t, fmt.Sprintf(`<iq type="result" from="%s" id="%s"><query xmlns="%s"><identity category="conference" type="false"/></query></iq>`, from, id, nsDiscoInfo))
		w.say(t, fmt.Sprintf(`<iq type="error" from="%s" id="%s"><error type="cancel"><item-not-found xmlns="%s"/></error></iq>`, from, id, nsStanzas))
	}
	close(release)
	got := <-done
	if got.err != nil {
		t.Fatal(got.err)
	}
	if _, ok := got.info.identity("conference", "text"); !ok {
		t.Errorf("the answer is %+v", got.info)
	}
}

func TestAnswerThatNeverComes(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Nth: 1, NoReply: true})
	s := loginTo(t, plainOptions(srv))
	usual := s.timeout
	s.timeout = 100 * time.Millisecond
	_, err := s.discoInfo(t.Context(), address(t, "quic@conference.localhost"), "")
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrDisconnected) {
		t.Errorf("got %v", err)
	}
	if want := "get disco#info of quic@conference.localhost: no answer within 100ms"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %q, want %q", err, want)
	}
	if len(s.waiters) > 0 {
		t.Errorf("still waiting for %v", s.waiters)
	}
	s.timeout = usual
	if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); err != nil {
		t.Errorf("the next request: %v", err)
	}
}

func TestEveryWaiterFailsAtOnceWhenTheConnectionIsLost(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, NoReply: true})
	o := plainOptions(srv)
	o.Timeout = time.Hour // so that nothing but the loss can end the wait
	o.Window = 4
	s := loginTo(t, o)
	const queries = 8 // four in flight, four waiting for a place
	failed := make(chan error, queries)
	for range queries {
		go func() {
			_, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), "")
			failed <- err
		}()
	}
	eventually(t, "four requests in flight", func() bool { return len(srv.Stanzas()) == 4 })
	srv.Disconnect()
	for range queries {
		select {
		case err := <-failed:
			if !errors.Is(err, ErrDisconnected) || !strings.Contains(err.Error(), "get disco#info of conference.localhost") {
				t.Errorf("got %v", err)
			}
		case <-time.After(patience):
			t.Fatal("a request still waits")
		}
	}
	if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); !errors.Is(err, ErrDisconnected) {
		t.Errorf("a request after the loss: %v", err)
	}
	if err := s.close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func TestTheWindowIsRespected(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.Fault(xmpptest.Fault{Room: "silent", NoReply: true})
	o := plainOptions(srv)
	o.Window = 3
	s := loginTo(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	for range o.Window {
		go func() {
			_, err := s.discoInfo(ctx, address(t, "silent@conference.localhost"), "")
			done <- err
		}()
	}
	eventually(t, "a full window", func() bool { return len(srv.Stanzas()) == o.Window })

	impatient, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := s.discoInfo(impatient, address(t, "late@conference.localhost"), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fourth request: %v", err)
	}
	cancel()
	for range o.Window {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled request: %v", err)
		}
	}
	if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); err != nil {
		t.Fatal(err)
	}
	// The stream keeps the order: had the fourth been sent, it would be here.
	for _, st := range srv.Stanzas() {
		if st.Room == "late" {
			t.Errorf("sent beyond the window: %s", st.XML)
		}
	}
}

func TestTheRateIsRespected(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	o := plainOptions(srv)
	o.Rate = 50
	s := loginTo(t, o)
	begin := time.Now()
	for range 6 {
		if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took < 5*time.Second/50 {
		t.Errorf("six requests at 50 a second took %v", took)
	}
}

func TestIdleStreamIsKeptAlive(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	w := startWire(t, srv.Addr())
	o := plainOptions(srv)
	o.Address, o.idle, o.Timeout = w.address, time.Hour, time.Hour
	s := loginTo(t, o)
	var alive sync.WaitGroup
	defer alive.Wait()
	defer s.close()
	watch := func(idle, patience time.Duration) {
		alive.Add(1)
		go func() {
			defer alive.Done()
			s.keepAlive(idle, patience)
		}()
	}
	watch(10*time.Millisecond, time.Hour)
	eventually(t, "three pings", func() bool {
		pings := 0
		for _, st := range srv.Stanzas() {
			if st.Namespace == nsPing && st.Type == "get" && st.To == "localhost" {
				pings++
			}
		}
		return pings >= 3
	})
	select {
	case <-s.ended:
		t.Fatal("the session ended although the server answers:", s.disconnected())
	default:
	}
	w.deaf.Store(true)
	watch(10*time.Millisecond, 10*time.Millisecond)
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("the session goes on although the server is silent")
	}
	if err := s.disconnected(); !strings.Contains(err.Error(), "the server is silent") {
		t.Errorf("the session ended because of %v", err)
	}
}

// A server that is too busy to answer a ping is no dead one while it sends
// anything else.
func TestAnythingIsASignOfLife(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	w := startWire(t, srv.Addr())
	o := plainOptions(srv)
	o.Address, o.idle = w.address, time.Hour
	s := loginTo(t, o)
	srv.Fault(xmpptest.Fault{Namespace: nsPing, NoReply: true, Hook: func(xmpptest.Stanza) { w.say(t, " ") }})
	if err := s.ping(2 * time.Second); err != nil { // it waits for all of it
		t.Errorf("it is given up: %v", err)
	}
	w.deaf.Store(true)
	if err := s.ping(50 * time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it is not given up: %v", err)
	}
	w.deaf.Store(false)
}

// A server that knows no pings refuses them, and is alive.
func TestAServerWithoutPings(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.AddAccount("operator")
			srv.Fault(xmpptest.Fault{Namespace: nsPing, Condition: "service-unavailable"})
			s := openService(t, srv)
			if err := s.link.session.ping(patience); err != nil {
				t.Errorf("it is given up: %v", err)
			}
			operator := loginTo(t, ordinaryOptions(srv, "operator"))
			if err := operator.write([]byte("<presence/>")); err != nil {
				t.Fatal(err)
			}
			if _, err := operator.discoInfo(t.Context(), address(t, "localhost"), ""); err != nil {
				t.Fatal(err) // the answer tells that the presence has arrived
			}
			if err := s.Send(t.Context(), "operator@localhost", "needs you"); err != nil {
				t.Errorf("a message that arrived: %v", err)
			}
			if err := s.Send(t.Context(), "nobody@localhost", "needs you"); !errors.As(err, new(*StanzaError)) {
				t.Errorf("a message to nobody: %v", err)
			}
		})
	}
}

func TestCloseHasATimeLimit(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	w := startWire(t, srv.Addr())
	o := plainOptions(srv)
	o.Address = w.address
	s := loginTo(t, o)
	w.deaf.Store(true) // the end of the stream will not be answered
	begin := time.Now()
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > closeLimit+patience {
		t.Errorf("closing took %v", took)
	}
	if err := s.close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}
