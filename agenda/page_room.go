package agenda

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
)

// roomBody is what the page of a room shows.
type roomBody struct {
	Room
	Next         roomLink      // the room that took over; without a name: none did
	Predecessors []roomLink    // the rooms that this one took over from
	Sessions     []roomSession // that meet in it, the earliest first
	Events       []roomEvent   // what became of it, the earliest first
}

// roomSession is a session that meets in the room.
type roomSession struct {
	Session
	Meeting  Meeting
	From, To time.Time  // in the meeting's time zone
	With     []roomLink // the rooms of a joint session's other groups
}

// roomEvent is something that happened to the room.
type roomEvent struct {
	Kind   NewsKind
	Date   string
	Anchor string   // of that day on the News page
	To     roomLink // for Renamed: the room that took over
}

// Open says that the room ought to be open to everybody: it is in service, or
// its group has ended.
func (b roomBody) Open() bool { return b.isOpen() }

// Inviting says that to join is the main thing on the page: the room is known
// to be fit, and no other has taken over.
func (b roomBody) Inviting() bool { return b.Open() && b.Fit && b.Next.Name == "" }

// Joinable says that links into the room are shown at all. Nobody is sent into
// a destroyed room, which would make it again, or into one that may not be
// there.
func (b roomBody) Joinable() bool { return b.State == "closed" || b.Open() && b.Fit }

// When is the date on which the room came to be as it is; "" when the News do not
// tell.
func (b roomBody) When() string {
	if len(b.Events) == 0 || string(b.Events[len(b.Events)-1].Kind) != b.State {
		return ""
	}
	return b.Events[len(b.Events)-1].Date
}

// Ended says that the room's group is no more.
func (b roomBody) Ended() bool {
	return b.Group != nil && datatracker.GroupEnded(b.Group.State)
}

// Kind is what people call the room's group; "" when it has none.
func (b roomBody) Kind() string {
	if b.Group == nil {
		return ""
	}
	return datatracker.GroupKind(b.Group.Type, b.Group.State)
}

// roomPages are the pages of all rooms, whatever their state: the address of a
// room's page is permanent. A room that cannot have one does not stop the
// others; the errors are joined.
func roomPages(p Publication) ([]file, error) {
	t, err := parsePage("room.html")
	if err != nil {
		return nil, err
	}
	rooms := roomsByName(p.Rooms)
	sessions := sessionsByRoom(p.Meetings)
	var files []file
	var errs []error
	for _, room := range p.Rooms {
		if !pathName.MatchString(room.Name) {
			errs = append(errs, fmt.Errorf("rendering the page of room %q: the name cannot stand in a path", room.Name))
			continue
		}
		to := p.page(roomFolder(room.Name)+"index.html", room.Name, nil)
		link := to.linkTo(rooms)
		to.Body = roomBody{
			Room:         room,
			Next:         link(room.Successor),
			Predecessors: predecessors(room.Name, p.Rooms, link),
			Sessions:     linked(sessions[room.Name], link),
			Events:       roomEvents(room.History, link),
		}
		made, err := t.render(to)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, made)
	}
	return files, errors.Join(errs...)
}

// predecessors are the rooms that name the room as their successor.
func predecessors(name string, rooms []Room, link linker) []roomLink {
	var names []roomLink
	for _, room := range rooms {
		if room.Successor == name {
			names = append(names, link(room.Name))
		}
	}
	return names
}

// roomEvents are what became of a room.
func roomEvents(history []NewsItem, link linker) []roomEvent {
	var events []roomEvent
	for _, line := range newsLines(history) {
		for _, item := range line.items {
			events = append(events, roomEvent{line.kind, line.Date(), line.Anchor(), link(item.To)})
		}
	}
	return events
}

// linked are the sessions with the rooms that they are joint with, as links.
func linked(sessions []roomSession, link linker) []roomSession {
	out := slices.Clone(sessions)
	for i, s := range out {
		out[i].With = jointLinks(s.Session, link)
	}
	return out
}

// sessionsByRoom are the sessions that meet in each room, the earliest first.
func sessionsByRoom(meetings []Meeting) map[string][]roomSession {
	sessions := map[string][]roomSession{}
	for _, m := range meetings {
		zone := m.zone()
		for _, s := range m.Sessions {
			sessions[s.Link.Room] = append(sessions[s.Link.Room], roomSession{
				Session: s, Meeting: m, From: s.Start.In(zone), To: s.End().In(zone),
			})
		}
	}
	for _, list := range sessions {
		slices.SortStableFunc(list, func(a, b roomSession) int { return byStart(a.Session, b.Session) })
	}
	return sessions
}
