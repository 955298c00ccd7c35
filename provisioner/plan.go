package provisioner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Plan is what would make the rooms there are the rooms there should be.
type Plan struct {
	Changes []Change
	Foreign []Foreign // rooms that are wanted but not ours: untouched
	Unknown []Problem // rooms about which the server gave no definite answer
	Notices []Problem // what a person should know and roomctl does not repair
}

// Foreign is a room that exists and is not ours.
type Foreign struct {
	Room     string   `json:"room"`
	Why      string   `json:"why"`
	Sessions []int    `json:"sessions,omitempty"` // sessions that lack a link because of it
	Reasons  []string `json:"reasons,omitempty"`  // why the name is wanted
}

// Diff compares what should be with what is. It is pure and its result is
// sorted.
//
//	registry  | the server says          | wanted     | change
//	----------+--------------------------+------------+----------------------------
//	none      | absent, tombstone        | active     | create
//	none      | present                  | any        | none: foreign
//	intent    | absent, tombstone        | active     | finish
//	intent    | present, only we own it  | active     | finish
//	intent    | present, others own it   | any        | none: foreign
//	ours      | absent, tombstone        | active     | recreate
//	ours      | absent, tombstone        | retired    | none: noticed
//	ours      | present, we own it       | as it is   | configure, if a field differs
//	ours      | present, we own it       | retired    | retire; none, if its successor
//	          |                          |            | is foreign or unknown: noticed
//	retired   | present, we own it       | active     | restore
//	ours      | present, we do not own   | any        | none: foreign
//	any       | unknown                  | any        | none: unknown
//
// A room that answers in part is compared as far as it answered, and noted as
// unknown for the rest.
//
// What a person closed or destroyed is not wanted, so nothing is planned for it.
// What a person holds is planned, and held back by a guard.
func Diff(d *Desired, o *Observed, known *registry.State, rules Rules) *Plan {
	p := &Plan{}
	strangers := strangers(o, known, rules)
	for _, want := range d.Rooms {
		if o.Trusted[want.Name] {
			continue
		}
		p.room(want.avoiding(strangers), o.Rooms[want.Name], known, rules)
	}
	p.keepUntilFollowed()
	sortChanges(p.Changes)
	p.lacking(d)
	return p
}

// room decides about one desired room.
func (p *Plan) room(want DesiredRoom, is xmppadmin.Room, known *registry.State, rules Rules) {
	ours, managed := known.Rooms[want.Name]
	_, begun := known.Intents[want.Name]

	switch is.Existence {
	case xmppadmin.Unknown:
		p.unknown(want.Name, is.Err)
	case xmppadmin.Absent, xmppadmin.Tombstone:
		switch {
		case want.Begun:
			// Nothing asks for the room any more; verify drops the intent.
		case want.State != registry.Active && ours.Pinned:
			p.Notices = append(p.Notices, Problem{Room: want.Name, Text: fmt.Sprintf(
				"room %s, which a person retired, is gone from the server, and is not made again (%s); to have it back: roomctl rooms restore %[1]s",
				want.Name, few(want.Reasons))})
		case want.State != registry.Active:
			p.Notices = append(p.Notices, Problem{Room: want.Name, Text: fmt.Sprintf(
				"the retired room %s is gone from the server; nothing asks for it, so it is not made again", want.Name)})
		case managed:
			p.create(Recreate, want, is, rules)
		case begun:
			p.create(Finish, want, is, rules)
		default:
			p.create(Create, want, is, rules)
		}
	case xmppadmin.Present:
		switch {
		case !managed && !begun:
			p.foreign(want, "it exists and roomctl did not make it")
		case is.Owners == nil:
			if errors.Is(is.Err, xmppadmin.ErrNotOwner) {
				p.foreign(want, fmt.Sprintf("%s is not among its owners", rules.Self))
			} else {
				p.unknown(want.Name, is.Err)
			}
		case !slices.Contains(is.Owners, rules.Self):
			p.foreign(want, fmt.Sprintf("%s is not among its owners", rules.Self))
		case !managed && !alone(is.Owners, rules):
			p.foreign(want, "somebody else made it while roomctl was about to")
		case begun && want.State == registry.Active && alone(is.Owners, rules): // ours already, if it was being made again
			p.change(Change{Verb: Finish, Room: want.Name, GroupID: want.GroupID, Reasons: want.Reasons,
				Fields: append(differences(want, is, registry.Room{}, rules), subject(want, "")...)})
		default:
			p.ours(want, is, ours, rules)
			p.partly(want.Name, is.Err)
		}
	}
}

// ours decides about a room that is ours in the registry and on the server.
func (p *Plan) ours(want DesiredRoom, is xmppadmin.Room, ours registry.Room, rules Rules) {
	fields := differences(want, is, ours, rules)
	c := Change{
		Verb:    Configure,
		Room:    want.Name,
		GroupID: want.GroupID,
		Fields:  fields,
		Reasons: want.Reasons,
		Exempt:  !ours.Configured || pointing(fields),
	}
	if ours.GroupID == 0 && want.GroupID != 0 {
		c.Exempt = c.Exempt || len(fields) == 0
		c.Fields = append(c.Fields, FieldChange{Field: FieldGroup, New: strconv.Itoa(want.GroupID)})
	}
	if want.State != ours.State {
		c.Exempt = false
		c.Verb = Restore
		if want.State == registry.Retired {
			c.Verb = Retire
		}
		c.Fields = append(c.Fields, turning(want, ours, rules)...)
	}
	if want.State == ours.State && ours.Origin == registry.Created && ours.Subject == "" {
		c.Exempt = c.Exempt || len(c.Fields) == 0
		c.Fields = append(c.Fields, subject(want, "")...) // its creation was cut off before the subject
	}
	if len(c.Fields) > 0 {
		p.change(c)
	}
	if is.PasswordProtected || is.MembersOnly {
		p.Notices = append(p.Notices, Problem{Room: want.Name, Text: fmt.Sprintf(
			"room %s is %s, so people cannot walk in; roomctl leaves that to its owners and chairs", want.Name, closedBy(is))})
	}
}

func closedBy(is xmppadmin.Room) string {
	if is.PasswordProtected {
		return "protected by a password"
	}
	return "open to members only"
}

// create plans a room that is not there.
func (p *Plan) create(verb Verb, want DesiredRoom, is xmppadmin.Room, rules Rules) {
	c := Change{Verb: verb, Room: want.Name, GroupID: want.GroupID, Reasons: slices.Clone(want.Reasons)}
	for _, f := range xmppadmin.Fields() {
		if value, ok := want.Values[f]; ok {
			c.Fields = append(c.Fields, FieldChange{Field: string(f), New: value})
		}
	}
	c.Fields = append(c.Fields, grants(FieldOwner, append([]string{rules.Self}, rules.Owners...), nil)...)
	c.Fields = append(c.Fields, grants(FieldAdmin, rules.Admins, nil)...)
	c.Fields = append(c.Fields, subject(want, "")...)
	if is.Existence == xmppadmin.Tombstone {
		c.Reasons = append(c.Reasons, "the server still holds the name of the destroyed room; making it again lifts that")
	}
	p.change(c)
}

func (p *Plan) change(c Change) { p.Changes = append(p.Changes, c) }

func (p *Plan) foreign(want DesiredRoom, why string) {
	p.Foreign = append(p.Foreign, Foreign{Room: want.Name, Why: why, Reasons: want.Reasons})
}

func (p *Plan) unknown(name string, err error) {
	if err == nil {
		err = errors.New("the server gave no definite answer")
	}
	p.Unknown = append(p.Unknown, Problem{Room: name, Failure: true, Text: fmt.Sprintf("room %s left alone: %v", name, err)})
}

// partly notes a room that told its owners, and not all of the rest: what it left
// out stays as it is.
func (p *Plan) partly(name string, err error) {
	if err != nil {
		p.Unknown = append(p.Unknown, Problem{Room: name, Failure: true, Text: fmt.Sprintf("room %s was read in part, and only that was compared: %v", name, err)})
	}
}

// lacking adds to each foreign room the sessions that go without a link.
func (p *Plan) lacking(d *Desired) {
	at := make(map[string]int, len(p.Foreign))
	for i, f := range p.Foreign {
		at[f.Room] = i
	}
	for _, m := range d.Meetings {
		for _, s := range m.Sessions {
			if i, ok := at[s.Room]; ok && s.Asks {
				p.Foreign[i].Sessions = append(p.Foreign[i].Sessions, s.ID)
			}
		}
	}
	slices.SortFunc(p.Foreign, func(a, b Foreign) int { return cmp.Compare(a.Room, b.Room) })
}

// differences lists the managed fields whose known value is not the desired
// one. A field that the server did not tell is not a difference; neither is a
// value that the server is known to alter, until one of the two moves.
func differences(want DesiredRoom, is xmppadmin.Room, ours registry.Room, rules Rules) []FieldChange {
	var fields []FieldChange
	for _, f := range xmppadmin.Fields() {
		wanted, managed := want.Values[f]
		got, told := is.Values[f]
		if !managed || !told || want.Tentative[f] || oneLine(got) == oneLine(wanted) {
			continue
		}
		if f == xmppadmin.FieldLogging && is.CannotLog && rules.Logging == LoggingWanted {
			continue // the service has no logs to switch on
		}
		if a, altered := ours.Altered[string(f)]; altered && a.Wanted == wanted && a.Got == got {
			continue
		}
		fields = append(fields, FieldChange{Field: string(f), Old: got, New: wanted})
	}
	fields = append(fields, grants(FieldOwner, rules.Owners, is.Owners)...)
	if is.Admins != nil {
		have := append(slices.Clone(is.Admins), is.Owners...) // an owner needs no less
		fields = append(fields, grants(FieldAdmin, rules.Admins, have)...)
	}
	return fields
}

// grants lists the JIDs of want that are missing in have. Presence is managed,
// absence never: chairs appoint admins of their own.
func grants(field string, want, have []string) []FieldChange {
	var fields []FieldChange
	for _, jid := range want {
		if !slices.Contains(have, jid) {
			fields = append(fields, FieldChange{Field: field, New: jid})
		}
	}
	return fields
}

// subject is set at creation and on a change of state only: reading it takes a
// join, and joins land in the permanent logs.
func subject(want DesiredRoom, old string) []FieldChange {
	if want.Subject == old {
		return nil
	}
	return []FieldChange{{Field: FieldSubject, Old: old, New: want.Subject}}
}

// alone says whether we own a room with nobody but those that rules.Owners
// names: a creation of ours that was cut off may have got that far.
func alone(owners []string, rules Rules) bool {
	for _, o := range owners {
		if o != rules.Self && !slices.Contains(rules.Owners, o) {
			return false
		}
	}
	return slices.Contains(owners, rules.Self)
}

// fingerprint stands for everything that a full reading compares.
func (r DesiredRoom) fingerprint(rules Rules) string {
	h := sha256.New()
	for _, f := range xmppadmin.Fields() {
		fmt.Fprintf(h, "%s=%q\n", f, r.Values[f])
	}
	fmt.Fprintf(h, "state=%s owners=%q admins=%q\n", r.State, rules.Owners, rules.Admins)
	return hex.EncodeToString(h.Sum(nil)[:8])
}
