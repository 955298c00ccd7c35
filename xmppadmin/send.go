package xmppadmin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"mellium.im/xmpp/jid"
)

// Send sends a chat message (RFC 6121 section 5) to the bare JID of a person.
// Nil means that our server has taken it: it tells of an account of its own that
// cannot be reached, but whether somebody else's server has delivered the
// message nobody says.
func (s *Service) Send(ctx context.Context, to, text string) error {
	person, err := jid.Parse(to)
	if err != nil || person.Localpart() == "" || !person.Equal(person.Bare()) {
		return fmt.Errorf("sending a message to %q: it must look like name@domain", to)
	}
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("sending a message to %s: there is nothing to say", person)
	}
	session := s.link.session
	if err := session.unrefused(ctx, chatRequest(person, text), session.pingRequest()); err != nil {
		return fmt.Errorf("sending a message to %s: %w", person, err)
	}
	return nil
}

// chatRequest sends a message to a person. Only its refusal settles it.
func chatRequest(person jid.JID, text string) *request {
	id := rand.Text()
	return &request{
		op: "send message", to: person.String(),
		text: []byte(`<message type="chat" id="` + id + `" to="` + escape(person.String()) + `"><body>` + escape(text) + `</body></message>`),
		wait: &waiter{
			key:     roomKey("message", person.String()),
			answer:  make(chan received, 1),
			settles: func(r received) bool { return r.typ == "error" && r.id == id },
		},
	}
}

// SayIn sends one message, in one line, to everybody in a room of any service,
// given by its JID. In rooms of our own service it is Say; in others it joins
// for that, and leaves again. A room that is not there is not made. It is not
// sent twice: after ErrDisconnected or a time limit nobody knows whether it
// arrived.
func (s *Service) SayIn(ctx context.Context, room, text string) error {
	address, err := jid.Parse(room)
	if err != nil || address.Localpart() == "" || !address.Equal(address.Bare()) {
		return fmt.Errorf("sending a message to %q: it must look like room@service", room)
	}
	if address.Domainpart() == s.link.muc.Domainpart() {
		return s.Say(ctx, address.Localpart(), text)
	}
	said := speech{elementBody, oneLine(text)}
	if said.text == "" {
		return fmt.Errorf("%s %s: there is nothing to say", said, address)
	}
	shut, err := s.link.doors.pass(ctx, address.String())
	if err != nil {
		return fmt.Errorf("%s %s: %w", said, address, err)
	}
	defer shut()
	o, err := s.link.stay(ctx, address)
	if err != nil {
		return err
	}
	err = o.speak(ctx, said)
	if o.ended() != nil {
		return err
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	return errors.Join(err, o.leave(after))
}
