package xmppadmin

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStanzaErrors(t *testing.T) {
	for _, c := range []struct {
		name, inner string
		want        StanzaError
		text        string
	}{
		{
			"Prosody on a room that does not exist",
			`<error type='cancel' by='conference.localhost'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
			StanzaError{Type: "cancel", Condition: "item-not-found"}, "get disco#info of quic@c: refused: item-not-found",
		},
		{
			"ejabberd, with the request in front and a text",
			`<query xmlns='http://jabber.org/protocol/muc#owner'><error xmlns='x'/></query>` +
				`<error code='403' type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xml:lang='en' xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Access denied by service policy</text></error>`,
			StanzaError{Type: "auth", Condition: "forbidden", Text: "Access denied by service policy"},
			"get disco#info of quic@c: refused: forbidden (Access denied by service policy)",
		},
		{
			"a tombstone that points on",
			`<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>WG concluded</text><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:b@c?join</gone></error>`,
			StanzaError{Type: "cancel", Condition: "gone", Text: "WG concluded", Gone: "xmpp:b@c?join"}, "get disco#info of quic@c: refused: gone (WG concluded)",
		},
		{
			"a condition of an application beside the standard one",
			`<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><bad-payload xmlns='http://jabber.org/protocol/commands'/></error>`,
			StanzaError{Type: "cancel", Condition: "conflict"}, "get disco#info of quic@c: refused: conflict",
		},
		{"no error element", ``, StanzaError{Condition: "undefined-condition"}, "get disco#info of quic@c: refused: undefined-condition"},
		{"an empty error element", `<error/>`, StanzaError{Condition: "undefined-condition"}, "get disco#info of quic@c: refused: undefined-condition"},
		{
			"text that would break a log line",
			"<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>one\n two\t\u202ethree</text></error>",
			StanzaError{Type: "wait", Condition: "resource-constraint", Text: "one two three"}, "get disco#info of quic@c: refused: resource-constraint (one two three)",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := parseStanza(t, `<iq type="error">`+c.inner+`</iq>`).stanzaError("get disco#info", "quic@c")
			c.want.Op, c.want.To = "get disco#info", "quic@c"
			var got *StanzaError
			if !errors.As(err, &got) || *got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if err.Error() != c.text {
				t.Errorf("got %q, want %q", err, c.text)
			}
		})
	}
}

func TestDeeplyNestedStanzaErrorIsRead(t *testing.T) {
	const depth = 100_000
	r := parseStanza(t, `<iq type="error">`+strings.Repeat(`<error>`, depth)+strings.Repeat(`</error>`, depth)+`</iq>`)
	var refusal *StanzaError
	if err := r.stanzaError("op", "to"); !errors.As(err, &refusal) || refusal.Condition != "undefined-condition" {
		t.Errorf("got %v", err)
	}
}

func FuzzStanzaError(f *testing.F) {
	f.Add(`<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:b@c?join</gone><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>x</text></error>`)
	f.Add(`<error/>`)
	f.Add(strings.Repeat(`<error>`, 100) + strings.Repeat(`</error>`, 100))
	f.Fuzz(func(t *testing.T, inner string) {
		r, err := parse(`<iq type="error">` + inner + `</iq>`)
		if err != nil {
			return // the session would have ended
		}
		var refusal *StanzaError
		if !errors.As(r.stanzaError("op", "to"), &refusal) || refusal.Condition == "" {
			t.Fatalf("no condition: %+v", refusal)
		}
		for _, s := range []string{refusal.Error(), refusal.Gone} {
			if strings.ContainsAny(s, "\n\r") || !utf8.ValidString(s) || utf8.RuneCountInString(s) > 3*maxText {
				t.Fatalf("not fit for a log: %q", s)
			}
		}
	})
}
