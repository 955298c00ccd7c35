package xmppadmin

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"fmt"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// speech is what is sent to everybody in a room: one element of a message.
type speech struct{ element, text string }

const (
	elementSubject = "subject" // XEP-0045 section 8.1
	elementBody    = "body"    // XEP-0045 section 7.4
)

// String names what is done with it, for errors.
func (sp speech) String() string {
	if sp.element == elementSubject {
		return "setting the subject of"
	}
	return "sending a message to"
}

// speak joins, speaks and leaves in one write: others see us come and go. Where
// somebody has our nick nothing of that is heard, and we come under another one.
// While we are in the room that would end our stay, so we speak from inside.
func (g generic) speak(ctx context.Context, room jid.JID, said speech) error {
	shut, err := g.doors.pass(ctx, room.String())
	if err != nil {
		return fmt.Errorf("%s %s: %w", said, room, err)
	}
	defer shut()
	if o := g.session.occupant(room.String()); o != nil {
		return o.speak(ctx, said)
	}
	e, err := g.comeIn(ctx, room, func(ctx context.Context, occupant jid.JID) (e entry, err error) {
		err = g.session.burst(ctx, joinRequest(occupant, &e), groupchatRequest(occupant, said), leaveRequest(occupant))
		return e, err
	})
	if err != nil {
		return notPermitted(fmt.Errorf("%s %s: %w", said, room, err))
	}
	if e.Created { // it ended after we looked, and nobody was there
		return fmt.Errorf("%s %s: %w", said, room, errMadeByJoining)
	}
	return nil
}

// speak sends the message without joining, which ejabberd allows its
// administrators (mod_muc's access_admin), in moderated rooms too. Rooms handle
// stanzas in order: once the room has answered the question sent behind the
// message, it has accepted the message.
func (e ejabberd) speak(ctx context.Context, room jid.JID, said speech) error {
	message := groupchatRequest(room, said)
	settled := message.wait.settles
	message.wait.settles = func(r received) bool { return r.typ == "error" && settled(r) }
	question := e.session.iq(stanza.GetIQ, room, infoQuery{}, nil)
	if err := e.session.unrefused(ctx, message, question); err != nil {
		return notPermitted(fmt.Errorf("%s %s: %w", said, room, err))
	}
	return nil
}

// unrefused sends a message of which only the refusal would come back, and a
// question behind it in the same write. Nil: the question was answered, and no
// refusal came before that.
func (s *session) unrefused(ctx context.Context, message, question *request) error {
	s.expect(message.wait)
	defer s.forget(message.wait)
	question.text = append(message.text, question.text...)
	err := s.burst(ctx, question)
	select {
	case r := <-message.wait.answer:
		return r.stanzaError(message.op, message.to)
	default:
		return err
	}
}

// groupchatRequest sends a message to a room that we are in. It is settled by
// the room passing it on, which Prosody does with a subject without the id.
func groupchatRequest(occupant jid.JID, said speech) *request {
	room, id := occupant.Bare().String(), rand.Text()
	return &request{
		op: "send " + said.element, to: room,
		text: []byte(`<message type="groupchat" id="` + id + `" to="` + escape(room) + `">` +
			`<` + said.element + `>` + escape(said.text) + `</` + said.element + `></message>`),
		wait: &waiter{
			key:    roomKey("message", room),
			answer: make(chan received, 1),
			settles: func(r received) bool {
				if r.typ != "groupchat" {
					return r.typ == "error" && r.id == id
				}
				return r.id == id || r.from == occupant.String() && r.carries(said)
			},
		},
	}
}

// carries says whether a message to all is what was said.
func (r received) carries(said speech) bool {
	if said.element == elementSubject {
		text, ok := r.newSubject()
		return ok && text == said.text
	}
	return r.body() == said.text
}

// body returns the body of a message; "" if it has none.
func (r received) body() string {
	var text string
	r.child(xml.Name{Space: stanza.NSClient, Local: elementBody}, &text)
	return text
}
