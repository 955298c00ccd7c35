package conformance

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"roomctl/xmppadmin"
)

func (s *suite) absent(t *testing.T) {
	name := s.name("nobody")
	s.wantExistence(t, name, xmppadmin.Absent)
	if room := s.service.Read(limited(t), name); room.Existence != xmppadmin.Absent || room.Err != nil {
		t.Errorf("reading it: %s (%v)", room.Existence, room.Err)
	}
	if err := s.service.Destroy(limited(t), name, "", ""); err != nil {
		t.Errorf("destroying it: %v", err)
	}
	if err := s.service.SetSubject(limited(t), name, "nothing"); err == nil {
		t.Error("its subject could be set")
	}
	s.wantExistence(t, name, xmppadmin.Absent)
}

func (s *suite) create(t *testing.T) {
	spec := described()
	spec.Owners = []string{"chair@example.org"}
	spec.Admins = []string{"secretary@example.org", "delegate@example.org"}
	room := s.mustRead(t, s.mustCreate(t, "quic", spec))
	wantValues(t, room, spec.Values)
	wantList(t, "owners", room.Owners, s.target.Options.JID, "chair@example.org")
	wantList(t, "admins", room.Admins, "delegate@example.org", "secretary@example.org")
	if room.MembersOnly || room.PasswordProtected || room.Moderated {
		t.Errorf("not everybody can come in and speak: %+v", room)
	}
	if !room.Empty() {
		t.Error("somebody stayed behind, or nobody knows")
	}
	if got := s.service.Profile().Logging; got != xmppadmin.LoggingYes {
		t.Errorf("after that, logging is %q", got)
	}
}

func (s *suite) createBare(t *testing.T) {
	spec := xmppadmin.Spec{Values: map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true"}}
	room := s.mustRead(t, s.mustCreate(t, "bare", spec))
	wantList(t, "owners", room.Owners, s.target.Options.JID)
	wantList(t, "admins", room.Admins)
	if room.Values[xmppadmin.FieldPersistent] != "true" {
		t.Errorf("it is not persistent: %v", room.Values)
	}
}

func (s *suite) createAgain(t *testing.T) {
	spec := described()
	name := s.mustCreate(t, "twice", spec)
	other := described()
	other.Values[xmppadmin.FieldName] = "something else"
	other.Owners = []string{"mallory@example.org"}
	if err := s.service.Create(limited(t), name, other); !errors.Is(err, xmppadmin.ErrExists) {
		t.Fatalf("creating it again: %v", err)
	}
	room := s.mustRead(t, name)
	wantValues(t, room, spec.Values)
	wantList(t, "owners", room.Owners, s.target.Options.JID)
}

func (s *suite) names(t *testing.T) {
	for _, end := range []string{"v6ops", "e.mail", "under_score", "c++", "dash-dash", "x.y_z+1-2"} {
		name := s.mustCreate(t, end, described())
		s.wantExistence(t, name, xmppadmin.Present)
	}
}

func (s *suite) badNames(t *testing.T) {
	for _, name := range []string{"", "a b", "a@b", "a/b", "UPPER", "a\"b", "<a>", "a&b"} {
		if err := s.service.Create(limited(t), name, described()); err == nil {
			t.Errorf("%q could be created", name)
		}
		if room := s.service.Look(limited(t), name); room.Existence != xmppadmin.Unknown || room.Err == nil {
			t.Errorf("looking at %q: %s (%v)", name, room.Existence, room.Err)
		}
	}
}

// race lets two accounts create the same rooms at the same time. Whoever is
// told that a room was created must own it, alone; except that ejabberd 26 may
// replace a room of the same instant by its administrator's.
func (s *suite) race(t *testing.T) {
	spec := xmppadmin.Spec{Values: map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true"}}
	for i := range 10 {
		name := s.name(fmt.Sprintf("race%d", i))
		var ours, theirs error
		var both sync.WaitGroup
		both.Add(2)
		go func() { defer both.Done(); ours = s.service.Create(limited(t), name, spec) }()
		go func() { defer both.Done(); theirs = s.other.Create(limited(t), name, spec) }()
		both.Wait()
		switch {
		case ours == nil:
			wantList(t, "owners", s.mustRead(t, name).Owners, s.target.Options.JID)
		case !errors.Is(ours, xmppadmin.ErrExists):
			t.Fatalf("not told that %s exists: %v (the other: %v)", name, ours, theirs)
		case theirs == nil:
			wantList(t, "owners", s.asOther(t, name).Owners, s.target.Other.JID)
		}
	}
}
