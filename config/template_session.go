package config

import "time"

// SessionText is what the templates of a session's subject and announcements
// see, with a dot: {{.Title}}.
type SessionText struct {
	Room string // localpart
	JID  string

	Meeting   string // "IETF 126", or the number of an interim
	Title     string // what is on: the group's name, and the session's own if it has one
	Acronym   string // of the group; "" when it has none
	GroupName string // "" likewise
	Session   string // the session's own name; may be ""

	Start    time.Time // in schedule.timezone, as the next two
	End      time.Time
	OldStart time.Time // of a session that was moved; else zero
	Before   string    // how long it is until it starts: "15 minutes"; "" unless announced before

	AgendaURL string // the meeting's agenda; never ""
	NoteWell  string
}

// sessionSamples are sessions of every kind. They start after the time that is
// told, and were moved by movedBy.
func sessionSamples(before string, movedBy time.Duration) []sample {
	start := time.Date(2026, 3, 16, 9, 30, 0, 0, time.UTC)
	plenary := SessionText{
		Room: "plenary", JID: "plenary@jabber.example.org",
		Meeting: "IETF 126", Title: "IETF Plenary",
		Start: start, End: start.Add(2 * time.Hour), Before: before,
		AgendaURL: "https://datatracker.example.org/meeting/126/agenda/",
		NoteWell:  "https://www.example.org/note-well/",
	}
	if movedBy != 0 {
		plenary.OldStart = start.Add(-movedBy)
	}
	group := plenary
	group.Room, group.JID = "quic", "quic@jabber.example.org"
	group.Title, group.Acronym, group.GroupName = "QUIC", "quic", "QUIC"
	named := group
	named.Title, named.Session = "QUIC: Multipath", "Multipath"
	interim := group
	interim.Meeting = "interim-2026-quic-01"
	interim.AgendaURL = "https://datatracker.example.org/meeting/interim-2026-quic-01/"

	var samples []sample
	for _, session := range []SessionText{plenary, group, named, interim} {
		samples = append(samples, sample{"a session such as " + session.Title + " of " + session.Meeting, session})
	}
	return samples
}
