package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/xmppadmin"
)

// stay: who is in a room sees and sets its subject, speaks there without
// leaving, and is gone afterwards.
func (s *suite) stay(t *testing.T) {
	name := s.mustCreate(t, "stay", described())
	o := mustEnter(t, s.service, name)
	nick := localpart(s.target.Options.JID)
	wantSubject(t, o, xmppadmin.Subject{})
	for _, subject := range []string{"QUIC <on> until 12:00 & more", "QUIC <on> until 12:00 & more", "", "Agenda:\n 1. bashing\n\n 2. drafts", "back to work"} {
		if err := o.SetSubject(limited(t), subject); err != nil {
			t.Fatal(err)
		}
		wantSubject(t, o, xmppadmin.Subject{Text: subject, Nick: nick, Ours: true})
	}
	if err := s.service.SetSubject(limited(t), name, "a run was here"); err != nil {
		t.Fatal(err)
	}
	waitSubject(t, o, xmppadmin.Subject{Text: "a run was here", Nick: nick})
	if err := s.service.Say(limited(t), name, "said-"+name); err != nil {
		t.Fatal(err)
	}
	s.wantLogged(t, name, "said-"+name)
	s.wantOccupants(t, name, 1)
	wantIn(t, o)
	if _, err := s.service.Enter(limited(t), name); err == nil {
		t.Error("entered a second time")
	}
	if err := o.Leave(limited(t)); err != nil {
		t.Fatal(err)
	}
	wantGone(t, o, "")
	s.wantOccupants(t, name, 0)
	if s.target.Subject != nil {
		if subject, err := s.target.Subject(limited(t), name); err != nil || subject != "a run was here" {
			t.Errorf("the subject is %q (%v)", subject, err)
		}
	}
}

// stayAmongPeople: somebody else sets the subject and talks without end.
func (s *suite) stayAmongPeople(t *testing.T) {
	spec := described()
	spec.Owners = []string{s.target.Other.JID}
	name := s.mustCreate(t, "stay-people", spec)
	o := mustEnter(t, s.service, name)
	other := mustEnter(t, s.other, name)
	if err := o.SetSubject(limited(t), "QUIC until 12:00"); err != nil {
		t.Fatal(err)
	}
	waitSubject(t, other, xmppadmin.Subject{Text: "QUIC until 12:00", Nick: localpart(s.target.Options.JID)})
	for i := range 50 {
		if err := s.other.SayIn(limited(t), name+"@"+s.target.Options.MUC, fmt.Sprintf("talk %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.SetSubject(limited(t), "slides are up"); err != nil {
		t.Fatal(err)
	}
	waitSubject(t, o, xmppadmin.Subject{Text: "slides are up", Nick: localpart(s.target.Other.JID)})
	if err := other.Leave(limited(t)); err != nil {
		t.Error(err)
	}
	wantIn(t, o)
	if err := o.Leave(limited(t)); err != nil {
		t.Error(err)
	}
	again := mustEnter(t, s.service, name)
	wantSubject(t, again, xmppadmin.Subject{Text: "slides are up", Nick: localpart(s.target.Other.JID)})
	if err := again.Leave(limited(t)); err != nil {
		t.Error(err)
	}
}

// stayEnds: whoever is sent out is told why, and may come back unless banned.
func (s *suite) stayEnds(t *testing.T) {
	name := s.mustCreate(t, "stay-ends", described())
	who := localpart(s.target.Other.JID)

	o := mustEnter(t, s.other, name)
	if err := s.target.Kick(limited(t), name, who); err != nil {
		t.Fatal(err)
	}
	wantGone(t, o, "kicked")
	o = mustEnter(t, s.other, name)
	if err := s.target.Ban(limited(t), name, s.target.Other.JID); err != nil {
		t.Fatal(err)
	}
	wantGone(t, o, "banned")
	var refusal *xmppadmin.StanzaError
	if _, err := s.other.Enter(limited(t), name); !errors.As(err, &refusal) || refusal.Condition != "forbidden" {
		t.Errorf("entering while banned: %v", err)
	}
	o = mustEnter(t, s.service, name)
	if err := s.service.Destroy(limited(t), name, "concluded", ""); err != nil {
		t.Fatal(err)
	}
	wantGone(t, o, "the room was destroyed")
	before := s.service.Look(limited(t), name).Existence
	for _, nobody := range []string{name, s.name("stay-nobody")} {
		if _, err := s.service.Enter(limited(t), nobody); err == nil {
			t.Errorf("entered %s, which is %s", nobody, before)
		}
	}
	s.wantExistence(t, name, before)
}

// stayTwice: another connection of the account is in the room under our nick,
// speaks, leaves and breaks off. Our stay goes on.
func (s *suite) stayTwice(t *testing.T) {
	name := s.mustCreate(t, "stay-twice", described())
	old, err := xmppadmin.Open(limited(t), s.target.Options)
	if err != nil {
		t.Fatal(err)
	}
	before := mustEnter(t, old, name)
	o := mustEnter(t, s.service, name)
	for i, change := range []func() error{
		func() error { return before.SetSubject(limited(t), "by the other") },
		func() error { return before.Leave(limited(t)) },
		func() error { return old.Say(limited(t), name, "in and out") },
		func() error { _, err := old.Enter(limited(t), name); return err },
		func() error { return old.Close() },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		subject := fmt.Sprint("still here ", i)
		if err := o.SetSubject(limited(t), subject); err != nil {
			t.Fatal(err)
		}
		if got := o.Subject(); got.Text != subject || !got.Ours {
			t.Errorf("the subject is %+v", got)
		}
	}
	wantIn(t, o)
	if err := o.Leave(limited(t)); err != nil {
		t.Error(err)
	}
}

// manyStays: a morning of a meeting, and the end of the connection.
func (s *suite) manyStays(t *testing.T) {
	service, err := xmppadmin.Open(limited(t), s.target.Options)
	if err != nil {
		t.Fatal(err)
	}
	const rooms = 12
	stays := make([]*xmppadmin.Occupant, rooms)
	var all sync.WaitGroup
	for i := range rooms {
		name := s.mustCreate(t, fmt.Sprintf("stay-%d", i), described())
		all.Add(1)
		go func() {
			defer all.Done()
			o, err := service.Enter(limited(t), name)
			if err != nil {
				t.Error(err)
				return
			}
			stays[i] = o
			if err := o.SetSubject(limited(t), "on in "+name); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	if err := service.Close(); err != nil {
		t.Error(err)
	}
	for i, o := range stays {
		if o == nil {
			continue // told above
		}
		wantGone(t, o, "connection to the chat server lost")
		s.wantOccupants(t, s.prefix+fmt.Sprintf("stay-%d", i), 0)
	}
}

// send: a message to an account that is not there is refused.
func (s *suite) send(t *testing.T) {
	_, domain, _ := strings.Cut(s.target.Options.JID, "@")
	var refusal *xmppadmin.StanzaError
	if err := s.service.Send(limited(t), "nobody@"+domain, "hello"); !errors.As(err, &refusal) || refusal.Condition != "service-unavailable" {
		t.Errorf("to nobody: %v", err)
	}
}

func localpart(jid string) string {
	local, _, _ := strings.Cut(jid, "@")
	return local
}

func mustEnter(t *testing.T, s *xmppadmin.Service, name string) *xmppadmin.Occupant {
	t.Helper()
	o, err := s.Enter(limited(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func wantSubject(t *testing.T, o *xmppadmin.Occupant, want xmppadmin.Subject) {
	t.Helper()
	if got := o.Subject(); got != want {
		t.Errorf("the subject is %+v, want %+v", got, want)
	}
}

// waitSubject waits for a subject that somebody else has set.
func waitSubject(t *testing.T, o *xmppadmin.Occupant, want xmppadmin.Subject) {
	t.Helper()
	eventually(t, func() error {
		if got := o.Subject(); got != want {
			return fmt.Errorf("the subject is %+v, want %+v", got, want)
		}
		return nil
	})
}

// wantOccupants waits until so many people are in a room.
func (s *suite) wantOccupants(t *testing.T, name string, want int) {
	t.Helper()
	eventually(t, func() error {
		room := s.service.Look(limited(t), name)
		if room.Occupants == nil || *room.Occupants != want {
			return fmt.Errorf("%s has other occupants than %d: %+v", name, want, room)
		}
		return nil
	})
}

func eventually(t *testing.T, holds func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(limited(t), 10*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := holds()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatal(err)
		}
	}
}

func wantIn(t *testing.T, o *xmppadmin.Occupant) {
	t.Helper()
	select {
	case <-o.Gone():
		t.Fatalf("the stay has ended: %v", o.Err())
	default:
	}
}

// wantGone waits for the end of a stay; why is part of the reason, "" for none.
func wantGone(t *testing.T, o *xmppadmin.Occupant, why string) {
	t.Helper()
	select {
	case <-o.Gone():
	case <-limited(t).Done():
		t.Fatal("the stay never ended")
	}
	if err := o.Err(); (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
		t.Errorf("the stay ended because of %v, want %q", err, why)
	}
}
