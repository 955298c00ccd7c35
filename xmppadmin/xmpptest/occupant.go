package xmpptest

import (
	"crypto/rand"
	"slices"
	"strconv"
)

// maxConferences is ejabberd's default. Its administrators have no limit.
const maxConferences = 100

// roomPresence handles joins, leaves and changes of presence (XEP-0045
// section 7). r is nil when there is no such room.
func (t *turn) roomPresence(name string, r *Room) {
	switch t.stanza.attr("type") {
	case "":
	case "unavailable":
		if r == nil {
			return
		}
		if o := r.occupantOf(t.c); o != nil {
			t.depart(r, o)
		}
		return
	default:
		return
	}
	if t.to.Resourcepart() == "" {
		t.fail("modify", "jid-malformed", "")
		return
	}
	if t.inTooManyRooms(r) {
		t.fail("wait", "resource-constraint", "You have joined too many conferences")
		return
	}
	created := r == nil || r.Destroyed
	if created {
		if !t.mayCreate() {
			t.denyCreation()
			return
		}
		r = t.s.newRoom(name, t.c.bare)
		// ejabberd does not lock: others walk in before it is configured.
		r.Locked = t.s.opts.Kind == Generic
	} else if e := t.closedTo(r); e != nil {
		t.failWith(e)
		return
	}
	// ejabberd 23.01 gives status 201 to the first who joins, whoever made it.
	t.arrive(r, created || r.neverJoined)
	r.neverJoined = false
}

// inTooManyRooms says whether the sender's account is in as many rooms as
// ejabberd lets anybody be in (max_user_conferences), r not counted.
func (t *turn) inTooManyRooms(r *Room) bool {
	if t.s.opts.Kind != Ejabberd || t.bypasses(t.c) {
		return false
	}
	count := 0
	for _, other := range t.s.rooms {
		mine := func(o Occupant) bool { return o.client != nil && o.client.bare == t.c.bare }
		if other != r && slices.ContainsFunc(other.Occupants, mine) {
			count++
		}
	}
	return count >= maxConferences
}

// denyCreation: the words and conditions of Prosody and of ejabberd differ.
func (t *turn) denyCreation() {
	if t.s.opts.Kind == Ejabberd {
		t.fail("auth", "forbidden", "Room creation is denied by service policy")
		return
	}
	t.fail("cancel", "not-allowed", "Room creation is restricted")
}

// closedTo is why the sender may not join (XEP-0045 sections 7.2.4 to 7.2.9);
// nil when it may.
func (t *turn) closedTo(r *Room) *element {
	affiliation := r.affiliation(t.c.bare)
	var password string
	if p := t.stanza.child(nsMUC, "x").child(nsMUC, "password"); p != nil {
		password = p.text
	}
	other := r.occupantNamed(t.to.Resourcepart())
	switch {
	case affiliation == "outcast":
		return stanzaError("auth", "forbidden", "")
	case r.Locked && affiliation != "owner":
		return stanzaError("cancel", "item-not-found", "")
	case t.owns(r):
	case r.on(FieldMembersOnly) && affiliation == "none":
		return stanzaError("auth", "registration-required", "")
	case t.needsPassword(r) && password != r.Config[FieldPassword]:
		return stanzaError("auth", "not-authorized", "")
	}
	if other != nil && bareOf(other.JID) != t.c.bare {
		return stanzaError("cancel", "conflict", "")
	}
	return nil
}

// needsPassword: ejabberd has a switch beside the password, Prosody has not.
func (t *turn) needsPassword(r *Room) bool {
	if t.s.opts.Kind == Ejabberd {
		return r.on(FieldPasswordNeeded)
	}
	return r.Config[FieldPassword] != ""
}

// arrive makes the sender an occupant and sends what a new one gets, in the
// order that XEP-0045 section 7.1 wants: the others, itself, the subject. An
// account may be in the room more than once under one nick.
func (t *turn) arrive(r *Room, created bool) {
	r.Occupants = slices.DeleteFunc(r.Occupants, func(o Occupant) bool { return o.client == t.c })
	me := Occupant{Nick: t.to.Resourcepart(), JID: t.c.jid, Role: t.role(r), client: t.c}
	if t.s.opts.Kind == Ejabberd {
		t.send(t.c, t.ejabberdCaps(r))
	}
	for _, o := range r.Occupants {
		if o.Nick != me.Nick {
			t.send(t.c, t.presence(r, o, t.c, ""))
		}
	}
	r.Occupants = append(r.Occupants, me)
	var status []int
	if created {
		status = append(status, 201)
	}
	if r.on(FieldLogging) {
		status = append(status, 170)
	}
	for _, o := range r.Occupants {
		if o.client == t.c {
			t.send(t.c, t.presence(r, me, t.c, "", append(status, 110)...))
		} else {
			t.send(o.client, t.presence(r, me, o.client, "", t.toItself(me, o)...))
		}
	}
	if !t.fault.noSubject {
		t.send(t.c, t.subject(r, true))
	}
	if t.s.opts.Kind == Generic {
		// Prosody with mod_vcard_muc: presence of the room itself.
		t.send(t.c, el(nsClient, "presence", el("vcard-temp:x:update", "x", el("vcard-temp:x:update", "photo"))).
			with("from", t.roomJID(r)))
	}
}

// toItself is the status that says to an occupant that a presence is about
// itself: Prosody says so to all who share the nick, ejabberd only to the one
// client whose presence it is.
func (t *turn) toItself(about, viewer Occupant) []int {
	if about.client == viewer.client || about.Nick == viewer.Nick && t.s.opts.Kind == Generic {
		return []int{110}
	}
	return nil
}

// ejabberdCaps is the presence of the room itself that ejabberd sends ahead of
// everything else, and again whenever the configuration changes.
func (t *turn) ejabberdCaps(r *Room) *element {
	const nsCaps = "http://jabber.org/protocol/caps"
	c := el(nsCaps, "c").with("hash", "sha-1").with("node", "http://www.process-one.net/en/ejabberd/").
		with("ver", "94Y7MuW5ZbbekK4bo1R7KliKmS4=")
	return el(nsClient, "presence", c).with("from", t.roomJID(r)).with("id", rand.Text())
}

// role is what the sender is in the room on arrival (XEP-0045 section 5.1.2).
func (t *turn) role(r *Room) string {
	switch a := r.affiliation(t.c.bare); {
	case t.owns(r) || a == "admin":
		return "moderator"
	case a == "none" && t.silences(r):
		return "visitor"
	}
	return "participant"
}

// silences says whether a room lets newcomers in as visitors. ejabberd has a
// setting for that, whether the room is moderated or not.
func (t *turn) silences(r *Room) bool {
	if t.s.opts.Kind == Ejabberd {
		return !r.on(FieldVoiced)
	}
	return r.on(FieldModerated)
}

// presence is the presence of an occupant as one client sees it.
func (t *turn) presence(r *Room, o Occupant, to *client, typ string, status ...int) *element {
	affiliation := r.affiliation(bareOf(o.JID))
	if o.client != nil && t.bypasses(o.client) {
		affiliation = "owner" // that is how both servers show their administrators
	}
	item := el(nsMUCUser, "item").with("affiliation", affiliation).with("role", o.Role)
	viewer := r.occupantOf(to)
	if o.client == to || r.Config[FieldWhois] == "anyone" || (viewer != nil && viewer.Role == "moderator") {
		item.with("jid", o.JID)
	}
	x := el(nsMUCUser, "x", item)
	for _, code := range status {
		x.add(el(nsMUCUser, "status").with("code", strconv.Itoa(code)))
	}
	return el(nsClient, "presence", x).with("from", t.roomJID(r)+"/"+o.Nick).with("type", typ)
}

// bypasses says whether a client has the owner's rights everywhere.
func (t *turn) bypasses(c *client) bool {
	return c.bare == t.s.JID() && !t.s.opts.Denied && !t.s.opts.NoBypass
}

// depart takes an occupant out and tells everybody (XEP-0045 section 7.14).
// While the account stays under that nick with another client, the others see
// nothing of it on ejabberd, and on Prosody that it is still there. A temporary
// room ends with its last occupant.
func (t *turn) depart(r *Room, o *Occupant) {
	leaver := *o
	r.Occupants = slices.DeleteFunc(r.Occupants, func(x Occupant) bool { return x.client == leaver.client })
	stays := r.occupantNamed(leaver.Nick)
	if stays == nil || t.s.opts.Kind == Ejabberd {
		leaver.Role = "none"
	}
	t.farewell(r, leaver.client)
	t.send(leaver.client, t.presence(r, leaver, leaver.client, "unavailable", 110))
	for _, other := range r.Occupants {
		switch {
		case stays == nil:
			t.send(other.client, t.presence(r, leaver, other.client, "unavailable"))
		case t.s.opts.Kind == Generic:
			t.send(other.client, t.presence(r, *stays, other.client, "", t.toItself(*stays, other)...))
		}
	}
	t.endIfEmpty(r)
}

// farewell is what an ejabberd room says of itself to one who goes.
func (t *turn) farewell(r *Room, to *client) {
	if t.s.opts.Kind == Ejabberd {
		t.send(to, el(nsClient, "presence").with("from", t.roomJID(r)).with("type", "unavailable").with("id", rand.Text()))
	}
}

func (t *turn) endIfEmpty(r *Room) {
	if len(r.Occupants) == 0 && !r.on(FieldPersistent) {
		delete(t.s.rooms, r.Name)
	}
}
