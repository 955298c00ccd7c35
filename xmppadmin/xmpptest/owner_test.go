package xmpptest

import (
	"strings"
	"testing"
)

const (
	ownerQuery = "<query xmlns='" + nsMUCOwner + "'/>"
	destroyIt  = "<query xmlns='" + nsMUCOwner + "'><destroy jid='tls@conference.localhost'><reason>WG concluded</reason></destroy></query>"
)

// quic is a configured room of somebody.
func quic(owner string) Room {
	return Room{Name: "quic", Config: map[string]string{FieldPersistent: "1", FieldPublic: "1", FieldName: "QUIC"},
		Affiliations: map[string]string{owner: "owner"}}
}

func TestConfiguringARoomThatDoesNotExist(t *testing.T) {
	t.Run("Prosody refuses", func(t *testing.T) {
		s := start(t, Options{})
		p := admin(t, s)
		want(t, "set", failure(p.configure("quic", FieldPersistent, "1")), "cancel/item-not-found")
		want(t, "get", failure(p.ask("get", "quic@conference.localhost", ownerQuery)), "cancel/item-not-found")
		want(t, "destroy", failure(p.ask("set", "quic@conference.localhost", destroyIt)), "cancel/item-not-found")
	})
	t.Run("ejabberd makes it", func(t *testing.T) {
		s := start(t, Options{Kind: Ejabberd})
		p := admin(t, s)
		want(t, "destroying nothing", failure(p.ask("set", "quic@conference.localhost", destroyIt)), "")
		want(t, "get", failure(p.ask("get", "quic@conference.localhost", ownerQuery)), "")
		want(t, "rooms after a get", len(s.Rooms()), 0)
		want(t, "a bad set", failure(p.configure("quic", FieldPersistent, "maybe")),
			"modify/bad-request: Bad value of field 'muc#roomconfig_persistentroom' of type '"+formRoomConfig+"'")
		want(t, "rooms after a bad set", len(s.Rooms()), 0)
		want(t, "set", failure(p.configure("quic", FieldPersistent, "1", FieldLogging, "1")), "")
		r, _ := s.Room("quic")
		want(t, "owners", strings.Join(r.Owners(), " "), s.JID())
		want(t, "persistent", r.Config[FieldPersistent], "1")
		want(t, "logging", r.Config[FieldLogging], "1")
		want(t, "occupants", len(r.Occupants), 0)
	})
}

func TestSubmittedValues(t *testing.T) {
	tests := []struct {
		name    string
		kind    Kind
		options Options
		about   string
		field   string
		submit  string
		stored  string
		refusal string
	}{
		{name: "text with markup and accents", field: FieldDescription, submit: "desc <x> & é ☃: https://x", stored: "desc <x> & é ☃: https://x"},
		{name: "an empty text", field: FieldName, submit: "", stored: ""},
		{name: "a boolean in letters", field: FieldPublic, submit: "true", stored: "1"},
		{name: "several values", field: "muc#roomconfig_presencebroadcast", submit: "moderator\nvisitor", stored: "moderator\nvisitor"},
		{name: "Prosody overlooks a bad boolean", field: FieldPublic, submit: "maybe", stored: "0"},
		{name: "Prosody overlooks an unknown field", field: "muc#roomconfig_nosuch", submit: "1", stored: ""},
		{name: "Prosody minds the form type", about: "urn:other", field: FieldPublic, submit: "1", stored: "0",
			refusal: "cancel/bad-request: Form is not of type room configuration"},
		{name: "a service without logging overlooks it", options: Options{NoLogging: true}, field: FieldLogging, submit: "1", stored: ""},
		{name: "ejabberd names an unknown field", kind: Ejabberd, field: "muc#roomconfig_nosuch", submit: "1", stored: "",
			refusal: "modify/bad-request: Unknown field 'muc#roomconfig_nosuch' of type '" + formRoomConfig + "'"},
		{name: "ejabberd names a bad value", kind: Ejabberd, field: FieldWhois, submit: "bogus", stored: "moderators",
			refusal: "modify/bad-request: Bad value of field 'muc#roomconfig_whois' of type '" + formRoomConfig + "'"},
		{name: "ejabberd minds the form type", kind: Ejabberd, about: "urn:other", field: FieldPublic, submit: "0", stored: "1",
			refusal: "modify/bad-request: FORM_TYPE doesn't match 'urn:other'"},
		{name: "ejabberd clamps the number of users", kind: Ejabberd, field: FieldMaxUsers, submit: "99999", stored: "200"},
		{name: "ejabberd without logging refuses the form", kind: Ejabberd, options: Options{NoLogging: true}, field: FieldLogging,
			submit: "1", stored: "", refusal: "modify/not-acceptable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.options.Kind = test.kind
			s := start(t, test.options)
			s.PutRoom(Room{Name: "quic"})
			about := test.about
			if about == "" {
				about = formRoomConfig
			}
			reply := admin(t, s).ask("set", "quic@conference.localhost",
				"<query xmlns='"+nsMUCOwner+"'>"+submit(about, test.field, test.submit)+"</query>")
			want(t, "refusal", failure(reply), test.refusal)
			r, _ := s.Room("quic")
			want(t, "stored", r.Config[test.field], test.stored)
		})
	}
}

func TestABadWhoisIsNeverAnswered(t *testing.T) {
	s := start(t, Options{})
	s.PutRoom(quic(s.JID()))
	p := admin(t, s)
	p.request("set", "quic@conference.localhost", "<query xmlns='"+nsMUCOwner+"'>"+submit(formRoomConfig, FieldWhois, "bogus")+"</query>")
	want(t, "answers", len(p.take()), 0)
}

func TestTheFormSaysWhatIsStored(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		r := quic(s.JID())
		r.Config[FieldDescription] = "one & only"
		s.PutRoom(r)
		x := admin(t, s).ask("get", "quic@conference.localhost", ownerQuery).child(nsMUCOwner, "query").child(nsData, "x")
		got := readForm(x)
		want(t, "form type", got.about, formRoomConfig)
		want(t, "name", got.text(FieldName), "QUIC")
		want(t, "description", got.text(FieldDescription), "one & only")
		want(t, "persistent", got.text(FieldPersistent), "1")
		want(t, "logging", got.text(FieldLogging), "0")
	})
}

func TestCancellingTheConfiguration(t *testing.T) {
	for kind, left := range map[Kind]int{Generic: 1, Ejabberd: 0} {
		s := start(t, Options{Kind: kind})
		p := admin(t, s)
		p.join("quic", "bot")
		reply := p.ask("set", "quic@conference.localhost", "<query xmlns='"+nsMUCOwner+"'><x xmlns='jabber:x:data' type='cancel'/></query>")
		want(t, "reply", reply.attr("type"), "result")
		want(t, "rooms left", len(s.Rooms()), left)
		p.send("<presence to='quic@conference.localhost/bot' type='unavailable'/>")
		p.sync()
		want(t, "rooms left after leaving", len(s.Rooms()), 0)
	}
}

func TestOnlyOwnersMay(t *testing.T) {
	texts := map[Kind]string{Generic: "Only owners can configure rooms", Ejabberd: "Owner privileges required"}
	for kind, text := range texts {
		for _, test := range []struct {
			name    string
			options Options
			allowed bool
		}{
			{"an administrator by default", Options{}, true},
			{"an administrator of Prosody 13", Options{NoBypass: true}, false},
			{"an ordinary account", Options{Denied: true}, false},
		} {
			test.options.Kind = kind
			s := start(t, test.options)
			s.PutRoom(quic("chair@localhost"))
			p := admin(t, s)
			refusal := "auth/forbidden: " + text
			if test.allowed {
				refusal = ""
			}
			want(t, test.name+" reads", failure(p.ask("get", "quic@conference.localhost", ownerQuery)), refusal)
			want(t, test.name+" configures", failure(p.configure("quic", FieldName, "x")), refusal)
			want(t, test.name+" destroys", failure(p.ask("set", "quic@conference.localhost", destroyIt)), refusal)
			_, left := s.Room("quic")
			want(t, test.name+" leaves the room", left, !test.allowed)
		}
	}
}

func TestDestroying(t *testing.T) {
	const info = "<query xmlns='" + nsInfo + "'/>"
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(quic(s.JID()))
		p, other := admin(t, s), user(t, s, "other")
		other.join("quic", "u")
		other.take()
		want(t, "destroying", failure(p.ask("set", "quic@conference.localhost", destroyIt)), "")
		if told := strings.Join(other.take(), ""); !strings.Contains(told, "<destroy jid='tls@conference.localhost'><reason>WG concluded") {
			t.Errorf("the occupant was told %s", told)
		}
		if got := failure(p.ask("get", "quic@conference.localhost", info)); !strings.HasPrefix(got, "cancel/item-not-found") {
			t.Errorf("disco#info afterwards: %s", got)
		}
	})
	t.Run("with a tombstone", func(t *testing.T) {
		s := start(t, Options{Tombstones: true})
		s.PutRoom(quic(s.JID()))
		p, other := admin(t, s), user(t, s, "other")
		p.ask("set", "quic@conference.localhost", destroyIt)
		reply := p.ask("get", "quic@conference.localhost", info)
		want(t, "disco#info", failure(reply), "cancel/gone: WG concluded")
		want(t, "alternate", reply.child(nsClient, "error").first().text, "xmpp:tls@conference.localhost?join")
		want(t, "owner form", failure(p.ask("get", "quic@conference.localhost", ownerQuery)), "cancel/gone: WG concluded")
		want(t, "a join of anybody", failure(other.join("quic", "u")), "cancel/gone: WG concluded")
		items := p.ask("get", "conference.localhost", "<query xmlns='"+nsItems+"'/>")
		want(t, "listed", len(items.child(nsItems, "query").kids), 0)
		if e := p.join("quic", "bot"); !strings.Contains(e.String(), "code='201'") {
			t.Errorf("an administrator's join: %s", e)
		}
	})
}

func TestAffiliationLists(t *testing.T) {
	list := func(p *peer, affiliation string) string {
		var got []string
		reply := p.ask("get", "quic@conference.localhost", "<query xmlns='"+nsMUCAdmin+"'><item affiliation='"+affiliation+"'/></query>")
		if f := failure(reply); f != "" {
			return f
		}
		for _, item := range reply.child(nsMUCAdmin, "query").kids {
			s := item.attr("jid")
			if r := item.child(nsMUCAdmin, "reason"); r != nil {
				s += " (" + r.text + ")"
			}
			got = append(got, s)
		}
		return strings.Join(got, " ")
	}
	set := func(p *peer, items string) string {
		return failure(p.ask("set", "quic@conference.localhost", "<query xmlns='"+nsMUCAdmin+"'>"+items+"</query>"))
	}
	const two = "<item jid='Chair@example.org/home' affiliation='owner'><reason>chair</reason></item><item jid='b@example.org' affiliation='admin'/>"

	t.Run("Prosody takes the first item only", func(t *testing.T) {
		s := start(t, Options{})
		s.PutRoom(quic(s.JID()))
		p := admin(t, s)
		want(t, "two items", set(p, two), "")
		want(t, "owners", list(p, "owner"), "chair@example.org "+s.JID())
		want(t, "admins", list(p, "admin"), "")
		want(t, "giving up ownership", set(p, "<item jid='"+s.JID()+"' affiliation='none'/>"), "modify/not-acceptable")
	})
	t.Run("ejabberd takes all, with reasons", func(t *testing.T) {
		s := start(t, Options{Kind: Ejabberd})
		s.PutRoom(quic(s.JID()))
		p := admin(t, s)
		want(t, "two items", set(p, two), "")
		want(t, "owners", list(p, "owner"), "chair@example.org (chair) "+s.JID())
		want(t, "admins", list(p, "admin"), "b@example.org")
		want(t, "giving up ownership", set(p, "<item jid='"+s.JID()+"' affiliation='none'/>"),
			"cancel/not-allowed: Changing role/affiliation is not allowed")
	})
	t.Run("strangers see and change nothing", func(t *testing.T) {
		s := start(t, Options{})
		s.PutRoom(quic(s.JID()))
		p := user(t, s, "other")
		want(t, "owners", list(p, "owner"), "auth/forbidden")
		want(t, "making itself owner", set(p, "<item jid='other@localhost' affiliation='owner'/>"), "cancel/not-allowed")
	})
	t.Run("admins change members only", func(t *testing.T) {
		s := start(t, Options{})
		r := quic(s.JID())
		r.Affiliations["other@localhost"] = "admin"
		s.PutRoom(r)
		p := user(t, s, "other")
		want(t, "a member", set(p, "<item jid='m@localhost' affiliation='member'/>"), "")
		want(t, "an owner", set(p, "<item jid='"+s.JID()+"' affiliation='none'/>"), "cancel/not-allowed")
	})
	t.Run("a room that does not exist", func(t *testing.T) {
		s := start(t, Options{Kind: Ejabberd})
		want(t, "owners", list(admin(t, s), "owner"), "cancel/item-not-found: Conference room does not exist")
		want(t, "rooms", len(s.Rooms()), 0)
	})
}
