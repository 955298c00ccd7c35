package xmpptest

import (
	"slices"
	"strconv"
)

// Status codes of XEP-0045 section 15.6 for those who are sent out of a room.
const (
	StatusBanned       = 301
	StatusKicked       = 307
	StatusNoLonger     = 321 // a member, in a room for members only
	StatusMembersOnly  = 322 // the room became that
	StatusShuttingDown = 332 // the service does
)

// Expel sends an occupant out of a room, as a moderator, an owner or the service
// itself would; false when there is no such occupant.
func (s *Server) Expel(room, nick string, status int, reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[room]
	if r == nil || r.occupantNamed(nick) == nil {
		return false
	}
	t := &turn{s: s, stanza: el(nsClient, "presence")}
	t.expel(r, func(o Occupant) bool { return o.Nick == nick }, status, reason)
	t.deliver()
	return true
}

// SetSubject sets the subject of a room, as the occupant with that nick would;
// false when there is no such room.
func (s *Server) SetSubject(room, nick, subject string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[room]
	if r == nil {
		return false
	}
	t := &turn{s: s, stanza: el(nsClient, "message")}
	r.Subject, r.SubjectAuthor = subject, nick
	for _, o := range r.Occupants {
		t.send(o.client, t.subject(r, false))
	}
	t.deliver()
	return true
}

// expel sends occupants out (XEP-0045 sections 8.2, 9.1 and 9.4).
func (t *turn) expel(r *Room, out func(Occupant) bool, status int, reason string) {
	before := slices.Clone(r.Occupants)
	r.Occupants = slices.DeleteFunc(r.Occupants, out)
	for _, o := range before {
		if !out(o) {
			continue
		}
		t.farewell(r, o.client)
		t.send(o.client, t.expulsion(r, o, status, reason, 110))
		for _, other := range r.Occupants {
			t.send(other.client, t.expulsion(r, o, status, reason))
		}
	}
	if len(before) > 0 {
		t.endIfEmpty(r)
	}
}

func (t *turn) expulsion(r *Room, o Occupant, status int, reason string, more ...int) *element {
	item := el(nsMUCUser, "item").with("affiliation", r.affiliation(bareOf(o.JID))).with("role", "none")
	if reason != "" {
		item.add(el(nsMUCUser, "reason").say(reason))
	}
	x := el(nsMUCUser, "x", item)
	for _, code := range append(more, status) {
		x.add(el(nsMUCUser, "status").with("code", strconv.Itoa(code)))
	}
	return el(nsClient, "presence", x).with("from", t.roomJID(r)+"/"+o.Nick).with("type", "unavailable")
}

// kick answers a moderator who takes away a role (XEP-0045 section 8.2); nil:
// the occupant is out. Nobody kicks from outside. Other roles are not managed.
func (t *turn) kick(r *Room, item *element) *element {
	o := r.occupantNamed(item.attr("nick"))
	me := r.occupantOf(t.c)
	switch {
	case item.attr("role") != "none":
		return stanzaError("cancel", "feature-not-implemented", "")
	case o == nil:
		return stanzaError("cancel", "item-not-found", "")
	case me == nil || me.Role != "moderator" || o.Role == "moderator" && !t.owns(r):
		return t.notAllowed()
	}
	nick := o.Nick
	t.expel(r, func(o Occupant) bool { return o.Nick == nick }, StatusKicked, reasonOf(item))
	return nil
}

// enforce sends those out whom a change of affiliation or configuration leaves
// without a place: the banned, and strangers in a room for members.
func (t *turn) enforce(r *Room, stranger int, reason string) {
	t.expel(r, func(o Occupant) bool { return r.affiliation(bareOf(o.JID)) == "outcast" }, StatusBanned, reason)
	if r.on(FieldMembersOnly) {
		t.expel(r, func(o Occupant) bool {
			administers := o.client != nil && t.bypasses(o.client)
			return r.affiliation(bareOf(o.JID)) == "none" && !administers
		}, stranger, reason)
	}
}

func reasonOf(item *element) string {
	if e := item.child(nsMUCAdmin, "reason"); e != nil {
		return e.text
	}
	return ""
}
