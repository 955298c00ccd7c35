package xmppadmin

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

// Somebody makes the room between our look and our deed.
func TestCreateLosesTheRace(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			srv.Fault(xmpptest.Fault{Writing: true, From: srv.JID(), Nth: 1, Hook: func(xmpptest.Stanza) { srv.PutRoom(theirs("quic")) }})
			srv.ResetStanzas()
			if err := s.Create(t.Context(), "quic", loggedSpec()); !errors.Is(err, ErrExists) {
				t.Fatalf("creating it: %v", err)
			}
			room, _ := srv.Room("quic")
			if !slices.Equal(room.Owners(), []string{"alice@localhost"}) || len(room.Occupants) != 0 {
				t.Errorf("the room is %+v", room)
			}
			if name != "ejabberd without room commands" && room.Config[xmpptest.FieldName] != "theirs" {
				t.Errorf("it was reconfigured: %v", room.Config)
			}
			writes := 0
			for _, sent := range srv.Stanzas() {
				if sent.Writing && sent.Type != "unavailable" {
					writes++
				}
			}
			if writes != 1 {
				t.Errorf("%d stanzas that write were sent, want the one that lost", writes)
			}
		})
	}
}

func TestCreateOnAnUnclearLookSendsNothing(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: "quic", Condition: "resource-constraint"})
			srv.ResetStanzas()
			if err := s.Create(t.Context(), "quic", loggedSpec()); err == nil || errors.Is(err, ErrExists) {
				t.Errorf("creating it: %v", err)
			}
			for _, sent := range srv.Stanzas() {
				if sent.Writing {
					t.Errorf("sent %s", sent.XML)
				}
			}
		})
	}
}

// The connection is cut at each stanza of a create, before and after it is
// carried out: the error says so, and what is there is ours alone or nothing.
func TestCreateCutOff(t *testing.T) {
	for name, o := range kinds() {
		for _, moment := range []xmpptest.Moment{xmpptest.BeforeExecuting, xmpptest.AfterExecuting} {
			for nth := 1; nth <= 8; nth++ {
				t.Run(fmt.Sprintf("%s at stanza %d", name, nth), func(t *testing.T) {
					srv := startServer(t, o)
					s, err := Open(t.Context(), plainOptions(srv))
					if err != nil {
						t.Fatal(err)
					}
					defer s.Close()
					remove := srv.Fault(xmpptest.Fault{Nth: nth, Disconnect: moment})
					err = s.Create(t.Context(), "quic", loggedSpec())
					remove()
					if err != nil && !errors.Is(err, ErrDisconnected) {
						t.Errorf("creating it: %v", err)
					}
					again := openService(t, srv)
					eventually(t, "a room that is ours or not there", func() bool {
						room := again.Read(t.Context(), "quic")
						ours := slices.Equal(room.Owners, []string{srv.JID()}) && room.Empty()
						return room.Existence == Absent || room.Existence == Present && ours
					})
				})
			}
		}
	}
}

// A server that alters a value says nothing; reading shows it.
func TestAlteredValuesAreReadBack(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			srv.Fault(xmpptest.Fault{Store: map[string]string{xmpptest.FieldDescription: "cut"}, Ignore: []string{xmpptest.FieldLanguage}})
			s := openService(t, srv)
			spec := loggedSpec()
			spec.Values[FieldLanguage] = "fr"
			if err := s.Create(t.Context(), "quic", spec); err != nil {
				t.Fatal(err)
			}
			want := maps.Clone(spec.Values)
			want[FieldDescription], want[FieldLanguage] = "cut", "en"
			if room := s.Read(t.Context(), "quic"); !maps.Equal(room.Values, want) || room.Err != nil {
				t.Errorf("read as %v (%v), want %v", room.Values, room.Err, want)
			}
		})
	}
}

func TestSilenceEndsInTime(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			options := plainOptions(srv)
			options.Timeout = 100 * time.Millisecond
			s := openWith(t, options)
			srv.Fault(xmpptest.Fault{Writing: true, NoReply: true})
			if err := s.Create(t.Context(), "quic", loggedSpec()); err == nil || !strings.Contains(err.Error(), "no answer within") {
				t.Errorf("creating it: %v", err)
			}
		})
	}
}
