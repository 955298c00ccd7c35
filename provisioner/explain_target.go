package provisioner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// Target is what a person wants to have explained: a room, a session, or the
// sessions of a group at a meeting.
type Target struct {
	Given   string // as it was typed
	Room    string // a room's name; "" when another was given
	Session int    // a session's id; 0 likewise. All digits may be a room's name too
	Meeting string // a meeting's number; "" likewise
	Acronym string // of a group at that meeting, lower case
}

// ParseTarget reads NAME, JID, SESSION-ID or MEETING/ACRONYM. A JID may be
// written as the link that joins the room (xmpp:quic@jabber.example.org?join); it
// must be one of the MUC service.
func ParseTarget(given, muc string) (Target, error) {
	t := Target{Given: given}
	text := strings.ToLower(strings.TrimSpace(given))
	text = strings.TrimSuffix(strings.TrimPrefix(text, "xmpp:"), "?join")
	if name, domain, ok := strings.Cut(text, "@"); ok {
		domain, _, _ = strings.Cut(domain, "/") // the nickname of somebody in the room
		if domain != strings.ToLower(muc) {
			return t, fmt.Errorf("%q is on another service than %s, whose rooms roomctl keeps", given, muc)
		}
		text = name
	} else if meeting, acronym, ok := strings.Cut(text, "/"); ok {
		if !datatracker.ValidMeetingNumber(meeting) || acronym == "" {
			return t, fmt.Errorf("%q is not a meeting and a group, as in 126/quic", given)
		}
		t.Meeting, t.Acronym = meeting, acronym
		return t, nil
	} else if id, err := strconv.Atoi(text); err == nil && id > 0 {
		t.Session = id
	}
	if text == "" {
		return t, fmt.Errorf("%q names no room", given)
	}
	t.Room = text
	return t, nil
}

// UnknownTarget is a target that nobody has heard of.
type UnknownTarget struct {
	Target string   `json:"target"` // as it was typed
	Why    string   `json:"why"`    // who has not heard of it
	Near   []string `json:"near"`   // what it may have been meant to be, the likeliest first
}

// meetingsOf are the meetings that targets are about, beside those that every run
// reads: a session that is linked may be of a past one.
func meetingsOf(targets []Target, known *registry.State) []string {
	var numbers []string
	for _, t := range targets {
		if t.Meeting != "" {
			numbers = append(numbers, t.Meeting)
			continue
		}
		for number, links := range known.Links {
			if t.Session != 0 && links[t.Session] != "" {
				numbers = append(numbers, number)
			}
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// maxNear is how many near misses are named.
const maxNear = 5

// nearest picks the names that a person who typed given may have meant: those
// with at most two letters wrong, or one in a short name.
func nearest(given string, names []string) []string {
	most := 2
	if len(given) < 4 {
		most = 1
	}
	type miss struct {
		name   string
		letter int // how many are wrong
	}
	var near []miss
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if n := editDistance(given, name, most); n <= most {
			near = append(near, miss{name, n})
		}
	}
	slices.SortStableFunc(near, func(a, b miss) int { return cmp.Compare(a.letter, b.letter) })
	var out []string
	for _, m := range near[:min(len(near), maxNear)] {
		out = append(out, m.name)
	}
	return out
}

// editDistance counts the letters to insert, remove, replace or swap with their
// neighbour to make one name of the other (optimal string alignment). Where there
// are undoubtedly more than most it says most+1.
func editDistance(a, b string, most int) int {
	if d := len(a) - len(b); max(d, -d) > most {
		return most + 1
	}
	d := make([][]int, len(a)+1) // d[i][j]: of the first i letters of a and j of b
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], 1+d[i-2][j-2])
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

// names are all that a target could be meant to be.
func (e *explainer) names() []string {
	names := slices.Collect(maps.Keys(e.known.Rooms))
	for _, r := range e.desired.Rooms {
		names = append(names, r.Name)
	}
	for name := range groupsByRoom(e.snap, e.rules) {
		names = append(names, name)
	}
	return names
}

// unknown describes a target that nobody has heard of.
func (e *explainer) unknown(t Target) UnknownTarget {
	u := UnknownTarget{
		Target: t.Given, Near: []string{},
		Why: "neither the registry, the Datatracker nor the chat server has such a room, group or session",
	}
	if t.Meeting != "" {
		u.Why = fmt.Sprintf("no session of a group %s is on the agenda of meeting %s, or that agenda is not known", t.Acronym, t.Meeting)
		var acronyms []string
		for _, s := range e.sessionsOf(t.Meeting) {
			acronyms = append(acronyms, s.Acronym)
		}
		for _, acronym := range nearest(t.Acronym, acronyms) {
			u.Near = append(u.Near, t.Meeting+"/"+acronym)
		}
	} else {
		u.Near = append(u.Near, nearest(t.Room, e.names())...)
	}
	if e.blind || e.observed == nil {
		u.Why += ", as far as they could be asked"
	}
	return u
}
