package xmppadmin

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mellium.im/xmpp/jid"

	"roomctl/xmppadmin/xmpptest"
)

func TestRequestsOfOthersAreAnswered(t *testing.T) {
	for _, c := range []struct {
		name, request, typ string
	}{
		{"a ping of the server", `<iq type="get" id="p1" from="localhost"><ping xmlns="urn:xmpp:ping"/></iq>`, "result"},
		{"a question", `<iq type="get" id="p1" from="mallory@localhost/x"><query xmlns="jabber:iq:version"/></iq>`, "error"},
		{"an order", `<iq type="set" id="p1" from="mallory@localhost/x"><ping xmlns="urn:xmpp:ping"/></iq>`, "error"},
		{"nothing at all", `<iq type="get" id="p1" from="localhost"/>`, "error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{})
			w := startWire(t, srv.Addr())
			o := plainOptions(srv)
			o.Address = w.address
			s := loginTo(t, o)
			w.say(t, c.request)
			eventually(t, "the answer", func() bool {
				return slices.ContainsFunc(srv.Stanzas(), func(st xmpptest.Stanza) bool {
					return st.ID == "p1" && st.Type == c.typ && strings.Contains(st.XML, "service-unavailable") == (c.typ == "error")
				})
			})
			if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); err != nil {
				t.Errorf("the next request: %v", err)
			}
		})
	}
}

func TestWhatNobodyWaitsForIsIgnored(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	w := startWire(t, srv.Addr())
	o := plainOptions(srv)
	o.Address = w.address
	s := loginTo(t, o)
	w.say(t, " \n"+
		`<iq type="result" id="x" from="localhost"><query xmlns="a"><b><c/></b>text</query></iq>`+
		`<iq/><presence/><message/>`+
		`<presence from="room@conference.localhost/x" type="error"/>`+
		`<message type="headline" from="localhost"><body>Hello</body></message>`+
		`<r xmlns="urn:xmpp:sm:3"/>`)
	if _, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), ""); err != nil {
		t.Error(err)
	}
}

func TestSessionEndsOnBytesThatAreNoStream(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
	}{
		{"broken XML", `<iq type="result"`, ""},
		{"elements that do not match", `<iq></presence>`, "syntax error"},
		{"a directive", `<!DOCTYPE x [<!ENTITY a "b">]>`, "directive"},
		{"a stream error", `<stream:error><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`, "system-shutdown"},
		{"the end of the stream", `</stream:stream>`, "closed the stream"},
		{"a stanza without end", `<message from="localhost"><body>` + strings.Repeat("x", maxStanza+1<<20), "more than 16 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{})
			srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, NoReply: true})
			w := startWire(t, srv.Addr())
			o := plainOptions(srv)
			o.Address = w.address
			s := loginTo(t, o)
			done := make(chan error)
			go func() {
				_, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), "")
				done <- err
			}()
			eventually(t, "the request", func() bool { return len(srv.Stanzas()) == 1 })
			w.mu.Lock()
			_, _ = w.toClient.Write([]byte(c.text)) // the client may hang up in the middle
			_ = w.toClient.Close()
			w.mu.Unlock()
			if err := <-done; !errors.Is(err, ErrDisconnected) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAnswersComeFromWhoWasAsked(t *testing.T) {
	s := &session{address: address(t, "roomctl@localhost/a1")}
	for _, c := range []struct {
		name, asked, from string
		want              bool
	}{
		{"the one asked", "quic@conference.localhost", "quic@conference.localhost", true},
		{"the same in capitals", "conference.localhost", "Conference.LOCALHOST", true},
		{"an occupant of the room asked", "quic@conference.localhost", "quic@conference.localhost/mallory", false},
		{"another room", "quic@conference.localhost", "tls@conference.localhost", false},
		{"nobody, for a room", "quic@conference.localhost", "", false},
		{"nobody, for our server", "localhost", "", true},
		{"our account, for our server", "localhost", "roomctl@localhost", false},
		{"nobody, for our account", "roomctl@localhost", "", true},
		{"nobody, for a request without address", "", "", true},
		{"our account, for a request without address", "", "roomctl@localhost", true},
		{"our session, for our account", "roomctl@localhost", "roomctl@localhost/a1", true},
		{"another session of ours, for our account", "roomctl@localhost", "roomctl@localhost/b2", false},
		{"no JID at all", "localhost", "@@", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked jid.JID
			if c.asked != "" {
				asked = address(t, c.asked)
			}
			if got := s.sentBy(asked, c.from); got != c.want {
				t.Errorf("asked %q, answer from %q: %v", c.asked, c.from, got)
			}
		})
	}
}
