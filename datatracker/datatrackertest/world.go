package datatrackertest

import (
	"fmt"
	"slices"
	"time"
)

// World is what the Datatracker knows: its tables, cut down to what roomctl
// reads. It is edited inside [Server.Update], in place or with its verbs.
type World struct {
	Groups        []*Group
	Meetings      []*Meeting
	GroupFeatures []*GroupFeatures

	// ChatURLPattern is CHAT_URL_PATTERN of the Datatracker's settings, with
	// {chat_room_name} in place of the room's name.
	ChatURLPattern string

	now      func() time.Time
	problems []error // what the verbs of the running Update could not do

	interims        int // how many interims were ever made
	interimSessions int // and how many sessions of interims
}

// Group is one row of /api/v1/group/group/ (Datatracker ietf/group/models.py).
// Its time is set anew whenever an update changes it.
type Group struct {
	ID          int
	Acronym     string
	Name        string
	Type        string // slug of grouptypename: wg, rg, area, …
	State       string // slug of groupstatename: active, bof, conclude, …
	Parent      *Group // nil when it has none
	Description string
	ListEmail   string
	Time        time.Time // of the last change of the row
}

// GroupFeatures is one row of /api/v1/group/groupfeatures/: what groups of one
// type may do (Datatracker ietf/group/models.py, GroupFeatures).
type GroupFeatures struct {
	Type            string // slug of grouptypename, and the row's key
	HasDefaultChat  bool
	Flags           map[string]bool // the other flags by member name: has_meetings, acts_like_wg, …
	SessionPurposes []string        // slugs of sessionpurposename
	ParentTypes     []string        // slugs of grouptypename
}

// Meeting is an IETF meeting or an interim: its row of
// /api/v1/meeting/meeting/, and its sessions.
type Meeting struct {
	ID       int
	Number   string    // "113" or "interim-2026-oauth-04"
	Type     string    // "ietf" or "interim"
	Date     time.Time // first day, midnight UTC
	Days     int
	TimeZone string // IANA name
	City     string
	Country  string

	// Schedule is the id of the official schedule. While it is 0 none is
	// published and the agenda is empty, whatever Sessions holds.
	Schedule int

	Sessions []*Session

	places  []map[string]any // the agenda's objects that are not sessions: locations and areas
	members map[string]any   // members of the captured row that have no field here
}

// Session is one session of a meeting: an object of agenda.json and a row of
// /api/v1/meeting/session/. Modified is set anew whenever an update changes
// another field, as the Datatracker does.
type Session struct {
	ID         int
	Assignment int    // id of the assignment to a timeslot, the agenda object's "id"
	Type       string // slug of timeslottypename: regular, plenary, other, …
	Purpose    string // slug of sessionpurposename

	Group     *Group    // the group today, for the REST row; nil when it has none
	GroupThen GroupThen // the group at meeting time, for the agenda; zero when it has none

	Name               string // "" stands for the group's name
	Short              string
	Note               string // agenda_note
	RemoteInstructions string
	Start              time.Time // UTC
	Duration           time.Duration
	Location           string // the physical room; "" when none is set
	Status             string // slug of sessionstatusname: sched, canceled, …
	ChatRoom           string // the session's own chat room; "" normally
	RequestedDuration  time.Duration
	OnAgenda           bool
	HasOnsiteTool      bool
	Attendees          int // 0 when nobody said
	Comments           string
	Modified           time.Time

	// rest holds the members of the captured agenda object that have no field
	// here. It is a pointer so that two states of a session compare with ==.
	rest *map[string]any
}

// GroupThen is a group as an agenda names it: as it was at meeting time
// (Datatracker Session.group_at_the_time). An agenda still to come follows
// today's group.
type GroupThen struct {
	Acronym string `json:"acronym"`
	Name    string `json:"name"`
	Parent  string `json:"parent,omitempty"` // acronym of the area; only some types have one
	State   string `json:"state"`
	Type    string `json:"type"`
}

// groupThen is today's group as an agenda names it. Only some kinds of group
// have their parent named (Datatracker ietf/meeting/views.py, agenda_json).
func groupThen(g *Group) GroupThen {
	then := GroupThen{Acronym: g.Acronym, Name: g.Name, State: g.State, Type: g.Type}
	named := slices.Contains([]string{"wg", "rg", "ag", "rag"}, g.Type) || g.Acronym == "iesg"
	if named && g.Parent != nil {
		then.Parent = g.Parent.Acronym
	}
	return then
}

// Group returns the group of that acronym, or nil.
func (w *World) Group(acronym string) *Group {
	for _, g := range w.Groups {
		if g.Acronym == acronym {
			return g
		}
	}
	return nil
}

// Meeting returns the meeting of that number, or nil.
func (w *World) Meeting(number string) *Meeting {
	for _, m := range w.Meetings {
		if m.Number == number {
			return m
		}
	}
	return nil
}

// Session returns the session of that id, or nil.
func (w *World) Session(id int) *Session {
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			if s.ID == id {
				return s
			}
		}
	}
	return nil
}

// current is the meeting that /meeting/agenda.json shows: the first IETF
// meeting that began no longer than a week ago (Datatracker
// ietf/meeting/helpers.py, get_current_ietf_meeting). nil when there is none.
func (w *World) current() *Meeting {
	var first *Meeting
	horizon := w.now().AddDate(0, 0, -7)
	for _, m := range w.Meetings {
		if m.Type != "ietf" || m.Date.Before(horizon) {
			continue
		}
		if first == nil || m.Date.Before(first.Date) {
			first = m
		}
	}
	return first
}

// over says whether the last day of a meeting has passed.
func (w *World) over(m *Meeting) bool {
	return w.now().After(m.Date.AddDate(0, 0, max(m.Days, 1)))
}

// fail notes what a verb could not do; Update returns it.
func (w *World) fail(format string, args ...any) {
	w.problems = append(w.problems, fmt.Errorf(format, args...))
}
