package provisioner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// loseRegistry takes the registry away, as a broken disk would.
func (h *house) loseRegistry(t *testing.T) {
	t.Helper()
	if err := h.Registry.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(h.place.registry() + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("files of the registry: %v, %v", files, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	h.reopen(t)
}

// orders has a person decide about rooms, without any trouble.
func (h *house) orders(t *testing.T, decisions ...provisioner.Decision) {
	t.Helper()
	decided, err := h.Decide(t.Context(), decisions)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decided {
		if d.Err != nil {
			t.Fatalf("%s %s: %v", d.Verb, d.Room, d.Err)
		}
	}
}

// essentials is what of a room must come back with the registry.
type essentials struct {
	GroupID            int
	State              registry.RoomState
	Configured, Pinned bool
	Subject, Told      string
}

func essentialsOf(known *registry.State) map[string]essentials {
	rooms := map[string]essentials{}
	for name, r := range known.Rooms {
		rooms[name] = essentials{r.GroupID, r.State, r.Configured, r.Pinned, r.Subject, r.Told}
	}
	return rooms
}

// life brings rooms into every state that they can be in.
func life(t *testing.T, h *house) {
	t.Helper()
	byHand(h, "oauth")
	h.update(t, func(w *datatrackertest.World) {
		addGroups(w, "avt", "dime")
		for n := range 20 { // so that a few that end are a few of many
			addGroups(w, fmt.Sprintf("group%d", n))
		}
	})
	h.sync(t)
	if _, err := h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{"oauth"}}); err != nil {
		t.Fatal(err)
	}
	h.settle(t)
	h.update(t, func(w *datatrackertest.World) {
		w.SetGroupState("rats", "conclude")
		w.RenameGroup("tls", "tlsng")
		for _, acronym := range []string{"masque", "avt", "dime"} {
			w.SetGroupState(acronym, "conclude")
		}
		for _, acronym := range []string{"rats", "masque"} { // nobody asks for their rooms any more
			cancelSessions(w, acronym)
		}
	})
	h.sync(t)
	h.orders(t,
		provisioner.Decision{Verb: provisioner.Close, Room: "dime"},
		provisioner.Decision{Verb: provisioner.Retire, Room: "mls"},
		provisioner.Decision{Verb: provisioner.Restore, Room: "masque"},
	)
	h.settle(t)
}

// addGroups adds working groups that have no sessions.
func addGroups(w *datatrackertest.World, acronyms ...string) {
	for _, acronym := range acronyms {
		w.AddGroup(datatrackertest.Group{Acronym: acronym, Name: "Group " + acronym, Type: "wg", State: "active"})
	}
}

// cancelSessions has nobody ask for the room of a group.
func cancelSessions(w *datatrackertest.World, acronym string) {
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			if s.Group != nil && s.Group.Acronym == acronym {
				s.Status = "canceled"
			}
		}
	}
}

// TestAdoptingEverythingBringsALostRegistryBack loses the registry of rooms in
// every state.
func TestAdoptingEverythingBringsALostRegistryBack(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: many})
			life(t, h)
			byHand(h, "friends")
			before, rooms := h.state(t), h.rooms()
			h.requireStates(t, before)

			h.loseRegistry(t)
			h.chat.ResetStanzas()
			adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true, Remembered: []string{"dime"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range adopted {
				if a.Err != nil || a.State == "" || a.Grant {
					t.Errorf("room %s: %v, %q, ownership granted: %t", a.Room, a.Err, a.Note, a.Grant)
				}
			}
			want, got := essentialsOf(before), essentialsOf(h.state(t))
			for name, w := range want {
				if w.State == registry.Closed || before.Rooms[name].Origin == registry.Adopted {
					w.Subject = got[name].Subject // the server tells it only to those inside
				}
				if w != got[name] {
					t.Errorf("room %s was\n%+v, and is now\n%+v", name, w, got[name])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d rooms are ours, want %d", len(got), len(want))
			}
			requirePlanned(t, h.preview(t, provisioner.Options{}))
			report := h.sync(t)
			requirePlanned(t, report)
			requireDone(t, report)
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireQuiet(t)
		})
	}
}

// requireStates fails unless rooms are in every state that is to be brought back.
func (h *house) requireStates(t *testing.T, known *registry.State) {
	t.Helper()
	for name, want := range map[string]struct {
		state  registry.RoomState
		pinned bool
	}{
		"quic": {registry.Active, false}, "can": {registry.Active, false}, "oauth": {registry.Active, false}, "hallway": {registry.Active, false},
		"rats": {registry.Retired, false}, "tls": {registry.Retired, false}, "tlsng": {registry.Active, false},
		"avt": {registry.Retired, false}, "dime": {registry.Closed, true}, "mls": {registry.Retired, true}, "masque": {registry.Active, true},
	} {
		if r := known.Rooms[name]; r.State != want.state || r.Pinned != want.pinned {
			t.Fatalf("%s is %q, pinned %t; want %q, %t", name, r.State, r.Pinned, want.state, want.pinned)
		}
	}
}

// TestWhatCannotBeToldIsLeft has rooms that our account owns and that say nothing
// of what they are.
func TestWhatCannotBeToldIsLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.update(t, func(w *datatrackertest.World) {
		addGroups(w, "avt", "dime")
		w.SetGroupState("avt", "conclude")
		w.SetGroupState("dime", "abandon")
	})
	for name, owner := range map[string]string{
		"friends": "alice@localhost", "club": h.chat.JID(), "avt": "alice@localhost", "dime": h.chat.JID(), "quic": h.chat.JID(),
	} {
		h.chat.PutRoom(xmpptest.Room{
			Name: name, Config: map[string]string{xmpptest.FieldName: "made by hand", xmpptest.FieldPersistent: "1", xmpptest.FieldPublic: "1"},
			Affiliations: map[string]string{owner: "owner"},
		})
	}
	rooms := h.rooms()
	preview := h.previewAdoption(t, provisioner.AdoptOptions{All: true})
	if preview.Others != 1 {
		t.Errorf("%d other rooms, want friends alone", preview.Others)
	}
	h.requireRooms(t, rooms)
	adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range preview.Rooms {
		if a.Adoption != adopted[i] {
			t.Errorf("the preview has %+v, and what was done is %+v", a.Adoption, adopted[i])
		}
	}
	for _, want := range []struct {
		room string
		provisioner.Adoption
	}{
		{"club", provisioner.Adoption{Note: "our account owns it, but nothing says what it is; adopt it by name"}},
		{"avt", provisioner.Adoption{Note: "it is not ours, and group avt ("}},
		{"dime", provisioner.Adoption{State: registry.Active}},
		{"quic", provisioner.Adoption{State: registry.Active}},
	} {
		i := slices.IndexFunc(adopted, func(a provisioner.Adoption) bool { return a.Room == want.room })
		if i < 0 || adopted[i].State != want.State || !strings.HasPrefix(adopted[i].Note, want.Note) || adopted[i].Grant {
			t.Errorf("%s: %+v, want %+v", want.room, adopted[max(i, 0)], want.Adoption)
		}
	}
	if slices.ContainsFunc(adopted, func(a provisioner.Adoption) bool { return a.Room == "friends" }) {
		t.Error("friends was looked at more than it should be")
	}
	h.requireRooms(t, rooms)

	adopted, err = h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{"club"}})
	if err != nil || len(adopted) != 1 || adopted[0].State != registry.Active {
		t.Errorf("adopted by name %+v, %v", adopted, err)
	}
}

// TestUnknownGroupsAreNoGround has the Datatracker not tell what groups are
// called.
func TestUnknownGroupsAreNoGround(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.update(t, func(w *datatrackertest.World) { addGroups(w, "avt") })
	h.settle(t)
	h.update(t, func(w *datatrackertest.World) { w.SetGroupState("avt", "conclude") })
	h.settle(t)
	h.loseRegistry(t)
	unfault := h.dt.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 403, Pattern: regexp.MustCompile(`acronym__in=`)})
	adopt := func() provisioner.Adoption {
		adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(adopted, func(a provisioner.Adoption) bool { return a.Room == "avt" })
		if i < 0 {
			t.Fatal("avt was not looked at")
		}
		return adopted[i]
	}
	if a := adopt(); a.State != "" || !strings.Contains(a.Note, "the Datatracker did not tell") {
		t.Errorf("without an answer: %+v", a)
	}
	unfault()
	if a := adopt(); a.State != registry.Retired || a.GroupID == 0 {
		t.Errorf("with an answer: %+v", a)
	}
	requirePlanned(t, h.preview(t, provisioner.Options{}))
}
