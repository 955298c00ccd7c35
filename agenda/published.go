package agenda

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"slices"
	"time"

	"roomctl/datatracker"
)

// PublishedFile is a published file that shows the sessions of a meeting, read
// back: what readers get, whatever a run meant to write.
type PublishedFile struct {
	Path string // in the tree

	// Err is why nothing is known of the file: it is not there (fs.ErrNotExist),
	// or is damaged. nil: it was read.
	Err error

	shown map[int][]appearance     // by session id: one that takes place twice has two
	way   func(SessionLink) string // how a file of this kind writes the way into a room

	document []byte // of an annotated agenda; nil for other files
}

// appearance is a session as it stands in a file.
type appearance struct {
	start time.Time // zero: the file has none that can be read
	ways  []string  // into chat rooms, as the file writes them
}

// ReadPublished reads back the annotated agenda, the calendar and the agenda
// page of a meeting, in that order. For the current meeting the files that stand
// at the top of the tree follow, too. tree is the published folder.
func ReadPublished(tree fs.FS, number string, current bool) []PublishedFile {
	folder := Meeting{Number: number}.folder()
	files := []PublishedFile{
		readAgenda(tree, folder+"agenda.json"),
		readCalendar(tree, folder+"agenda.ics", number),
		readAgendaPage(tree, folder+"index.html"),
	}
	if current {
		files = append(files, readAgenda(tree, CurrentPath), readCalendar(tree, currentCalendarPath, number))
	}
	return files
}

// currentCalendarPath is the calendar of the current meeting.
const currentCalendarPath = "agenda.ics"

// Shown is what a published file says about one session.
type Shown int

const (
	ShownRight       Shown = iota // at its time, with the way into its room
	ShownNowhere                  // the file does not have the session
	ShownAtOtherTime              // the session has another time there
	ShownWithoutRoom              // there is no way into any room
	ShownOtherRoom                // the way leads into another room
)

// Shows says what the file makes of a session: it ought to be there with that
// start and lead into the room of that link. Nothing is shown in a file with
// Err.
func (f PublishedFile) Shows(session int, start time.Time, link SessionLink) Shown {
	appearances := f.shown[session]
	if len(appearances) == 0 {
		return ShownNowhere
	}
	i := slices.IndexFunc(appearances, func(a appearance) bool { return a.start.Equal(start) })
	switch {
	case i < 0:
		return ShownAtOtherTime
	case len(appearances[i].ways) == 0:
		return ShownWithoutRoom
	case !slices.Contains(appearances[i].ways, f.way(link)):
		return ShownOtherRoom
	}
	return ShownRight
}

// Outdated says whether the file is an annotated agenda of another document
// than upstream: without the added members it must be upstream, byte for byte.
// Which rooms the members name does not matter.
func (f PublishedFile) Outdated(upstream []byte) bool {
	if f.document == nil {
		return false
	}
	again, err := annotate(upstream, linksIn(f.document))
	return err != nil || !bytes.Equal(again, f.document)
}

// linksIn are the members that were added to a document, by session id.
func linksIn(document []byte) map[int]SessionLink {
	links := map[int]SessionLink{}
	objects, err := sessionObjects(document)
	if err != nil {
		return links
	}
	for _, o := range objects {
		links[o.sessionID] = SessionLink{
			Room: o.member("chat_room"), JID: o.member("chat_jid"), URL: o.member("chat_url"),
			WebURL: o.member("chat_web_url"), ArchiveURL: o.member("chat_archive_url"),
		}
	}
	return links
}

// readAgenda reads an annotated agenda.json.
func readAgenda(tree fs.FS, path string) PublishedFile {
	f := PublishedFile{Path: path, shown: map[int][]appearance{}, way: func(link SessionLink) string { return link.Room }}
	if f.document, f.Err = fs.ReadFile(tree, path); f.Err != nil {
		return f
	}
	if !json.Valid(f.document) {
		f.Err = ErrNotJSON
		return f
	}
	objects, err := sessionObjects(f.document)
	if err != nil {
		f.Err = err
		return f
	}
	for _, o := range objects {
		var a appearance
		a.start, _ = datatracker.ParseDateTime(o.member("start")) // without one it has no time
		if room := o.member("chat_room"); room != "" {
			a.ways = []string{room}
		}
		f.shown[o.sessionID] = append(f.shown[o.sessionID], a)
	}
	return f
}
