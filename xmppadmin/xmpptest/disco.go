package xmpptest

import (
	"fmt"
	"strconv"
)

// info answers disco#info (XEP-0030 section 3).
func (t *turn) info(p *element, category, typ, name string, features []string, x *element) {
	q := el(nsInfo, "query").with("node", p.attr("node"))
	q.add(el(nsInfo, "identity").with("category", category).with("type", typ).with("name", name))
	for _, f := range features {
		q.add(el(nsInfo, "feature").with("var", f))
	}
	t.result(q.add(x))
}

// roomInfo is what a room says about itself (XEP-0045 section 6.4).
func (t *turn) roomInfo(r *Room, p *element) {
	choose := func(field, yes, no string) string {
		if r.on(field) {
			return yes
		}
		return no
	}
	features := []string{
		nsMUC, nsInfo, nsItems,
		choose(FieldPublic, "muc_public", "muc_hidden"),
		choose(FieldPersistent, "muc_persistent", "muc_temporary"),
		choose(FieldMembersOnly, "muc_membersonly", "muc_open"),
		choose(FieldModerated, "muc_moderated", "muc_unmoderated"),
	}
	whois, password := "muc_semianonymous", "muc_unsecured"
	if r.Config[FieldWhois] == "anyone" {
		whois = "muc_nonanonymous"
	}
	if t.needsPassword(r) {
		password = "muc_passwordprotected"
	}
	features = append(features, whois, password)
	if t.s.opts.Kind == Ejabberd {
		features = append(features, "vcard-temp", nsCommands)
		if r.on("mam") {
			features = append(features, "urn:xmpp:mam:2")
		}
	}
	t.info(p, "conference", "text", r.Config[FieldName], features, t.roomInfoForm(r))
}

// roomInfoForm is the extended information (XEP-0128, XEP-0045 section 16.5.4).
func (t *turn) roomInfoForm(r *Room) *element {
	text := func(name, value string) formField {
		return formField{name: name, kind: "text-single", values: []string{value}}
	}
	fields := []formField{formType("http://jabber.org/protocol/muc#roominfo")}
	// ejabberd sends the address only while logging is on; so does this one.
	if r.on(FieldLogging) && t.s.opts.LogsURL != "" {
		fields = append(fields, text("muc#roominfo_logs", t.s.opts.LogsURL+"/"+r.Name))
	}
	changeSubject := FieldChangeSubject // the name that Prosody uses
	if t.s.opts.Kind == Ejabberd {
		changeSubject = "muc#roominfo_changesubject"
	}
	fields = append(fields,
		text("muc#roominfo_occupants", strconv.Itoa(len(r.Occupants))),
		text(FieldName, r.Config[FieldName]),
		text("muc#roominfo_description", r.Config[FieldDescription]),
		formField{name: changeSubject, kind: "boolean", values: []string{r.Config[FieldChangeSubject]}},
		text("muc#roominfo_lang", r.Config[FieldLanguage]),
	)
	return form("result", "", fields...)
}

// roomItems lists the occupants; Prosody does not (XEP-0045 section 6.5).
func (t *turn) roomItems(r *Room, p *element) {
	q := el(nsItems, "query")
	if node := p.attr("node"); node != "" {
		t.fail("cancel", "item-not-found", "")
		return
	}
	if t.s.opts.Kind == Ejabberd {
		for _, o := range r.Occupants {
			q.add(el(nsItems, "item").with("jid", t.roomJID(r)+"/"+o.Nick).with("name", o.Nick))
		}
	}
	t.result(q)
}

// serviceItems lists the rooms of the service (XEP-0045 section 6.3).
func (t *turn) serviceItems(p *element) {
	if p.attr("node") != "" {
		// The MUC service of ejabberd has no commands to list.
		t.fail("cancel", "item-not-found", "")
		return
	}
	rooms := t.listed()
	q := el(nsItems, "query")
	set := p.child(nsRSM, "set")
	switch {
	case set != nil:
		var reply *element
		rooms, reply = t.page(rooms, set)
		q.add(reply) // before the items, as ejabberd does
	case t.s.opts.Kind == Ejabberd && len(rooms) > ejabberdPage:
		// max_rooms_discoitems: too many, so only those with somebody in them.
		rooms = occupied(rooms)
	}
	for _, r := range rooms {
		q.add(el(nsItems, "item").with("jid", t.roomJID(r)).with("name", t.itemName(r)))
	}
	t.result(q)
}

// listed are the rooms that the sender gets to see, sorted by name. Prosody
// never lists hidden rooms; ejabberd shows them to administrators.
func (t *turn) listed() []*Room {
	var list []*Room
	for _, name := range t.s.roomNames() {
		r := t.s.rooms[name]
		shown := r.on(FieldPublic) || (t.s.opts.Kind == Ejabberd && t.bypasses(t.c))
		if shown && !r.Destroyed && !r.Locked {
			list = append(list, r)
		}
	}
	return list
}

func occupied(rooms []*Room) []*Room {
	var list []*Room
	for _, r := range rooms {
		if len(r.Occupants) > 0 {
			list = append(list, r)
		}
	}
	return list
}

// itemName is a room's name in the list. ejabberd appends what it knows, so it
// cannot be taken for the name of the room.
func (t *turn) itemName(r *Room) string {
	if t.s.opts.Kind == Generic {
		return r.Config[FieldName]
	}
	name, private := r.Config[FieldName], ""
	if name == "" {
		name = r.Name
	}
	if !r.on(FieldPublic) {
		private = "private, "
	}
	return fmt.Sprintf("%s (%s%d)", name, private, len(r.Occupants))
}
