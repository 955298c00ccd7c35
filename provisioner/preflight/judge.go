package preflight

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// evidence is everything that a preflight read. Its methods are pure.
type evidence struct {
	rules    provisioner.Rules
	known    *registry.State
	patterns agenda.Patterns
	now      time.Time

	meeting  datatracker.Meeting // zero: none is announced
	sources  []datatracker.Source
	sessions []provisioner.SessionRoom // that ask for a room, by start

	rooms     map[string]xmppadmin.Room // of these sessions
	visits    map[string]error          // of the rooms that are there; nil: nobody tried
	noVisitor string                    // why nobody did
	paused    string                    // the pause in force; "": none is
	files     []agenda.PublishedFile
}

// fault is one thing that is wrong. The same fault of several rooms or sessions
// makes one Finding.
type fault struct {
	cause   Cause
	verdict Verdict
	what    string
	do      string // allRooms stands for the names of all rooms with this fault
}

// allRooms stands in what to do for the names of the rooms concerned.
const allRooms = "ROOMS"

// judge weighs the evidence.
func (e *evidence) judge() *Report {
	out := &Report{
		Meeting: e.meeting.Number, TimeZone: e.meeting.TimeZone,
		Rooms: len(e.rooms), Joined: e.visits != nil,
	}
	if e.meeting.Number != "" {
		out.Title = e.meeting.Title()
	}
	var found findings
	for _, f := range e.meetingFaults() {
		found.add(f, "", 0)
	}
	if e.paused != "" {
		found.add(fault{CausePaused, Go, "roomctl is paused " + e.paused + ": nothing that changes now is followed", "roomctl resume"}, "", 0)
	}
	byRoom := map[string][]fault{}
	for name := range e.rooms {
		byRoom[name] = e.roomFaults(name)
	}
	for _, s := range e.sessions {
		faults := e.sessionFaults(s, byRoom[s.Room])
		check := Session{
			ID: s.ID, Acronym: s.Acronym, Name: s.Name, Start: s.Start,
			Room: s.Room, URL: e.link(s).URL, Verdict: Go, Causes: []Cause{},
		}
		for _, f := range faults {
			found.add(f, s.Room, s.ID)
			check.Verdict = check.Verdict.worse(f.verdict)
			if !slices.Contains(check.Causes, f.cause) {
				check.Causes = append(check.Causes, f.cause)
			}
		}
		slices.SortFunc(check.Causes, compareCauses)
		out.Sessions = append(out.Sessions, check)
	}
	out.Findings = found.sorted()
	out.Verdict = Go
	for _, f := range out.Findings {
		out.Verdict = out.Verdict.worse(f.Verdict)
	}
	return out
}

// findings collects faults by what they say.
type findings struct{ list []Finding }

func (found *findings) add(f fault, room string, session int) {
	i := slices.IndexFunc(found.list, func(have Finding) bool {
		return have.Cause == f.cause && have.Verdict == f.verdict && have.What == f.what && have.Do == f.do
	})
	if i < 0 {
		i = len(found.list)
		found.list = append(found.list, Finding{Cause: f.cause, Verdict: f.verdict, What: f.what, Do: f.do, Rooms: []string{}, Sessions: []int{}})
	}
	finding := &found.list[i]
	if room != "" && !slices.Contains(finding.Rooms, room) {
		finding.Rooms = append(finding.Rooms, room)
	}
	if session != 0 && !slices.Contains(finding.Sessions, session) {
		finding.Sessions = append(finding.Sessions, session)
	}
}

// sorted are the findings, the gravest first.
func (found *findings) sorted() []Finding {
	for i := range found.list {
		f := &found.list[i]
		slices.Sort(f.Rooms)
		f.Do = strings.ReplaceAll(f.Do, allRooms, strings.Join(f.Rooms, " "))
	}
	slices.SortStableFunc(found.list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Verdict.rank(), a.Verdict.rank()), compareCauses(a.Cause, b.Cause))
	})
	return found.list
}

func compareCauses(a, b Cause) int {
	return cmp.Compare(slices.Index(Causes(), a), slices.Index(Causes(), b))
}

// syncCommand is what to type to have everything put right that roomctl puts
// right.
func (e *evidence) syncCommand() string {
	if e.meeting.Current || e.meeting.Number == "" || e.meeting.Type != "ietf" {
		return "roomctl sync"
	}
	return "roomctl sync --meeting " + e.meeting.Number
}

// joinCommand is what to type to have an ordinary account try the rooms.
func (e *evidence) joinCommand() string {
	if e.meeting.Current {
		return "roomctl preflight --join"
	}
	return "roomctl preflight --join " + e.meeting.Number
}

// meetingFaults are those of the meeting as a whole.
func (e *evidence) meetingFaults() []fault {
	title := e.meeting.Title()
	again := "run the preflight again when there is one"
	switch m := e.meeting; {
	case m.Number == "":
		return []fault{{CauseNothing, NoGo, "no IETF meeting is announced", again}}
	case m.Agenda == nil:
		return []fault{{CauseNoAgenda, NoGo, "the agenda of " + title + " is unknown" + problemOf(e.sources), "roomctl check"}}
	case len(m.Agenda.Sessions) == 0:
		return []fault{{CauseNoAgenda, NoGo, title + ": no agenda yet", again}}
	case len(e.sessions) == 0 && m.End().Before(e.now):
		return []fault{{CauseNothing, NoGo, title + " is over", "none: there is nothing to check"}}
	case len(e.sessions) == 0:
		return []fault{{CauseNothing, NoGo, "no session of " + title + " asks for a room", again}}
	}
	var faults []fault
	for _, s := range e.sources {
		if s.Problem != nil {
			faults = append(faults, sourceFault(s))
		}
	}
	if slices.ContainsFunc(e.files, func(f agenda.PublishedFile) bool { return f.Err == nil && f.Outdated(e.meeting.Agenda.Raw) }) {
		faults = append(faults, fault{CauseOutdated, NoGo,
			"the published agenda is not the one that the Datatracker has now", e.syncCommand()})
	}
	return faults
}

// problemOf is the first reason why a document is not what it is now.
func problemOf(sources []datatracker.Source) string {
	for _, s := range sources {
		if s.Problem != nil {
			return ": " + s.Problem.Error()
		}
	}
	return ""
}

// sourceFault is about a document that the Datatracker did not give, or that was
// not believed.
func sourceFault(s datatracker.Source) fault {
	f := fault{CauseSource, NotTested, fmt.Sprintf("%s: gone by the %s: %v", s.Name, s.Outcome, s.Problem), "roomctl check"}
	var refused *datatracker.LimitError
	if errors.As(s.Problem, &refused) {
		f.do = "if it is right: roomctl sync --allow " + refused.Rule
	}
	return f
}

// link is what ought to be published about a session's room.
func (e *evidence) link(s provisioner.SessionRoom) agenda.SessionLink {
	if s.Room == "" {
		return agenda.SessionLink{}
	}
	return e.patterns.Link(s.Room, e.rules.JID(s.Room), e.known.Rooms[s.Room].Verified.LogsURL, s.Start)
}

// sessionFaults are those of one session: of its room, and of the links to it.
func (e *evidence) sessionFaults(s provisioner.SessionRoom, ofRoom []fault) []fault {
	var faults []fault
	ended := e.known.Rooms[s.Room].State.OutOfUse()
	switch {
	case s.Room == "":
		return []fault{{CauseUnnamed, NoGo, "no room can be named for the session", "set chat_room on the session in the Datatracker"}}
	case s.Disputed && !ended:
		faults = append(faults, fault{CauseUndecided, NoGo, "two groups claim the room, so it is left alone", "roomctl explain " + s.Room})
	}
	faults = append(faults, ofRoom...)
	link := e.link(s)
	if a := e.known.Archives[link.ArchiveURL]; s.Start.Before(e.now) && !a.Checked.IsZero() && !a.Found {
		faults = append(faults, fault{CauseLogMissing, Go, "the session has begun, and the page of its log was not there when it was last asked for",
			"none if nobody has spoken there; else see to the web server that keeps the logs"})
	}
	for _, f := range e.files {
		switch shown := f.Shows(s.ID, s.Start, link); {
		case f.Err != nil:
			faults = append(faults, e.fileFault(f))
		case shown == agenda.ShownWithoutRoom && ended: // so it should be, until a person restores the room
		case shownTexts[shown] != "":
			faults = append(faults, fault{linkCauses[path.Base(f.Path)], NoGo, f.Path + " " + shownTexts[shown], e.syncCommand()})
		}
	}
	return faults
}

// shownTexts say what a file makes of a session; "" is as it should be.
var shownTexts = map[agenda.Shown]string{
	agenda.ShownNowhere:     "does not have the session",
	agenda.ShownAtOtherTime: "has the session at another time",
	agenda.ShownWithoutRoom: "has no link to the session's room",
	agenda.ShownOtherRoom:   "has a link to another room",
}

// linkCauses are the causes of wrong links, by the name of the file.
var linkCauses = map[string]Cause{
	"agenda.json": CauseAgendaLink,
	"agenda.ics":  CauseCalendarLink,
	"index.html":  CausePageLink,
}

func (e *evidence) fileFault(f agenda.PublishedFile) fault {
	if errors.Is(f.Err, fs.ErrNotExist) {
		return fault{CauseFile, NoGo, f.Path + " is not published", e.syncCommand()}
	}
	return fault{CauseFile, NoGo, fmt.Sprintf("%s cannot be used: %v", f.Path, f.Err), e.syncCommand()}
}
