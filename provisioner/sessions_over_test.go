package provisioner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// TestASessionThatIsOverStaysWhereItWas renames quic to quick in the middle of the
// meeting: the agenda keeps the acronym of the meeting's first day. What was said in
// a session stands in the log of the room that it was linked to.
func TestASessionThatIsOverStaysWhereItWas(t *testing.T) {
	for _, test := range []struct {
		name   string
		now    time.Duration // since the meeting began
		linked string
		retire bool // the old room, meanwhile
		want   string
	}{
		{"a coming session goes to the new room", -time.Hour, "quic", false, "quick"},
		{"one that was held before the rename stays with the old one", 90 * time.Minute, "quic", false, "quic"},
		{"whether or not that is retired", 90 * time.Minute, "quic", true, "quic"},
		{"one that was held after the rename stays with the new one when the meeting is over", 30 * time.Hour, "quick", false, "quick"},
		{"one that was held before it stays with the old one when the meeting is over", 30 * time.Hour, "quic", false, "quic"},
		{"another group's room is no place to stay", 90 * time.Minute, "cats", false, "quick"},
	} {
		t.Run(test.name, func(t *testing.T) {
			snap, rules := testSnapshot(), testRules(t)
			snap.Groups[1].Acronym = "quick"
			snap.Time = snap.Meetings[0].Date.Add(test.now)
			end := snap.Meetings[0].Date.Add(24 * time.Hour) // a last session keeps the meeting going for a day
			snap.Meetings[0].Agenda.Sessions = append(snap.Meetings[0].Agenda.Sessions,
				datatracker.AgendaSession{SessionID: 102, Acronym: "cats", Start: end, Duration: time.Hour, Status: "sched"})
			snap.Meetings[0].Sessions = append(snap.Meetings[0].Sessions, datatracker.Session{ID: 102, Type: "regular", GroupID: 30})
			known := state(managedRoom("quic", 20), managedRoom("quick", 20), managedRoom("cats", 30))
			for name, room := range known.Rooms {
				room.Verified.At = snap.Time
				if name == "quic" && test.retire {
					room.State = registry.Retired
				}
				known.Rooms[name] = room
			}
			known.Links["126"] = map[int]string{100: test.linked}

			d := Desire(snap, known, rules)
			i := slices.IndexFunc(d.Meetings[0].Sessions, func(s SessionRoom) bool { return s.ID == 100 })
			if got := d.Meetings[0].Sessions[i].Room; got != test.want {
				t.Errorf("the session's room is %q, want %q", got, test.want)
			}
			kept := d.Meetings[0].Sessions[i]
			e := &explainer{snap: snap, known: known, rules: rules, desired: d}
			told := e.rule(snap.Meetings[0], kept, snap.Meetings[0].Sessions[0], true)
			if says := strings.HasPrefix(told, "it stays where it is linked: it is over"); says != kept.Kept {
				t.Errorf("it is told that %s", told)
			}
			if link := linkSessions(d.Meetings[0], known, rules, nil, snap.Time).Links[100]; link != test.want {
				t.Errorf("it is linked to %q, want %q", link, test.want)
			}
			// A session that is over keeps no room in service.
			old, _ := d.Room("quic")
			if old.State != registry.Retired || old.Successor != "quick" {
				t.Errorf("the old room is to be %s, with successor %q", old.State, old.Successor)
			}
		})
	}
}
