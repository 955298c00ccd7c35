package agenda

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"roomctl/datatracker"
)

// Paths of the published files that are there once.
const (
	CurrentPath = "agenda.json"
	RoomsPath   = "rooms.json"
)

// path is where the meeting's annotated agenda stands in a Tree.
func (m Meeting) path() string { return m.folder() + "agenda.json" }

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
	Changed  []string // paths of the files that were written, in that order
	Meetings []string // numbers of the meetings whose annotated agendas are in place as given
}

// Publish puts everything but the status file into the tree: annotated agendas,
// calendars, pages, feeds, the list of rooms and the schemas. What it is not
// given stays: nothing is ever removed. Unchanged content is not written again,
// whatever p.Time is.
//
// A file that fails does not stop the others; the errors are joined. What is
// linked to is in place before what links to it: agendas come last.
func Publish(t *Tree, p Publication) (done Published, err error) {
	var problems []error
	p.Meetings, err = numbered(p.Meetings)
	problems = append(problems, err)

	files, err := contents(t, p)
	problems = append(problems, err)
	files = slices.DeleteFunc(files, func(f file) bool { return p.keeps(f.path) && t.holds(f.path) })
	var made []Meeting
	for _, m := range p.Meetings {
		agendas, err := m.agendas()
		if err != nil {
			problems = append(problems, err)
			continue
		}
		files, made = append(files, agendas...), append(made, m)
	}

	changed, failed := t.putAll(files)
	done.Changed = changed
	for _, m := range made {
		if m.Agenda != nil && !failed.of(m.path()) && !(m.Current && failed.of(CurrentPath)) {
			done.Meetings = append(done.Meetings, m.Number)
		}
	}
	return done, errors.Join(append(problems, failed.join())...)
}

// keeps says whether a file may lack sessions, so that the one that is there stays.
func (p Publication) keeps(path string) bool {
	return p.Partial && path == indexPath ||
		slices.ContainsFunc(p.Rooms, func(r Room) bool { return r.Partial && strings.HasPrefix(path, roomFolder(r.Name)) })
}

// numbered are the meetings whose number may stand in a path.
func numbered(meetings []Meeting) (valid []Meeting, err error) {
	var errs []error
	for _, m := range meetings {
		if !datatracker.ValidMeetingNumber(m.Number) {
			errs = append(errs, fmt.Errorf("publishing the agenda of meeting %q: not a meeting number", m.Number))
			continue
		}
		valid = append(valid, m)
	}
	return valid, errors.Join(errs...)
}

// contents makes the files of the publication, but for the annotated agendas.
func contents(t *Tree, p Publication) (files []file, err error) {
	var errs []error
	several := func(made []file, err error) { files, errs = append(files, made...), append(errs, err) }
	one := func(made file, err error) {
		if err != nil {
			errs = append(errs, err)
			return
		}
		files = append(files, made)
	}
	several(assets())
	several(schemas(p.Site))
	several(roomPages(p))
	one(roomsFile(t, p))
	one(directoryPage(p))
	one(newsPage(p))
	one(newsFeed(p))
	one(joinPage(p))
	several(calendars(p))
	several(agendaPages(p))
	one(indexPage(p))
	return files, errors.Join(errs...)
}

// agendas are the meeting's annotated agenda, and the same as the current one.
func (m Meeting) agendas() ([]file, error) {
	if m.Agenda == nil {
		return nil, nil
	}
	annotated, err := annotate(m.Agenda, m.links())
	if err != nil {
		return nil, fmt.Errorf("publishing %s: %w", m.path(), err)
	}
	files := []file{{m.path(), annotated}}
	if m.Current {
		files = append(files, file{CurrentPath, annotated})
	}
	return files, nil
}

// roomsFile is rooms.json.
func roomsFile(t *Tree, p Publication) (file, error) {
	previous, err := t.Get(RoomsPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file{}, err
	}
	doc, err := encodeRooms(previous, p.Site.MUC, p.Rooms, p.Time)
	if err != nil {
		return file{}, fmt.Errorf("publishing %s: %w", RoomsPath, err)
	}
	return file{RoomsPath, doc}, nil
}
