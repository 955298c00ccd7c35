package xmpptest

// room handles a stanza for a room or an occupant of it.
func (t *turn) room() {
	name := t.to.Localpart()
	r := t.s.rooms[name]
	if r != nil && r.Destroyed && !t.revives() {
		t.gone(r)
		return
	}
	switch t.stanza.name {
	case "presence":
		t.roomPresence(name, r)
	case "message":
		t.roomMessage(r)
	case "iq":
		t.roomIQ(r)
	}
}

// revives says whether the stanza may bring a destroyed room back: on Prosody
// only an administrator who joins does.
func (t *turn) revives() bool {
	return t.stanza.name == "presence" && t.stanza.attr("type") == "" && t.isAdmin()
}

// gone answers for a tombstone (XEP-0045 section 10.9, RFC 6120 section 8.3.3.5).
func (t *turn) gone(r *Room) {
	e := stanzaError("cancel", "gone", r.Reason)
	if r.Alternate != "" {
		e.first().say("xmpp:" + r.Alternate + "?join")
	}
	t.failWith(e)
}

func (t *turn) roomIQ(r *Room) {
	p := t.stanza.first()
	typ := t.stanza.attr("type")
	if typ == "result" || typ == "error" {
		return
	}
	if p == nil || (typ != "get" && typ != "set") {
		t.fail("modify", "bad-request", "")
		return
	}
	if p.space == nsMUCOwner && t.s.opts.Kind == Ejabberd {
		t.ejabberdOwner(r, p)
		return
	}
	if r == nil {
		t.noRoom()
		return
	}
	switch p.space {
	case nsInfo:
		t.roomInfo(r, p)
	case nsItems:
		t.roomItems(r, p)
	case nsMUCOwner:
		t.owner(r, p)
	case nsMUCAdmin:
		t.affiliations(r, p)
	case nsPing:
		t.selfPing(r)
	case nsCommands:
		t.roomCommand()
	default:
		t.fail("cancel", "service-unavailable", "")
	}
}

// noRoom answers for a room that does not exist.
func (t *turn) noRoom() {
	text := ""
	if t.s.opts.Kind == Ejabberd {
		text = "Conference room does not exist"
	}
	t.fail("cancel", "item-not-found", text)
}

// roomCommand: ejabberd rooms announce commands (for hats) and run none.
func (t *turn) roomCommand() {
	if t.s.opts.Kind == Ejabberd {
		t.fail("cancel", "item-not-found", "")
		return
	}
	t.fail("cancel", "service-unavailable", "")
}

// selfPing tells an occupant that it still is one (XEP-0410 section 3.1).
func (t *turn) selfPing(r *Room) {
	o := r.occupantOf(t.c)
	if o == nil || o.Nick != t.to.Resourcepart() {
		t.fail("cancel", "not-acceptable", "")
		return
	}
	t.result(nil)
}

// owns says whether the sender may do what owners may: it owns the room, or
// administers the service.
func (t *turn) owns(r *Room) bool {
	return r.affiliation(t.c.bare) == "owner" || t.bypasses(t.c)
}

// mayCreate says whether the sender may make rooms.
func (t *turn) mayCreate() bool { return t.isAdmin() || !t.s.opts.RestrictCreation }

// roomJID is the room's own address.
func (t *turn) roomJID(r *Room) string { return r.Name + "@" + t.s.opts.MUC }
