package provisioner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// ours keeps, retires or hands on the rooms that are ours and that nothing
// above asked for.
func (d *desirer) ours() {
	for _, name := range slices.Sorted(maps.Keys(d.known.Rooms)) {
		room := d.known.Rooms[name]
		if d.wanted[name] != nil || room.State == registry.Closed || room.State == registry.Destroyed {
			continue
		}
		if room.GroupID == 0 {
			d.keep(name, room, "it is ours and nothing says that it may go")
			continue
		}
		group, known := d.snap.Group(room.GroupID)
		if !known {
			continue // the group was not read: no change to its room
		}
		now, err := d.rules.roomFor(group.Acronym)
		switch {
		case slices.Contains(ended, group.State) && d.blind && room.State == registry.Active:
			d.keep(name, room, "group "+describe(group)+" has ended, but a coming session may still ask for the room: an agenda is unknown")
		case slices.Contains(ended, group.State):
			d.retire(name, group, "", "group "+describe(group)+" has ended")
		case err == nil && now != name && d.movesTo(now, group.ID):
			d.retire(name, group, now, fmt.Sprintf("group %s is now called %s", strconv.Itoa(group.ID), group.Acronym))
		default:
			d.keep(name, room, "group "+describe(group)+"; nothing says that the room may go")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.known.Intents)) {
		if _, managed := d.known.Rooms[name]; d.wanted[name] == nil && !managed {
			intent := d.known.Intents[name]
			d.ask(name, intent.GroupID, fmt.Sprintf("run %d began to make it", intent.Run))
			d.wanted[name].begun = true
		}
	}
}

// blind says whether a coming session may have gone unseen: a document is
// missing, or a meeting ahead has an unknown agenda or unknown sessions. Then
// no room is taken for one that nobody asks for.
func blind(snap *datatracker.Snapshot) bool {
	for _, s := range snap.Sources {
		if s.Outcome == datatracker.Missing {
			return true
		}
	}
	for _, m := range snap.Meetings {
		if !m.End().Before(snap.Time) && (m.Agenda == nil || m.Sessions == nil) {
			return true
		}
	}
	return false
}

// movesTo says whether a room is undoubtedly the one that a group has now:
// asked for by it alone, and not the room of another group until today.
func (d *desirer) movesTo(room string, group int) bool {
	c := d.wanted[room]
	if c == nil || len(c.groups) != 1 || c.groups[0] != group {
		return false
	}
	ours, managed := d.known.Rooms[room]
	return !managed || ours.GroupID == 0 || ours.GroupID == group
}

func (d *desirer) keep(name string, room registry.Room, reason string) {
	d.ask(name, room.GroupID, reason)
	d.wanted[name].retired = room.State == registry.Retired
}

func (d *desirer) retire(name string, g datatracker.Group, successor, reason string) {
	d.ask(name, g.ID, reason)
	d.wanted[name].retired = true
	d.wanted[name].successor = successor
}
