package xmppadmin

import (
	"testing"
)

func TestWhatARoomTellsItsOccupant(t *testing.T) {
	const x = `<x xmlns="http://jabber.org/protocol/muc#user">`
	for _, c := range []struct {
		name, sent string
		nick       string // ours after that; "" when the stay is over
		subject    string
	}{
		{"a new subject", `<message type="groupchat" from="quic@muc/chair"><subject>new</subject></message>`, "roomctl", "new"},
		{"an old subject", `<message type="groupchat" from="quic@muc/chair"><subject>old</subject><delay xmlns="urn:xmpp:delay" stamp="2026-07-20T10:00:00Z"/></message>`, "roomctl", "old"},
		{"no subject any more", `<message type="groupchat" from="quic@muc/chair"><subject/></message>`, "roomctl", ""},
		{"a subject beside a body", `<message type="groupchat" from="quic@muc/chair"><subject>new</subject><body>b</body></message>`, "roomctl", "base"},
		{"a subject beside a thread", `<message type="groupchat" from="quic@muc/chair"><subject>new</subject><thread>t</thread></message>`, "roomctl", "base"},
		{"a private message with a subject", `<message type="chat" from="quic@muc/chair"><subject>new</subject></message>`, "roomctl", "base"},
		{"a refusal that holds the subject", `<message type="error" from="quic@muc"><subject>new</subject><error type="auth"/></message>`, "roomctl", "base"},
		{"another one's subject element", `<message type="groupchat" from="quic@muc/chair"><subject xmlns="urn:other">new</subject></message>`, "roomctl", "base"},
		{"that another one leaves", `<presence type="unavailable" from="quic@muc/chair">` + x + `<status code="307"/></x></presence>`, "roomctl", "base"},
		{"that the room's own presence ends", `<presence type="unavailable" from="quic@muc"/>`, "roomctl", "base"},
		{"our own presence", `<presence from="quic@muc/roomctl">` + x + `<status code="110"/></x></presence>`, "roomctl", "base"},
		{"a presence error", `<presence type="error" from="quic@muc/roomctl"><error type="wait"/></presence>`, "roomctl", "base"},
		{"a new nick", `<presence type="unavailable" from="quic@muc/roomctl">` + x + `<item nick="bot"/><status code="303"/><status code="110"/></x></presence>`, "bot", "base"},
		{"that another one takes a new nick", `<presence type="unavailable" from="quic@muc/chair">` + x + `<item nick="bot"/><status code="303"/></x></presence>`, "roomctl", "base"},
		{"a kick without the word self", `<presence type="unavailable" from="quic@muc/roomctl">` + x + `<status code="307"/></x></presence>`, "", "base"},
		{"a kick by another name", `<presence type="unavailable" from="quic@muc/x">` + x + `<status code="110"/></x></presence>`, "", "base"},
		{"an end without a reason", `<presence type="unavailable" from="quic@muc/roomctl"/>`, "", "base"},
	} {
		t.Run(c.name, func(t *testing.T) {
			room := address(t, "quic@muc")
			o := &Occupant{room: room, gone: make(chan struct{}), link: &link{session: &session{occupants: map[string]*Occupant{}}}}
			o.renamed("roomctl")
			o.told("base", "chair")
			if err := o.link.session.admit(o); err != nil {
				t.Fatal(err)
			}
			o.hear(parseStanza(t, c.sent))
			if got := o.Subject().Text; got != c.subject {
				t.Errorf("the subject is %q, want %q", got, c.subject)
			}
			over := o.Err() != nil
			if over != (c.nick == "") || !over && o.address.Resourcepart() != c.nick {
				t.Errorf("over: %v (%v), as %s; want the nick %q", over, o.Err(), o.address, c.nick)
			}
			if known := o.link.session.occupant(room.String()) == o; known == over {
				t.Errorf("the connection knows of it: %v", known)
			}
		})
	}
}
