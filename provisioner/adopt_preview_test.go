package provisioner_test

import (
	"reflect"
	"slices"
	"testing"

	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// TestPreviewOfAdoption tells what the next plan would change.
func TestPreviewOfAdoption(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			byHand(h, "quic", "tls", "friends")
			h.chat.Edit("friends", func(r *xmpptest.Room) { r.Config[xmpptest.FieldPublic] = "1" }) // so that it is listed
			rooms := h.rooms()
			h.chat.ResetStanzas()
			preview := h.previewAdoption(t, provisioner.AdoptOptions{All: true})
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			if len(preview.Rooms) != 2 || preview.Others != 1 || len(h.state(t).Rooms) > 0 {
				t.Fatalf("the preview is %+v", preview)
			}
			if _, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true}); err != nil {
				t.Fatal(err)
			}
			plan := h.preview(t, provisioner.Options{})
			for _, p := range preview.Rooms {
				i := slices.IndexFunc(plan.Changes, func(c provisioner.Change) bool { return c.Room == p.Room })
				if i < 0 || !p.Grant || len(p.Changes) != 1 || !reflect.DeepEqual(p.Changes[0], plan.Changes[i]) {
					t.Errorf("%s would be changed by %+v, and the plan has %+v", p.Room, p.Changes, plan.Changes)
				}
				if want := map[string]int{"quic": 3, "tls": 1}[p.Room]; len(p.Sessions) != want {
					t.Errorf("sessions %v would be linked to %s, want %d", p.Sessions, p.Room, want)
				}
			}
		})
	}
}

// previewAdoption is a dry run of adopting.
func (h *house) previewAdoption(t *testing.T, o provisioner.AdoptOptions) *provisioner.AdoptionPreview {
	t.Helper()
	known, rooms := h.reading(t)
	defer rooms.Close()
	preview, err := h.Planner.PreviewAdoption(t.Context(), rooms, known, o)
	if err != nil {
		t.Fatal(err)
	}
	return preview
}
