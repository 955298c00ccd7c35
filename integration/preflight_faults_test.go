//go:build integration

package integration

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// A plantedFault is one thing that somebody did, and what is to be found of it.
type plantedFault struct {
	name    string
	plant   func(room string, session int)
	cause   string
	do      string // in what to do
	warning bool   // no session is no-go for it
	meeting bool   // it is about no single session
}

// A field is where faults are planted.
type field struct {
	s           *stage
	admin       peer.Peer
	alice       peer.Peer
	do          func(what string, answers map[string]peer.Room, err error)
	oldCalendar []byte
	undos       []func()
}

// newField prepares the planting: the calendar of an agenda on which the first session that has a room to itself was
// somewhat later.
func newField(ctx context.Context, t testing.TB, s *stage) *field {
	t.Helper()
	f := &field{s: s, admin: peer.As(s.server, "roomctl"), alice: peer.As(s.server, "alice")}
	f.do = func(what string, answers map[string]peer.Room, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for room, r := range answers {
			if r.Error != "" {
				t.Fatalf("%s of %s: %s (%s)", what, room, r.Error, r.Text)
			}
		}
	}
	first := s.preflight(ctx, t, 0).expectGo(t).once()[0]
	f.oldCalendar = f.read(t, "meeting/113/agenda.ics")
	s.update(t, func(w *datatrackertest.World) {
		session := w.Session(first.ID)
		session.Start = session.Start.Add(-30 * time.Minute) // stays the first
	})
	s.run(ctx, t, "sync").expect(t, 0)
	return f
}

func (f *field) path(name string) string {
	return filepath.Join(f.s.Dir, "www", filepath.FromSlash(name))
}

func (f *field) read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(f.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (f *field) write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(f.path(name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// cut takes the one match of a pattern out of a published file.
func (f *field) cut(t testing.TB, name, pattern string) {
	t.Helper()
	data := f.read(t, name)
	found := regexp.MustCompile(pattern).FindSubmatchIndex(data)
	if found == nil {
		t.Fatalf("%s has no %s", name, pattern)
	}
	f.write(t, name, slices.Concat(data[:found[2]], data[found[3]:]))
}

// undo takes back what only the owners of rooms can.
func (f *field) undo() {
	for _, undo := range f.undos {
		undo()
	}
}

// configure sets one field of a room's form, and back when the planting is undone.
func (f *field) configure(ctx context.Context, room string, set, back map[string]string) {
	address := room + "@" + f.s.MUC
	answers, err := f.admin.Configure(ctx, set, address)
	f.do("configuring", answers, err)
	if back != nil {
		f.undos = append(f.undos, func() {
			answers, err := f.admin.Configure(ctx, back, address)
			f.do("configuring", answers, err)
		})
	}
}

// affiliate sets an affiliation in a room.
func (f *field) affiliate(ctx context.Context, as peer.Peer, room, jid, affiliation string) {
	answers, err := as.Affiliate(ctx, jid, affiliation, room+"@"+f.s.MUC)
	f.do("making "+jid+" "+affiliation, answers, err)
}

// disown takes a room from roomctl: on Prosody as another owner. On ejabberd only ejabberdctl can.
func (f *field) disown(ctx context.Context, t testing.TB, room string) {
	t.Helper()
	if f.s.server.Name != servers.Ejabberd26 {
		f.affiliate(ctx, f.alice, room, f.s.JID, "none")
		return
	}
	who := strings.Replace(f.s.JID, "@", " ", 1)
	if err := f.s.server.Script(ctx, "ejabberdctl --config-dir /srv set_room_affiliation "+room+" "+f.s.MUC+" "+who+" none"); err != nil {
		t.Fatal(err)
	}
}

// faults are what can be planted. The last one is of the first session.
func (f *field) faults(t testing.TB) []plantedFault {
	ctx := t.Context()
	const owners = "an owner of the room"
	set := func(set, back map[string]string) func(string, int) {
		return func(room string, _ int) { f.configure(ctx, room, set, back) }
	}
	faults := []plantedFault{
		{name: "a room destroyed behind our back", cause: "absent", do: "roomctl sync", plant: func(room string, _ int) {
			answers, err := f.admin.Destroy(ctx, "by mistake", room+"@"+f.s.MUC)
			f.do("destroying", answers, err)
		}},
		{name: "a room for members only", cause: "members-only", do: owners, plant: set(
			map[string]string{"muc#roomconfig_membersonly": "1"}, map[string]string{"muc#roomconfig_membersonly": "0"})},
		{name: "a room with a password", cause: "password", do: owners, plant: set(
			secret(f.s.server.Name, "sesame"), secret(f.s.server.Name, ""))},
		{name: "a hidden room", cause: "hidden", do: "roomctl sync", plant: set(map[string]string{"muc#roomconfig_publicroom": "0"}, nil)},
		{name: "a room without a log", cause: "unlogged", do: "roomctl sync", plant: set(map[string]string{loggingField(f.s.server.Name): "0"}, nil)},
		{name: "a moderated room", cause: "moderated", do: owners, warning: true, plant: set(
			moderation(f.s.server.Name, true), moderation(f.s.server.Name, false))},
		{name: "a room that was taken from us", cause: "lost", do: "roomctl rooms adopt ", plant: func(room string, _ int) {
			f.affiliate(ctx, f.admin, room, "alice@"+f.s.server.Domain, "owner")
			f.disown(ctx, t, room)
		}},
		{name: "the visitor banned from a room", cause: "refused", do: owners, plant: func(room string, _ int) {
			f.affiliate(ctx, f.admin, room, f.s.Visitor, "outcast")
			f.undos = append(f.undos, func() { f.affiliate(ctx, f.admin, room, f.s.Visitor, "none") })
		}},
		{name: "a link missing in agenda.json", cause: "agenda-link", do: "roomctl sync", plant: func(room string, _ int) {
			f.cut(t, "meeting/113/agenda.json", `("chat_room": ?"`+regexp.QuoteMeta(room)+`", ?)`)
		}},
		{name: "a link missing on the page", cause: "page-link", do: "roomctl sync", plant: func(_ string, session int) {
			f.cut(t, "meeting/113/index.html", `(?s)<tr id="row-`+strconv.Itoa(session)+`".*?(<li><a class="chat".*?</li>)`)
		}},
		{name: "an agenda changed since", cause: "outdated", do: "roomctl sync", meeting: true, plant: func(_ string, session int) {
			f.s.update(t, func(w *datatrackertest.World) { w.Session(session).Note = "Bring a towel" })
		}},
		{name: "an old calendar", cause: "calendar-link", do: "roomctl sync", plant: func(string, int) {
			f.write(t, "meeting/113/agenda.ics", f.oldCalendar)
		}},
	}
	// The older two let nobody take a room from an administrator of the service.
	if name := f.s.server.Name; name == servers.Prosody012 || name == servers.Ejabberd23 {
		faults = slices.DeleteFunc(faults, func(fault plantedFault) bool { return fault.cause == "lost" })
	}
	return faults
}

// secret are the fields that make a room want a password; "" takes it away.
func secret(name servers.Name, password string) map[string]string {
	fields := map[string]string{"muc#roomconfig_roomsecret": password}
	if name == servers.Ejabberd23 || name == servers.Ejabberd26 {
		fields["muc#roomconfig_passwordprotectedroom"] = "0"
		if password != "" {
			fields["muc#roomconfig_passwordprotectedroom"] = "1"
		}
	}
	return fields
}

// moderation are the fields that make a room moderated, so that newcomers have no voice, or open again.
func moderation(name servers.Name, moderated bool) map[string]string {
	yes, no := "1", "0"
	if !moderated {
		yes, no = no, yes
	}
	fields := map[string]string{"muc#roomconfig_moderatedroom": yes}
	if name == servers.Ejabberd23 || name == servers.Ejabberd26 {
		fields["members_by_default"] = no
	}
	return fields
}
