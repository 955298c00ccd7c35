package xmpptest

import (
	"fmt"
	"strings"
	"testing"
)

func TestJoiningMakesARoom(t *testing.T) {
	s := start(t, Options{})
	p, other := admin(t, s), user(t, s, "other")

	joined := p.join("quic", "bot")
	if !strings.Contains(joined.String(), "<status code='201'/>") {
		t.Errorf("no status 201 in %s", joined)
	}
	if got := p.take(); len(got) != 2 || !strings.Contains(got[0], "<subject/>") || !strings.Contains(got[1], "vcard-temp:x:update") {
		t.Errorf("after the join: %v", got)
	}
	r, _ := s.Room("quic")
	want(t, "locked", r.Locked, true)
	want(t, "persistent", r.Config[FieldPersistent], "0")
	want(t, "owners", strings.Join(r.Owners(), " "), s.JID())

	want(t, "a join while locked", failure(other.join("quic", "u")), "cancel/item-not-found")
	want(t, "configuring", failure(p.configure("quic", FieldPersistent, "1", FieldPublic, "1")), "")
	if got := p.take(); len(got) != 1 || !strings.Contains(got[0], "<status code='104'/>") {
		t.Errorf("after configuring: %v", got)
	}
	second := other.join("quic", "u")
	want(t, "a join once configured", failure(second), "")
	if strings.Contains(second.String(), "201") {
		t.Errorf("status 201 for a room that exists: %s", second)
	}
}

func TestEjabberdRoomsAreNotLocked(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	p, other := admin(t, s), user(t, s, "other")
	p.join("quic", "bot")
	if got := p.take(); len(got) != 2 || !strings.Contains(got[0], "protocol/caps") {
		t.Errorf("ejabberd sends the room's own presence first: %v", got)
	}
	want(t, "a join before configuration", failure(other.join("quic", "u")), "")
}

func TestATemporaryRoomEndsWithItsLastOccupant(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		p := admin(t, s)
		p.join("quic", "bot")
		p.join("tls", "bot")
		p.configure("tls", FieldPersistent, "1")
		p.send("<presence to='quic@conference.localhost/bot' type='unavailable'/>")
		p.send("<presence to='tls@conference.localhost/bot' type='unavailable'/>")
		left := strings.Join(p.take(), "")
		want(t, "leaves confirmed", strings.Count(left, "role='none'"), 2)
		if _, ok := s.Room("quic"); ok {
			t.Error("the temporary room is still there")
		}
		if _, ok := s.Room("tls"); !ok {
			t.Error("the persistent room is gone")
		}
	})
}

func TestWhoMayJoin(t *testing.T) {
	const who = "other@localhost"
	tests := []struct {
		name     string
		room     Room
		password string
		refusal  string
	}{
		{name: "anybody an open room", room: Room{}},
		{name: "nobody who is banned", room: Room{Affiliations: map[string]string{who: "outcast"}}, refusal: "auth/forbidden"},
		{name: "no stranger a members-only room", room: Room{Config: map[string]string{FieldMembersOnly: "1"}}, refusal: "auth/registration-required"},
		{name: "a member a members-only room", room: Room{Config: map[string]string{FieldMembersOnly: "1"}, Affiliations: map[string]string{who: "member"}}},
		{name: "nobody without the password", room: Room{Config: map[string]string{FieldPassword: "x", FieldPasswordNeeded: "1"}}, refusal: "auth/not-authorized"},
		{name: "everybody with the password", room: Room{Config: map[string]string{FieldPassword: "x", FieldPasswordNeeded: "1"}}, password: "x"},
		{name: "nobody under a name that is taken", room: Room{Occupants: []Occupant{{Nick: "u", JID: "a@localhost/b", Role: "participant"}}}, refusal: "cancel/conflict"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			anyKind(t, Options{}, func(t *testing.T, s *Server) {
				test.room.Name = "quic"
				s.PutRoom(test.room)
				p := user(t, s, "other")
				p.send("<presence to='quic@conference.localhost/u'><x xmlns='" + nsMUC + "'><password>" + test.password + "</password></x></presence>")
				p.sync()
				var got string
				for _, e := range p.seen {
					got += failure(e)
				}
				want(t, "refusal", got, test.refusal)
			})
		})
	}
}

func TestCreationIsRestricted(t *testing.T) {
	tests := []struct {
		kind         Kind
		join, config string
	}{
		{Generic, "cancel/not-allowed: Room creation is restricted", "cancel/item-not-found"},
		{Ejabberd, "auth/forbidden: Room creation is denied by service policy", "auth/forbidden: Room creation is denied by service policy"},
	}
	for _, test := range tests {
		s := start(t, Options{Kind: test.kind, RestrictCreation: true})
		p := user(t, s, "other")
		want(t, "joining", failure(p.join("quic", "u")), test.join)
		want(t, "configuring", failure(p.configure("quic", FieldPersistent, "1")), test.config)
		want(t, "rooms", len(s.Rooms()), 0)
		want(t, "an administrator", failure(admin(t, s).join("quic", "bot")), "")
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	tests := map[Kind]string{
		Generic:  "modify/jid-malformed: The destination address is invalid: bad room@conference.localhost/bot",
		Ejabberd: "modify/bad-request: Bad value of attribute 'to' in tag <presence/> qualified by namespace 'jabber:client'",
	}
	for kind, refusal := range tests {
		p := admin(t, start(t, Options{Kind: kind}))
		want(t, "a room name with a space", failure(p.join("bad room", "bot")), refusal)
	}
	p := admin(t, start(t, Options{}))
	want(t, "another server", failure(p.ask("get", "example.org", "<ping xmlns='"+nsPing+"'/>")), "cancel/remote-server-not-found")
}

func TestSubject(t *testing.T) {
	const message = "<message to='quic@conference.localhost' type='groupchat' id='s'><subject>Agenda</subject></message>"
	t.Run("Prosody wants an occupant", func(t *testing.T) {
		s := start(t, Options{})
		s.PutRoom(Room{Name: "quic", Config: map[string]string{FieldPersistent: "1"}})
		p := admin(t, s)
		p.send(message)
		p.sync()
		want(t, "from outside", failure(p.seen[0]), "cancel/not-acceptable: You are not currently connected to this chat")
		// Join, subject and leave in one write, as roomctl does it.
		p.send("<presence to='quic@conference.localhost/bot'><x xmlns='" + nsMUC + "'/></presence>" + message +
			"<presence to='quic@conference.localhost/bot' type='unavailable'/>")
		p.sync()
		r, _ := s.Room("quic")
		want(t, "subject", r.Subject, "Agenda")
		want(t, "author", r.SubjectAuthor, "bot")
		want(t, "occupants", len(r.Occupants), 0)
	})
	t.Run("ejabberd takes an administrator's from outside", func(t *testing.T) {
		s := start(t, Options{Kind: Ejabberd})
		s.PutRoom(Room{Name: "quic"})
		p, other := admin(t, s), user(t, s, "other")
		p.send(message)
		p.sync()
		r, _ := s.Room("quic")
		want(t, "subject", r.Subject, "Agenda")
		want(t, "author", r.SubjectAuthor, adminAccount)
		other.send(message)
		other.sync()
		want(t, "a stranger", failure(other.seen[0]), "modify/not-acceptable: Only occupants are allowed to send messages to the conference")
	})
	t.Run("a newcomer gets it last", func(t *testing.T) {
		s := start(t, Options{Kind: Ejabberd})
		s.PutRoom(Room{Name: "quic", Subject: "Agenda", SubjectAuthor: "chair"})
		p := admin(t, s)
		p.join("quic", "bot")
		got := p.take()
		if last := got[len(got)-1]; !strings.Contains(last, "from='quic@conference.localhost/chair'") || !strings.Contains(last, ">Agenda<") {
			t.Errorf("last stanza of the join: %s", last)
		}
	})
	t.Run("a participant may not where only moderators may", func(t *testing.T) {
		s := start(t, Options{})
		s.PutRoom(Room{Name: "quic", Subject: "old"})
		p := user(t, s, "other")
		p.join("quic", "u")
		p.take()
		p.send(message)
		p.sync()
		want(t, "refusal", failure(p.seen[0]), "auth/forbidden")
		r, _ := s.Room("quic")
		want(t, "subject", r.Subject, "old")
	})
}

func TestMessagesReachEverybodyInTheRoom(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(Room{Name: "quic", Config: map[string]string{FieldPersistent: "1"}})
		a, b := admin(t, s), user(t, s, "other")
		a.join("quic", "a")
		b.join("quic", "b")
		a.take()
		b.take()
		a.send("<message to='quic@conference.localhost' type='groupchat' id='m'><body>hi &amp; &lt;b></body></message>")
		a.sync()
		for _, p := range []*peer{a, b} {
			got := p.take()
			if len(got) != 1 || !strings.Contains(got[0], "from='quic@conference.localhost/a'") || !strings.Contains(got[0], "hi &amp; &lt;b") {
				t.Errorf("%s got %v", p.jid, got)
			}
		}
		_ = b.conn.Close()
		if e := a.next(); e.attr("type") != "unavailable" || e.attr("from") != "quic@conference.localhost/b" {
			t.Errorf("after b's connection broke: %s", e)
		}
	})
}

func TestSelfPing(t *testing.T) {
	s := start(t, Options{})
	p := admin(t, s)
	p.join("quic", "bot")
	const ping = "<ping xmlns='" + nsPing + "'/>"
	want(t, "inside", p.ask("get", "quic@conference.localhost/bot", ping).attr("type"), "result")
	want(t, "under another name", failure(p.ask("get", "quic@conference.localhost/x", ping)), "cancel/not-acceptable")
}

func TestAnAffiliationIsAnnouncedInTheRoom(t *testing.T) {
	const (
		present = "<query xmlns='" + nsMUCAdmin + "'><item jid='other@localhost' affiliation='admin'/></query>"
		absent  = "<query xmlns='" + nsMUCAdmin + "'><item jid='chair@example.org' affiliation='admin'><reason>chair</reason></item></query>"
	)
	for kind, messages := range map[Kind]int{Generic: 0, Ejabberd: 1} {
		s := start(t, Options{Kind: kind})
		s.PutRoom(quic(s.JID()))
		p, other := admin(t, s), user(t, s, "other")
		other.join("quic", "u")
		other.take()
		want(t, "granting", failure(p.ask("set", "quic@conference.localhost", present)), "")
		got := other.take()
		if len(got) != 1 || !strings.Contains(got[0], "affiliation='admin' role='moderator'") {
			t.Errorf("the one concerned got %v", got)
		}
		want(t, "granting", failure(p.ask("set", "quic@conference.localhost", absent)), "")
		got = other.take()
		want(t, "messages about one who is not there", len(got), messages)
		if messages == 1 && !strings.Contains(got[0], "jid='chair@example.org'") {
			t.Errorf("message about one who is not there: %v", got)
		}
	}
}

func TestEjabberdLetsNobodyIntoMoreThanAHundredRooms(t *testing.T) {
	for kind, refusal := range map[Kind]string{Generic: "", Ejabberd: "wait/resource-constraint: You have joined too many conferences"} {
		s := start(t, Options{Kind: kind})
		p, boss := user(t, s, "other"), admin(t, s)
		s.PutRoom(Room{Name: "more"})
		for i := range maxConferences {
			s.PutRoom(Room{Name: fmt.Sprintf("room%d", i)})
			want(t, "joining", failure(p.join(fmt.Sprintf("room%d", i), "u")), "")
			want(t, "an administrator joins", failure(boss.join(fmt.Sprintf("room%d", i), "bot")), "")
		}
		want(t, "joining one of them again", failure(p.join("room3", "u")), "")
		want(t, "joining one more", failure(p.join("more", "u")), refusal)
		want(t, "an administrator joins one more", failure(boss.join("more", "bot")), "")
		p.send("<presence to='room3@conference.localhost/u' type='unavailable'/>")
		want(t, "joining one more after leaving one", failure(p.join("more", "u")), "")
	}
}

func TestARoomListsItsOccupants(t *testing.T) {
	for kind, count := range map[Kind]int{Generic: 0, Ejabberd: 1} {
		s := start(t, Options{Kind: kind})
		p := admin(t, s)
		p.join("quic", "bot")
		q := p.ask("get", "quic@conference.localhost", "<query xmlns='"+nsItems+"'/>").child(nsItems, "query")
		want(t, "occupants listed", len(q.kids), count)
	}
}

func TestWhatARoomDoesNotDo(t *testing.T) {
	tests := map[Kind]string{Generic: "cancel/service-unavailable", Ejabberd: "cancel/item-not-found"}
	for kind, refusal := range tests {
		s := start(t, Options{Kind: kind})
		s.PutRoom(quic(s.JID()))
		p := admin(t, s)
		want(t, "a command", failure(p.ask("set", "quic@conference.localhost", "<command xmlns='"+nsCommands+"' node='x'/>")), refusal)
		want(t, "an unknown query", failure(p.ask("get", "quic@conference.localhost", "<query xmlns='urn:other'/>")), "cancel/service-unavailable")
		want(t, "an IQ without payload", failure(p.ask("get", "quic@conference.localhost", "")), "modify/bad-request")
		want(t, "a configuration without form", failure(p.ask("set", "quic@conference.localhost", ownerQuery)), "modify/bad-request")
		want(t, "a list of none", failure(p.ask("get", "quic@conference.localhost", "<query xmlns='"+nsMUCAdmin+"'><item affiliation='king'/></query>")), "modify/bad-request")
	}
}
