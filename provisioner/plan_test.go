package provisioner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// summary is a change in a line: verb, room, and field old -> new.
func summary(c Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Verb, c.Room)
	for _, f := range c.Fields {
		fmt.Fprintf(&b, " %s:%q->%q", f.Field, f.Old, f.New)
	}
	return b.String()
}

// TestDiffOneRoom walks the table in Diff's comment, for the room "quic".
func TestDiffOneRoom(t *testing.T) {
	const us, other = "roomctl@example.org", "mallory@example.org"
	set := func(f xmppadmin.Field, value string) func(*xmppadmin.Room) {
		return func(r *xmppadmin.Room) {
			values := map[xmppadmin.Field]string{}
			for k, v := range r.Values {
				values[k] = v
			}
			values[f] = value
			r.Values = values
		}
	}
	tests := []struct {
		name    string
		known   func(*registry.State)
		is      func(*xmppadmin.Room) // edits a room that is as desired and owned by us
		desired func(*DesiredRoom)
		rules   func(*Rules)
		want    string // the change, up to the first field; "" for none
		fields  []string
		foreign string
		unknown string
		notice  string
	}{
		{name: "absent and not known: create", is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} },
			want: "create", fields: []string{"name", "description", "language", "persistent", "public", "logging", "owner", "subject"}},
		{name: "a tombstone and not known: create", is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Tombstone} },
			want: "create", fields: []string{"name", "description", "language", "persistent", "public", "logging", "owner", "subject"}},
		{name: "present and not known: foreign", foreign: "it exists and roomctl did not make it"},
		{name: "an intent and absent: finish", known: intent, is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} },
			want: "finish", fields: []string{"name", "description", "language", "persistent", "public", "logging", "owner", "subject"}},
		{name: "an intent and only we own it: finish", known: intent, is: set(xmppadmin.FieldPublic, "false"),
			want: "finish", fields: []string{"public", "subject"}},
		{name: "an intent, but somebody else owns it too: foreign", known: intent,
			is: func(r *xmppadmin.Room) { r.Owners = []string{us, other} }, foreign: "somebody else made it"},
		{name: "an intent, and the house's owners beside us: finish", known: intent,
			rules: func(r *Rules) { r.Owners = []string{"boss@example.org"} }, want: "finish", fields: []string{"subject"}},
		{name: "ours, its making again cut off, and only we own it: finish", known: func(s *registry.State) { ours(s); intent(s) },
			is: set(xmppadmin.FieldName, "Mine"), want: "finish", fields: []string{"name", "subject"}},
		{name: "ours, its making again cut off, and a chair owns it too: configure", known: func(s *registry.State) { ours(s); intent(s) },
			is: func(r *xmppadmin.Room) {
				set(xmppadmin.FieldName, "Mine")(r)
				r.Owners = []string{us, other}
			}, want: "configure", fields: []string{"name"}},
		{name: "ours and absent: recreate", known: ours, is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} },
			want: "recreate", fields: []string{"name", "description", "language", "persistent", "public", "logging", "owner", "subject"}},
		{name: "ours, retired and absent: noticed", known: retired, desired: retire,
			is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} }, notice: "gone from the server"},
		{name: "one that a person retired and that is absent: told with who wanted it", known: func(s *registry.State) {
			r := managedRoom("quic", 20)
			r.State, r.Pinned = registry.Retired, true
			s.Rooms["quic"] = r
		}, desired: retire, is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} },
			notice: "a person retired, is gone from the server, and is not made again (group quic (20, wg, active)"},
		{name: "ours and as desired: nothing", known: ours},
		{name: "ours and white space differs: nothing", known: ours, is: set(xmppadmin.FieldName, " QUIC\n (quic) ")},
		{name: "ours and the name differs: configure", known: ours, is: set(xmppadmin.FieldName, "Mine"), want: "configure", fields: []string{"name"}},
		{name: "ours and a field is not told: nothing", known: ours, is: func(r *xmppadmin.Room) {
			r.Values = map[xmppadmin.Field]string{xmppadmin.FieldPublic: "true"}
		}},
		{name: "a tentative description does not change an existing room", known: ours, is: set(xmppadmin.FieldDescription, "old"),
			desired: func(d *DesiredRoom) { d.Tentative = map[xmppadmin.Field]bool{xmppadmin.FieldDescription: true} }},
		{name: "an owner of the house is missing: configure", known: ours, rules: func(r *Rules) { r.Owners = []string{"boss@example.org"} },
			is: func(r *xmppadmin.Room) { r.Owners = []string{us} }, want: "configure", fields: []string{"owner"}},
		{name: "an owner needs no admin rights", known: ours, rules: func(r *Rules) { r.Admins = []string{us} },
			is: func(r *xmppadmin.Room) { r.Admins = []string{} }},
		{name: "owners beyond the house's are nobody's business", known: ours, is: func(r *xmppadmin.Room) { r.Owners = []string{us, other} }},
		{name: "ours in the registry but not on the server: foreign", known: ours,
			is: func(r *xmppadmin.Room) { r.Owners = []string{other} }, foreign: us + " is not among its owners"},
		{name: "ours and the server refuses to tell the owners: foreign", known: ours, is: func(r *xmppadmin.Room) {
			r.Owners, r.Err = nil, fmt.Errorf("reading the owners: %w", xmppadmin.ErrNotOwner)
		}, foreign: us + " is not among its owners"},
		{name: "ours and the owners were not read: unknown", known: ours, is: func(r *xmppadmin.Room) {
			r.Owners, r.Err = nil, errors.New("timed out")
		}, unknown: "timed out"},
		{name: "ours and its form was not shown: told, and what was read is compared", known: ours, is: func(r *xmppadmin.Room) {
			r.Values, r.Err = map[xmppadmin.Field]string{xmppadmin.FieldPublic: "false"}, errors.New("form refused")
		}, want: "configure", fields: []string{"public"}, unknown: "read in part, and only that was compared: form refused"},
		{name: "unknown is never absent", known: ours, is: func(r *xmppadmin.Room) {
			*r = xmppadmin.Room{Existence: xmppadmin.Unknown, Err: errors.New("no answer")}
		}, unknown: "no answer"},
		{name: "unknown and not known either: no create", is: func(r *xmppadmin.Room) { *r = xmppadmin.Room{} }, unknown: "no definite answer"},
		{name: "a value the server altered is not planned again", known: func(s *registry.State) {
			r := managedRoom("quic", 20)
			r.Altered = map[string]registry.Altered{"name": {Wanted: "QUIC (quic)", Got: "QUI"}}
			s.Rooms["quic"] = r
		}, is: set(xmppadmin.FieldName, "QUI")},
		{name: "a value the server altered is planned again when it moved", known: func(s *registry.State) {
			r := managedRoom("quic", 20)
			r.Altered = map[string]registry.Altered{"name": {Wanted: "QUIC (quic)", Got: "QUI"}}
			s.Rooms["quic"] = r
		}, is: set(xmppadmin.FieldName, "Other"), want: "configure", fields: []string{"name"}},
		{name: "an ended group: retire", known: ours, desired: retire, want: "retire", fields: []string{"state", "subject"}},
		{name: "a group that came back: restore", known: retired, want: "restore", fields: []string{"state", "subject"}},
		{name: "a creation cut off before the subject: configure", known: func(s *registry.State) {
			r := managedRoom("quic", 20)
			r.Subject = ""
			s.Rooms["quic"] = r
		}, want: "configure", fields: []string{"subject"}},
		{name: "a room behind a password is told, not repaired", known: ours, is: func(r *xmppadmin.Room) { r.PasswordProtected = true },
			notice: "protected by a password"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules, known := testRules(t), state()
			if test.rules != nil {
				test.rules(&rules)
			}
			if test.known != nil {
				test.known(known)
			}
			want, _ := Desire(testSnapshot(), state(), rules).Room("quic")
			is := asDesired(want, rules)
			if test.is != nil {
				test.is(&is)
			}
			if test.desired != nil {
				test.desired(&want)
			}
			p := Diff(&Desired{Rooms: []DesiredRoom{want}}, &Observed{Rooms: map[string]xmppadmin.Room{"quic": is}}, known, rules)
			checkPlan(t, p, test.want, test.fields)
			checkText(t, "foreign", test.foreign, len(p.Foreign), func(i int) string { return p.Foreign[i].Why })
			checkText(t, "unknown", test.unknown, len(p.Unknown), func(i int) string { return p.Unknown[i].Text })
			checkText(t, "notice", test.notice, len(p.Notices), func(i int) string { return p.Notices[i].Text })
		})
	}
}

func ours(s *registry.State) { s.Rooms["quic"] = managedRoom("quic", 20) }
func intent(s *registry.State) {
	s.Intents["quic"] = registry.Intent{Room: "quic", GroupID: 20, Run: 1}
}
func retired(s *registry.State) {
	r := managedRoom("quic", 20)
	r.State = registry.Retired
	s.Rooms["quic"] = r
}
func retire(d *DesiredRoom) { d.State = registry.Retired }

func checkPlan(t *testing.T, p *Plan, verb string, fields []string) {
	t.Helper()
	if verb == "" {
		if len(p.Changes) != 0 {
			t.Errorf("changes %v, want none", p.Changes)
		}
		return
	}
	if len(p.Changes) != 1 || string(p.Changes[0].Verb) != verb {
		t.Fatalf("changes %v, want one to %s", p.Changes, verb)
	}
	var got []string
	for _, f := range p.Changes[0].Fields {
		got = append(got, f.Field)
	}
	if !slices.Equal(got, fields) {
		t.Errorf("fields %q, want %q", got, fields)
	}
	if len(p.Changes[0].Reasons) == 0 {
		t.Error("a change without reasons")
	}
}

func checkText(t *testing.T, what, want string, n int, text func(int) string) {
	t.Helper()
	switch {
	case want == "" && n != 0:
		t.Errorf("%s %q, want none", what, text(0))
	case want != "" && n != 1:
		t.Errorf("%d %s, want one with %q", n, what, want)
	case want != "" && !strings.Contains(text(0), want):
		t.Errorf("%s %q does not contain %q", what, text(0), want)
	}
}

func TestDiffIsSortedAndSkipsTrustedRooms(t *testing.T) {
	rules, known := testRules(t), state(managedRoom("quic", 20), managedRoom("wit", 10))
	d := Desire(testSnapshot(), known, rules)
	o := &Observed{Rooms: map[string]xmppadmin.Room{}, Trusted: map[string]bool{"wit": true}}
	for _, want := range d.Rooms {
		o.Rooms[want.Name] = xmppadmin.Room{Existence: xmppadmin.Absent}
	}
	var got []string
	for _, c := range Diff(d, o, known, rules).Changes {
		got = append(got, string(c.Verb)+" "+c.Room)
	}
	want := []string{"recreate quic", "create cats", "create hallway", "create plenary"}
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
}

func TestDiffTellsWhichSessionsAForeignRoomCosts(t *testing.T) {
	rules := testRules(t)
	d := Desire(testSnapshot(), state(), rules)
	o := &Observed{Rooms: map[string]xmppadmin.Room{"quic": {Existence: xmppadmin.Present}}}
	p := Diff(d, o, state(), rules)
	if len(p.Foreign) != 1 || !slices.Equal(p.Foreign[0].Sessions, []int{100}) {
		t.Errorf("foreign %+v, want quic with session 100", p.Foreign)
	}
}
