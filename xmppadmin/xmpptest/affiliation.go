package xmpptest

import (
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
)

// affiliations handles muc#admin lists (XEP-0045 section 9). Of roles, only
// that of one who is kicked is managed.
func (t *turn) affiliations(r *Room, p *element) {
	item := p.child(nsMUCAdmin, "item")
	if item == nil {
		t.fail("modify", "bad-request", "")
		return
	}
	if t.stanza.attr("type") == "get" {
		t.listAffiliations(r, item.attr("affiliation"))
		return
	}
	items := p.kids
	if t.s.opts.Kind == Generic {
		// Prosody looks at the first item and answers "result" for all.
		items = items[:1]
	}
	for _, item := range items {
		if e := t.affiliate(r, item); e != nil {
			t.failWith(e)
			return
		}
	}
	t.result(nil)
}

func (t *turn) listAffiliations(r *Room, affiliation string) {
	if !slices.Contains([]string{"owner", "admin", "member", "outcast"}, affiliation) {
		t.fail("modify", "bad-request", "")
		return
	}
	if !t.owns(r) && r.affiliation(t.c.bare) != "admin" {
		text := ""
		if t.s.opts.Kind == Ejabberd {
			text = "Administrator privileges required"
		}
		t.fail("auth", "forbidden", text)
		return
	}
	query := el(nsMUCAdmin, "query")
	for _, bare := range r.affiliated(affiliation) {
		item := el(nsMUCAdmin, "item").with("affiliation", affiliation).with("jid", bare)
		// Only ejabberd gives the reason back.
		if reason := r.Reasons[bare]; reason != "" && t.s.opts.Kind == Ejabberd {
			item.add(el(nsMUCAdmin, "reason").say(reason))
		}
		query.add(item)
	}
	t.result(query)
}

// affiliate changes one affiliation; the result is the error to answer with.
func (t *turn) affiliate(r *Room, item *element) *element {
	if item.attr("nick") != "" {
		return t.kick(r, item)
	}
	affiliation := item.attr("affiliation")
	who, err := jid.Parse(item.attr("jid"))
	if err != nil || item.attr("jid") == "" || !isAffiliation(affiliation) {
		return stanzaError("modify", "bad-request", "")
	}
	bare := who.Bare().String()
	if !t.mayAffiliate(r, bare, affiliation) {
		return t.notAllowed()
	}
	if bare == t.c.bare && r.affiliation(bare) == "owner" && affiliation != "owner" {
		// Neither server lets an administrator give up its ownership.
		if t.s.opts.Kind == Ejabberd {
			return t.notAllowed()
		}
		return stanzaError("modify", "not-acceptable", "")
	}
	reason := reasonOf(item)
	r.affiliate(bare, affiliation, reason)
	t.enforce(r, StatusNoLonger, reason)
	t.affiliated(r, bare, reason)
	return nil
}

func isAffiliation(a string) bool {
	return slices.Contains([]string{"owner", "admin", "member", "outcast", "none"}, a)
}

func (t *turn) notAllowed() *element {
	if t.s.opts.Kind == Ejabberd {
		return stanzaError("cancel", "not-allowed", "Changing role/affiliation is not allowed")
	}
	return stanzaError("cancel", "not-allowed", "")
}

// mayAffiliate: owners everything, admins what is below them (XEP-0045
// section 5.2.1).
func (t *turn) mayAffiliate(r *Room, bare, affiliation string) bool {
	if t.owns(r) {
		return true
	}
	above := func(a string) bool { return a == "owner" || a == "admin" }
	return r.affiliation(t.c.bare) == "admin" && !above(affiliation) && !above(r.affiliation(bare))
}

// affiliated tells the occupants about a change: by presence for one who is in
// the room, else by a message, which only ejabberd sends.
func (t *turn) affiliated(r *Room, bare, reason string) {
	present := false
	for i := range r.Occupants {
		o := &r.Occupants[i]
		if bareOf(o.JID) != bare {
			continue
		}
		present = true
		if a := r.affiliation(bare); a == "owner" || a == "admin" {
			o.Role = "moderator"
		}
		for _, other := range r.Occupants {
			if other.client != nil {
				t.send(other.client, t.presence(r, *o, other.client, ""))
			}
		}
	}
	if present || t.s.opts.Kind != Ejabberd {
		return
	}
	for _, o := range r.Occupants {
		item := el(nsMUCUser, "item").with("jid", bare).with("affiliation", r.affiliation(bare)).with("role", "none")
		if strings.TrimSpace(reason) != "" {
			item.add(el(nsMUCUser, "reason").say(reason))
		}
		t.send(o.client, el(nsClient, "message", el(nsMUCUser, "x", item)).with("from", t.roomJID(r)))
	}
}
