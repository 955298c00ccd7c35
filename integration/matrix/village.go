package matrix

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/provisioner"
)

// beforeTheMeeting is when the tests begin: ten days before IETF 113.
var beforeTheMeeting = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// A village is a house in a small world: a few groups, IETF 113 with their sessions and many canceled ones, so that lists
// are long enough for the guards, and interims.
type village struct {
	house   *house.House
	suffix  string    // of all its rooms
	frozen  bool      // what can wait does so: a meeting is near
	meeting time.Time // when IETF 113 begins
	numbers []string  // of the meetings whose links count
}

// kept are the groups of the small world. quic is the one that is hit.
func kept() []string {
	return []string{"can", "mls", "oauth", "quic", "tls"}
}

func newVillage(t testing.TB, target Target, suffix string) *village {
	t.Helper()
	v := &village{suffix: suffix, numbers: []string{"113"}}
	v.house = house.New(t, house.Options{
		Chat: target.Chat(t, suffix), Now: beforeTheMeeting, MinGroups: len(kept()) / 2, RequestTimeout: 2 * time.Second,
	})
	v.house.Update(t, func(w *datatrackertest.World) {
		shrink(w)
		v.meeting = w.Meeting("113").Date
		names := slices.Clone(v.house.Rules.Fixed)
		for _, g := range w.Groups {
			names = append(names, g.Acronym)
		}
		for _, name := range names {
			v.house.Rules.Overrides[name] = name + suffix
		}
		for _, m := range w.Meetings {
			if m.Type == "interim" {
				v.numbers = append(v.numbers, m.Number)
			}
		}
	})
	return v
}

// shrink leaves the kept groups, their areas, their sessions and the plenary, and makes the agenda long again.
func shrink(w *datatrackertest.World) {
	stays := func(g *datatrackertest.Group) bool { return g != nil && slices.Contains(kept(), g.Acronym) }
	parents := map[*datatrackertest.Group]bool{w.Group("ietf"): true, w.Group("iesg"): true}
	for _, g := range w.Groups {
		if stays(g) {
			parents[g.Parent] = true
		}
	}
	w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !stays(g) && !parents[g] })
	for _, m := range w.Meetings {
		m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return s.Type != "plenary" && !stays(s.Group) })
	}
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return m.Type == "interim" && len(m.Sessions) == 0 })
	const crowd = 25
	m := w.Meeting("113")
	for i := range crowd {
		s := *m.Sessions[0]
		s.ID, s.Assignment, s.Status = 900000+i, 900000+i, "canceled"
		s.Modified = m.Date.AddDate(-1, 0, i) // at the end of the agenda, so that half of it lacks most of them
		m.Sessions = append(m.Sessions, &s)
	}
}

func (v *village) scene() faults.Scene {
	return faults.Scene{House: v.house, Meeting: "113", Interim: v.numbers[1], Acronym: "quic", Room: "quic" + v.suffix}
}

// announce adds an interim of a group that has no room of its own, and returns the room that it asks for.
func (v *village) announce(t testing.TB, n int) string {
	t.Helper()
	acronym := fmt.Sprintf("new%d", n)
	v.house.Rules.Overrides[acronym] = acronym + v.suffix
	v.house.Update(t, func(w *datatrackertest.World) {
		w.AddGroup(datatrackertest.Group{Acronym: acronym, Name: "Coordination", Type: "adm", State: "active"})
		m := w.AddInterim(acronym, v.house.Now().AddDate(0, 0, 20).Truncate(24*time.Hour), 1)
		v.numbers = append(v.numbers, m.Number)
	})
	return acronym + v.suffix
}

// remember copies the registry, the Datatracker's documents and what is published, as they are now.
func (v *village) remember(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(v.house.Dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// restore undoes what a test did, so that the village does not grow: the interims, their rooms, and all memory of them.
func (v *village) restore(t *testing.T, rooms []string, dir string) {
	t.Helper()
	for _, room := range rooms {
		acronym := strings.TrimSuffix(room, v.suffix)
		v.house.Update(t, func(w *datatrackertest.World) {
			w.RemoveGroup(acronym)
			w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return strings.Contains(m.Number, "-"+acronym+"-") })
		})
		if err := v.house.Chat.Lose(v.context(t), room); err != nil {
			t.Error(err)
		}
	}
	v.numbers = v.numbers[:len(v.numbers)-len(rooms)]
	if err := os.RemoveAll(v.house.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(v.house.Dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
}

// makeAll lets a good first sync make all rooms, and returns their names without the end that is the village's own.
func (v *village) makeAll(t *testing.T) []string {
	t.Helper()
	v.settle(t)
	return v.names(t)
}

// settle brings everything into its steady state.
func (v *village) settle(t *testing.T) {
	t.Helper()
	if _, err := v.sync(t, provisioner.Options{}); err != nil {
		t.Fatal(err)
	}
	v.expectGood(t)
}

// adoptNothing is a run that leaves an empty registry.
func (v *village) adoptNothing(t *testing.T) {
	t.Helper()
	if _, err := v.house.Adopt(v.context(t), provisioner.AdoptOptions{}); err != nil {
		t.Fatal(err)
	}
}

// rooms are the village's rooms.
func (v *village) rooms(t *testing.T) map[string]house.Room {
	t.Helper()
	rooms, err := v.house.Chat.Rooms(v.context(t))
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}

// names are the rooms' names without the village's end, sorted.
func (v *village) names(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(v.rooms(t))) {
		names = append(names, strings.TrimSuffix(name, v.suffix))
	}
	return names
}

// links are the published links of the meetings that are to come, by meeting and session.
func (v *village) links(t *testing.T) map[string]map[int]string {
	t.Helper()
	all := make(map[string]map[int]string)
	for _, number := range v.numbers {
		links, err := v.house.Links(number)
		if err != nil {
			t.Fatal(err)
		}
		all[number] = links
	}
	return all
}
