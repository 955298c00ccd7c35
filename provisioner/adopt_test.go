package provisioner_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// byHand makes rooms as alice would, years ago.
func byHand(h *house, names ...string) {
	for _, name := range names {
		h.chat.PutRoom(xmpptest.Room{
			Name:         name,
			Config:       map[string]string{xmpptest.FieldName: "made by hand", xmpptest.FieldPersistent: "1", xmpptest.FieldPublic: "0"},
			Affiliations: map[string]string{"alice@localhost": "owner", "bob@localhost": "member"},
		})
	}
}

// TestAdoptAll takes over a server full of hand-made rooms: nothing happens to
// them before, nothing but ownership by adopting, and then exactly what a
// preview shows.
func TestAdoptAll(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			var wanted []string
			for _, c := range h.preview(t, provisioner.Options{}).Changes {
				wanted = append(wanted, c.Room)
			}
			byHand(h, append(wanted, "friends", "cooking")...)

			rooms := h.rooms()
			h.chat.ResetStanzas()
			report := h.sync(t)
			requirePlanned(t, report)
			if len(report.Foreign) != len(wanted) {
				t.Errorf("%d rooms are foreign, want %d", len(report.Foreign), len(wanted))
			}
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)

			adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true})
			if err != nil {
				t.Fatal(err)
			}
			requireAdopted(t, h, adopted, rooms, wanted)

			preview := h.preview(t, provisioner.Options{})
			report = h.sync(t)
			requireDone(t, report)
			if !reflect.DeepEqual(report.Changes, preview.Changes) || len(report.Changes) != len(wanted) {
				t.Errorf("sync planned %q, preview %q", planned(report), planned(preview))
			}
			for _, name := range wanted {
				r, _ := h.chat.Room(name)
				if r.Config[xmpptest.FieldName] == "made by hand" || r.Config[xmpptest.FieldPublic] != "1" {
					t.Errorf("room %s is %v", name, r.Config)
				}
				if r.Affiliations["alice@localhost"] != "owner" || r.Affiliations["bob@localhost"] != "member" {
					t.Errorf("the affiliations of %s are %v", name, r.Affiliations)
				}
			}
			h.requireRooms(t, rooms, wanted...)
			h.requireQuiet(t)
		})
	}
}

// requireAdopted fails unless exactly the wanted rooms were adopted, and are
// what they were but for our ownership.
func requireAdopted(t *testing.T, h *house, adopted []provisioner.Adoption, before map[string]xmpptest.Room, wanted []string) {
	t.Helper()
	var names []string
	for _, a := range adopted {
		names = append(names, a.Room)
		if a.Err != nil || a.Note != "" {
			t.Errorf("room %s: %v, %q", a.Room, a.Err, a.Note)
		}
	}
	if slices.Sort(wanted); !slices.Equal(names, wanted) {
		t.Errorf("adopted %q, want %q", names, wanted)
	}
	known, after := h.state(t), h.rooms()
	for _, name := range names {
		was, is := before[name], after[name]
		if !slices.Contains(is.Owners(), h.chat.JID()) {
			t.Errorf("the owners of %s are %v", name, is.Owners())
		}
		delete(is.Affiliations, h.chat.JID())
		is.Reasons = was.Reasons
		if !reflect.DeepEqual(was, is) {
			t.Errorf("room %s was changed\nfrom %+v\nto   %+v", name, was, is)
		}
		if r := known.Rooms[name]; r.Origin != registry.Adopted || r.Configured || r.State != registry.Active {
			t.Errorf("the registry has %s as %+v", name, r)
		}
	}
	if r := known.Rooms["quic"]; r.GroupID == 0 {
		t.Error("quic belongs to no group")
	}
}

// TestAdoptByName names rooms of every sort.
func TestAdoptByName(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	byHand(h, "tls", "friends")
	h.sync(t)
	rooms := h.rooms()
	for _, test := range []struct {
		name, room string
		err, note  string // what they say; "" for nothing
	}{
		{"one that is wanted", "tls", "", ""},
		{"one that nothing asks for", "friends", "", ""},
		{"one that is ours already", "quic", "", "it is ours already"},
		{"one adopted before", "tls", "", "it is ours already"},
		{"one that is not there", "nowhere", "room nowhere does not exist", ""},
		{"none at all", "Not A Room", `"Not A Room" cannot be the name of a room`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{test.room}})
			if err != nil || len(adopted) != 1 {
				t.Fatalf("adopted %+v, %v", adopted, err)
			}
			a := adopted[0]
			if a.Note != test.note || (a.Err != nil) != (test.err != "") || a.Err != nil && !strings.Contains(a.Err.Error(), test.err) {
				t.Errorf("note %q, error %v", a.Note, a.Err)
			}
		})
	}
	h.requireRooms(t, rooms, "tls", "friends")
	requirePlanned(t, h.sync(t), "configure friends", "configure tls")
	h.requireQuiet(t)
}

// TestAdoptWithoutTheRight meets a service where an administrator is no owner
// of what others made.
func TestAdoptWithoutTheRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{chat: xmpptest.Options{Denied: true}})
	byHand(h, "tls")
	rooms := h.rooms()
	adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{"tls"}})
	if err != nil || len(adopted) != 1 || adopted[0].Err == nil {
		t.Fatalf("adopted %+v, %v", adopted, err)
	}
	if h.outcome(t) != "partial" || len(h.state(t).Rooms) > 0 {
		t.Errorf("the run ended %q with %d rooms of ours", h.outcome(t), len(h.state(t).Rooms))
	}
	h.requireRooms(t, rooms)
}
