//go:build integration

package integration

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/integration/house"
	"roomctl/provisioner/registry"
)

// kept is what one house of a pair of twins has at some moment.
type kept struct {
	rooms map[string]house.Room
	state *registry.State
	trail []registry.Change // oldest first
}

func (h twinHouse) look(ctx context.Context, t *testing.T) kept {
	t.Helper()
	var k kept
	var err error
	if k.rooms, err = h.chat.Rooms(ctx); err != nil {
		t.Fatal(err)
	}
	reg, err := registry.OpenReader(ctx, filepath.Join(h.Dir, "state", "registry.sqlite"), registry.Identity{MUC: h.MUC, Datatracker: h.Datatracker})
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	if k.state, err = reg.Load(ctx); err != nil {
		t.Fatal(err)
	}
	if k.trail, err = reg.Changes(ctx, registry.ChangeFilter{}); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(k.trail)
	return k
}

// links are the rooms that the published agenda gives to the sessions.
func (h twinHouse) links(t *testing.T) map[int]string {
	t.Helper()
	links := make(map[int]string)
	for _, s := range sessionsOf(t, filepath.Join(h.Dir, "www", "meeting", "113", "agenda.json")) {
		links[s.ID] = s.Room
	}
	return links
}

// compare holds the victim against its twin, and its audit trail against what was done.
func (p *twins) compare(ctx context.Context, t *testing.T, before kept) {
	t.Helper()
	is, want := p.victim.look(ctx, t), p.twin.look(ctx, t)
	sameRooms(t, is.rooms, want.rooms)
	sameState(t, is.state, want.state)
	if is, want := p.victim.links(t), p.twin.links(t); !reflect.DeepEqual(is, want) {
		t.Errorf("links are %v, the twin's are %v", is, want)
	}
	trailExplains(t, before, is)
	trailIsClosed(t, is.trail[len(before.trail):])
	p.saidOnce(t)
}

func sameRooms(t *testing.T, is, want map[string]house.Room) {
	t.Helper()
	for name, room := range want {
		if got, there := is[name]; !there {
			t.Errorf("there is no room %s", name)
		} else if !reflect.DeepEqual(got, room) {
			t.Errorf("room %s is\n\t%+v, the twin's is\n\t%+v", name, got, room)
		}
	}
	for name := range is {
		if _, ok := want[name]; !ok {
			t.Errorf("there is a room %s, and the twin has none", name)
		}
	}
}

// sameState compares what the registries know, apart from times.
func sameState(t *testing.T, is, want *registry.State) {
	t.Helper()
	for name, intent := range is.Intents {
		t.Errorf("run %d began to make room %s, and nobody knows what became of it", intent.Run, name)
	}
	if !reflect.DeepEqual(is.Links, want.Links) {
		t.Errorf("the registry has the links %v, the twin's has %v", is.Links, want.Links)
	}
	for name, room := range want.Rooms {
		if got, room := timeless(is.Rooms[name]), timeless(room); !reflect.DeepEqual(got, room) {
			t.Errorf("the registry has of room %s\n\t%+v, the twin's has\n\t%+v", name, got, room)
		}
	}
	if len(is.Rooms) != len(want.Rooms) {
		t.Errorf("the registry has %d rooms, the twin's has %d", len(is.Rooms), len(want.Rooms))
	}
}

// timeless is a room without the times at which things were done, and without the address of its server's logs.
func timeless(r registry.Room) registry.Room {
	v := r.Verified
	r.Since = time.Time{}
	r.Verified = registry.Verified{Exists: v.Exists, Ours: v.Ours, Persistent: v.Persistent, Public: v.Public, Logged: v.Logged}
	return r
}

// trailExplains checks that everything that was done since the beginning of the day is in the audit trail.
func trailExplains(t *testing.T, before, after kept) {
	t.Helper()
	today := after.trail[len(before.trail):]
	for name, is := range after.rooms {
		was, there := before.rooms[name]
		if !there {
			if runs := makers(name, today); len(runs) != 1 {
				t.Errorf("room %s was made by the runs %v, as the audit trail has it", name, runs)
			}
			continue
		}
		for _, d := range house.Differences(was, is) {
			if !d.ExplainedBy(name, false, today) {
				t.Errorf("the %s of room %s went from %q to %q, and no entry says so: %+v", d.Field, name, d.Was, d.Is, entriesOf(name, today))
			}
		}
	}
	for name := range before.rooms {
		if _, there := after.rooms[name]; !there && !slices.ContainsFunc(today, func(c registry.Change) bool {
			return c.Room == name && c.Verb == "destroy" && c.Error == ""
		}) {
			t.Errorf("room %s is gone, and no entry says so", name)
		}
	}
}

// trailIsClosed checks that what a killed run had begun was brought to an end. A registry.CutOff is one: the rooms are as
// the twin's.
func trailIsClosed(t *testing.T, today []registry.Change) {
	t.Helper()
	begun := func(c registry.Change) bool { return c.Error != registry.CutOff && strings.HasPrefix(c.Error, "begun") }
	for i, c := range today {
		if begun(c) && !slices.ContainsFunc(today[i+1:], func(d registry.Change) bool {
			return d.Room == c.Room && d.Field == c.Field && !begun(d)
		}) {
			t.Errorf("an entry is left open: %+v", c)
		}
	}
}

// makers are the runs that made a room.
func makers(room string, trail []registry.Change) []int64 {
	var runs []int64
	for _, c := range trail {
		made := slices.Contains([]string{"create", "finish", "recreate"}, c.Verb)
		if c.Room == room && made && c.Error == "" && !slices.Contains(runs, c.Run) {
			runs = append(runs, c.Run)
		}
	}
	return runs
}

func entriesOf(room string, trail []registry.Change) []registry.Change {
	return slices.DeleteFunc(slices.Clone(trail), func(c registry.Change) bool { return c.Room != room })
}

// saidOnce counts the messages on the wires: the twin has said each once, and the victim none twice.
func (p *twins) saidOnce(t *testing.T) {
	t.Helper()
	said := make(map[house.Message]int)
	for _, m := range p.victim.wire.Said() {
		if said[m]++; said[m] > 1 {
			t.Errorf("said %d times %s", said[m], m)
		}
	}
	if len(p.twin.wire.Said()) == 0 {
		t.Error("not even the twin said anything")
	}
}
