package xmpptest

import (
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
)

// Stanza is one stanza that the server received.
type Stanza struct {
	Name string // "iq", "presence" or "message"
	Type string // of IQs: "get", "set", "result", "error"; else the type or ""
	ID   string
	From string // full JID of the client
	To   string // as sent
	Room string // localpart of the room it is addressed to, or ""

	Namespace string // of the first child, "" when there is none
	Node      string // of the first child: the ad-hoc command or disco node

	// Writing is true for what would change something on the server: sets
	// other than reading commands, presence to rooms, messages.
	Writing bool
	XML     string
}

// Stanzas lists what clients sent after login since the start or the last
// ResetStanzas, in the order of arrival.
func (s *Server) Stanzas() []Stanza {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stanzas)
}

// ResetStanzas empties the record.
func (s *Server) ResetStanzas() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stanzas = nil
}

// describe is the record of a stanza.
func (s *Server) describe(c *client, e *element) Stanza {
	st := Stanza{Name: e.name, Type: e.attr("type"), ID: e.attr("id"), From: c.jid, To: e.attr("to"), XML: e.String()}
	if p := e.first(); p != nil {
		st.Namespace, st.Node = p.space, p.attr("node")
	}
	toService := false
	if to, err := jid.Parse(st.To); err == nil {
		toService = to.Domainpart() == s.opts.MUC
		if toService {
			st.Room = to.Localpart()
		}
	}
	switch e.name {
	case "iq":
		st.Writing = st.Type == "set" && !reading(e.first())
	case "presence":
		st.Writing = toService
	case "message":
		st.Writing = true
	}
	return st
}

// reading says whether the payload of an IQ set changes nothing: session
// set-up, or a command that is only looked at. Fetching the form of a command
// is a set by its type (XEP-0050 section 2.4), but runs nothing.
func reading(p *element) bool {
	if p == nil || p.space == nsSession || p.space == nsBind {
		return true
	}
	if p.space != nsCommands {
		return false
	}
	if p.attr("action") == "cancel" || p.child(nsData, "x") == nil {
		return true
	}
	name := strings.TrimPrefix(strings.TrimPrefix(p.attr("node"), nodeAdmin), nodeAPI)
	return strings.HasPrefix(name, "get-") || strings.HasPrefix(name, "get_") || strings.HasPrefix(name, "muc_online_rooms")
}
