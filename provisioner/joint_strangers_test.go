package provisioner

import (
	"errors"
	"strings"
	"testing"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// TestNoPointerSendsPeopleToStrangers plans the rooms of a session of quic that is
// joint with wit and cats.
func TestNoPointerSendsPeopleToStrangers(t *testing.T) {
	const start = " Joint session until 13:00 UTC: see also "
	present := xmppadmin.Room{Existence: xmppadmin.Present}
	tests := []struct {
		name      string
		cats, wit xmppadmin.Room
		ours      []string // in the registry, beside quic
		begun     bool     // an earlier run began to make the room cats
		want      string   // the pointer of quic
	}{
		{"both are about to be made", xmppadmin.Room{Existence: xmppadmin.Absent}, xmppadmin.Room{Existence: xmppadmin.Absent}, nil, false,
			start + "cats@jabber.example.org, wit@jabber.example.org."},
		{"somebody has made one of them", present, xmppadmin.Room{Existence: xmppadmin.Absent}, nil, false, start + "wit@jabber.example.org."},
		{"somebody has made both", present, present, nil, false, ""},
		{"one has lost our ownership", xmppadmin.Room{Existence: xmppadmin.Present, Owners: []string{"mallory@example.org"}}, xmppadmin.Room{Existence: xmppadmin.Absent}, []string{"cats"}, false,
			start + "wit@jabber.example.org."},
		{"one does not tell us its owners, as we are none", xmppadmin.Room{Existence: xmppadmin.Present, Err: xmppadmin.ErrNotOwner}, present, []string{"cats"}, false, ""},
		{"one of ours does not answer", xmppadmin.Room{Err: errors.New("no answer")}, present, []string{"cats"}, false, start + "cats@jabber.example.org."},
		{"somebody made one just before we could", xmppadmin.Room{Existence: xmppadmin.Present, Owners: []string{"mallory@example.org"}}, present, nil, true, ""},
		{"the making of one was cut off", xmppadmin.Room{Existence: xmppadmin.Present, Owners: []string{"roomctl@example.org"}}, present, nil, true, start + "cats@jabber.example.org."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap, _, rules := jointSnapshot(t)
			snap.Meetings[0].Agenda.Sessions[0].Note = "Joint with WIT, CATS"
			known := state(managedRoom("quic", 20))
			for _, name := range test.ours {
				known.Rooms[name] = managedRoom(name, 30)
			}
			if test.begun {
				known.Intents["cats"] = registry.Intent{Room: "cats", GroupID: 30}
			}
			desired := Desire(snap, known, rules)
			before, _ := Desire(testSnapshot(), known, rules).Room("quic")
			observed := map[string]xmppadmin.Room{"quic": asDesired(before, rules), "cats": test.cats, "wit": test.wit}
			for _, c := range Diff(desired, &Observed{Rooms: observed}, known, rules).Changes {
				if f, changed := c.Field(string(xmppadmin.FieldDescription)); changed && c.Room == "quic" {
					got, base := strings.CutPrefix(f.New, before.Values[xmppadmin.FieldDescription])
					if got != test.want || !base || !c.Exempt {
						t.Errorf("quic says %q, want %q at its end", f.New, test.want)
					}
					return
				}
			}
			if test.want != "" {
				t.Errorf("quic has no pointer, want %q", test.want)
			}
		})
	}
}
