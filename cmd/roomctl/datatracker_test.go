package main

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"roomctl/datatracker/datatrackertest"
)

// kept are the groups of a small world, beside the areas that they belong to:
// two working groups, a BOF, and a group that scripts bring to its end.
var kept = []string{"can", "quic", "sframe", "tls"}

// cutDown leaves a few groups and their sessions, so that a script runs fast and
// its expected output can be read.
func cutDown(w *datatrackertest.World) {
	stays := map[*datatrackertest.Group]bool{}
	for _, g := range w.Groups {
		if slices.Contains(kept, g.Acronym) {
			stays[g], stays[g.Parent] = true, true
		}
	}
	w.Groups = slices.DeleteFunc(w.Groups, func(g *datatrackertest.Group) bool { return !stays[g] })
	for _, m := range w.Meetings {
		m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return !stays[s.Group] })
	}
	w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool {
		return m.Type == "interim" && len(m.Sessions) == 0
	})
}

// faultKinds are the kinds of fault by the names that scripts use.
var faultKinds = map[string]datatrackertest.Kind{
	"empty-list":     datatrackertest.EmptyList,
	"half-list":      datatrackertest.HalfList,
	"html":           datatrackertest.HTML200,
	"truncated":      datatrackertest.TruncatedJSON,
	"forbidden":      datatrackertest.Status,
	"bad-acronym":    datatrackertest.BadAcronym,
	"without-row":    datatrackertest.SessionWithoutRow,
	"without-group":  datatrackertest.SessionWithoutGroup,
	"twice-the-same": datatrackertest.DuplicateAcronym,
}

// changeDatatracker changes what the Datatracker says:
//
//	dt conclude GROUP       dt state GROUP STATE
//	dt rename OLD NEW       dt title GROUP 'quoted text'
//	dt drop SESSION         dt chatroom SESSION NAME
//	dt interim GROUP DAYS SESSIONS         so many days from now
//	dt meeting NUMBER DAYS                 move it: it starts so many days from now
//	dt remove GROUP…
//	dt fault KIND PATH [GROUP [VALUE]]    dt heal
func changeDatatracker(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: dt VERB ARG…")
	}
	verb, args := args[0], args[1:]
	switch verb {
	case "fault":
		s.spoil(ts, args)
		return
	case "heal":
		s.heal()
		return
	}
	ts.Check(s.datatracker.Update(func(w *datatrackertest.World) {
		switch {
		case verb == "conclude" && len(args) == 1:
			w.SetGroupState(args[0], "conclude")
		case verb == "state" && len(args) == 2:
			w.SetGroupState(args[0], args[1])
		case verb == "rename" && len(args) == 2:
			w.RenameGroup(args[0], args[1])
		case verb == "title" && len(args) == 2:
			w.Group(args[0]).Name = unquote(ts, args[1])
		case verb == "drop" && len(args) == 1:
			w.DropSession(number(ts, args[0]))
		case verb == "chatlinks" && len(args) == 1:
			w.ChatURLPattern = args[0]
		case verb == "chatroom" && len(args) == 2:
			w.SetChatRoom(number(ts, args[0]), args[1])
		case verb == "interim" && len(args) == 3:
			w.AddInterim(args[0], epoch.AddDate(0, 0, number(ts, args[1])), number(ts, args[2]))
		case verb == "meeting" && len(args) == 2:
			moveMeeting(w.Meeting(args[0]), epoch.AddDate(0, 0, number(ts, args[1])))
		case verb == "remove" && len(args) > 0:
			for _, acronym := range args {
				w.RemoveGroup(acronym)
			}
		default:
			ts.Fatalf("dt %s %q: no such change", verb, args)
		}
	}))
}

// spoil makes answers go wrong until heal.
func (s *stage) spoil(ts *testscript.TestScript, args []string) {
	if len(args) < 2 || faultKinds[args[0]] == 0 {
		ts.Fatalf("usage: dt fault KIND PATH [GROUP [VALUE]]; KIND is one of %q", slices.Sorted(maps.Keys(faultKinds)))
	}
	f := datatrackertest.Fault{Kind: faultKinds[args[0]], Path: args[1], Code: 403}
	if len(args) > 2 {
		f.Acronym = args[2]
	}
	if len(args) > 3 {
		f.Value = unquote(ts, args[3])
	}
	s.unfault = append(s.unfault, s.datatracker.Fault(f))
}

// heal ends the faults of both servers.
func (s *stage) heal() {
	for _, remove := range s.unfault {
		remove()
	}
	s.unfault = nil
}

// moveMeeting moves a meeting with its sessions by whole days.
func moveMeeting(m *datatrackertest.Meeting, to time.Time) {
	by := to.Truncate(24 * time.Hour).Sub(m.Date)
	m.Date = m.Date.Add(by)
	for _, s := range m.Sessions {
		s.Start = s.Start.Add(by)
	}
}

// unquote reads a text as in a Go string, without the quotes around it.
func unquote(ts *testscript.TestScript, text string) string {
	text, err := strconv.Unquote(`"` + text + `"`)
	ts.Check(err)
	return text
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}
