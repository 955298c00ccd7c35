package xmpptest

import "time"

// roomMessage handles messages to a room (XEP-0045 sections 7.4 and 8.1).
func (t *turn) roomMessage(r *Room) {
	switch {
	case t.stanza.attr("type") == "error":
		return
	case r == nil:
		t.noRoom()
		return
	case t.stanza.attr("type") != "groupchat":
		t.fail("cancel", "service-unavailable", "") // no private messages or invitations here
		return
	}
	nick, ok := t.speaker(r)
	if !ok {
		return
	}
	body := t.stanza.child(nsClient, "body")
	subject := t.stanza.child(nsClient, "subject")
	if subject != nil && body == nil && t.stanza.child(nsClient, "thread") == nil {
		if !t.maySetSubject(r) {
			t.fail("auth", "forbidden", "")
			return
		}
		if t.s.opts.Kind == Generic {
			t.prosodySubject(r, subject.text, nick)
			return
		}
		r.Subject, r.SubjectAuthor = subject.text, nick
	}
	if body != nil {
		r.Said = append(r.Said, Message{Nick: nick, Body: body.text})
	}
	for _, o := range r.Occupants {
		t.send(o.client, el(nsClient, "message", t.stanza.kids...).
			with("from", t.roomJID(r)+"/"+nick).with("type", "groupchat").with("id", t.stanza.attr("id")))
	}
}

// prosodySubject tells everybody of a subject in a message of its own, without
// the id of the one that set it, and nobody of one that is there already and
// bears that nick.
func (t *turn) prosodySubject(r *Room, text, nick string) {
	if r.Subject == text && r.SubjectAuthor == nick {
		return
	}
	r.Subject, r.SubjectAuthor = text, nick
	for _, o := range r.Occupants {
		t.send(o.client, t.subject(r, false))
	}
}

// subject is the message that tells the subject: to all when it changes, or to
// one who arrives (XEP-0045 section 7.2.15). Only Prosody says then that it is old.
func (t *turn) subject(r *Room, arriving bool) *element {
	m := el(nsClient, "message", el(nsClient, "subject").say(r.Subject)).with("from", t.roomJID(r)).with("type", "groupchat")
	if r.SubjectAuthor == "" {
		return m
	}
	m.with("from", t.roomJID(r)+"/"+r.SubjectAuthor)
	if arriving && t.s.opts.Kind == Generic {
		m.add(el("urn:xmpp:delay", "delay").with("from", t.roomJID(r)).with("stamp", time.Now().UTC().Format(time.RFC3339)))
	}
	return m
}

// speaker is the nickname under which the sender speaks; without one the
// refusal has been sent. ejabberd lets administrators speak from outside, under
// their localpart; Prosody wants everybody in the room.
func (t *turn) speaker(r *Room) (string, bool) {
	if o := r.occupantOf(t.c); o != nil {
		if o.Role == "visitor" && r.on(FieldModerated) {
			t.noVoice()
			return "", false
		}
		return o.Nick, true
	}
	if t.s.opts.Kind == Ejabberd {
		if t.bypasses(t.c) {
			return t.c.local(), true
		}
		t.fail("modify", "not-acceptable", "Only occupants are allowed to send messages to the conference")
		return "", false
	}
	t.fail("cancel", "not-acceptable", "You are not currently connected to this chat")
	return "", false
}

// noVoice refuses what a visitor says in a moderated room (XEP-0045 section 7.5).
func (t *turn) noVoice() {
	text := ""
	if t.s.opts.Kind == Ejabberd {
		text = "Visitors are not allowed to send messages to all occupants"
	}
	t.fail("auth", "forbidden", text)
}

func (t *turn) maySetSubject(r *Room) bool {
	o := r.occupantOf(t.c)
	return t.owns(r) || r.on(FieldChangeSubject) || (o != nil && o.Role == "moderator")
}
