package provisioner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// RoomVisitor is an ordinary account that tries whether it can walk into a room:
// nil says that it could. Who is in the room sees it come and go, and so may the
// room's log.
type RoomVisitor interface {
	Visit(ctx context.Context, room string) error
}

// PreflightSources are what a preflight asks beside the Datatracker. None of
// them can write.
type PreflightSources struct {
	Rooms     RoomReader
	Published fs.FS // the published folder

	// Patterns are what published links look like.
	Patterns agenda.Patterns

	// Visitor tries the doors; nil: nobody does, and NoVisitor says why.
	Visitor   RoomVisitor
	NoVisitor string

	// Paused tells of the pause that is in force; "" when none is.
	Paused string
}

// Preflight is what people go by before a meeting: whether every session that
// asks for a room has one that people can find and enter, and what to do about
// those that have not.
type Preflight struct {
	Began, Ended time.Time

	Meeting  string // number; "" when there is none
	Title    string // of the meeting: "IETF 126"
	TimeZone string // IANA name; "" when not known

	Verdict  Verdict
	Findings []Finding      // what is wrong first, then what was not tested, then what is worth knowing
	Sessions []SessionCheck // those that ask for a room, by start
	Rooms    int            // distinct rooms of these sessions
	Joined   bool           // an ordinary account tried the doors
}

// Verdict says whether people can meet.
type Verdict string

const (
	VerdictGo        Verdict = "go"
	VerdictNotTested Verdict = "not tested" // nothing wrong was found, and not everything was tried
	VerdictNoGo      Verdict = "no-go"
)

// worse is the graver of two verdicts.
func (v Verdict) worse(other Verdict) Verdict {
	if v.rank() < other.rank() {
		return other
	}
	return v
}

func (v Verdict) rank() int {
	return slices.Index([]Verdict{VerdictGo, VerdictNotTested, VerdictNoGo}, v)
}

// Finding is one cause, and everything that it concerns.
type Finding struct {
	Cause   Cause   `json:"cause"`
	Verdict Verdict `json:"verdict"` // what comes of it: go is a warning
	What    string  `json:"what"`
	Do      string  `json:"do"` // the command to type, or what a person can do

	Rooms    []string `json:"rooms"`    // sorted
	Sessions []int    `json:"sessions"` // in the order in which they start
}

// SessionCheck is what was found out about one session.
type SessionCheck struct {
	ID      int       `json:"id"`
	Acronym string    `json:"acronym"`
	Name    string    `json:"name,omitempty"`
	Start   time.Time `json:"start"`
	Room    string    `json:"room,omitempty"` // "": none can be named
	URL     string    `json:"url,omitempty"`  // into the room
	Verdict Verdict   `json:"verdict"`
	Causes  []Cause   `json:"causes"` // why it is not go, and warnings; in the order of Causes
}

// Preflight tries everything that the sessions of a meeting depend on and judges
// it. number names the meeting; "" is the current IETF meeting. known is the
// registry as it was read. An error means that nothing could be found out; a
// meeting with nothing to check is no error but no-go.
func (p *Planner) Preflight(ctx context.Context, known *registry.State, number string, s PreflightSources) (*Preflight, error) {
	began := p.Now()
	var o Options
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
	e.sessions = asking(Desire(snap, known, p.Rules), e.meeting.Number)
	if err := p.gather(ctx, &e, s); err != nil {
		return nil, err
	}
	e.now = p.Now()
	out := e.judge()
	out.Began, out.Ended = began, e.now
	return out, nil
}

// gather asks the chat server and reads the published files.
func (p *Planner) gather(ctx context.Context, e *evidence, s PreflightSources) (err error) {
	names := roomsOf(e.sessions)
	e.rooms, err = readRooms(ctx, s.Rooms, names, e.known, func(done, of int) { p.progress("reading rooms", done, of) })
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
	err = several(ctx, len(there), func(done, of int) { p.progress("walking into rooms", done, of) }, func(i int) {
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
		return s.Meeting != number && s.Name != groupsSource
	})
}

// asking are the sessions of a meeting that ask for a room, by start.
func asking(d *Desired, number string) []SessionRoom {
	var sessions []SessionRoom
	for _, m := range d.Meetings {
		for _, s := range m.Sessions {
			if m.Number == number && s.Asks {
				sessions = append(sessions, s)
			}
		}
	}
	slices.SortStableFunc(sessions, func(a, b SessionRoom) int { return a.Start.Compare(b.Start) })
	return sessions
}

// roomsOf are the distinct rooms of sessions, sorted.
func roomsOf(sessions []SessionRoom) []string {
	var names []string
	for _, s := range sessions {
		if s.Room != "" {
			names = append(names, s.Room)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
