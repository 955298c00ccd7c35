package provisioner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// ours keeps, retires or hands on the rooms that are ours and that nothing
// above asked for.
func (d *desirer) ours() {
	for _, name := range slices.Sorted(maps.Keys(d.known.Rooms)) {
		room := d.known.Rooms[name]
		if d.wanted[name] != nil || room.State.OutOfUse() {
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
		case datatracker.GroupEnded(group.State) && d.blind && room.State == registry.Active:
			d.keep(name, room, "group "+describe(group)+" has ended, but a coming session may still ask for the room: an agenda is unknown")
		case datatracker.GroupEnded(group.State):
			d.retire(name, group, "", "group "+describe(group)+" has ended"+replaced(group, room))
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
// asked for by it alone, not the room of another group until today, and not out of
// service by a person's word.
func (d *desirer) movesTo(room string, group int) bool {
	c := d.wanted[room]
	if c == nil || len(c.groups) != 1 || c.groups[0] != group {
		return false
	}
	ours, managed := d.known.Rooms[room]
	if !managed {
		return true
	}
	out := ours.State.OutOfUse() || ours.Pinned && ours.State == registry.Retired
	return !out && (ours.GroupID == 0 || ours.GroupID == group)
}

// replaced says what a person can do about the room of a group that another one
// took over from: the Datatracker has the state (groupstatename "replaced"), but
// no field that names the other group.
func replaced(g datatracker.Group, room registry.Room) string {
	if g.State != "replaced" || room.Told != "" {
		return ""
	}
	return fmt.Sprintf("; the Datatracker does not tell which group replaced it, a person can: roomctl rooms retire %s --successor OTHER", room.Name)
}

// pinned keeps a room in the state that a person chose. idle says that the room
// is retired although neither its group has ended nor another room took over, as
// far as is known.
func (d *desirer) pinned(name string, group int, c *claim) (idle bool) {
	room := d.known.Rooms[name]
	switch {
	case !room.Pinned:
		return c.idle
	case room.State == registry.Retired:
		c.idle = false // a person's word tells what to say
		c.reasons = append(c.reasons, "a person retired it")
		if to, ours := d.known.Rooms[room.Told]; ours && !to.State.OutOfUse() {
			c.successor = room.Told
		}
		g, _ := d.snap.Group(group)
		c.retired = c.successor != "" || datatracker.GroupEnded(g.State)
		return !c.retired
	default:
		c.retired, c.successor = false, ""
		c.reasons = append(c.reasons, "a person keeps it in service")
	}
	return false
}

// noLongerInUse is how the texts of a room begin that a person retired, when its
// group has not ended and there is no other room to go to.
const noLongerInUse = "This room is no longer in use; it stays open. "

// retire makes a room that is described as one in service a retired one.
func (r *DesiredRoom) retire() {
	r.State = registry.Retired
	r.Values[xmppadmin.FieldDescription] = noLongerInUse + r.Values[xmppadmin.FieldDescription]
	r.Subject = noLongerInUse + r.Subject
}

// outOfUse says whether a person closed or destroyed a room, and tells what asks
// for it all the same. Only a person takes it back into service.
func (d *desirer) outOfUse(name string, c *claim) bool {
	room, ours := d.known.Rooms[name]
	if !ours || !room.State.OutOfUse() {
		return false
	}
	d.warn(name, 0, "room %s is %s, as a person decided, and wanted: %s; to have it back: roomctl rooms restore %[1]s",
		name, room.State, few(c.reasons))
	return true
}

// keep leaves a room in the state that it has. One that is retired is not said to
// be that of an ended group: nothing tells of an end.
func (d *desirer) keep(name string, room registry.Room, reason string) {
	d.ask(name, room.GroupID, reason)
	d.wanted[name].idle = room.State == registry.Retired
}

func (d *desirer) retire(name string, g datatracker.Group, successor, reason string) {
	d.ask(name, g.ID, reason)
	d.wanted[name].retired = true
	d.wanted[name].successor = successor
}
