package xmppadmin

import (
	"context"
	"fmt"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// What is done to a room by speaking, as errors name it.
const (
	settingSubject = "setting the subject of"
	saying         = "sending a message to"
)

// subjectSpeech and bodySpeech are what is to be spoken; whose occupant, or which
// room, it goes to is filled in later.
func subjectSpeech(text string) func(jid.JID) *request {
	return func(to jid.JID) *request { return groupchatRequest(to, "subject", text) }
}

func bodySpeech(text string) func(jid.JID) *request {
	return func(to jid.JID) *request { return groupchatRequest(to, "body", text) }
}

// speakAsOccupant sets the subject (XEP-0045 section 8.1) or says something
// (section 7.4) by joining, speaking and leaving in one write. Others see us come
// and go. doing names it in errors.
func (l *link) speakAsOccupant(ctx context.Context, room jid.JID, doing string, speech func(jid.JID) *request) error {
	occupant, err := l.occupant(room)
	if err != nil {
		return err
	}
	var e entry
	err = l.session.burst(ctx, joinRequest(occupant, &e), speech(occupant), leaveRequest(occupant))
	if err != nil {
		return notPermitted(fmt.Errorf("%s %s: %w", doing, room, err))
	}
	if e.Created {
		return fmt.Errorf("%s %s: the room was gone; it was made by joining, and is gone again", doing, room)
	}
	return nil
}

// speakFromOutside does so without joining, which ejabberd allows its
// administrators. A refusal would come back, success is silent, and rooms
// handle stanzas in order: once the room has answered the question sent behind
// the message, it has accepted the message.
func (l *link) speakFromOutside(ctx context.Context, room jid.JID, doing string, speech func(jid.JID) *request) error {
	message := speech(room)
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
		return notPermitted(fmt.Errorf("%s %s: %w", doing, room, err))
	}
	return nil
}
