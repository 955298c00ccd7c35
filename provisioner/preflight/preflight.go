// Package preflight tells, before a meeting, whether every session that asks for a
// room has one that people can find and enter, and what to do about those that have
// not. It reads as a run does up to desire, asks the chat server about the rooms,
// and looks at what is published; it cannot write.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Visitor is an ordinary account that tries whether it can walk into a room:
// nil says that it could. Who is in the room sees it come and go, and so may the
// room's log.
type Visitor interface {
	Visit(ctx context.Context, room string) error
}

// Sources are what a preflight asks beside the Datatracker. None of them can
// write.
type Sources struct {
	Rooms     provisioner.RoomReader
	Published fs.FS // the published folder

	// Patterns are what published links look like.
	Patterns agenda.Patterns

	// Visitor tries the doors; nil: nobody does, and NoVisitor says why.
	Visitor   Visitor
	NoVisitor string

	// Paused tells of the pause that is in force; "" when none is.
	Paused string
}

// Run tries everything that the sessions of a meeting depend on and judges it.
// number names the meeting; "" is the current IETF meeting. known is the registry as
// it was read. An error means that nothing could be found out; a meeting with
// nothing to check is no error but no-go.
func Run(ctx context.Context, p *provisioner.Planner, known *registry.State, number string, s Sources) (*Report, error) {
	began := p.Now()
	var o provisioner.Options
	if number != "" {
		o.Meetings = []string{number}
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	snap, err := p.Poll(ctx, known, o)
	if err != nil {
		return nil, err
	}
	e := evidence{rules: p.Rules, known: known, patterns: s.Patterns, noVisitor: s.NoVisitor, paused: s.Paused}
	if e.meeting, err = meetingToCheck(snap, number); err != nil {
		return nil, err
	}
	e.sources = sourcesOf(snap, e.meeting.Number)
	e.sessions = asking(provisioner.Desire(snap, known, p.Rules), e.meeting.Number)
	if err := e.gather(ctx, p, s); err != nil {
		return nil, err
	}
	e.now = p.Now()
	out := e.judge()
	out.Began, out.Ended = began, e.now
	return out, nil
}

// gather asks the chat server and reads the published files.
func (e *evidence) gather(ctx context.Context, p *provisioner.Planner, s Sources) (err error) {
	names := roomsOf(e.sessions)
	e.rooms, err = p.ReadRooms(ctx, s.Rooms, names, e.known)
	if err != nil {
		return fmt.Errorf("reading the rooms of %s: %w", e.meeting.Title(), err)
	}
	if e.meeting.Number != "" {
		e.files = agenda.ReadPublished(s.Published, e.meeting.Number, e.meeting.Current)
	}
	if s.Visitor == nil {
		return nil
	}
	there := slices.DeleteFunc(names, func(name string) bool { return e.rooms[name].Existence != xmppadmin.Present })
	answers := make([]error, len(there))
	err = p.Each(ctx, "walking into rooms", len(there), func(i int) {
		answers[i] = s.Visitor.Visit(ctx, there[i])
	})
	if err != nil {
		return fmt.Errorf("walking into the rooms of %s: %w", e.meeting.Title(), err)
	}
	e.visits = make(map[string]error, len(there))
	for i, name := range there {
		e.visits[name] = answers[i]
	}
	return nil
}

// meetingToCheck picks the meeting of that number, or the current one. The zero
// Meeting stands for: none is announced.
func meetingToCheck(snap *datatracker.Snapshot, number string) (datatracker.Meeting, error) {
	for _, m := range snap.Meetings {
		if number == m.Number || number == "" && m.Current {
			return m, nil
		}
	}
	for _, s := range snap.Sources {
		if s.Problem != nil && (s.Meeting == number || s.Outcome == datatracker.Missing) {
			return datatracker.Meeting{}, fmt.Errorf("finding the meeting: %w", s.Problem)
		}
	}
	if number != "" {
		return datatracker.Meeting{}, errors.New("the Datatracker knows no meeting " + number)
	}
	return datatracker.Meeting{}, nil
}

// sourcesOf are the documents that the sessions of a meeting and the names of
// their rooms come from.
func sourcesOf(snap *datatracker.Snapshot, number string) []datatracker.Source {
	return slices.DeleteFunc(slices.Clone(snap.Sources), func(s datatracker.Source) bool {
		return s.Meeting != number && s.Name != datatracker.GroupsSource
	})
}

// asking are the sessions of a meeting that ask for a room, by start.
func asking(d *provisioner.Desired, number string) []provisioner.SessionRoom {
	var sessions []provisioner.SessionRoom
	for _, m := range d.Meetings {
		for _, s := range m.Sessions {
			if m.Number == number && s.Asks {
				sessions = append(sessions, s)
			}
		}
	}
	slices.SortStableFunc(sessions, func(a, b provisioner.SessionRoom) int { return a.Start.Compare(b.Start) })
	return sessions
}

// roomsOf are the distinct rooms of sessions, sorted.
func roomsOf(sessions []provisioner.SessionRoom) []string {
	var names []string
	for _, s := range sessions {
		if s.Room != "" {
			names = append(names, s.Room)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
