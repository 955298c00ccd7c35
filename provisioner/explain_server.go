package provisioner

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// ServerWord is what the chat server says about a room: now, or when it was last
// asked.
type ServerWord struct {
	Asked bool      `json:"asked"`       // now
	At    time.Time `json:"at,omitzero"` // of the last definite answer, which stands in when it was not asked; absent: never

	Existence string      `json:"existence"` // present, absent, tombstone or unknown
	Fields    []FieldWord `json:"fields"`    // managed fields; of rooms that are ours only
	Owners    []string    `json:"owners"`    // bare JIDs; null: not told
	Admins    []string    `json:"admins"`    // likewise
	Occupants *int        `json:"occupants,omitempty"`

	MembersOnly       bool `json:"members_only"`
	PasswordProtected bool `json:"password_protected"`
	Moderated         bool `json:"moderated"`

	LogsURL   string `json:"logs_url,omitempty"`
	Alternate string `json:"alternate,omitempty"` // where a destroyed room points to
	Problem   string `json:"problem,omitempty"`   // why there is no answer, or only a part of one
}

// FieldWord is a managed field as the server has it and as it should be.
type FieldWord struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Known   bool   `json:"known"` // false: the server did not tell
	Wanted  string `json:"wanted"`
	Differs bool   `json:"differs"` // and would be changed
}

// server is the chat server's word about a room. Without an answer of now the
// registry's last definite one stands in.
func (e *explainer) server(name string, ours registry.Room, want DesiredRoom) ServerWord {
	is, asked := e.answer(name)
	w := ServerWord{
		Asked: asked, At: ours.Verified.At, Existence: is.Existence.String(), Fields: []FieldWord{},
		Owners: is.Owners, Admins: is.Admins, Occupants: is.Occupants,
		MembersOnly: is.MembersOnly, PasswordProtected: is.PasswordProtected, Moderated: is.Moderated,
		LogsURL: cmp.Or(is.LogsURL, ours.Verified.LogsURL), Alternate: is.Alternate,
	}
	if is.Err != nil {
		w.Problem = is.Err.Error()
	}
	if asked && is.Existence != xmppadmin.Unknown {
		w.At = e.snap.Time
		w.Fields = e.fields(is, ours, want)
		return w
	}
	if v := ours.Verified; !v.At.IsZero() {
		w.Existence = xmppadmin.Absent.String()
		if v.Exists {
			w.Existence = xmppadmin.Present.String()
		}
		for i, on := range []bool{v.Persistent, v.Public, v.Logged} { // in the order of switches
			f := switches[i]
			w.Fields = append(w.Fields, FieldWord{Field: string(f), Value: strconv.FormatBool(on), Known: true, Wanted: want.Values[f]})
		}
	}
	return w
}

// witnessed is the registry's state with what the server says now in place of its
// last definite answers, as the next sync would put it down.
func (e *explainer) witnessed() *registry.State {
	state := *e.known
	state.Rooms = maps.Clone(e.known.Rooms)
	for name, v := range verifiedRooms(e.observed, e.desired, e.plan, e.known, e.rules, e.snap.Time) {
		room := state.Rooms[name]
		room.Verified = v
		state.Rooms[name] = room
	}
	return &state
}

// mends says whether the next sync does what a room lacks to be linked: it makes
// the room, or turns the switches that publication needs.
func (e *explainer) mends(name string) bool {
	return e.guarded != nil && slices.ContainsFunc(e.guarded.Changes, func(c Change) bool {
		return c.Room == name && (c.Verb.Makes() || slices.ContainsFunc(c.Fields, func(f FieldChange) bool {
			return slices.Contains(switches, xmppadmin.Field(f.Field))
		}))
	})
}

// fields compares the managed fields of a room with what they should be, as the
// plan does.
func (e *explainer) fields(is xmppadmin.Room, ours registry.Room, want DesiredRoom) []FieldWord {
	list := []FieldWord{}
	if is.Existence != xmppadmin.Present || ours.Name == "" {
		return list // nothing of it is managed
	}
	differing := differences(want, is, ours, e.rules)
	for _, f := range xmppadmin.Fields() {
		value, known := is.Values[f]
		wanted, managed := want.Values[f]
		if !known && !managed {
			continue
		}
		list = append(list, FieldWord{
			Field: string(f), Value: value, Known: known, Wanted: wanted,
			Differs: slices.ContainsFunc(differing, func(d FieldChange) bool { return d.Field == string(f) }),
		})
	}
	return list
}
