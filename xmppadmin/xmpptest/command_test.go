package xmpptest

import (
	"strings"
	"testing"
)

// run executes a command in one go, with the form's fields in pairs.
func run(p *peer, node, about string, pairs ...string) *element {
	p.t.Helper()
	return p.ask("set", "localhost", "<command xmlns='"+nsCommands+"' node='"+node+"' action='execute'>"+submit(about, pairs...)+"</command>")
}

// outcome is what a command came to: the stanza error, or the error field, or
// the values of its result.
func outcome(e *element) string {
	if f := failure(e); f != "" {
		return f
	}
	cmd := e.child(nsCommands, "command")
	sub := readForm(cmd.child(nsData, "x"))
	for _, name := range sub.names {
		if name == "error" {
			return "error: " + sub.text(name)
		}
	}
	if len(sub.names) == 0 {
		return cmd.attr("status")
	}
	return sub.names[0] + ": " + sub.text(sub.names[0])
}

func TestAPICommands(t *testing.T) {
	const muc = "conference.localhost"
	var (
		room     = []string{"room", "quic", "service", muc}
		named    = []string{"name", "quic", "service", muc}
		creating = func(options string) []string {
			return []string{"room", "quic", "service", muc, "host", "localhost", "options", options}
		}
		with = func(base []string, more ...string) []string { return append(append([]string{}, base...), more...) }
	)
	tests := []struct {
		name   string
		exists bool
		node   string
		args   []string
		want   string
	}{
		{"a room is made", false, "create_room_with_opts", creating("persistent:true"), "res: 0"},
		{"an existing room is not made again", true, "create_room_with_opts", creating("persistent:true"), "error: Room already exists"},
		{"a colon in a value crashes", false, "create_room_with_opts", creating("description:see https://x"), "cancel/item-not-found: No hook has processed this command"},
		{"an empty value crashes", false, "create_room_with_opts", creating("title:"), "cancel/item-not-found: No hook has processed this command"},
		{"an unknown option is accepted", false, "create_room_with_opts", creating("nosuch:1"), "res: 0"},
		{"a bad affiliation is not", false, "create_room_with_opts", creating("affiliations:king=a@localhost"), "error: Invalid 'affiliation'"},
		{"an argument is missing", false, "create_room_with_opts", room, "error: Request have missing argument: host"},
		{"an argument of another command", true, "get_room_options", with(room, "jid", "y"), "error: Request have unknown arguments: jid"},
		{"an argument of none", true, "get_room_options", with(room, "x", "y"), "cancel/item-not-found: No hook has processed this command"},
		{"the old name of an argument still works", true, "destroy_room", named, "res: 0"},
		{"an option is changed, colons and all", true, "change_room_option", with(room, "option", "description", "value", "see https://x"), "res: 0"},
		{"an option that is none", true, "change_room_option", with(room, "option", "nosuch", "value", "1"), "error: internal_error"},
		{"an option of a missing room", false, "change_room_option", with(room, "option", "title", "value", "1"), "error: Room not found"},
		{"options of a missing room are one empty value", false, "get_room_options", room, "options: "},
		{"affiliations", true, "get_room_affiliations", named, "affiliations: chair : localhost : owner : "},
		{"affiliations want the old argument", true, "get_room_affiliations", room, "error: Request have missing argument: name"},
		{"affiliations without a room's name", true, "get_room_affiliations", []string{"service", muc}, "error: Request have missing argument: name"},
		{"affiliations of a missing room", false, "get_room_affiliations", named, "error: The room does not exist."},
		{"an affiliation is set", true, "set_room_affiliation", with(named, "jid", "a@localhost", "affiliation", "admin"), "res: 0"},
		{"no rooms are one empty value", false, "muc_online_rooms", []string{"service", muc}, "rooms: "},
		{"the rooms", true, "muc_online_rooms", []string{"service", muc}, "rooms: quic@" + muc},
		{"a missing room is not destroyed", false, "destroy_room", room, "error: Room doesn't exists"},
		{"a service that is none", true, "destroy_room", []string{"room", "quic", "service", "x.localhost"}, "error: Invalid value of 'service'"},
		{"a command that is none", true, "nosuch", nil, "cancel/item-not-found: No hook has processed this command"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, Options{Kind: Ejabberd})
			if test.exists {
				s.PutRoom(quic("chair@localhost"))
			}
			want(t, "outcome", outcome(run(admin(t, s), nodeAPI+test.node, "", test.args...)), test.want)
		})
	}
}

func TestAPICommandsKeepWhatTheyAreGiven(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	p := admin(t, s)
	run(p, nodeAPI+"create_room_with_opts", "", "room", "QUIC", "service", "conference.localhost", "host", "localhost",
		"options", "title:Quick\npersistent:true\npublic:true\nlogging:true\naffiliations:owner="+s.JID()+";admin=chair@example.org")
	r, _ := s.Room("quic")
	want(t, "title", r.Config[FieldName], "Quick")
	want(t, "logging", r.Config[FieldLogging], "1")
	want(t, "owners", strings.Join(r.Owners(), " "), s.JID())
	want(t, "admin", r.Affiliations["chair@example.org"], "admin")
	got := outcome(run(p, nodeAPI+"get_room_options", "", "room", "quic", "service", "conference.localhost"))
	for _, line := range []string{"title : Quick", "persistent : true", "logging : true", "anonymous : true", "max_users : 200"} {
		if !strings.Contains(got+"\n", line+"\n") {
			t.Errorf("no %q in %s", line, got)
		}
	}
	before := len(s.Rooms())
	want(t, "with FORM_TYPE", outcome(run(p, nodeAPI+"destroy_room", formAdmin, "room", "quic", "service", "conference.localhost")),
		"cancel/item-not-found: No hook has processed this command")
	want(t, "rooms", len(s.Rooms()), before)
}

func TestAPICommandsNeedRightsAndAServerThatHasThem(t *testing.T) {
	args := []string{"service", "conference.localhost"}
	p := user(t, start(t, Options{Kind: Ejabberd}), "other")
	want(t, "an ordinary account", outcome(run(p, nodeAPI+"muc_online_rooms", "", args...)),
		"error: AccessRules: Account does not have the right to perform the operation.")
	p = admin(t, start(t, Options{Kind: Ejabberd, NoAPICommands: true}))
	want(t, "an older ejabberd", outcome(run(p, nodeAPI+"muc_online_rooms", "", args...)),
		"cancel/item-not-found: No hook has processed this command")
	p = admin(t, start(t, Options{Kind: Ejabberd, NoLogging: true}))
	p.configure("quic", FieldPersistent, "1")
	want(t, "logging without the module", outcome(run(p, nodeAPI+"change_room_option", "", "room", "quic",
		"service", "conference.localhost", "option", "logging", "value", "true")), "res: 1")
}

func TestStagesOfACommand(t *testing.T) {
	const node = nodeAdmin + "announce"
	for kind, field := range map[Kind]string{Generic: "announcement", Ejabberd: "body"} {
		s := start(t, Options{Kind: kind})
		p, other := admin(t, s), user(t, s, "other")
		other.send("<presence/>")
		other.take()
		form := p.ask("set", "localhost", "<command xmlns='"+nsCommands+"' node='"+node+"'/>").child(nsCommands, "command")
		want(t, "first stage", form.attr("status"), "executing")
		sub := readForm(form.child(nsData, "x"))
		want(t, "fields", strings.Join(sub.names, " "), "subject "+field)
		done := p.ask("set", "localhost", "<command xmlns='"+nsCommands+"' node='"+node+"' action='complete' sessionid='"+
			form.attr("sessionid")+"'>"+submit(sub.about, "subject", "Note", field, "all welcome")+"</command>").child(nsCommands, "command")
		want(t, "second stage", done.attr("status"), "completed")
		want(t, "session", done.attr("sessionid"), form.attr("sessionid"))
		if m := other.next(); m.attr("type") != "headline" || m.child(nsClient, "body").text != "all welcome" {
			t.Errorf("the online user got %s", m)
		}
		canceled := p.ask("set", "localhost", "<command xmlns='"+nsCommands+"' node='"+node+"' action='cancel'/>")
		want(t, "canceled", canceled.child(nsCommands, "command").attr("status"), "canceled")
	}
}

func TestCommandsThatAreRefused(t *testing.T) {
	tests := []struct {
		kind    Kind
		refusal string
	}{
		{Generic, "auth/forbidden: You don't have permission to execute this command"},
		{Ejabberd, "auth/forbidden: Access denied by service policy"},
	}
	for _, test := range tests {
		s := start(t, Options{Kind: test.kind})
		want(t, "an ordinary account", outcome(run(user(t, s, "other"), nodeAdmin+"announce", "")), test.refusal)
		want(t, "a command that XEP-0133 does not have", outcome(run(admin(t, s), nodeAdmin+"create-room", "")), "cancel/service-unavailable")
	}
	p := admin(t, start(t, Options{}))
	reply := run(p, nodeAdmin+"announce", formAdmin, "subject", "x").child(nsCommands, "command")
	want(t, "status without the text", reply.attr("status"), "completed")
	want(t, "note", reply.child(nsCommands, "note").text, "announcement: Required value missing")
	p = admin(t, start(t, Options{Kind: Ejabberd}))
	want(t, "a command on the MUC service", failure(p.ask("set", "conference.localhost",
		"<command xmlns='"+nsCommands+"' node='"+nodeAdmin+"announce'/>")), "cancel/service-unavailable: No module is handling this query")
}

func TestCountsAndMessageOfTheDay(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		p := admin(t, s)
		user(t, s, "other")
		want(t, "online", outcome(p.ask("set", "localhost",
			"<command xmlns='"+nsCommands+"' node='"+nodeAdmin+"get-online-users-num'/>")), "onlineusersnum: 2")
	})
	s := start(t, Options{Kind: Ejabberd})
	p := admin(t, s)
	run(p, nodeAdmin+"set-motd", formAdmin, "body", "Note Well")
	other := user(t, s, "other")
	other.send("<presence/>")
	if got := other.take(); len(got) != 2 || !strings.Contains(got[1], "Note Well") {
		t.Errorf("on becoming available: %v", got)
	}
	run(p, nodeAdmin+"delete-motd", formAdmin, "confirm", "1")
	other.send("<presence/>")
	want(t, "messages once it is deleted", len(other.take()), 1)
}

func TestACommandDescribesItself(t *testing.T) {
	const query = "<query xmlns='" + nsInfo + "' node='" + nodeAPI + "muc_online_rooms'/>"
	s := start(t, Options{Kind: Ejabberd})
	id := admin(t, s).ask("get", "localhost", query).child(nsInfo, "query").child(nsInfo, "identity")
	want(t, "to the administrator", id.attr("category")+"/"+id.attr("type"), "automation/command-node")
	want(t, "to others", failure(user(t, s, "other").ask("get", "localhost", query)), "cancel/item-not-found")
}

func TestTheMessageOfTheDayIsEditedSilently(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	p := admin(t, s)
	p.send("<presence/>")
	p.take()
	run(p, nodeAdmin+"edit-motd", formAdmin, "body", "Note Well")
	want(t, "messages at once", len(p.take()), 0)
	p.send("<presence/>")
	want(t, "stanzas on becoming available", len(p.take()), 2)
}
