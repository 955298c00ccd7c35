package xmppadmin

import (
	"context"
	"fmt"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// subjectAsOccupant sets the subject by joining, speaking and leaving in one
// write (XEP-0045 section 8.1). Others see us come and go.
func (l *link) subjectAsOccupant(ctx context.Context, room jid.JID, subject string) error {
	occupant, err := l.occupant(room)
	if err != nil {
		return err
	}
	var e entry
	err = l.session.burst(ctx, joinRequest(occupant, &e), subjectRequest(occupant, subject), leaveRequest(occupant))
	if err != nil {
		return notPermitted(fmt.Errorf("setting the subject of %s: %w", room, err))
	}
	if e.Created {
		return fmt.Errorf("setting the subject of %s: the room was gone; it was made by joining, and is gone again", room)
	}
	return nil
}

// subjectFromOutside sets the subject without joining, which ejabberd allows
// its administrators. A refusal would come back, success is silent, and rooms
// handle stanzas in order: once the room has answered the question sent behind
// the message, it has accepted the message.
func (l *link) subjectFromOutside(ctx context.Context, room jid.JID, subject string) error {
	message := subjectRequest(room, subject)
	refusal := message.wait
	settled := refusal.settles
	refusal.settles = func(r received) bool { return r.typ == "error" && settled(r) }
	l.session.expect(refusal)
	defer l.session.forget(refusal)

	question := l.session.iq(stanza.GetIQ, room, infoQuery{}, nil)
	question.text = append(message.text, question.text...)
	err := l.session.burst(ctx, question)
	select {
	case r := <-refusal.answer:
		err = r.stanzaError(message.op, message.to)
	default:
	}
	if err != nil {
		return notPermitted(fmt.Errorf("setting the subject of %s: %w", room, err))
	}
	return nil
}
