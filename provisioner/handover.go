package provisioner

import (
	"context"
	"fmt"
	"slices"

	"roomctl/provisioner/registry"
)

// A room whose group has another name now, or that another room took over from by
// a person's word, hands over: it says where to go, in its description and its
// subject, and once in a message to those who are inside.

// turning lists what goes with a new state of a room: the state itself, where a
// retired one sends people, its subject, and a message to those who are inside,
// unless they have had it.
func turning(want DesiredRoom, ours registry.Room, rules Rules) []FieldChange {
	var fields []FieldChange
	if want.State != ours.State {
		fields = append(fields, FieldChange{Field: FieldState, Old: string(ours.State), New: string(want.State)})
	}
	to := want.Successor
	untold := to != "" && ours.Told != to
	if to != "" && (untold || want.State != ours.State) {
		fields = append(fields, FieldChange{Field: FieldSuccessor, Old: ours.Told, New: to}) // for the News
	}
	fields = append(fields, subject(want, ours.Subject)...)
	if untold {
		fields = append(fields, FieldChange{Field: FieldMessage, New: movedTo(rules.JID(to))})
	}
	return fields
}

// movedTo is what is said in a room of which another took over.
func movedTo(jid string) string {
	return fmt.Sprintf("This room has moved: please go to %s (xmpp:%[1]s?join). What was said here stays in its log.", jid)
}

// keepUntilFollowed takes out the retirements of rooms whose successor is not
// ours, or of which nobody knows whether it is there: nobody is sent to strangers.
func (p *Plan) keepUntilFollowed() {
	p.Changes = slices.DeleteFunc(p.Changes, func(c Change) bool {
		to, ok := c.Field(FieldSuccessor)
		if !ok {
			return false
		}
		foreign := slices.ContainsFunc(p.Foreign, func(f Foreign) bool { return f.Room == to.New })
		unknown := slices.ContainsFunc(p.Unknown, func(u Problem) bool { return u.Room == to.New })
		if !foreign && !unknown {
			return false
		}
		why := "nobody knows whether it is there"
		if foreign {
			why = "that is not ours"
		}
		p.Notices = append(p.Notices, Problem{Room: c.Room, Text: fmt.Sprintf(
			"room %s stays in service: %s should take over from it, but %s", c.Room, to.New, why)})
		return true
	})
}

// handsOver says why a room cannot hand over to its successor yet: nobody is
// sent to a room that is not known to be fit.
func (a *applier) handsOver(c Change) error {
	to, ok := c.Field(FieldSuccessor)
	if !ok || a.rules.Fit(a.known.Rooms[to.New], a.now()) {
		return nil
	}
	return fmt.Errorf("room %s stays in service, as %s, which takes over from it, is not known to be fit yet; the next sync tries again", c.Room, to.New)
}

// message says where to go instead, once: that people were told is on disk before
// it is sent, and it is not sent again, whatever becomes of it.
func (a *applier) message(ctx context.Context, c Change) (said, err error) {
	f, ok := c.Field(FieldMessage)
	if !ok {
		return nil, nil
	}
	to, _ := c.Field(FieldSuccessor)
	if err := a.reg.SetTold(ctx, c.Room, to.New); err != nil {
		return nil, err // nothing was sent
	}
	return a.rooms.Say(ctx, c.Room, f.New), nil
}
