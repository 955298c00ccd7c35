package provisioner

import (
	"cmp"
	"slices"
	"strings"
)

// Verb says what a change does to a room.
type Verb string

const (
	Create    Verb = "create"    // make a room that is not there
	Finish    Verb = "finish"    // complete a creation that an earlier run began
	Recreate  Verb = "recreate"  // make a room of ours again that is definitely gone
	Configure Verb = "configure" // put managed fields, owners and admins right
	Retire    Verb = "retire"    // mark the room of an ended or renamed group; it stays open
	Restore   Verb = "restore"   // wake a retired room

	// The others are a person's decisions: never planned, and in the audit trail
	// only. Retire and Restore may be either.
	Adopt   Verb = "adopt"   // take an existing room over
	Close   Verb = "close"   // nobody but moderators speaks, and no list has it; only a person opens it again
	Destroy Verb = "destroy" // end it on the server
	Hold    Verb = "hold"    // let no sync change anything about it
	Release Verb = "release" // end a hold
	Revert  Verb = "revert"  // put managed fields back to earlier values, and hold it

	// Announce says something in a room or, without a room, to every user who is
	// online: in the audit trail only, too.
	Announce Verb = "announce"
)

// Verbs lists the verbs in the order in which changes are shown and applied.
func Verbs() []Verb { return []Verb{Finish, Recreate, Create, Configure, Restore, Retire} }

// Makes says whether a change of that verb makes a room.
func (v Verb) Makes() bool { return v == Create || v == Recreate || v == Finish }

// Change is one thing to do to one room. The same values are printed and
// applied; a change holds no code and knows nothing of servers.
type Change struct {
	Verb    Verb          `json:"verb"`
	Room    string        `json:"room"`
	GroupID int           `json:"group_id,omitempty"`
	Fields  []FieldChange `json:"fields,omitempty"`
	Reasons []string      `json:"reasons"`

	// Exempt changes do not count for the plan guards: the first
	// configuration of an adopted room, a subject alone.
	Exempt bool `json:"exempt,omitempty"`
}

// FieldChange is one value before and after. Field is a managed field of
// xmppadmin, or one of the pseudo fields below.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"` // "" when there was none
	New   string `json:"new"`
}

// Pseudo fields of a change, beside the managed fields of xmppadmin.
const (
	FieldOwner   = "owner"   // New is a bare JID that becomes an owner
	FieldAdmin   = "admin"   // New is a bare JID that becomes an admin
	FieldSubject = "subject" // set at creation and on a change of state only
	FieldState   = "state"   // the room's state in the registry
	FieldGroup   = "group"   // the id of the group that a room without one turns out to belong to

	FieldSuccessor = "successor" // New is the room that takes over from one that is retired; of a rename, or by a person's word
	FieldMessage   = "message"   // New is said in the room, once
	FieldHold      = "hold"      // New is why a person holds the room, Old why it was held
)

// Field looks one field change up by name.
func (c Change) Field(name string) (FieldChange, bool) {
	for _, f := range c.Fields {
		if f.Field == name {
			return f, true
		}
	}
	return FieldChange{}, false
}

// registered says whether the registry alone keeps the field.
func (f FieldChange) registered() bool {
	switch f.Field {
	case FieldState, FieldGroup, FieldSuccessor, FieldHold:
		return true
	}
	return false
}

// within is the change without the fields that another change of the same room
// was not about. Of a description of which that one was to change the pointer alone,
// it is about no more.
func (c Change) within(other Change) Change {
	fields := c.Fields
	c.Fields = nil
	for _, f := range fields {
		was, ok := other.Field(f.Field)
		if !ok {
			continue
		}
		if pointing([]FieldChange{was}) && was.New != f.New {
			if f, ok = pointerAlone(f); !ok {
				continue
			}
		}
		c.Fields = append(c.Fields, f)
	}
	return c
}

// divide takes one field out of a change.
func (c Change) divide(name string) (rest, one Change) {
	rest, one = c, c
	rest.Fields, one.Fields = nil, nil
	for _, f := range c.Fields {
		if f.Field == name {
			one.Fields = append(one.Fields, f)
		} else {
			rest.Fields = append(rest.Fields, f)
		}
	}
	return rest, one
}

// onServer is the change without the fields that the registry alone keeps.
func (c Change) onServer() Change {
	c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), FieldChange.registered)
	return c
}

// sortChanges puts changes in the order they are shown and applied.
func sortChanges(changes []Change) {
	slices.SortFunc(changes, compareChanges)
}

func compareChanges(a, b Change) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Verbs(), a.Verb), slices.Index(Verbs(), b.Verb)),
		strings.Compare(a.Room, b.Room),
	)
}
