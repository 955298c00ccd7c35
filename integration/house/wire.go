package house

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"roomctl/integration/proxy"
)

// A Wire stands between roomctl and the chat server. It keeps what roomctl writes and what it says in rooms, and breaks
// when told to.
type Wire struct {
	*proxy.Proxy

	mu     sync.Mutex // guards what follows
	writes []string
	said   []Message
	fault  func(proxy.Stanza) proxy.Action
}

// Message is something that was said in a room.
type Message struct{ Room, Body string }

// NewWire stands in front of a server for the length of the test.
func NewWire(t testing.TB, address string) *Wire {
	t.Helper()
	w := &Wire{}
	var err error
	if w.Proxy, err = proxy.Start(address, proxy.Options{OnStanza: w.look}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// Break lets a function decide about every stanza from now on. remove ends it.
func (w *Wire) Break(fault func(proxy.Stanza) proxy.Action) (remove func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fault = nil
	}
}

// Forget forgets what was written so far. What was said stays.
func (w *Wire) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = nil
}

// Writes lists the stanzas that would change something and that reached the server since the last Forget.
func (w *Wire) Writes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.writes)
}

// Said lists what was ever said in rooms, in its order.
func (w *Wire) Said() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.said)
}

func (w *Wire) look(s proxy.Stanza) proxy.Action {
	w.mu.Lock()
	defer w.mu.Unlock()
	action := proxy.Forward
	if w.fault != nil {
		action = w.fault(s)
	}
	if action == proxy.Forward && s.From == proxy.Client && s.Writes() {
		w.writes = append(w.writes, string(s.XML))
		if m, ok := message(s.XML); ok {
			w.said = append(w.said, m)
		}
	}
	return action
}

// message is the message to a room that a stanza is. One that sets a subject has no body (XEP-0045 section 8.1).
func message(stanza []byte) (Message, bool) {
	var m struct {
		XMLName xml.Name
		To      string  `xml:"to,attr"`
		Body    *string `xml:"body"`
	}
	if err := xml.Unmarshal(stanza, &m); err != nil || m.XMLName.Local != "message" || m.Body == nil {
		return Message{}, false
	}
	room, _, _ := strings.Cut(m.To, "@")
	return Message{Room: room, Body: *m.Body}, true
}

func (m Message) String() string { return fmt.Sprintf("in %s: %q", m.Room, m.Body) }
