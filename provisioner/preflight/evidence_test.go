package preflight

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// managedRoom is a room of ours, of a group, that was verified an hour ago.
func managedRoom(name string, group int) registry.Room {
	return registry.Room{
		Name: name, GroupID: group, State: registry.Active, Origin: registry.Created, Configured: true, Since: noon.AddDate(-1, 0, 0),
		Verified: registry.Verified{At: noon.Add(-time.Hour), Exists: true, Ours: true, Persistent: true, Public: true, Logged: true},
	}
}

// state is a registry with these rooms.
func state(rooms ...registry.Room) *registry.State {
	s := &registry.State{Rooms: map[string]registry.Room{}, Intents: map[string]registry.Intent{}}
	for _, r := range rooms {
		s.Rooms[r.Name] = r
	}
	return s
}

// readyEvidence is what a preflight finds of a meeting with one session, of
// quic, in which everything is as it should be.
func readyEvidence(t *testing.T) *evidence {
	t.Helper()
	rules := provisioner.Rules{MUC: "jabber.example.org", Self: "roomctl@example.org", Logging: provisioner.LoggingRequired}
	start := noon.AddDate(0, 0, 10)
	e := &evidence{
		rules: rules, known: state(managedRoom("quic", 20)), now: noon,
		meeting: datatracker.Meeting{
			Number: "126", Type: "ietf", Date: start, Days: 7, TimeZone: "UTC", Current: true,
			Agenda: &datatracker.Agenda{Sessions: []datatracker.AgendaSession{{SessionID: 100, Start: start, Duration: time.Hour}}},
		},
		sources:  []datatracker.Source{{Name: "IETF 126 agenda", Meeting: "126"}},
		sessions: []provisioner.SessionRoom{{ID: 100, Acronym: "quic", Name: "QUIC", Start: start, GroupID: 20, Room: "quic", Asks: true}},
		rooms: map[string]xmppadmin.Room{"quic": {
			Name: "quic", Existence: xmppadmin.Present, Owners: []string{rules.Self}, LogsURL: "https://logs.example.org/quic",
			Values: map[xmppadmin.Field]string{xmppadmin.FieldPersistent: "true", xmppadmin.FieldPublic: "true", xmppadmin.FieldLogging: "true"},
		}},
		visits: map[string]error{"quic": nil},
	}
	e.publish(t)
	return e
}

// publish publishes the meeting with the links of its sessions.
func (e *evidence) publish(t *testing.T) {
	t.Helper()
	var objects []string
	for _, s := range e.sessions {
		objects = append(objects, fmt.Sprintf(`{"objtype": "session", "session_id": %d, "start": %q}`, s.ID, s.Start.Format(time.RFC3339)))
	}
	e.meeting.Agenda.Raw = fmt.Appendf(nil, `{"126": [%s]}`, strings.Join(objects, ", "))
	dir := t.TempDir()
	tree, err := agenda.OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := agenda.Meeting{Number: "126", Title: "IETF 126", Agenda: e.meeting.Agenda.Raw}
	for _, s := range e.sessions {
		m.Sessions = append(m.Sessions, agenda.Session{ID: s.ID, Acronym: s.Acronym, Start: s.Start, Link: e.link(s)})
	}
	if _, err := agenda.Publish(tree, agenda.Publication{Site: agenda.Site{MUC: e.rules.MUC}, Meetings: []agenda.Meeting{m}}); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range []string{"agenda.json", "agenda.ics", "index.html"} {
		data, err := tree.Get("meeting/126/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files["meeting/126/"+name] = &fstest.MapFile{Data: data}
	}
	e.files = agenda.ReadPublished(files, "126", false)
}

// room changes what the server says about quic.
func (e *evidence) room(change func(*xmppadmin.Room)) {
	r := e.rooms["quic"]
	change(&r)
	e.rooms["quic"] = r
}

// registered changes what the registry says about quic.
func (e *evidence) registered(change func(*registry.Room)) {
	r := e.known.Rooms["quic"]
	change(&r)
	e.known.Rooms["quic"] = r
}

// refused is how a room turns a visitor away.
func refused(condition string) error {
	return fmt.Errorf("visiting quic: %w", &xmppadmin.StanzaError{Condition: condition})
}

// set makes the server say something about quic, unset nothing.
func (e *evidence) set(field xmppadmin.Field, value string) { e.rooms["quic"].Values[field] = value }
func (e *evidence) unset(field xmppadmin.Field)             { delete(e.rooms["quic"].Values, field) }
