package xmppadmin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mellium.im/xmpp/stanza"

	"roomctl/xmppadmin/xmpptest"
)

// ownerForm sets the configuration of a room (XEP-0045 section 10.2).
func ownerForm(fields ...field) any {
	type query struct {
		XMLName struct{} `xml:"http://jabber.org/protocol/muc#owner query"`
		Form    form
	}
	kind := field{Var: formTypeVar, Type: "hidden", Values: []string{nsMUC + "#roomconfig"}}
	return query{Form: form{Type: formSubmits, Fields: append([]field{kind}, fields...)}}
}

func TestEnterAndLeave(t *testing.T) {
	for name, kind := range map[string]xmpptest.Kind{"generic": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{Kind: kind})
			s := loginTo(t, plainOptions(srv))
			occupant := address(t, "quic@conference.localhost/roomctl")
			e, err := s.enter(t.Context(), occupant)
			if err != nil {
				t.Fatal(err)
			}
			if !e.Created || e.Nick != "roomctl" || e.Affiliation != "owner" || e.Role != "moderator" {
				t.Errorf("the first entry is %+v", e)
			}
			persistent := field{Var: xmpptest.FieldPersistent, Values: []string{"1"}}
			err = s.burst(t.Context(), s.iq(stanza.SetIQ, occupant.Bare(), ownerForm(persistent), nil), leaveRequest(occupant))
			if err != nil {
				t.Fatal(err)
			}
			if e, err = s.enter(t.Context(), occupant); err != nil || e.Created {
				t.Errorf("the second entry is %+v, %v", e, err)
			}
			if err := s.leave(t.Context(), occupant); err != nil {
				t.Error(err)
			}
			if len(s.waiters) > 0 {
				t.Errorf("still waiting for %v", s.waiters)
			}
		})
	}
}

func TestSubjectIsSetInOneVisit(t *testing.T) {
	for name, kind := range map[string]xmpptest.Kind{"generic": xmpptest.Generic, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{Kind: kind})
			s := loginTo(t, plainOptions(srv))
			occupant := address(t, "quic@conference.localhost/roomctl")
			const text = `QUIC: "agenda" <https://datatracker.ietf.org/?a&b>`
			var e entry
			persistent := field{Var: xmpptest.FieldPersistent, Values: []string{"1"}}
			err := s.burst(t.Context(), joinRequest(occupant, &e), s.iq(stanza.SetIQ, occupant.Bare(), ownerForm(persistent), nil),
				groupchatRequest(occupant, speech{elementSubject, text}), leaveRequest(occupant))
			if err != nil {
				t.Fatal(err)
			}
			if room, ok := srv.Room("quic"); !ok || room.Subject != text || len(room.Occupants) > 0 {
				t.Errorf("the room is %+v", room)
			}
		})
	}
}

func TestSubjectFromOutsideTheRoomIsRefused(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	s := loginTo(t, plainOptions(srv))
	err := s.burst(t.Context(), groupchatRequest(address(t, "quic@conference.localhost/roomctl"), speech{elementSubject, "QUIC"}))
	var refusal *StanzaError
	if !errors.As(err, &refusal) || refusal.To != "quic@conference.localhost" || refusal.Op != "send subject" {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsWaitedForBehindARefusedJoin(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.Fault(xmpptest.Fault{Name: "presence", Room: "quic", Condition: "registration-required", ErrorType: "auth", Text: "Members only"})
	srv.Fault(xmpptest.Fault{Name: "message", NoReply: true})
	o := plainOptions(srv)
	o.Timeout = time.Hour
	s := loginTo(t, o)
	occupant := address(t, "quic@conference.localhost/roomctl")
	err := s.burst(t.Context(), joinRequest(occupant, new(entry)), groupchatRequest(occupant, speech{elementSubject, "QUIC"}), leaveRequest(occupant))
	if want := "join of quic@conference.localhost: refused: registration-required (Members only)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if len(s.waiters) > 0 {
		t.Errorf("still waiting for %v", s.waiters)
	}
}

func TestJoinThatIsNotAnsweredIsTakenBack(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	srv.Fault(xmpptest.Fault{Name: "presence", NoReply: true})
	o := plainOptions(srv)
	o.Timeout = 100 * time.Millisecond
	s := loginTo(t, o)
	_, err := s.enter(t.Context(), address(t, "quic@conference.localhost/roomctl"))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "join of quic@conference.localhost") {
		t.Errorf("got %v", err)
	}
	eventually(t, "the leave", func() bool {
		sent := srv.Stanzas()
		last := sent[len(sent)-1]
		return last.Name == "presence" && last.Type == "unavailable" && last.Room == "quic"
	})
}

func TestPresenceOfOthersSettlesNothing(t *testing.T) {
	const self = `<x xmlns="http://jabber.org/protocol/muc#user"><status code="110"/></x>`
	occupant := address(t, "quic@conference.localhost/roomctl")
	join, leave := joinRequest(occupant, new(entry)).wait, leaveRequest(occupant).wait
	for _, c := range []struct {
		name, stanza string
		joins        bool
		leaves       bool
	}{
		{"our own arrival", `<presence from="quic@conference.localhost/roomctl">` + self + `</presence>`, true, false},
		{"our own arrival under another nick, said to be given", `<presence from="quic@conference.localhost/roomctl2"><x xmlns="http://jabber.org/protocol/muc#user"><status code="110"/><status code="210"/></x></presence>`, true, false},
		{"somebody who claims to be us", `<presence from="quic@conference.localhost/mallory">` + self + `</presence>`, false, false},
		{"somebody who is there", `<presence from="quic@conference.localhost/alice"><x xmlns="http://jabber.org/protocol/muc#user"><item role="moderator"/></x></presence>`, false, false},
		{"the room itself", `<presence from="quic@conference.localhost"><c xmlns="http://jabber.org/protocol/caps"/></presence>`, false, false},
		{"a refusal", `<presence type="error" from="quic@conference.localhost/roomctl"/>`, true, true},
		{"a refusal in the room's name", `<presence type="error" from="quic@conference.localhost"/>`, true, true},
		{"the refusal of somebody else", `<presence type="error" from="quic@conference.localhost/alice"/>`, false, false},
		{"our own departure", `<presence type="unavailable" from="quic@conference.localhost/roomctl">` + self + `</presence>`, false, true},
		{"the departure of somebody else", `<presence type="unavailable" from="quic@conference.localhost/alice"/>`, false, false},
		{"status codes that are no numbers", `<presence from="quic@conference.localhost/roomctl"><x xmlns="http://jabber.org/protocol/muc#user"><status code="x"/></x></presence>`, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parseStanza(t, c.stanza)
			if keyOf(r) != join.key {
				t.Fatalf("it is looked for at %q, the join waits at %q", keyOf(r), join.key)
			}
			if got := join.settles(r); got != c.joins {
				t.Errorf("settles the join: %v", got)
			}
			if got := leave.settles(r); got != c.leaves {
				t.Errorf("settles the leave: %v", got)
			}
		})
	}
}
