package xmpptest

import (
	"strconv"
)

// owner handles the owner's use cases of a room that exists (XEP-0045
// section 10): configuration and destruction.
func (t *turn) owner(r *Room, p *element) {
	if !t.owns(r) {
		text := "Only owners can configure rooms"
		if t.s.opts.Kind == Ejabberd {
			text = "Owner privileges required"
		}
		t.fail("auth", "forbidden", text)
		return
	}
	if t.stanza.attr("type") == "get" {
		t.result(el(nsMUCOwner, "query", t.s.configForm(r, t.fault.hide)))
		return
	}
	if d := p.child(nsMUCOwner, "destroy"); d != nil {
		t.destroy(r, d)
		return
	}
	x := p.child(nsData, "x")
	if x == nil {
		t.fail("modify", "bad-request", "")
		return
	}
	if x.attr("type") == "cancel" {
		t.cancelConfig(r)
		return
	}
	set, reply, silent := t.s.readConfig(readForm(x))
	switch {
	case silent:
	case reply != nil:
		t.failWith(reply)
	default:
		before := r.on(FieldLogging)
		t.store(r, set)
		r.Locked = false
		t.configured(r, len(set) > 0, before)
		t.enforce(r, StatusMembersOnly, "")
	}
}

// configured answers a configuration and tells the occupants (XEP-0045
// section 10.2.1). Prosody answers first, ejabberd last.
func (t *turn) configured(r *Room, changed, logged bool) {
	if t.s.opts.Kind == Generic {
		t.result(nil)
	}
	if changed {
		status := []int{104}
		switch now := r.on(FieldLogging); {
		case now && !logged:
			status = append(status, 170)
		case !now && logged:
			status = append(status, 171)
		}
		for _, o := range r.Occupants {
			x := el(nsMUCUser, "x")
			for _, code := range status {
				x.add(el(nsMUCUser, "status").with("code", strconv.Itoa(code)))
			}
			if t.s.opts.Kind == Ejabberd {
				t.send(o.client, t.ejabberdCaps(r))
			}
			t.send(o.client, el(nsClient, "message", x).with("from", t.roomJID(r)).with("type", "groupchat"))
		}
	}
	if t.s.opts.Kind == Ejabberd {
		t.result(nil)
	}
}

// cancelConfig: ejabberd destroys a reserved room as XEP-0045 section 10.1.3
// says. Prosody answers "result" and leaves it; it ends when its maker leaves.
func (t *turn) cancelConfig(r *Room) {
	if t.s.opts.Kind == Ejabberd && !r.on(FieldPersistent) {
		t.destroyed(r, el(nsMUCUser, "destroy"))
		delete(t.s.rooms, r.Name)
	}
	t.result(nil)
}

// destroy ends a room (XEP-0045 section 10.9).
func (t *turn) destroy(r *Room, d *element) {
	notice := el(nsMUCUser, "destroy").with("jid", d.attr("jid"))
	var reason string
	if e := d.child(nsMUCOwner, "reason"); e != nil {
		reason = e.text
		notice.add(el(nsMUCUser, "reason").say(reason))
	}
	t.destroyed(r, notice)
	t.bury(r, reason, d.attr("jid"))
	t.result(nil)
}

// bury removes a room, and leaves a tombstone where the service keeps them.
func (t *turn) bury(r *Room, reason, alternate string) {
	if t.s.opts.Kind == Generic && t.s.opts.Tombstones {
		t.s.rooms[r.Name] = &Room{
			Name: r.Name, Config: t.s.defaults(), Affiliations: map[string]string{},
			Destroyed: true, Reason: reason, Alternate: alternate,
		}
		return
	}
	delete(t.s.rooms, r.Name)
}

// destroyed sends everybody out.
func (t *turn) destroyed(r *Room, notice *element) {
	for _, o := range r.Occupants {
		x := el(nsMUCUser, "x", el(nsMUCUser, "item").with("affiliation", "none").with("role", "none"), notice)
		t.farewell(r, o.client)
		t.send(o.client, el(nsClient, "presence", x).with("from", t.roomJID(r)+"/"+o.Nick).with("type", "unavailable"))
	}
	r.Occupants = nil
}

// ejabberdOwner is ejabberd's owner protocol, which works on rooms that do not
// exist: a set creates and configures one without anybody joining, a get
// answers a form of defaults, destroying nothing succeeds.
func (t *turn) ejabberdOwner(r *Room, p *element) {
	if r != nil {
		t.owner(r, p)
		return
	}
	if !t.mayCreate() {
		t.denyCreation()
		return
	}
	name := t.to.Localpart()
	if t.stanza.attr("type") == "get" {
		// The room is started for the answer, and gone with it.
		t.owner(t.s.newRoom(name, t.c.bare), p)
		delete(t.s.rooms, name)
		return
	}
	if p.child(nsMUCOwner, "destroy") != nil {
		t.result(nil)
		return
	}
	made := t.s.newRoom(name, t.c.bare)
	made.neverJoined = true
	t.owner(made, p)
	if t.refused() {
		delete(t.s.rooms, name)
	}
}

// refused says whether the stanza at hand was answered with an error.
func (t *turn) refused() bool {
	for _, d := range t.out {
		if d.to == t.c && d.e.attr("type") == "error" {
			return true
		}
	}
	return false
}
