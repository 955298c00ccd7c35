package provisioner

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Joint sessions are told by agenda notes alone: neither agenda.json nor the
// REST API has joint_with_groups (Datatracker ietf/meeting/resources.py), and
// sessions that merely take place at the same time have nothing in common. Each
// session keeps the room that it would have anyway. While it runs, the
// description of each room concerned ends with a pointer to the others.

// Of a note no more than this is read.
const (
	maxNote     = 1000 // bytes
	maxPartners = 8
)

// The ways in which a note says "joint", at the start of a sentence. Without
// "with" two groups or more are named and nothing follows them, because groups
// have names such as core, add and extra.
var (
	jointWith = regexp.MustCompile(`(?i)^(?:joint|combined)(?: (?:session|meeting|slot)s?)? (?:with|of|between) (` + noteGroup + `(?:` + noteAnd + noteGroup + `)*)`)
	jointList = regexp.MustCompile(`(?i)^(?:joint|combined)(?: (?:session|meeting|slot):?)? (` + noteGroup + `(?:` + noteAnd + noteGroup + `)+)(?: (?:session|meeting|slot)s?)? ?(?:[(:,].*)?$`)

	noteSentence = regexp.MustCompile(`[.;!?](?: |$)|[\r\n]`)
	noteWord     = regexp.MustCompile(`[a-z0-9][a-z0-9-]*`)
)

const (
	noteGroup = `(?:the )?[a-z0-9][a-z0-9-]*(?: (?:(?:working|research) groups?|[wr]gs?|bofs?))?`
	noteAnd   = `(?: ?[/,&+] ?(?:and )?| and )`
)

// noteFiller are the words between the names of groups.
var noteFiller = []string{"the", "and", "working", "research", "group", "groups", "wg", "wgs", "rg", "rgs", "bof", "bofs", "with", "of", "between"}

// partners are the groups that a note names as those of a joint session, in
// lower case and in its order. Whether there are such groups is not asked.
func partners(note string) []string {
	if len(note) > maxNote {
		note = note[:maxNote]
	}
	var names []string
	for _, sentence := range noteSentence.Split(note, -1) {
		sentence = oneLine(sentence)
		named := jointWith.FindStringSubmatch(sentence)
		if named == nil {
			named = jointList.FindStringSubmatch(sentence)
		}
		if named == nil {
			continue
		}
		for _, word := range noteWord.FindAllString(strings.ToLower(named[1]), -1) {
			if !slices.Contains(noteFiller, word) && !slices.Contains(names, word) && len(names) < maxPartners {
				names = append(names, word)
			}
		}
	}
	return names
}

// joint finds the joint sessions of all meetings, once it is known which rooms
// groups and sessions ask for.
func (d *desirer) joint() {
	if !d.rules.Joint {
		return
	}
	for _, m := range d.meetings {
		known, _ := meeting(d.snap, m.Number)
		for i, s := range known.Agenda.Sessions {
			for _, name := range partners(s.Note) {
				d.join(m.Sessions, i, name)
			}
		}
	}
}

// join makes the session with that index a joint one with the group of that
// name. The other room is that of the group's own session at the same time, its
// mirror, if there is one, else the group's.
func (d *desirer) join(sessions []SessionRoom, index int, name string) {
	s := &sessions[index]
	mirror := -1
	for i, other := range sessions {
		same := strings.EqualFold(other.Acronym, name) && other.Start.Equal(s.Start) && other.Asks == s.Asks
		if same && i != index && (mirror < 0 || other.ID < sessions[mirror].ID) {
			mirror = i
		}
	}
	if mirror >= 0 && d.pointedTo(sessions[mirror].Room, s.Asks) {
		s.joinRoom(sessions[mirror].Room)
		if d.pointedTo(s.Room, s.Asks) {
			sessions[mirror].joinRoom(s.Room)
		}
		return
	}
	if room, err := d.rules.roomFor(name); err == nil && d.named[room] != 0 && d.pointedTo(room, s.Asks) {
		s.joinRoom(room)
	}
}

// pointedTo says whether people may be sent to a room: one that is wanted and
// open, or, for a session that is past, one that is ours.
func (d *desirer) pointedTo(room string, asks bool) bool {
	ours, managed := d.known.Rooms[room]
	if managed && ours.State.OutOfUse() {
		return false
	}
	c := d.wanted[room]
	return c != nil && len(c.groups) <= 1 || managed && !asks
}

// joinRoom adds a room to those that a session points to.
func (s *SessionRoom) joinRoom(room string) {
	if room != s.Room && !slices.Contains(s.Joint, room) {
		s.Joint = append(s.Joint, room)
		slices.Sort(s.Joint) // the agenda's order is that of its last changes
	}
}

// pointer is what the description of a room ends with while a joint session
// concerns it; "" when none does. Of several the last to end tells until when.
func (d *desirer) pointer(room string) string {
	var others []string
	var until time.Time
	for _, m := range d.meetings {
		for _, s := range m.Sessions {
			if len(s.Joint) == 0 || s.Room == "" || !s.runs(d.snap.Time) {
				continue
			}
			rooms := append([]string{s.Room}, s.Joint...)
			if !slices.Contains(rooms, room) {
				continue
			}
			for _, other := range rooms {
				if jid := d.rules.JID(other); other != room && !slices.Contains(others, jid) {
					others = append(others, jid)
				}
			}
			if s.End.After(until) {
				until = s.End
			}
		}
	}
	if len(others) == 0 {
		return ""
	}
	slices.Sort(others)
	return fmt.Sprintf(" Joint session until %s UTC: %s%s.", until.UTC().Format("15:04"), seeAlso, strings.Join(others, ", "))
}

// runs says whether the session takes place at that moment.
func (s SessionRoom) runs(now time.Time) bool {
	return s.Asks && !now.Before(s.Start) && now.Before(s.End)
}

// seeAlso stands before the addresses in a pointer.
const seeAlso = "see also "

// pointerText is a pointer at the end of a description.
var pointerText = regexp.MustCompile(` ?Joint session until [0-2][0-9]:[0-5][0-9] UTC: see also [^ ,@]+@[^ ,@]+(?:, [^ ,@]+@[^ ,@]+)*\.$`)

// strangers are the addresses of the rooms that are there and not ours.
func strangers(o *Observed, known *registry.State, rules Rules) []string {
	var jids []string
	for name, is := range o.Rooms {
		_, managed := known.Rooms[name]
		_, begun := known.Intents[name]
		if is.Existence == xmppadmin.Present && (!managed && !begun || notOurs(is, rules)) {
			jids = append(jids, rules.JID(name))
		}
	}
	return jids
}

// avoiding takes strangers out of the pointer of a room, and the pointer, if it
// has nothing left to point to.
func (r DesiredRoom) avoiding(strangers []string) DesiredRoom {
	text := r.Values[xmppadmin.FieldDescription]
	at := pointerText.FindStringIndex(text)
	if at == nil || len(strangers) == 0 {
		return r
	}
	when, list, _ := strings.Cut(text[at[0]:], seeAlso)
	jids := slices.DeleteFunc(strings.Split(strings.TrimSuffix(list, "."), ", "), func(jid string) bool {
		return slices.Contains(strangers, jid)
	})
	text = text[:at[0]]
	if len(jids) > 0 {
		text += when + seeAlso + strings.Join(jids, ", ") + "."
	}
	r.Values = maps.Clone(r.Values)
	r.Values[xmppadmin.FieldDescription] = text
	return r
}

// pointing says whether changes of fields are about nothing but the pointer of a
// joint session.
func pointing(fields []FieldChange) bool {
	if len(fields) != 1 || fields[0].Field != string(xmppadmin.FieldDescription) {
		return false
	}
	was, is := fields[0].Old, fields[0].New
	return oneLine(was) != oneLine(is) && withoutPointer(was) == withoutPointer(is)
}

// pointerAlone is a change of a description in which only the pointer changes, and
// the rest stays as it is. changes says whether there is anything in that.
func pointerAlone(f FieldChange) (alone FieldChange, changes bool) {
	pointer := strings.TrimSpace(pointerText.FindString(oneLine(f.New)))
	f.New = strings.TrimSpace(withoutPointer(f.Old) + " " + pointer)
	return f, pointing([]FieldChange{f})
}

// withoutPointer is a description, on one line, as it is when no joint session
// runs.
func withoutPointer(description string) string {
	return pointerText.ReplaceAllString(oneLine(description), "")
}

// jointRooms are the rooms that the sessions of a meeting point to on pages and
// in calendars, by session id. A room of which the last definite answer was no
// good one is left out.
func (p *publisher) jointRooms(meeting string) map[int][]string {
	rooms := map[int][]string{}
	for _, m := range p.desired.Meetings {
		if m.Number != meeting {
			continue
		}
		for _, s := range m.Sessions {
			for _, room := range s.Joint {
				sound := p.known.Rooms[room].Verified.Sound(p.Rules.needLogged())
				if sound && !slices.Contains(rooms[s.ID], room) {
					rooms[s.ID] = append(rooms[s.ID], room)
				}
			}
		}
	}
	return rooms
}
