package xmppadmin

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func openService(t *testing.T, srv *xmpptest.Server) *Service {
	t.Helper()
	return openWith(t, plainOptions(srv))
}

func openWith(t *testing.T, o Options) *Service {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// kinds are the in-process servers, one for each dialect that they can play.
func kinds() map[string]xmpptest.Options {
	return map[string]xmpptest.Options{
		"generic":                        {Kind: xmpptest.Generic},
		"ejabberd":                       {Kind: xmpptest.Ejabberd},
		"ejabberd without room commands": {Kind: xmpptest.Ejabberd, NoAPICommands: true},
	}
}

func loggedSpec() Spec {
	return Spec{RequireLogging: true, Values: map[Field]string{
		FieldName: "QUIC", FieldDescription: "see https://example.org/", FieldLanguage: "en",
		FieldPersistent: "true", FieldPublic: "true", FieldLogging: "true",
	}}
}

// theirs is a room that somebody else makes.
func theirs(name string) xmpptest.Room {
	return xmpptest.Room{
		Name: name,
		Config: map[string]string{
			xmpptest.FieldName: "theirs", xmpptest.FieldPersistent: "1", xmpptest.FieldPublic: "1", xmpptest.FieldMembersOnly: "1",
		},
		Affiliations: map[string]string{"alice@localhost": "owner"},
	}
}

func TestOpenRefusesWhatIsNoMUCService(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	for muc, want := range map[string]string{
		"localhost":                "localhost is no MUC service",
		"nosuch.localhost":         "asking the MUC service nosuch.localhost",
		"quic@localhost":           "is no domain name",
		"conference.localhost/bot": "is no domain name",
		"":                         "is no domain name",
	} {
		o := plainOptions(srv)
		o.MUC = muc
		s, err := Open(t.Context(), o)
		if err == nil {
			s.Close()
			t.Errorf("%q was taken for a MUC service", muc)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: the error is %q, want %q in it", muc, err, want)
		}
	}
}

func TestLookNeverTakesARefusalForAbsence(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Tombstones: true})
	srv.PutRoom(theirs("quic"))
	srv.PutRoom(xmpptest.Room{Name: "old", Destroyed: true, Alternate: "new@conference.localhost"})
	s := openService(t, srv)
	for _, c := range []struct {
		name, condition string
		want            Existence
	}{
		{"quic", "", Present},
		{"nobody", "", Absent},
		{"old", "", Tombstone},
		{"quic", "forbidden", Unknown},
		{"quic", "internal-server-error", Unknown},
		{"quic", "remote-server-not-found", Unknown},
		{"nobody", "service-unavailable", Unknown},
	} {
		remove := func() {}
		if c.condition != "" {
			remove = srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: c.name, Condition: c.condition})
		}
		room := s.Look(t.Context(), c.name)
		remove()
		if room.Existence != c.want || (room.Err != nil) != (c.want == Unknown) {
			t.Errorf("%s with %q: %s (%v), want %s", c.name, c.condition, room.Existence, room.Err, c.want)
		}
		if c.want == Tombstone && room.Alternate != "new@conference.localhost" {
			t.Errorf("the tombstone points to %q", room.Alternate)
		}
	}
}

func TestRefusalNamesTheField(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			srv.Fault(xmpptest.Fault{Writing: true, Condition: "forbidden"})
			err := s.Configure(t.Context(), "quic", map[Field]string{FieldLanguage: "fr"})
			if !errors.Is(err, ErrNotPermitted) || !strings.Contains(err.Error(), "language") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// A form that comes without its logging field says nothing about logging.
func TestMissingLoggingFieldIsUnknown(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			srv.Fault(xmpptest.Fault{Hide: []string{xmpptest.FieldLogging}})
			room := s.Read(t.Context(), "quic")
			if got, known := room.Values[FieldLogging]; known && got != "true" {
				t.Errorf("logging is %q", got)
			}
			if room.Err != nil {
				t.Error(room.Err)
			}
		})
	}
}

func TestRoomsOfOthersOnAServiceThatKeepsThemPrivate(t *testing.T) {
	srv := startServer(t, xmpptest.Options{NoBypass: true})
	srv.PutRoom(theirs("quic"))
	s := openService(t, srv)
	room := s.Read(t.Context(), "quic")
	if room.Existence != Present || !errors.Is(room.Err, ErrNotPermitted) || room.Owners != nil || room.Admins != nil {
		t.Errorf("read as %+v", room)
	}
	if room.Values[FieldName] != "theirs" || !room.MembersOnly {
		t.Errorf("what everybody may know is lost: %+v", room)
	}
}

func TestListingCutShortIsNotComplete(t *testing.T) {
	for _, o := range []xmpptest.Options{{Kind: xmpptest.Generic}, {Kind: xmpptest.Ejabberd, NoAPICommands: true}} {
		for _, damage := range []xmpptest.Damage{xmpptest.Short, xmpptest.Empty, xmpptest.Repeated} {
			srv := startServer(t, o)
			for _, name := range strings.Fields("a b c d") {
				srv.PutRoom(theirs(name))
			}
			s := openService(t, srv)
			remove := srv.Fault(xmpptest.Fault{Namespace: nsDiscoItems, Listing: damage})
			listing, err := s.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if whole := slices.Equal(listing.Names, strings.Fields("a b c d")); listing.Complete && !whole {
				t.Errorf("kind %v, damage %v: %q is said to be complete", o.Kind, damage, listing.Names)
			}
			remove()
			if listing, err = s.List(t.Context()); err != nil || !listing.Complete || len(listing.Names) != 4 {
				t.Errorf("without damage: %+v (%v)", listing, err)
			}
		}
	}
}
