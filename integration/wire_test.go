//go:build integration

package integration

import (
	"encoding/xml"
	"slices"
	"strings"
	"sync"
	"testing"

	"roomctl/integration/proxy"
	"roomctl/integration/servers"
)

// A wire stands between roomctl and the server, notes what roomctl asks for, and makes faults.
type wire struct {
	*proxy.Proxy

	mu     sync.Mutex // guards what follows
	writes []string   // stanzas that would change something
	forms  []string   // addresses whose owner form was asked for
	count  int        // client's stanzas from the first write on
	fault  func(seen) proxy.Action
}

// seen is a stanza on the wire, and what came before it.
type seen struct {
	proxy.Stanza
	isWrite bool // it would change something
	writes  int  // such stanzas so far, this one included
	since   int  // stanzas from the client since the first write, that one and this one included; 0: before it
}

// newWire starts a proxy without faults for the length of the test.
func newWire(t testing.TB, server *servers.Server) *wire {
	t.Helper()
	w := &wire{}
	var err error
	if w.Proxy, err = proxy.Start(server.Addr, proxy.Options{OnStanza: w.look}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// reset forgets the stanzas so far and sets the fault from now on; nil: none.
func (w *wire) reset(fault func(seen) proxy.Action) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes, w.forms, w.count, w.fault = nil, nil, 0, fault
}

// written lists the stanzas since the last reset that would change something, and the rooms whose owner form was
// asked for.
func (w *wire) written() (writes, forms []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.writes), slices.Clone(w.forms)
}

// expectNoWrites fails the test if roomctl tried to change anything since the last reset.
func (w *wire) expectNoWrites(t testing.TB) {
	t.Helper()
	if writes, _ := w.written(); len(writes) > 0 {
		t.Errorf("%d writing stanzas, the first:\n%s", len(writes), writes[0])
	}
}

// look notes a stanza and decides about it.
func (w *wire) look(s proxy.Stanza) proxy.Action {
	w.mu.Lock()
	defer w.mu.Unlock()
	is := seen{Stanza: s}
	if s.From == proxy.Client {
		parsed := parseStanza(s.XML)
		is.isWrite = parsed.isWrite()
		if is.isWrite {
			w.writes = append(w.writes, string(s.XML))
		}
		if parsed.Type == "get" && parsed.Owner != nil {
			w.forms = append(w.forms, parsed.To)
		}
		if len(w.writes) > 0 {
			w.count++
			is.since = w.count
		}
	}
	is.writes = len(w.writes)
	if w.fault == nil {
		return proxy.Forward
	}
	return w.fault(is)
}

// stanza is what tells a writing stanza from others.
type stanza struct {
	XMLName xml.Name
	To      string    `xml:"to,attr"`
	Type    string    `xml:"type,attr"`
	Bind    *struct{} `xml:"urn:ietf:params:xml:ns:xmpp-bind bind"`
	Session *struct{} `xml:"urn:ietf:params:xml:ns:xmpp-session session"`
	Owner   *struct{} `xml:"http://jabber.org/protocol/muc#owner query"`
	Command *struct {
		Node   string `xml:"node,attr"`
		Action string `xml:"action,attr"`
		Form   *struct {
			Type string `xml:"type,attr"`
		} `xml:"jabber:x:data x"`
	} `xml:"http://jabber.org/protocol/commands command"`
}

// readingCommands are the commands of ejabberd that only tell something.
var readingCommands = []string{
	"api-commands/get_room_affiliations", "api-commands/get_room_options", "api-commands/muc_online_rooms",
}

func parseStanza(text []byte) stanza {
	var s stanza
	if err := xml.Unmarshal(text, &s); err != nil {
		s.XMLName.Local = "unreadable" // and so taken for a write
	}
	return s
}

// isWrite tells whether a stanza would change something on the server, or be seen by people in a room.
func (s stanza) isWrite() bool {
	switch s.XMLName.Local {
	case "iq":
	case "presence":
		return s.To != ""
	default:
		return true
	}
	switch {
	case s.Type != "set", s.Bind != nil, s.Session != nil:
		return false
	case s.Command != nil:
		submitted := s.Command.Form != nil && s.Command.Form.Type == "submit"
		return submitted && !slices.Contains(readingCommands, s.Command.Node)
	}
	return true
}

// The rest of the tests believe isWrite.
func TestWritingStanzasAreKnown(t *testing.T) {
	command := func(node, form string) string {
		return "<iq type='set' to='localhost'><command xmlns='http://jabber.org/protocol/commands' node='" + node + "'>" + form + "</command></iq>"
	}
	const submitted = "<x xmlns='jabber:x:data' type='submit'/>"
	tests := map[string]struct {
		stanza string
		write  bool
	}{
		"a question":                    {"<iq type='get'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>", false},
		"a configuration":               {"<iq type='set'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>", true},
		"the binding of a resource":     {"<iq type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", false},
		"the answer to a ping":          {"<iq type='result'/>", false},
		"the form of a command":         {command("api-commands/create_room_with_opts", ""), false},
		"a command that creates":        {command("api-commands/create_room_with_opts", submitted), true},
		"a command that lists":          {command("api-commands/muc_online_rooms", submitted), false},
		"a command that affiliates":     {command("http://prosody.im/protocol/muc#set-affiliation", submitted), true},
		"a join":                        {"<presence to='quic@conference.localhost/roomctl'/>", true},
		"being there":                   {"<presence/>", false},
		"a message":                     {"<message to='quic@conference.localhost'/>", true},
		"what cannot be read is feared": {"<iq type='get'", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parseStanza([]byte(test.stanza)).isWrite(); got != test.write {
				t.Errorf("write: %v, want %v: %s", got, test.write, strings.TrimSpace(test.stanza))
			}
		})
	}
}
