package day

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// Monday is the first day of the meeting.
var Monday = time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC)

// at is a time of that day.
func at(hour, minute int) time.Time {
	return Monday.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// Cut cuts a world down to some groups and to one IETF meeting, which has no sessions yet.
func Cut(w *datatrackertest.World, acronyms ...string) {
	stays := make(map[*datatrackertest.Group]bool)
	for _, g := range w.Groups {
		if slices.Contains(acronyms, g.Acronym) {
			stays[g], stays[g.Parent] = true, true
		}
	}
	w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !stays[g] })
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return m.Type == "interim" })
	for _, m := range w.Meetings {
		m.Sessions = nil
	}
}

// Hold gives a group a session at a meeting. Its name is one that no other session has, nor has it as a part.
func Hold(w *datatrackertest.World, meeting string, id int, acronym string, start time.Time, length time.Duration) {
	m, g := w.Meeting(meeting), w.Group(acronym)
	m.Sessions = append(m.Sessions, &datatrackertest.Session{
		ID: id, Assignment: id, Type: "regular", Purpose: "regular", Group: g,
		GroupThen: datatrackertest.GroupThen{Acronym: g.Acronym, Name: g.Name, State: g.State, Type: g.Type},
		Name:      fmt.Sprintf("Part-%d", id), Start: start, Duration: length, Status: "sched", OnAgenda: true,
	})
}

// The made day. Each room has a story of its own.
const (
	backToBack = "quic"      // two sessions, one after the other; a person's word in the first does not outlive its end
	parallel   = "httpapi"   // two sessions at the same time
	persons    = "tls"       // a person sets the subject in the middle of the session
	before     = "dnsop"     // a person sets the subject before the session
	moved      = "lake"      // to a later time
	shortened  = "mls"       // while it is on
	cancelled  = "cfrg"      // ten minutes before it is to start
	added      = "oauth"     // half an hour before it starts
	extended   = "emailcore" // while it is on
	silent     = "tsvwg"     // announce.except
)

// Rooms are those of the made day's sessions, and one that belongs to nobody.
func Rooms() []string {
	return []string{backToBack, parallel, persons, before, moved, shortened, cancelled, added, extended, silent, "hallway"}
}

// World is the agenda of the made day in the morning.
func World(w *datatrackertest.World) {
	Cut(w, Rooms()...)
	const hour, half = time.Hour, 30 * time.Minute
	for i, s := range []struct {
		room   string
		start  time.Time
		length time.Duration
	}{
		{backToBack, at(9, 0), half}, {backToBack, at(9, 30), half},
		{parallel, at(9, 0), hour}, {parallel, at(9, 30), hour},
		{persons, at(9, 0), hour}, {before, at(10, 0), half}, {moved, at(9, 30), half}, {shortened, at(9, 0), 2 * hour},
		{cancelled, at(10, 0), hour}, {extended, at(9, 0), half}, {silent, at(9, 0), half}, {silent, at(10, 0), half},
	} {
		Hold(w, "113", 700001+i, s.room, s.start, s.length)
	}
}

// LongWorld is a day in which a session is always on in every room, from eight until midnight: of an hour, of two, of three.
func LongWorld(w *datatrackertest.World) {
	Cut(w, Rooms()...)
	id := 710001
	for i, room := range Rooms() {
		length := time.Duration(1+i%3) * time.Hour
		for start := at(8, 0); w.Group(room) != nil && start.Before(at(24, 0)); start = start.Add(length) {
			Hold(w, "113", id, room, start, length)
			id++
		}
	}
}

// session is the first one of a group.
func session(w *datatrackertest.World, acronym string) *datatrackertest.Session {
	for _, s := range w.Meeting("113").Sessions {
		if s.GroupThen.Acronym == acronym {
			return s
		}
	}
	return nil
}

// PlayMadeDay plays the made day. Nothing goes wrong in it.
func PlayMadeDay(t testing.TB, s *Stage) {
	s.To(at(9, 5))
	s.Edit("the session of "+moved+" is moved by an hour", func(w *datatrackertest.World) { w.MoveSession(session(w, moved).ID, at(10, 30)) })
	s.To(at(9, 10))
	s.Edit("the session of "+extended+" gets half an hour more", func(w *datatrackertest.World) { session(w, extended).Duration = time.Hour })
	s.Person(persons, "The slides: https://example.org/slides")
	s.Person(backToBack, "We wait for the chair")
	s.Person(before, "Bring your drafts")
	s.To(at(9, 32))
	s.Edit("a session of "+added+" is added", func(w *datatrackertest.World) {
		Hold(w, "113", 700099, added, at(10, 5), 30*time.Minute)
	})
	s.To(at(9, 35))
	s.Edit("the session of "+cancelled+" is cancelled", func(w *datatrackertest.World) { w.CancelSession(session(w, cancelled).ID) })
	s.To(at(10, 2))
	s.Edit("the session of "+shortened+" is to end early", func(w *datatrackertest.World) {
		session(w, shortened).Duration = 90 * time.Minute
	})
	s.Person("hallway", "Lunch is at noon")
	s.To(at(11, 15))
	if n := s.Judge.Counts; n.Subjects < 90 || n.Announcements != 24 {
		t.Errorf("%d times a subject told of a session, and %d announcements were heard", n.Subjects, n.Announcements)
	}
	if n := len(s.Serving.Notices()); n > 0 {
		t.Errorf("operators were told of %d problems: %v", n, s.Serving.Notices())
	}
	for room, seen := range s.seen {
		if seen.Roomctl {
			t.Errorf("at the end of the day roomctl is in %s", room)
		}
	}
}
