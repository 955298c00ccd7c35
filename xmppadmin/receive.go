package xmppadmin

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// waiter is a place where one stanza is waited for.
type waiter struct {
	key     string              // see keyOf
	settles func(received) bool // is this the stanza? Must not block
	answer  chan received       // takes one
}

// keyOf says where a stanza is waited for: the answer to an IQ by its id,
// presence and messages by the room they are from.
func keyOf(r received) string {
	if r.kind == "iq" {
		return iqKey(r.id)
	}
	room, _, _ := strings.Cut(r.from, "/")
	return roomKey(r.kind, room)
}

func iqKey(id string) string { return "iq " + id }

func roomKey(kind, room string) string { return kind + " " + room }

// expect registers waiters; forget takes them back.
func (s *session) expect(waiters ...*waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range waiters {
		s.waiters[w.key] = append(s.waiters[w.key], w)
	}
}

func (s *session) forget(waiters ...*waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range waiters {
		s.drop(w)
	}
}

func (s *session) drop(w *waiter) {
	rest := slices.DeleteFunc(s.waiters[w.key], func(x *waiter) bool { return x == w })
	if len(rest) == 0 {
		delete(s.waiters, w.key)
		return
	}
	s.waiters[w.key] = rest
}

// offer hands a stanza to the first that waits for it, if anybody does.
func (s *session) offer(r received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.waiters[keyOf(r)] {
		if w.settles(r) {
			s.drop(w)
			w.answer <- r // it has room for one, and gets one
			return
		}
	}
}

func (s *session) awaited(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiters[key]) > 0
}

// admit lets an occupant hear what its room sends, until dismiss or the end of
// the stream. It fails when that is over.
func (s *session) admit(o *Occupant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return fmt.Errorf("%w: %w", ErrDisconnected, s.cause)
	}
	s.occupants[o.room.String()] = o
	return nil
}

func (s *session) dismiss(o *Occupant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.occupants[o.room.String()] == o {
		delete(s.occupants, o.room.String())
	}
}

// occupant returns our stay in a room; nil if there is none.
func (s *session) occupant(room string) *Occupant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.occupants[room]
}

// receive reads stanzas until the stream ends, and returns why it did. Nothing
// in it waits for anything but the server: answers are decoded by those who
// wait for them.
func (s *session) receive() error {
	stream := s.stream.TokenReader()
	defer stream.Close()
	for {
		s.conn.allow(maxStanza)
		token, err := stream.Token()
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue // white space that keeps the connection open
		}
		if err := s.route(stream, start); err != nil {
			return err
		}
	}
}

// route reads the stanza that began with start to its end.
func (s *session) route(stream xml.TokenReader, start xml.StartElement) error {
	r := head(start)
	request := r.kind == "iq" && (r.typ == string(stanza.GetIQ) || r.typ == string(stanza.SetIQ))
	var occupant *Occupant
	if r.kind != "iq" {
		room, _, _ := strings.Cut(r.from, "/")
		occupant = s.occupant(room)
	}
	if !request && occupant == nil && !s.awaited(keyOf(r)) {
		_, err := inside(stream, false)
		return err
	}
	var err error
	if r.inner, err = inside(stream, true); err != nil {
		return err
	}
	if request {
		s.answer(r)
		return nil
	}
	if occupant != nil {
		occupant.hear(r) // before those who wait, and then ask it
	}
	s.offer(r)
	return nil
}

// sentBy says whether a stanza's from is the entity that was asked. A stanza
// without from is from our own account (RFC 6120 section 8.1.2.1) or, with
// some servers, from the server itself; nobody else can send one.
func (s *session) sentBy(asked jid.JID, from string) bool {
	if from == asked.String() {
		return true
	}
	account := s.address.Bare()
	own := asked.Equal(jid.JID{}) || asked.Equal(account)
	if from == "" {
		return own || asked.Equal(s.address.Domain())
	}
	sender, err := jid.Parse(from)
	if err != nil {
		return false
	}
	return sender.Equal(asked) || own && (sender.Equal(account) || sender.Equal(s.address))
}
