package preflight

import (
	"errors"
	"testing/fstest"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/xmppadmin"
)

// linkCases are about which room a session has, and what is published about it.
var linkCases = map[string]judgeCase{
	"no room can be named": {
		func(e *evidence) { e.sessions[0].Room, e.rooms = "", nil },
		CauseUnnamed, NoGo, "no room can be named", "set chat_room",
	},
	"two groups claim the room": {
		func(e *evidence) { e.sessions[0].Disputed = true },
		CauseUndecided, NoGo, "two groups", "roomctl explain quic",
	},
	"another room is asked for since": {
		func(e *evidence) {
			e.sessions[0].Room, e.known = "quick", state(managedRoom("quick", 20))
			e.rooms, e.visits = map[string]xmppadmin.Room{"quick": e.rooms["quic"]}, map[string]error{"quick": nil}
		},
		CauseAgendaLink, NoGo, "meeting/126/agenda.json has a link to another room", "roomctl sync",
	},
	"the session was moved": {
		func(e *evidence) { e.sessions[0].Start = e.sessions[0].Start.Add(time.Hour) },
		CauseAgendaLink, NoGo, "at another time", "roomctl sync",
	},
	"the session is new": {
		func(e *evidence) { e.sessions[0].ID = 101 },
		CauseAgendaLink, NoGo, "does not have the session", "roomctl sync",
	},
	"the agenda changed upstream": {
		func(e *evidence) { e.meeting.Agenda.Raw = append(e.meeting.Agenda.Raw, '\n') },
		CauseOutdated, NoGo, "not the one that the Datatracker has now", "roomctl sync",
	},
	"nothing is published": {
		func(e *evidence) { e.files = agenda.ReadPublished(fstest.MapFS{}, "126", true) },
		CauseFile, NoGo, "meeting/126/agenda.json is not published", "roomctl sync",
	},
}

// meetingCases are about the meeting as a whole.
var meetingCases = map[string]judgeCase{
	"a person has paused roomctl": {
		func(e *evidence) { e.paused = "since noon" },
		CausePaused, Go, "paused since noon", "roomctl resume",
	},
	"the Datatracker did not answer": {
		func(e *evidence) {
			e.sources[0].Outcome, e.sources[0].Problem = datatracker.LastGood, errors.New("502 Bad Gateway")
		},
		CauseSource, NotTested, "IETF 126 agenda: gone by the last good copy: 502", "roomctl check",
	},
	"the Datatracker was not believed": {
		func(e *evidence) {
			e.sources[0].Problem = &datatracker.LimitError{Rule: datatracker.RuleSessionsShrank, Before: 150, Now: 3, What: "sessions"}
		},
		CauseSource, NotTested, "from 150 to 3", "roomctl sync --allow sessions-shrank",
	},
	"no meeting is announced": {
		func(e *evidence) { e.meeting, e.sessions, e.rooms = datatracker.Meeting{}, nil, nil },
		CauseNothing, NoGo, "no IETF meeting is announced", "again",
	},
	"the agenda is empty": {
		func(e *evidence) { e.meeting.Agenda.Sessions, e.sessions, e.rooms = nil, nil, nil },
		CauseNoAgenda, NoGo, "IETF 126: no agenda yet", "again",
	},
	"the agenda is unknown": {
		func(e *evidence) {
			e.meeting.Agenda, e.sessions, e.rooms = nil, nil, nil
			e.sources[0].Problem = errors.New("404 Not Found")
		},
		CauseNoAgenda, NoGo, "unknown: 404", "roomctl check",
	},
	"the meeting is over": {
		func(e *evidence) { e.now, e.sessions, e.rooms = noon.AddDate(0, 1, 0), nil, nil },
		CauseNothing, NoGo, "IETF 126 is over", "nothing to check",
	},
	"every session is cancelled": {
		func(e *evidence) { e.sessions, e.rooms = nil, nil },
		CauseNothing, NoGo, "no session of IETF 126 asks", "again",
	},
}
