package xmpptest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fill makes n public rooms, room000 and so on.
func fill(s *Server, n int) {
	for i := range n {
		s.PutRoom(Room{Name: fmt.Sprintf("room%03d", i), Config: map[string]string{FieldPublic: "1", FieldPersistent: "1"}})
	}
}

// list asks for one answer of disco#items and returns names and set.
func list(p *peer, set string) (names []string, reply *element) {
	p.t.Helper()
	q := p.ask("get", "conference.localhost", "<query xmlns='"+nsItems+"'>"+set+"</query>").child(nsItems, "query")
	for _, k := range q.kids {
		if k.name == "item" {
			name, _, _ := strings.Cut(k.attr("jid"), "@")
			names = append(names, name)
		}
	}
	return names, q.child(nsRSM, "set")
}

// listAll pages through the whole list.
func listAll(p *peer, limit int) []string {
	p.t.Helper()
	var all []string
	after := ""
	for range 100 {
		names, set := list(p, fmt.Sprintf("<set xmlns='%s'><max>%d</max>%s</set>", nsRSM, limit, after))
		all = append(all, names...)
		last := set.child(nsRSM, "last")
		if last == nil {
			return all
		}
		after = "<after>" + last.text + "</after>"
	}
	p.t.Fatal("the list does not end")
	return nil
}

func TestListingWithoutPages(t *testing.T) {
	tests := []struct {
		name  string
		kind  Kind
		rooms int
		want  int
	}{
		{"Prosody lists everything", Generic, 150, 150},
		{"ejabberd lists up to a hundred", Ejabberd, 100, 100},
		{"ejabberd lists none of more", Ejabberd, 101, 0},
	}
	for _, test := range tests {
		s := start(t, Options{Kind: test.kind})
		fill(s, test.rooms)
		names, _ := list(admin(t, s), "")
		want(t, test.name, len(names), test.want)
	}
	s := start(t, Options{Kind: Ejabberd})
	fill(s, 101)
	p := admin(t, s)
	p.join("room007", "bot")
	names, _ := list(p, "")
	want(t, "ejabberd lists those with somebody in them", strings.Join(names, " "), "room007")
}

func TestListingWithPages(t *testing.T) {
	tests := []struct {
		kind               Kind
		rooms, limit, want int
	}{
		{Generic, 120, 50, 120},
		{Generic, 120, 200, 120},
		{Ejabberd, 506, 50, 506},
		{Ejabberd, 506, 100, 506},
		// Longer pages lose rooms: figures measured on ejabberd 23.01.
		{Ejabberd, 506, 200, 300},
		{Ejabberd, 507, 101, 502},
	}
	for _, test := range tests {
		s := start(t, Options{Kind: test.kind})
		fill(s, test.rooms)
		got := listAll(admin(t, s), test.limit)
		want(t, fmt.Sprintf("kind %d, %d rooms, pages of %d", test.kind, test.rooms, test.limit), len(got), test.want)
		want(t, "without repeats", len(slices.Compact(slices.Sorted(slices.Values(got)))), test.want)
	}
	s := start(t, Options{})
	fill(s, 7)
	p := admin(t, s)
	names, set := list(p, "<set xmlns='"+nsRSM+"'><max>3</max><before/></set>")
	want(t, "the last page", strings.Join(names, " "), "room004 room005 room006")
	want(t, "its first", set.child(nsRSM, "first").attr("index"), "4")
	names, set = list(p, "<set xmlns='"+nsRSM+"'><max>0</max></set>")
	want(t, "only the count", len(names), 0)
	want(t, "the count", set.child(nsRSM, "count").text, "7")
}

func TestHiddenRoomsAndNames(t *testing.T) {
	names := func(p *peer) string {
		q := p.ask("get", "conference.localhost", "<query xmlns='"+nsItems+"'/>").child(nsItems, "query")
		var got []string
		for _, k := range q.kids {
			got = append(got, k.attr("name"))
		}
		return strings.Join(got, "; ")
	}
	tests := []struct {
		kind          Kind
		admin, others string
	}{
		{Generic, "Shown", "Shown"},
		{Ejabberd, "Hidden (private, 0); Shown (1)", "Shown (1)"},
	}
	for _, test := range tests {
		s := start(t, Options{Kind: test.kind})
		s.PutRoom(Room{Name: "a", Config: map[string]string{FieldName: "Hidden", FieldPublic: "0"}})
		s.PutRoom(Room{Name: "b", Config: map[string]string{FieldName: "Shown", FieldPublic: "1"},
			Occupants: []Occupant{{Nick: "u", JID: "u@localhost/r"}}})
		want(t, "to the administrator", names(admin(t, s)), test.admin)
		want(t, "to others", names(user(t, s, "other")), test.others)
	}
}

func TestWhatARoomSaysAboutItself(t *testing.T) {
	anyKind(t, Options{LogsURL: "http://localhost/muclogs"}, func(t *testing.T, s *Server) {
		s.PutRoom(Room{Name: "quic", Config: map[string]string{FieldName: "QUIC", FieldDescription: "a: b", FieldPersistent: "1",
			FieldPublic: "1", FieldModerated: "1", FieldMembersOnly: "1", FieldPassword: "x", FieldPasswordNeeded: "1"}})
		p := admin(t, s)
		info := func() (string, submission) {
			q := p.ask("get", "quic@conference.localhost", "<query xmlns='"+nsInfo+"'/>").child(nsInfo, "query")
			want(t, "name", q.child(nsInfo, "identity").attr("name"), "QUIC")
			return q.String(), readForm(q.child(nsData, "x"))
		}
		text, form := info()
		for _, f := range []string{"muc_persistent", "muc_public", "muc_moderated", "muc_membersonly", "muc_passwordprotected", "muc_semianonymous"} {
			if !strings.Contains(text, "<feature var='"+f+"'/>") {
				t.Errorf("feature %s is missing", f)
			}
		}
		want(t, "description", form.text("muc#roominfo_description"), "a: b")
		want(t, "occupants", form.text("muc#roominfo_occupants"), "0")
		want(t, "logs", form.text("muc#roominfo_logs"), "")
		s.Edit("quic", func(r *Room) { r.Config[FieldLogging] = "1" })
		_, form = info()
		want(t, "logs", form.text("muc#roominfo_logs"), "http://localhost/muclogs/quic")
	})
}

func TestHostAndService(t *testing.T) {
	s := start(t, Options{Kind: Ejabberd})
	p, other := admin(t, s), user(t, s, "other")
	q := p.ask("get", "localhost", "<query xmlns='"+nsItems+"'/>").child(nsItems, "query")
	want(t, "the host's services", q.kids[0].attr("jid"), "conference.localhost")
	for _, to := range []string{"localhost", "conference.localhost"} {
		v := p.ask("get", to, "<query xmlns='"+nsVersion+"'/>").child(nsVersion, "query")
		want(t, "software", v.child(nsVersion, "name").text, "ejabberd")
		want(t, "version", v.child(nsVersion, "version").text, "26.07")
	}
	id := p.ask("get", "conference.localhost", "<query xmlns='"+nsInfo+"'/>").child(nsInfo, "query").child(nsInfo, "identity")
	want(t, "the service", id.attr("category")+"/"+id.attr("type"), "conference/text")
	want(t, "commands of the MUC service", failure(p.ask("get", "conference.localhost",
		"<query xmlns='"+nsItems+"' node='"+nsCommands+"'/>")), "cancel/item-not-found")

	const commands = "<query xmlns='" + nsItems + "' node='" + nsCommands + "'/>"
	mine := p.ask("get", "localhost", commands).child(nsItems, "query").kids
	if !slices.ContainsFunc(mine, func(e *element) bool { return e.attr("node") == "api-commands/create_room_with_opts" }) {
		t.Error("the administrator does not see the commands for rooms")
	}
	want(t, "commands shown to others", len(other.ask("get", "localhost", commands).child(nsItems, "query").kids), 0)
	want(t, "an unknown query", failure(p.ask("get", "localhost", "<query xmlns='urn:other'/>")), "cancel/service-unavailable")
	want(t, "an IQ without payload", failure(p.ask("get", "localhost", "")), "modify/bad-request")
}
