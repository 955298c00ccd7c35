package xmpptest

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
	if subject := t.stanza.child(nsClient, "subject"); subject != nil && body == nil {
		if !t.maySetSubject(r) {
			t.fail("auth", "forbidden", "")
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
