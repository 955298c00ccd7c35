package xmpptest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const pingIt = "<ping xmlns='" + nsPing + "'/>"

func TestWhichStanzasAFaultMeets(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	s.PutRoom(quic(s.JID()))
	p := admin(t, s)
	info := func(room string) string {
		return failure(p.ask("get", room+"@conference.localhost", "<query xmlns='"+nsInfo+"'/>"))
	}
	tests := []struct {
		name  string
		match Fault
		met   bool
	}{
		{"everything", Fault{}, true},
		{"by all that it is", Fault{Name: "iq", Type: "get", Namespace: nsInfo, Room: "quic", From: s.JID()}, true},
		{"by the full JID", Fault{From: s.JID() + "/r"}, true},
		{"another name", Fault{Name: "presence"}, false},
		{"another type", Fault{Type: "set"}, false},
		{"another namespace", Fault{Namespace: nsItems}, false},
		{"another node", Fault{Node: "x"}, false},
		{"another room", Fault{Room: "tls"}, false},
		{"another sender", Fault{From: "other@localhost"}, false},
		{"what writes", Fault{Writing: true}, false},
		{"the second one", Fault{Nth: 2}, false},
	}
	for _, test := range tests {
		test.match.Condition = "internal-server-error"
		remove := s.Fault(test.match)
		refusal := ""
		if test.met {
			refusal = "cancel/internal-server-error"
		}
		want(t, test.name, info("quic"), refusal)
		remove()
		want(t, test.name+", removed", info("quic"), "")
	}
	s.Fault(Fault{Namespace: nsInfo, Nth: 2, Condition: "resource-constraint", ErrorType: "wait", Text: "slow down"})
	want(t, "the first", info("quic"), "")
	want(t, "the second", info("quic"), "wait/resource-constraint: slow down")
	want(t, "the third", info("quic"), "")
}

func TestAFaultThatRefusesChangesNothing(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		p := admin(t, s)
		s.Fault(Fault{Writing: true, Condition: "forbidden", ErrorType: "auth"})
		want(t, "joining", failure(p.join("quic", "bot")), "auth/forbidden")
		want(t, "rooms", len(s.Rooms()), 0)
	})
}

func TestAnswersThatDoNotCome(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault Fault
		rooms int
	}{
		{"lost with the stanza", Fault{Drop: true}, 0},
		{"lost after the deed", Fault{NoReply: true}, 1},
	} {
		s := start(t, Options{Kind: Ejabberd})
		p := admin(t, s)
		test.fault.Namespace = nsMUCOwner
		s.Fault(test.fault)
		p.request("set", "quic@conference.localhost", "<query xmlns='"+nsMUCOwner+"'>"+submit("")+"</query>")
		want(t, test.name+": answers", len(p.take()), 0)
		want(t, test.name+": rooms", len(s.Rooms()), test.rooms)
	}
}

func TestAnswersFromSomebodyElse(t *testing.T) {
	s := start(t, Options{})
	p := admin(t, s)
	s.Fault(Fault{Namespace: nsVersion, ReplyFrom: "mallory@localhost/x"})
	want(t, "from", p.ask("get", "localhost", "<query xmlns='"+nsVersion+"'/>").attr("from"), "mallory@localhost/x")
}

func TestADelayedAnswerIsOvertaken(t *testing.T) {
	s := start(t, Options{})
	p := admin(t, s)
	s.Fault(Fault{Namespace: nsPing, Nth: 1, Delay: time.Second})
	first := p.request("get", "localhost", pingIt)
	second := p.request("get", "localhost", pingIt)
	want(t, "first answer", p.next().attr("id"), second)
	want(t, "second answer", p.next().attr("id"), first)
}

func TestClosingDoesNotWaitForDelayedAnswers(t *testing.T) {
	s := start(t, Options{})
	p := admin(t, s)
	s.Fault(Fault{Namespace: nsPing, Nth: 1, Delay: time.Hour})
	p.request("get", "localhost", pingIt)
	p.sync()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestListingsThatAreNotWhole(t *testing.T) {
	const ask = "<set xmlns='" + nsRSM + "'><max>4</max><after>room003</after></set>"
	tests := []struct {
		damage Damage
		want   string
		count  bool
	}{
		{Whole, "room004 room005 room006 room007", true},
		{Short, "room004 room005", true},
		{Empty, "", false},
		{Repeated, "room000 room001 room002 room003", true},
	}
	for _, test := range tests {
		s := start(t, Options{})
		fill(s, 10)
		s.Fault(Fault{Namespace: nsItems, Listing: test.damage})
		names, set := list(admin(t, s), ask)
		want(t, fmt.Sprintf("damage %d", test.damage), strings.Join(names, " "), test.want)
		want(t, fmt.Sprintf("damage %d has a count", test.damage), set != nil, test.count)
	}
}

func TestValuesBentIgnoredAndHidden(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(quic(s.JID()))
		p := admin(t, s)
		s.Fault(Fault{Namespace: nsMUCOwner, Store: map[string]string{FieldName: "cut"}, Ignore: []string{FieldDescription},
			Hide: []string{FieldLogging}})
		want(t, "configuring", failure(p.configure("quic", FieldName, "long", FieldDescription, "text", FieldLanguage, "de")), "")
		r, _ := s.Room("quic")
		want(t, "bent", r.Config[FieldName], "cut")
		want(t, "ignored", r.Config[FieldDescription], "")
		want(t, "untouched", r.Config[FieldLanguage], "de")
		form := p.ask("get", "quic@conference.localhost", ownerQuery).String()
		want(t, "hidden", strings.Contains(form, FieldLogging), false)
		want(t, "shown", strings.Contains(form, FieldPublic), true)
	})
}

func TestTheConnectionBreaksAtTheNthWrite(t *testing.T) {
	for _, test := range []struct {
		name   string
		moment Moment
		rooms  int
	}{
		{"before it is executed", BeforeExecuting, 1},
		{"after it is executed", AfterExecuting, 2},
	} {
		s := start(t, Options{Kind: Ejabberd})
		p := admin(t, s)
		s.Fault(Fault{Writing: true, Nth: 2, Disconnect: test.moment})
		p.configure("quic", FieldPersistent, "1")
		p.sync() // reads do not count
		p.request("set", "tls@conference.localhost", "<query xmlns='"+nsMUCOwner+"'>"+submit("")+"</query>")
		p.request("set", "dns@conference.localhost", "<query xmlns='"+nsMUCOwner+"'>"+submit("")+"</query>")
		want(t, test.name+": stanzas before the end", len(p.ended()), 0)
		want(t, test.name+": rooms", len(s.Rooms()), test.rooms)
		// The next connection works.
		admin(t, s).sync()
	}
}

func TestSomebodyMakesTheRoomBetweenLookAndCreate(t *testing.T) {
	s := start(t, Options{})
	p := admin(t, s)
	var got Stanza
	s.Fault(Fault{Name: "presence", Room: "quic", Nth: 1, Hook: func(st Stanza) {
		got = st
		s.PutRoom(quic("chair@localhost"))
	}})
	joined := p.join("quic", "bot")
	want(t, "status 201", strings.Contains(joined.String(), "201"), false)
	want(t, "the hook was told the room", got.Room, "quic")
	r, _ := s.Room("quic")
	want(t, "owners", strings.Join(r.Owners(), " "), "chair@localhost")
}
