package provisioner

import (
	"slices"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// noon is the time of every pure test.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func testRules(t testing.TB) Rules {
	t.Helper()
	texts, err := ParseTexts("", "", "")
	if err != nil {
		t.Fatal(err)
	}
	texts.NoteWell = "https://www.ietf.org/about/note-well/"
	return Rules{
		MUC:         "jabber.example.org",
		Self:        "roomctl@example.org",
		Datatracker: "https://datatracker.example.org",
		GroupTypes:  []string{"area", "dir", "review", "team"},
		GroupStates: []string{"active", "bof", "proposed", "dormant"},
		Fixed:       []string{"hallway"},
		Language:    "en",
		Logging:     LoggingRequired,
		Texts:       texts,
		Limits:      DefaultLimits(),
	}
}

// testSnapshot is a small Datatracker: three groups and one meeting, ten days
// ahead, with one session each for quic and the plenary.
func testSnapshot() *datatracker.Snapshot {
	start := noon.AddDate(0, 0, 10)
	return &datatracker.Snapshot{
		Time:        noon,
		DefaultChat: map[string]bool{"wg": true, "rg": true, "area": false},
		Groups: []datatracker.Group{
			{ID: 10, Acronym: "wit", Name: "Web and Internet Transport", Type: "area", State: "active"},
			{ID: 20, Acronym: "quic", Name: "QUIC", Type: "wg", State: "active", ParentID: 10},
			{ID: 30, Acronym: "cats", Name: "Computing-Aware Traffic Steering", Type: "wg", State: "bof", ParentID: 10},
		},
		Meetings: []datatracker.Meeting{{
			ID: 1, Number: "126", Type: "ietf", Date: start, Days: 7, TimeZone: "UTC", Current: true,
			Agenda: &datatracker.Agenda{Raw: []byte(`{"126": []}`), Sessions: []datatracker.AgendaSession{
				{SessionID: 100, Acronym: "quic", Name: "QUIC", Start: start, Duration: time.Hour, Status: "sched"},
				{SessionID: 101, Acronym: "ietf", Name: "IETF Plenary", Start: start.Add(time.Hour), Duration: time.Hour, Status: "sched"},
			}},
			Sessions: []datatracker.Session{
				{ID: 100, Type: "regular", GroupID: 20},
				{ID: 101, Type: "plenary", GroupID: 1},
			},
		}},
	}
}

// managedRoom is a room of ours that was verified an hour ago and is sound.
func managedRoom(name string, group int) registry.Room {
	return registry.Room{
		Name: name, GroupID: group, State: registry.Active, Origin: registry.Created, Configured: true,
		Subject:  "set",
		Since:    noon.AddDate(-1, 0, 0),
		Verified: registry.Verified{At: noon.Add(-time.Hour), Exists: true, Ours: true, Persistent: true, Public: true, Logged: true},
	}
}

func state(rooms ...registry.Room) *registry.State {
	s := &registry.State{Rooms: map[string]registry.Room{}, Intents: map[string]registry.Intent{}, Links: map[string]map[int]string{}}
	for _, r := range rooms {
		s.Rooms[r.Name] = r
	}
	return s
}

// asDesired is the room as a server would show it once a sync has been there.
func asDesired(want DesiredRoom, rules Rules) xmppadmin.Room {
	return xmppadmin.Room{
		Name: want.Name, Existence: xmppadmin.Present, Values: want.Values,
		Owners: append([]string{rules.Self}, rules.Owners...), Admins: slices.Clone(rules.Admins),
	}
}

func roomNames(d *Desired) []string {
	var names []string
	for _, r := range d.Rooms {
		names = append(names, r.Name)
	}
	return names
}
