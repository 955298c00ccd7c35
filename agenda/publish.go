package agenda

import (
	"errors"
	"fmt"
	"io/fs"

	"roomctl/datatracker"
)

// Paths of the published files that are there once.
const (
	CurrentPath = "agenda.json"
	RoomsPath   = "rooms.json"
)

// Path is where the meeting's annotated agenda stands in a Tree.
func (m Meeting) Path() string { return "meeting/" + m.Number + "/agenda.json" }

// links are the links of the meeting's sessions, by session id.
func (m Meeting) links() map[int]SessionLink {
	links := map[int]SessionLink{}
	for _, s := range m.Sessions {
		if s.Link.Room != "" {
			links[s.ID] = s.Link
		}
	}
	return links
}

// Published is what a Publish left in the tree.
type Published struct {
	Changed  []string // paths of the files that were written
	Meetings []string // numbers of the meetings whose files are in place as given
}

// Publish puts the annotated agendas and the list of rooms into the tree. What
// it is not given stays: nothing is ever removed. A file that fails does not
// stop the others; the errors are joined.
func Publish(t *Tree, p Publication) (done Published, err error) {
	var errs []error
	for _, m := range p.Meetings {
		if m.Agenda == nil {
			continue
		}
		if err := done.meeting(t, m); err != nil {
			errs = append(errs, err)
			continue
		}
		done.Meetings = append(done.Meetings, m.Number)
	}
	return done, errors.Join(append(errs, done.rooms(t, p))...)
}

func (done *Published) meeting(t *Tree, m Meeting) error {
	if !datatracker.ValidMeetingNumber(m.Number) {
		return fmt.Errorf("publishing the agenda of meeting %q: not a meeting number", m.Number)
	}
	annotated, err := Annotate(m.Agenda, m.links())
	if err != nil {
		return fmt.Errorf("publishing %s: %w", m.Path(), err)
	}
	if err := done.put(t, m.Path(), annotated); err != nil || !m.Current {
		return err
	}
	return done.put(t, CurrentPath, annotated)
}

func (done *Published) rooms(t *Tree, p Publication) error {
	previous, err := t.Get(RoomsPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	doc, err := encodeRooms(previous, p.Site.MUC, p.Rooms, p.Time)
	if err != nil {
		return fmt.Errorf("publishing %s: %w", RoomsPath, err)
	}
	return done.put(t, RoomsPath, doc)
}

func (done *Published) put(t *Tree, path string, data []byte) error {
	changed, err := t.Put(path, data)
	if changed {
		done.Changed = append(done.Changed, path)
	}
	return err
}
