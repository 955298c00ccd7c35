package xmppadmin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

func TestWhyAStayEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, srv *xmpptest.Server, s *Service)
		why  string
	}{
		{"a moderator kicks us", func(_ *testing.T, srv *xmpptest.Server, _ *Service) {
			srv.Expel("quic", "roomctl", xmpptest.StatusKicked, "go\naway")
		}, "kicked: go away"},
		{"an owner bans us", func(_ *testing.T, srv *xmpptest.Server, _ *Service) {
			srv.Expel("quic", "roomctl", xmpptest.StatusBanned, "")
		}, "banned"},
		{"our affiliation is taken away", func(_ *testing.T, srv *xmpptest.Server, _ *Service) {
			srv.Expel("quic", "roomctl", xmpptest.StatusNoLonger, "")
		}, "our affiliation was taken away"},
		{"the room becomes one for members", func(_ *testing.T, srv *xmpptest.Server, _ *Service) {
			srv.Expel("quic", "roomctl", xmpptest.StatusMembersOnly, "")
		}, "members only"},
		{"the service shuts down", func(_ *testing.T, srv *xmpptest.Server, _ *Service) {
			srv.Expel("quic", "roomctl", xmpptest.StatusShuttingDown, "")
		}, "shutting down"},
		{"the room is destroyed", func(t *testing.T, _ *xmpptest.Server, s *Service) {
			if err := s.Destroy(t.Context(), "quic", "concluded", ""); err != nil {
				t.Error(err)
			}
		}, "the room was destroyed: concluded"},
		{"the connection is cut", func(_ *testing.T, srv *xmpptest.Server, _ *Service) { srv.Disconnect() },
			"connection to the chat server lost"},
		{"the connection is closed", func(t *testing.T, _ *xmpptest.Server, s *Service) {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}, "connection to the chat server lost"},
	} {
		for name, o := range kinds() {
			t.Run(c.name+", "+name, func(t *testing.T) {
				srv := startServer(t, o)
				srv.PutRoom(ours(srv, "quic"))
				s := openService(t, srv)
				o := mustEnter(t, s, "quic")
				c.end(t, srv, s)
				wantGone(t, o, c.why)
				if err := o.Leave(t.Context()); err != nil {
					t.Errorf("leaving after that: %v", err)
				}
				if err := o.SetSubject(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), c.why) {
					t.Errorf("setting the subject after that: %v", err)
				}
				if len(s.link.session.occupants) != 0 {
					t.Error("the connection still knows of it")
				}
			})
		}
	}
}

func TestEnded(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	s := openService(t, srv)
	select {
	case <-s.Ended():
		t.Error("it has ended")
	default:
	}
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	srv.Disconnect()
	select {
	case <-s.Ended():
	case <-time.After(patience):
		t.Fatal("it never ended")
	}
	if err := s.Err(); !errors.Is(err, ErrDisconnected) || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("it ended because of %v", err)
	}
	if _, err := s.Enter(t.Context(), "quic"); !errors.Is(err, ErrDisconnected) {
		t.Errorf("entering after that: %v", err)
	}
}

func TestARoomThatTellsNoSubjectIsLeft(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // what is waited for has to be much shorter than the limit
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			options := plainOptions(srv)
			options.Timeout = 2 * time.Second
			s := openWith(t, options)
			remove := srv.Fault(xmpptest.Fault{Room: "quic", Name: "presence", NoSubject: true})
			_, err := s.Enter(t.Context(), "quic")
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "subject of quic@") {
				t.Errorf("the error is %v", err)
			}
			remove()
			eventually(t, "an empty room", func() bool {
				room, _ := srv.Room("quic")
				return len(room.Occupants) == 0
			})
			mustEnter(t, s, "quic")
		})
	}
}

func TestALostOccupantIsGoneWhenItSpeaks(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // as above
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			options := plainOptions(srv)
			options.Timeout = 2 * time.Second
			s := openWith(t, options)
			o := mustEnter(t, s, "quic")
			srv.Edit("quic", func(r *xmpptest.Room) { r.Occupants = nil })
			if err := o.SetSubject(t.Context(), "is anybody there?"); err == nil {
				t.Error("the subject is set")
			}
			wantGone(t, o, "send subject")
			wantIn(t, mustEnter(t, s, "quic"))
		})
	}
}

// What we cannot send is no sign that the room has lost us: to leave, and to come
// back, would stand in its log.
func TestARequestThatIsNotSentEndsNoStay(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.PutRoom(ours(srv, "quic"))
	s := openService(t, srv)
	o := mustEnter(t, s, "quic")
	limiter := s.link.session.limiter
	limit, burst := limiter.Limit(), limiter.Burst()
	limiter.SetLimit(1)
	limiter.SetBurst(0)
	if err := o.SetSubject(t.Context(), "what is on"); err == nil {
		t.Error("the subject is set")
	}
	limiter.SetBurst(burst)
	limiter.SetLimit(limit)
	if err := o.SetSubject(t.Context(), "what is on"); err != nil {
		t.Error(err)
	}
	wantIn(t, o)
}

func TestAStayThatIsCutShortEndsOutside(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.PutRoom(ours(srv, "quic"))
			s := openService(t, srv)
			empty := func() bool {
				room, _ := srv.Room("quic")
				return len(room.Occupants) == 0
			}
			ctx, cancel := context.WithCancel(t.Context())
			remove := srv.Fault(xmpptest.Fault{Name: "presence", NoReply: true, Hook: func(xmpptest.Stanza) { cancel() }})
			if _, err := s.Enter(ctx, "quic"); !errors.Is(err, context.Canceled) {
				t.Errorf("entering: %v", err)
			}
			remove()
			eventually(t, "an empty room", func() bool { return sentTo(srv, "quic", "presence") == 2 && empty() })
			o := mustEnter(t, s, "quic")
			if err := o.Leave(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("leaving: %v", err)
			}
			wantGone(t, o, "")
			eventually(t, "an empty room", empty)
		})
	}
}
