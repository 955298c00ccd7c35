package agenda

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"
)

// Paths of the published files that are there once.
const (
	CurrentPath = "agenda.json"
	RoomsPath   = "rooms.json"
)

// Publication is what one run publishes.
type Publication struct {
	MUC      string // domain of the MUC service
	Meetings []Meeting
	Rooms    []Room    // in any order
	Time     time.Time // stands in rooms.json if its content changes
}

// Meeting is one meeting and the links of its sessions.
type Meeting struct {
	Number string // "126" or "interim-2026-oauth-04"

	// Agenda is upstream's agenda.json. nil: unknown, and what is published
	// stays as it is.
	Agenda []byte

	Links map[int]SessionLink // by session_id

	// Current marks the meeting that is also published as agenda.json. At most
	// one meeting is; when none is, agenda.json stays as it is.
	Current bool
}

// number is a meeting's number as the Datatracker's URLs have it
// (ietf/meeting/urls.py).
var number = regexp.MustCompile(`^([0-9]+|interim-[a-z0-9-]+)$`)

// Path is where the meeting's annotated agenda stands in a Tree.
func (m Meeting) Path() string { return "meeting/" + m.Number + "/agenda.json" }

// Publish puts the annotated agendas and the list of rooms into the tree and
// returns the paths of the files that changed. What it is not given stays:
// nothing is ever removed. A file that fails does not stop the others; the
// errors are joined.
func Publish(t *Tree, p Publication) (changed []string, err error) {
	var errs []error
	put := func(path string, data []byte) {
		moved, err := t.Put(path, data)
		if err != nil {
			errs = append(errs, err)
		}
		if moved {
			changed = append(changed, path)
		}
	}
	for _, m := range p.Meetings {
		if m.Agenda == nil {
			continue
		}
		if !number.MatchString(m.Number) {
			errs = append(errs, fmt.Errorf("publishing the agenda of meeting %q: not a meeting number", m.Number))
			continue
		}
		annotated, err := Annotate(m.Agenda, m.Links)
		if err != nil {
			errs = append(errs, fmt.Errorf("publishing %s: %w", m.Path(), err))
			continue
		}
		put(m.Path(), annotated)
		if m.Current {
			put(CurrentPath, annotated)
		}
	}
	previous, err := t.Get(RoomsPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return changed, errors.Join(append(errs, err)...)
	}
	rooms, err := encodeRooms(previous, p.MUC, p.Rooms, p.Time)
	if err != nil {
		return changed, errors.Join(append(errs, fmt.Errorf("publishing %s: %w", RoomsPath, err))...)
	}
	put(RoomsPath, rooms)
	return changed, errors.Join(errs...)
}
