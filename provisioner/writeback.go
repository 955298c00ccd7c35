package provisioner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// WriteBack says what becomes of the sessions for which the Datatracker computes
// another room than theirs. The zero value counts as WriteBackOff.
type WriteBack string

const (
	WriteBackOff    WriteBack = "off"    // nothing
	WriteBackReport WriteBack = "report" // they are listed
	WriteBackForm   WriteBack = "form"   // their chat_room is set by the secretariat's form
)

// asks says whether the Datatracker's chat links have to be read.
func (w WriteBack) asks() bool { return w == WriteBackReport || w == WriteBackForm }

// DatatrackerReport compares the rooms of sessions with the chat links that the
// Datatracker itself computes.
type DatatrackerReport struct {
	Mode WriteBack

	// Pattern is the Datatracker's CHAT_URL_PATTERN as its agenda data show it;
	// "" when they do not. The Datatracker may serve agenda data that are a week
	// old.
	Pattern string

	// PointsHere says whether the chat links lead to the rooms that are kept
	// here; nil when that is not known, and Unknown says why.
	PointsHere *bool
	Unknown    string

	Differences []Difference  // by meeting, then by session id
	Results     []WriteResult // of those that were written; empty for a preview
}

// Difference is a session for which the Datatracker computes another room than
// its own (Session.chat_room_name, ietf/meeting/models.py).
type Difference struct {
	Session  int    `json:"session"`
	Meeting  string `json:"meeting"`             // number
	Title    string `json:"title"`               // of the meeting
	Acronym  string `json:"acronym"`             // on the agenda
	ChatRoom string `json:"chat_room,omitempty"` // the session's own
	Computed string `json:"computed"`            // chat_room, else plenary, else the acronym
	Room     string `json:"room"`                // where the session belongs
	Why      string `json:"why"`
	EditURL  string `json:"edit_url"` // where a person sets chat_room

	// Linked says that the room is fit and the session is linked to it.
	Linked bool `json:"linked"`

	// Possible says that the form can set chat_room; Obstacle why it cannot.
	Possible bool   `json:"possible"`
	Obstacle string `json:"obstacle,omitempty"`

	// Planned says that a sync sets chat_room, once the session is linked.
	Planned bool `json:"planned"`
}

// WriteResult is what became of one planned difference.
type WriteResult struct {
	Difference Difference
	Err        error // nil: chat_room is set, read back, and nothing else changed
}

// Pending counts the sessions whose chat_room a sync would set. r may be nil.
func (r *DatatrackerReport) Pending() int {
	if r == nil {
		return 0
	}
	n := 0
	for _, d := range r.Differences {
		if d.Planned {
			n++
		}
	}
	return n
}

// failed are the sessions whose chat_room could not be set. r may be nil.
func (r *DatatrackerReport) failed() []WriteResult {
	if r == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Results), func(res WriteResult) bool { return res.Err == nil })
}

// compareNames adds to a report what the Datatracker computes differently, and
// what of that a sync would write.
func (p *Planner) compareNames(report *Report, snap *datatracker.Snapshot, d *Desired, known *registry.State, o Options) {
	if !p.Rules.WriteBack.asks() {
		return
	}
	r := &DatatrackerReport{Mode: p.Rules.WriteBack}
	r.seeLinks(snap, p.Rules.ChatPatterns)
	for _, rooms := range d.Meetings {
		if m, ok := meeting(snap, rooms.Number); ok {
			r.Differences = append(r.Differences, namedOtherwise(snap, m, rooms, p.Rules)...)
		}
	}
	r.see(known.Links, known, p.Rules, p.Now())
	report.Datatracker = r
	report.Withheld = append(report.Withheld, r.plan(snap, known, p.Rules, o)...)
}

// namedOtherwise are the sessions of one meeting whose room the Datatracker does
// not compute, by session id. Those whose status asks for no room, and those that
// the REST sessions lack, are left out.
func namedOtherwise(snap *datatracker.Snapshot, m datatracker.Meeting, rooms MeetingRooms, rules Rules) []Difference {
	rows := rowsOf(m)
	ours := make(map[int]SessionRoom, len(rooms.Sessions))
	for _, s := range rooms.Sessions {
		ours[s.ID] = s
	}
	var out []Difference
	for _, s := range m.Agenda.Sessions {
		row, found := rows[s.SessionID]
		room, computed := ours[s.SessionID], computedRoom(s, row)
		if !found || room.Room == "" || computed == room.Room || datatracker.SessionCancelled(s.Status) {
			continue
		}
		d := Difference{
			Session: s.SessionID, Meeting: m.Number, Title: m.Title(), Acronym: s.Acronym,
			ChatRoom: row.ChatRoom, Computed: computed, Room: room.Room, EditURL: editURL(m, s.SessionID, rules),
		}
		d.Why = differs(d, room.Rule, rules)
		d.Obstacle = obstacle(snap, m, d, room, rules)
		d.Possible = d.Obstacle == ""
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Session, b.Session) })
	return slices.CompactFunc(out, func(a, b Difference) bool { return a.Session == b.Session }) // one may be on the agenda twice
}

// computedRoom is Session.chat_room_name of the Datatracker. The group at the
// time of the meeting is the one on its agenda.
func computedRoom(s datatracker.AgendaSession, row datatracker.Session) string {
	switch {
	case row.ChatRoom != "":
		return row.ChatRoom
	case row.Type == "plenary":
		return "plenary"
	}
	return s.Acronym
}

// editURL is where a person sets the chat_room of a session. The form does not
// take the sessions of interims.
func editURL(m datatracker.Meeting, session int, rules Rules) string {
	id := strconv.Itoa(session)
	if m.Type != "ietf" {
		return rules.Datatracker + "/admin/meeting/session/" + id + "/change/"
	}
	return rules.Datatracker + "/meeting/session/" + id + "/edit"
}

// differs words why the room is another one than the Datatracker computes.
func differs(d Difference, rule string, rules Rules) string {
	given := strings.ToLower(strings.TrimSpace(d.Computed))
	name, err := rules.roomFor(d.Computed)
	switch {
	case rule != "":
		return rule + " gives the session that room"
	case err != nil:
		return fmt.Sprintf("%q cannot be the name of a room", d.Computed)
	case name != d.Room:
		return "the group has another acronym now"
	case given != name:
		return fmt.Sprintf("rooms.overrides maps %s to it", given)
	}
	return "names of rooms are in lower case"
}

// obstacle says why the form cannot, or must not, set the chat_room of a
// session; "" when it can.
func obstacle(snap *datatracker.Snapshot, m datatracker.Meeting, d Difference, room SessionRoom, rules Rules) string {
	named, err := rules.roomFor(d.Computed)
	again, _ := rules.roomFor(d.Room)
	unread := unconfirmed(snap, m.Number)
	switch {
	case m.End().Before(snap.Time):
		return "the meeting is over"
	case m.Type != "ietf":
		return "the form cannot save interims; the Datatracker's admin pages can"
	case room.Disputed:
		return "two groups claim the room"
	case unread != "":
		return unread + " could not be read in this run"
	case !datatracker.ValidChatRoom(d.Room):
		return "a chat_room has at most 32 characters"
	case again != d.Room:
		return "rooms.overrides maps that name to another one again"
	case err != nil && d.ChatRoom != "":
		return "a person chose that chat_room; correct it there, or map it under rooms.overrides"
	case err == nil && named != d.Room && room.Rule == "" && snap.Time.Before(m.Date):
		return "the agenda still has the old acronym, and changes by itself"
	}
	return ""
}

// unconfirmed names a document about a meeting, or about groups and meetings in
// general, that the Datatracker did not confirm in this run: what an earlier
// copy says links a session, and is no reason to write. It is "" when all were.
func unconfirmed(snap *datatracker.Snapshot, meeting string) string {
	for _, s := range snap.Sources {
		if (s.Meeting == "" || s.Meeting == meeting) && !confirmed(s) {
			return s.Name
		}
	}
	return ""
}

// see takes in which sessions are linked to their rooms. links are by meeting
// number and session id.
func (r *DatatrackerReport) see(links map[string]map[int]string, known *registry.State, rules Rules, now time.Time) {
	for i := range r.Differences {
		d := &r.Differences[i]
		fit := rules.Fit(known.Rooms[d.Room], now)
		d.Linked = fit && links[d.Meeting][d.Session] == d.Room
	}
}
