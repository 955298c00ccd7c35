package provisioner

import (
	"fmt"
	"slices"
	"time"

	"roomctl/provisioner/registry"
)

// MeetingLinks is what is to be published about one meeting's sessions.
type MeetingLinks struct {
	Number string
	Title  string
	Links  map[int]string // session id -> room

	Asking   int           // sessions whose status asks for a room
	Lacking  []LackingRoom // of these, the ones without a link, and why
	Removed  []int         // sessions that lose the link they had
	Withheld *Withheld     // set: the guard keeps what is published now
}

// LackingRoom is a session that asks for a room and has no link to one.
type LackingRoom struct {
	Session int    `json:"session"`
	Acronym string `json:"acronym"`
	Room    string `json:"room,omitempty"`
	Why     string `json:"why"`
}

// linkSessions decides the link of every session of a meeting. A room that is
// fit sets the link; one that is unknown leaves it as it was; a definite no
// removes it, unless the same group's earlier room is still fit. It is pure.
func linkSessions(m MeetingRooms, known *registry.State, rules Rules, allow []string, now time.Time) MeetingLinks {
	out := MeetingLinks{Number: m.Number, Title: m.Title, Links: map[int]string{}}
	before := known.Links[m.Number]
	linked, stay := 0, 0
	for _, s := range m.Sessions {
		link, why := linkOf(s, before[s.ID], known, rules, now)
		if link != "" {
			out.Links[s.ID] = link
		}
		if s.Asks {
			out.Asking++
			if link == "" {
				out.Lacking = append(out.Lacking, LackingRoom{Session: s.ID, Acronym: s.Acronym, Room: s.Room, Why: why})
			}
		}
		if before[s.ID] == "" {
			continue
		}
		linked++
		if link != "" {
			stay++
		} else {
			out.Removed = append(out.Removed, s.ID)
		}
	}
	if stay*100 < linked*rules.Limits.MinLinked && !slices.Contains(allow, RuleLinks) {
		out.Withheld = &Withheld{
			Rule: RuleLinks,
			Why: fmt.Sprintf("only %d of the %d linked sessions of %s would stay linked, under %d %%; what is published stays; rooms that would lose links: %s",
				stay, linked, m.Title, rules.Limits.MinLinked, few(unlinking(out.Removed, before))),
			Allow: "roomctl sync --allow " + RuleLinks,
		}
		out.Links, out.Removed = before, nil
		out.Lacking = slices.DeleteFunc(out.Lacking, func(l LackingRoom) bool { return before[l.Session] != "" })
	}
	return out
}

// unlinking are the rooms that sessions lose their link to, sorted.
func unlinking(removed []int, before map[int]string) []string {
	var rooms []string
	for _, id := range removed {
		rooms = append(rooms, before[id])
	}
	slices.Sort(rooms)
	return slices.Compact(rooms)
}

// linkOf is the room that a session links to, or why it links to none.
func linkOf(s SessionRoom, before string, known *registry.State, rules Rules, now time.Time) (link, why string) {
	switch { // not decided: as it was, as long as that room is fit
	case before != "" && (s.Room == "" || s.Disputed):
		s.Room = before
	case s.Room == "":
		return "", "no room can be named for it"
	case s.Disputed:
		return "", "two groups claim its room"
	}
	room, ours := known.Rooms[s.Room]
	closed := ours && room.State.OutOfUse() // whatever the server still has of it
	if ours && rules.Fit(room, now) {
		return s.Room, ""
	}
	if ours && !closed && !room.Verified.Recent(now) {
		return before, "its room has not been verified within 24 hours"
	}
	if earlier, ok := known.Rooms[before]; ok && earlier.GroupID != 0 && earlier.GroupID == s.GroupID && rules.Fit(earlier, now) {
		return before, "" // the group was renamed: its old room serves until the new one does
	}
	switch {
	case !ours:
		return "", "its room is not ours, or not made yet"
	case closed:
		return "", fmt.Sprintf("its room is %s, as a person decided; to have it back: roomctl rooms restore %s", room.State, room.Name)
	}
	return "", unfit(room.Verified, rules.needLogged())
}

// unfit names the first thing that keeps a room from being linked.
func unfit(v registry.Verified, needLogged bool) string {
	switch {
	case !v.Exists:
		return "its room does not exist"
	case !v.Ours:
		return "its room is no longer ours"
	case !v.Persistent:
		return "its room is not persistent"
	case !v.Public:
		return "its room is not public"
	case needLogged && !v.Logged:
		return "its room is not logged"
	}
	return ""
}
