package xmpptest

import (
	"crypto/tls"
	"strings"
	"sync"
	"testing"
)

func TestOptionsThatCannotBe(t *testing.T) {
	tests := map[string]Options{
		`"a b" is not a domain name in its normal form`:              {Domain: "a b"},
		`"EXAMPLE.org" is not a domain name in its normal form`:      {MUC: "EXAMPLE.org"},
		`the MUC service needs a domain of its own, not "localhost"`: {MUC: "localhost"},
		`direct TLS needs a TLS configuration`:                       {DirectTLS: true},
	}
	for text, o := range tests {
		s, err := Start(o)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || err.Error() != text {
			t.Errorf("got error %v, want %s", err, text)
		}
	}
}

func TestTheServerListensOnLoopbackOnly(t *testing.T) {
	s := start(t, Options{})
	if !strings.HasPrefix(s.Addr(), "127.0.0.1:") {
		t.Errorf("listening on %s", s.Addr())
	}
	if a, b := s.Password(), start(t, Options{}).Password(); a == b || len(a) < 16 {
		t.Errorf("passwords %q and %q", a, b)
	}
}

func TestFeaturesBeforeLogin(t *testing.T) {
	cert, _ := certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	tests := []struct {
		name    string
		options Options
		want    []string
		not     []string
	}{
		{"plain TCP offers SCRAM", Options{Mechanisms: []string{}}, []string{"<mechanisms"}, []string{"starttls", "SCRAM"}},
		{"STARTTLS comes before everything", Options{TLS: config}, []string{"<starttls", "<required/>"}, []string{"mechanism"}},
		{"no STARTTLS where it is left out", Options{TLS: config, NoSTARTTLS: true, Mechanisms: []string{"PLAIN", "X-OTHER"}},
			[]string{"PLAIN", "X-OTHER"}, []string{"starttls"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dial(t, start(t, test.options)).open().String()
			for _, w := range test.want {
				if !strings.Contains(got, w) {
					t.Errorf("no %s in %s", w, got)
				}
			}
			for _, w := range test.not {
				if strings.Contains(got, w) {
					t.Errorf("%s in %s", w, got)
				}
			}
		})
	}
}

func TestStreamsThatEnd(t *testing.T) {
	const auth = "<auth xmlns='" + nsSASL + "' mechanism='PLAIN'>AAAA</auth>"
	tests := []struct {
		name string
		in   func(*testing.T, *Server) *peer
		send string
		want string
	}{
		{"three wrong passwords", opened, auth + auth + auth, "policy-violation"},
		{"a mechanism that is not offered", opened, strings.Repeat("<auth xmlns='"+nsSASL+"' mechanism='SCRAM-SHA-1-PLUS'/>", 3), "invalid-mechanism"},
		{"a stanza before login", opened, "<presence/>", "not-authorized"},
		{"XML that is none", admin, "<iq></presence>", "not-well-formed"},
		{"a comment", admin, "<!-- -->", "restricted-xml"},
		{"a comment inside a stanza", admin, "<iq><!-- --></iq>", "restricted-xml"},
		{"an element that is no stanza", admin, "<x/>", "unsupported-stanza-type"},
		{"a stanza beyond 256 KiB", admin, "<message>" + strings.Repeat("x", maxStanza) + "</message>", "policy-violation"},
		{"the client's own end", admin, "</stream:stream>", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.in(t, start(t, Options{}))
			p.send(test.send)
			var got string
			for _, e := range p.ended() {
				got += e.String()
			}
			if !strings.Contains(got, test.want) || (test.want == "" && got != "") {
				t.Errorf("the stream ended with %q, want %s", got, test.want)
			}
		})
	}
}

// opened is a client that has opened its stream and not logged in.
func opened(t *testing.T, s *Server) *peer {
	p := dial(t, s)
	p.open()
	return p
}

func TestHostUnknown(t *testing.T) {
	p := dial(t, start(t, Options{Domain: "chat.example.org"}))
	if e := p.open(); e.child(nsStreams, "host-unknown") == nil {
		t.Errorf("a stream to localhost was answered with %s", e)
	}
}

func TestAResourceIsTakenOver(t *testing.T) {
	s := start(t, Options{})
	first := admin(t, s)
	first.join("quic", "bot")
	first.take()
	second := admin(t, s)
	want(t, "same JID", second.jid, first.jid)
	got := first.ended()
	if len(got) == 0 || got[len(got)-1].child(nsStreams, "conflict") == nil {
		t.Errorf("the first client was told %v", got)
	}
	second.sync()
	want(t, "rooms of the first", len(s.Rooms()), 0)
}

func TestWhatIsRecorded(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	s.PutRoom(quic(s.JID()))
	p := admin(t, s)
	command := func(node, rest string) string {
		return "<iq type='set' id='c' to='localhost'><command xmlns='" + nsCommands + "' node='" + node + "'" + rest + "</command></iq>"
	}
	tests := []struct {
		name, send string
		writing    bool
	}{
		{"asking what a room is", "<iq type='get' id='x' to='quic@conference.localhost'><query xmlns='" + nsInfo + "'/></iq>", false},
		{"fetching the owner's form", "<iq type='get' id='x' to='quic@conference.localhost'>" + ownerQuery + "</iq>", false},
		{"submitting it", "<iq type='set' id='x' to='quic@conference.localhost'><query xmlns='" + nsMUCOwner + "'>" + submit("") + "</query></iq>", true},
		{"fetching a command's form", command(nodeAdmin+"announce", " action='execute'>"), false},
		{"submitting it", command(nodeAdmin+"announce", ">"+submit(formAdmin)), true},
		{"a command that reads", command(nodeAPI+"get_room_options", ">"+submit("", "room", "quic")), false},
		{"a command that lists", command(nodeAPI+"muc_online_rooms", ">"+submit("", "service", "x")), false},
		{"a command that writes", command(nodeAPI+"destroy_room", ">"+submit("", "room", "quic")), true},
		{"canceling one", command(nodeAPI+"destroy_room", " action='cancel'>"+submit("", "room", "quic")), false},
		{"joining", "<presence to='quic@conference.localhost/bot'/>", true},
		{"becoming available", "<presence/>", false},
		{"a message", "<message to='quic@conference.localhost' type='groupchat'><body>x</body></message>", true},
	}
	for _, test := range tests {
		s.ResetStanzas()
		p.send(test.send)
		p.sync()
		got := s.Stanzas()
		if len(got) != 2 {
			t.Fatalf("%s: recorded %d stanzas, want it and a ping", test.name, len(got))
		}
		want(t, test.name+" writes", got[0].Writing, test.writing)
		want(t, test.name+" comes from", got[0].From, p.jid)
		want(t, "a ping writes", got[1].Writing, false)
		want(t, "a ping's payload", got[1].Namespace, nsPing)
	}
}

func TestRoomsMadeByHand(t *testing.T) {
	s := start(t, Options{})
	made := quic("chair@localhost")
	s.PutRoom(made)
	made.Config[FieldName] = "changed afterwards"
	r, ok := s.Room("quic")
	want(t, "there", ok, true)
	want(t, "name", r.Config[FieldName], "QUIC")
	want(t, "a default", r.Config[FieldLanguage], "en")
	r.Affiliations["x@localhost"] = "owner"
	want(t, "edited", s.Edit("quic", func(r *Room) { r.Config[FieldName] = "edited" }), true)
	want(t, "nothing to edit", s.Edit("tls", func(*Room) {}), false)
	rooms := s.Rooms()
	want(t, "rooms", len(rooms), 1)
	want(t, "name", rooms[0].Config[FieldName], "edited")
	want(t, "owners", strings.Join(rooms[0].Owners(), " "), "chair@localhost")
	s.RemoveRoom("quic")
	want(t, "rooms", len(s.Rooms()), 0)
}

func TestManyClientsAtOnce(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	var peers []*peer
	for _, name := range []string{"a", "b", "c", "d"} {
		peers = append(peers, user(t, s, name))
	}
	const rounds = 50
	var all sync.WaitGroup
	for _, p := range peers {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range rounds {
				room := string(rune('a' + i%26))
				p.request("set", room+"@conference.localhost", "<query xmlns='"+nsMUCOwner+"'>"+submit("", FieldName, p.jid)+"</query>")
				p.send("<presence to='" + room + "@conference.localhost/" + p.jid[:1] + "'/>")
				p.request("get", "conference.localhost", "<query xmlns='"+nsItems+"'/>")
			}
		}()
	}
	for range rounds {
		for _, r := range s.Rooms() {
			s.Edit(r.Name, func(r *Room) { r.Subject = "x" })
		}
	}
	all.Wait()
	for _, p := range peers {
		p.sync()
	}
	want(t, "rooms", len(s.Rooms()), 26)
	want(t, "stanzas", len(s.Stanzas()), len(peers)*(3*rounds+1))
	s.Disconnect()
	for _, p := range peers {
		p.ended()
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestMessagesBetweenAccounts(t *testing.T) {
	const nobody = "cancel/service-unavailable: User session not found"
	unknown := map[Kind]string{Generic: "cancel/service-unavailable", Ejabberd: nobody}
	for kind, offline := range map[Kind]string{Generic: "", Ejabberd: nobody} {
		s := start(t, Options{Kind: kind})
		a, b := admin(t, s), user(t, s, "other")
		b.send("<presence/>")
		b.take()
		for _, to := range []string{"other@localhost", b.jid} {
			a.send("<message to='" + to + "' type='chat'><body>hi</body></message>")
			a.sync()
			m := b.next()
			want(t, "from", m.attr("from"), a.jid)
			want(t, "to", m.attr("to"), b.jid)
			want(t, "body", m.child(nsClient, "body").text, "hi")
		}
		s.AddAccount("away")
		for to, refusal := range map[string]string{
			"away@localhost": offline, "roomctl@localhost": offline,
			"nobody@localhost": unknown[kind],
		} {
			a.send("<message to='" + to + "' type='chat'><body>hi</body></message>")
			a.sync()
			var got string
			for _, e := range a.seen {
				got += failure(e)
			}
			a.seen = nil
			want(t, "a message to "+to, got, refusal)
		}
		want(t, "a session", a.ask("set", "", "<session xmlns='"+nsSession+"'/>").attr("type"), "result")
	}
}
