// Package datatracker reads what the IETF Datatracker says about groups,
// meetings, agendas and sessions, and hands it on as one Snapshot. Every
// document in a Snapshot is either fresh or the last good copy, and says which.
// Client only reads; Secretariat is the one type that writes.
package datatracker

import (
	"fmt"
	"time"
)

// Snapshot is what one poll learned. A group or meeting that is not in it is
// unknown, which is never the same as gone.
type Snapshot struct {
	Time time.Time // when the poll ended

	// DefaultChat says per group type (slug) whether its groups have a chat
	// room by default: has_default_chat of GroupFeatures. nil when unknown.
	DefaultChat map[string]bool

	Groups   []Group   // sorted by id
	Meetings []Meeting // IETF meetings first, then interims by date and number
	Sources  []Source  // one per document, in the order they were asked for

	// ChatSources are the documents that Meeting.ChatLinks come from. They
	// stand apart, because no room and no link depends on them: one that is
	// missing leaves nothing else unknown. The Datatracker keeps agenda data of
	// the current meeting for five minutes and of others for up to a week, and
	// does not say so (MaxAge is 0).
	ChatSources []Source
}

// Group looks a group up by its Datatracker id.
func (s *Snapshot) Group(id int) (Group, bool) {
	for _, g := range s.Groups {
		if g.ID == id {
			return g, true
		}
	}
	return Group{}, false
}

// Group is one row of /api/v1/group/group/ (Datatracker ietf/group/models.py).
type Group struct {
	ID       int
	Acronym  string
	Name     string
	Type     string // slug of grouptypename: wg, rg, area, …
	State    string // slug of groupstatename: active, bof, proposed, conclude, …
	ParentID int    // 0 when it has none
}

// IsBOF says whether the group is a BOF now: a group in state bof. There is no
// group type for BOFs.
func (g Group) IsBOF() bool { return g.State == "bof" }

// Meeting is an IETF meeting or an interim, with what is known of its sessions.
type Meeting struct {
	ID       int
	Number   string    // "126" or "interim-2026-oauth-04"
	Type     string    // "ietf" or "interim"
	Date     time.Time // first day, midnight in TimeZone (see Midnight)
	Days     int       // at least 1
	TimeZone string    // IANA name
	City     string

	// Current marks the IETF meeting that is running or next; at most one
	// meeting is. It moves on three days after the last session.
	Current bool

	Agenda *Agenda // nil: unknown, no copy at all

	// Sessions are the rows of /api/v1/meeting/session/ of this meeting.
	// nil: unknown; empty but not nil: known to have none.
	Sessions []Session

	// ChatLinks are the chat links that the Datatracker itself computes, by
	// session id: links.chat of /api/meeting/<number>/agenda-data. nil:
	// unknown, not asked for, or an interim, for which there is no such
	// document.
	ChatLinks map[int]string
}

// Title is how people call the meeting: "IETF 126" or the interim's number.
func (m Meeting) Title() string {
	if m.Type == "ietf" {
		return "IETF " + m.Number
	}
	return m.Number
}

// End is when the meeting is over: the end of the last session on its agenda,
// or midnight after the last day while the agenda is unknown or empty.
func (m Meeting) End() time.Time {
	var end time.Time
	if m.Agenda != nil {
		for _, s := range m.Agenda.Sessions {
			if e := s.Start.Add(s.Duration); e.After(end) {
				end = e
			}
		}
	}
	if end.IsZero() {
		year, month, day := m.Date.Date()
		end = Midnight(year, month, day+max(m.Days, 1), m.Date.Location())
	}
	return end
}

// Agenda is /meeting/<number>/agenda.json.
type Agenda struct {
	Raw      []byte          // upstream's bytes, unknown members included
	Sessions []AgendaSession // the objects with objtype "session", in document order
}

// AgendaSession is one session of agenda.json. Its group is the group as it
// was at meeting time, so acronym and state can differ from today's.
type AgendaSession struct {
	SessionID int
	Acronym   string // "" when the session has no group
	GroupName string
	GroupType string
	State     string // of the group
	Area      string // acronym of the group's parent; "" for types that have none
	Name      string
	Start     time.Time // UTC
	Duration  time.Duration
	Location  string // the physical room
	Status    string // slug of sessionstatusname; may be empty or unknown
	Note      string // agenda_note
	Document  string // URL of the agenda document; "" when there is none
	Modified  time.Time
}

// Session is one row of /api/v1/meeting/session/.
type Session struct {
	ID       int
	Type     string // slug of timeslottypename: regular, plenary, …
	Purpose  string // slug of sessionpurposename: regular, officehours, …; "" when not told
	GroupID  int    // 0 when it has none
	ChatRoom string // the session's own room name; "" normally
	Name     string
}

// Source tells where one document of a Snapshot comes from and how old it is.
type Source struct {
	Name    string // for people: GroupsSource, "IETF 126 agenda", "interim sessions"
	URL     string // the first page asked for
	Meeting string // number of the meeting it is about; "" when about none

	Outcome Outcome
	Read    time.Time     // when the Datatracker last confirmed the copy in use; zero: never
	Changed time.Time     // Last-Modified, else when these bytes were first seen; zero: unknown
	MaxAge  time.Duration // how old a copy the Datatracker may serve, from Cache-Control; 0: not said

	// Problem is why the answer of this poll was not used; nil when it was.
	// An input guard's refusal is a *LimitError. With Fresh it says that the
	// last good copy was unusable, so that nothing could be compared with it.
	Problem error
}

// Outcome is what became of one document in one poll.
type Outcome int

const (
	Fresh     Outcome = iota // a new copy, valid
	Unchanged                // the copy at hand is still right: 304, or its max-age is not over (Query.Fresh)
	LastGood                 // the poll failed, was refused or asked nobody; the last good copy serves
	Missing                  // as LastGood, but there is no copy
)

func (o Outcome) String() string {
	switch o {
	case Fresh:
		return "fresh"
	case Unchanged:
		return "unchanged"
	case LastGood:
		return "last good copy"
	case Missing:
		return "missing"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// Names of the input guards, as `sync --allow` takes them.
const (
	RuleMinGroups      = "min-groups"
	RuleGroupsShrank   = "groups-shrank"
	RuleSessionsShrank = "sessions-shrank"
)

// LimitError is an input guard's refusal: the document is well formed but has
// lost so much against its own last good copy that it is not believed.
type LimitError struct {
	Rule   string // one of the Rule constants
	Before int    // entries in the last good copy (min-groups: the limit)
	Now    int    // entries in the refused one
	What   string // "groups", "sessions of IETF 126"
}

func (e *LimitError) Error() string {
	if e.Rule == RuleMinGroups {
		return fmt.Sprintf("only %d %s, fewer than the minimum of %d (%s)", e.Now, e.What, e.Before, e.Rule)
	}
	return fmt.Sprintf("%s went from %d to %d (%s)", e.What, e.Before, e.Now, e.Rule)
}
