package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"roomctl/xmppadmin"
)

func (s *suite) profile(t *testing.T) {
	p := s.service.Profile()
	t.Logf("%s %s: %s; logging %s; %s over %q", p.Software, p.Version, p.Dialect, p.Logging, p.Mechanism, p.TLS)
	for _, right := range p.Unneeded {
		t.Logf("not needed: %s (%s)", right.What, right.Do)
	}
	for _, right := range p.Missing {
		t.Errorf("missing: %s (%s)", right.What, right.Do)
	}
	if p.Software == "" || p.Version == "" || p.Dialect == "" {
		t.Errorf("it does not say what it is: %+v", p)
	}
	if !strings.HasPrefix(p.Mechanism, "SCRAM-") {
		t.Errorf("logged in with %q", p.Mechanism)
	}
	if p.Logging == xmppadmin.LoggingNo {
		t.Error("it says that it cannot log rooms")
	}
	for _, name := range []string{"list", "read", "create", "configure", "grant", "subject", "destroy"} {
		if !slices.ContainsFunc(p.Operations, func(o xmppadmin.Operation) bool { return o.Name == name && o.By != "" }) {
			t.Errorf("it does not say how to %s", name)
		}
	}
}

// foreignRoom makes a room as the other account.
func (s *suite) foreignRoom(t *testing.T, end string) (string, xmppadmin.Room) {
	t.Helper()
	name := s.name(end)
	spec := xmppadmin.Spec{Values: map[xmppadmin.Field]string{
		xmppadmin.FieldName: "somebody else's", xmppadmin.FieldDescription: "hands off", xmppadmin.FieldPersistent: "true",
	}}
	if err := s.other.Create(limited(t), name, spec); err != nil {
		t.Fatal(err)
	}
	return name, s.asOther(t, name)
}

// asOther reads a room as the other account, which owns it.
func (s *suite) asOther(t *testing.T, name string) xmppadmin.Room {
	t.Helper()
	room := s.other.Read(limited(t), name)
	if room.Existence != xmppadmin.Present || room.Err != nil {
		t.Fatalf("its owner sees %s as %s (%v)", name, room.Existence, room.Err)
	}
	return room
}

func (s *suite) foreign(t *testing.T) {
	name, before := s.foreignRoom(t, "foreign")
	wantList(t, "owners", before.Owners, s.target.Other.JID)
	if err := s.service.Create(limited(t), name, described()); !errors.Is(err, xmppadmin.ErrExists) {
		t.Errorf("creating it: %v", err)
	}
	room := s.service.Read(limited(t), name)
	if room.Existence != xmppadmin.Present {
		t.Fatalf("it is %s (%v)", room.Existence, room.Err)
	}
	if s.target.Private {
		if !errors.Is(room.Err, xmppadmin.ErrNotPermitted) || room.Owners != nil {
			t.Errorf("reading it as no owner: owners %q, error %v", room.Owners, room.Err)
		}
	} else {
		wantList(t, "owners", room.Owners, s.target.Other.JID)
	}
	after := s.asOther(t, name)
	wantValues(t, after, before.Values)
	wantList(t, "owners", after.Owners, s.target.Other.JID)
	if !after.Empty() {
		t.Error("somebody is in it, or nobody knows")
	}
}

func (s *suite) adopt(t *testing.T) {
	name, before := s.foreignRoom(t, "adopted")
	if err := s.service.Grant(limited(t), name, xmppadmin.AffiliationOwner, s.target.Options.JID, "adopted"); err != nil {
		t.Fatal(err)
	}
	room := s.mustRead(t, name)
	wantList(t, "owners", room.Owners, s.target.Options.JID, s.target.Other.JID)
	after := s.asOther(t, name)
	wantValues(t, after, before.Values)
	set := map[xmppadmin.Field]string{xmppadmin.FieldName: "ours now"}
	if err := s.service.Configure(limited(t), name, set); err != nil {
		t.Fatal(err)
	}
	if got := s.mustRead(t, name).Values[xmppadmin.FieldName]; got != "ours now" {
		t.Errorf("its name is %q", got)
	}
}

func (s *suite) list(t *testing.T) {
	const many = 120
	var names []string
	for i := range many {
		names = append(names, s.name(fmt.Sprintf("many%03d", i)))
	}
	var all sync.WaitGroup
	problems := make([]error, many)
	for i, name := range names {
		all.Add(1)
		go func() {
			defer all.Done()
			problems[i] = s.service.Create(limited(t), name, described())
		}()
	}
	all.Wait()
	if err := errors.Join(problems...); err != nil {
		t.Fatal(err)
	}
	listing, err := s.service.List(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	if !listing.Complete {
		t.Error("the listing is not complete")
	}
	if !slices.IsSorted(listing.Names) {
		t.Error("the listing is not sorted")
	}
	for _, name := range names {
		if !slices.Contains(listing.Names, name) {
			t.Errorf("%s is not listed", name)
		}
	}
}

func (s *suite) readerWritesNothing(t *testing.T) {
	name := s.mustCreate(t, "watched", described())
	foreign, _ := s.foreignRoom(t, "watched-foreign")
	before := s.target.Writes()
	reader, err := xmppadmin.OpenReader(limited(t), s.target.Options)
	if err != nil {
		t.Fatal(err)
	}
	reader.Profile()
	if _, err := reader.List(limited(t)); err != nil {
		t.Error(err)
	}
	for _, n := range []string{name, foreign, s.name("watched-nobody")} {
		reader.Look(limited(t), n)
		reader.Read(limited(t), n)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if written := s.target.Writes() - before; written != 0 {
		t.Errorf("%d stanzas that write were sent", written)
	}
}
