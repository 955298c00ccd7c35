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

// speak joins, speaks and leaves in one write. Others see us come and go.
func (g generic) speak(ctx context.Context, room jid.JID, said speech) error {
	occupant, err := g.occupant(room)
	if err != nil {
		return err
	}
	var e entry
	err = g.session.burst(ctx, joinRequest(occupant, &e), groupchatRequest(occupant, said), leaveRequest(occupant))
	if err != nil {
		return notPermitted(fmt.Errorf("%s %s: %w", said, room, err))
	}
	if e.Created { // it ended after we looked, and nobody was there
		return fmt.Errorf("%s %s: %w", said, room, errMadeByJoining)
	}
	return nil
}

// speak sends the message without joining, which ejabberd allows its
// administrators (mod_muc's access_admin), in moderated rooms too. A refusal
// would come back, success is silent, and rooms handle stanzas in order: once
// the room has answered the question sent behind the message, it has accepted
// the message.
func (e ejabberd) speak(ctx context.Context, room jid.JID, said speech) error {
	message := groupchatRequest(room, said)
	refusal := message.wait
	settled := refusal.settles
	refusal.settles = func(r received) bool { return r.typ == "error" && settled(r) }
	e.session.expect(refusal)
	defer e.session.forget(refusal)

	question := e.session.iq(stanza.GetIQ, room, infoQuery{}, nil)
	question.text = append(message.text, question.text...)
	err := e.session.burst(ctx, question)
	select {
	case r := <-refusal.answer:
		err = r.stanzaError(message.op, message.to)
	default:
	}
	if err != nil {
		return notPermitted(fmt.Errorf("%s %s: %w", said, room, err))
	}
	return nil
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
				return r.id == id || r.from == occupant.String() && r.spoken(said.element) == said.text
			},
		},
	}
}

// spoken returns the subject or the body of a message; "" if it has none.
func (r received) spoken(element string) string {
	var text string
	r.child(xml.Name{Space: stanza.NSClient, Local: element}, &text)
	return text
}
