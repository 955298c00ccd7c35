package provisioner

import (
	"cmp"
	"slices"
	"time"

	"roomctl/datatracker"
)

// Slot is one session: when it is, and which room people are sent to. It is what
// follows the sessions between two runs.
type Slot struct {
	Meeting string // number: "126", "interim-2026-oauth-04"
	Title   string // of the meeting: "IETF 126"
	IETF    bool   // an IETF meeting, and no interim

	Session   int    // Datatracker session id
	Name      string // the session's own name; may be ""
	Acronym   string // of its group; "" when it has none
	GroupName string
	Status    string // slug of sessionstatusname; may be "" or unknown
	Off       bool   // its status says that it does not take place, or not then

	Start, End time.Time // UTC
	Room       string    // that it is linked to; "" when it is linked to none
}

// keepSlots is how long a meeting's slots are told after its last session: what
// follows them has something left to do when they end.
const keepSlots = 24 * time.Hour

// Slots are the sessions of the meetings that are not over, by start, room and
// id. links are what is published; without them no slot has a room. It is pure.
func Slots(snap *datatracker.Snapshot, links []MeetingLinks) []Slot {
	linked := map[string]map[int]string{}
	for _, m := range links {
		linked[m.Number] = m.Links
	}
	out := []Slot{}
	for _, m := range snap.Meetings {
		if m.Agenda == nil || m.End().Add(keepSlots).Before(snap.Time) {
			continue
		}
		for _, s := range m.Agenda.Sessions {
			out = append(out, Slot{
				Meeting: m.Number, Title: m.Title(), IETF: m.Type == "ietf",
				Session: s.SessionID, Name: s.Name, Acronym: s.Acronym, GroupName: s.GroupName,
				Status: s.Status, Off: datatracker.SessionCancelled(s.Status),
				Start: s.Start, End: s.Start.Add(s.Duration), Room: linked[m.Number][s.SessionID],
			})
		}
	}
	slices.SortFunc(out, inOrder)
	return out
}

func inOrder(a, b Slot) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.Session, b.Session))
}

// After are the slots that hold after the run; before are those that held before
// it, and nil in either stands for not known. Of a meeting that a blind run says
// nothing about, the slots of before hold: it is unknown, and not gone.
func (r *Report) After(before []Slot) []Slot {
	if r == nil || r.Slots == nil {
		return before
	}
	if !r.Blind {
		return r.Slots
	}
	told := map[string]bool{}
	for _, s := range r.Slots {
		told[s.Meeting] = true
	}
	hold := slices.Clone(r.Slots)
	for _, s := range before {
		if !told[s.Meeting] {
			hold = append(hold, s)
		}
	}
	if before == nil && len(hold) == 0 {
		return nil
	}
	slices.SortFunc(hold, inOrder)
	return hold
}
