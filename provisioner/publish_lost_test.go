package provisioner_test

import (
	"maps"
	"testing"

	"roomctl/provisioner"
)

// TestALostRegistryTakesNoLinkAway: a sync that comes before the rooms are adopted
// again finds none of them to be ours, and a publication none at all.
func TestALostRegistryTakesNoLinkAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	links, rooms := h.links(t, "113"), h.rooms()
	if len(links) < len(many) {
		t.Fatalf("linked are %v", links)
	}
	h.loseRegistry(t)
	h.chat.ResetStanzas()
	requireComplaint(t, h.sync(t), "withheld links", "sessions of IETF 113 would stay linked")
	h.requireNoWriting(t)
	if now := h.links(t, "113"); !maps.Equal(now, links) {
		t.Errorf("after the sync linked are %v, were %v", now, links)
	}
	h.loseRegistry(t)
	report, err := h.Republish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	requireComplaint(t, report, "withheld links")
	if now := h.links(t, "113"); !maps.Equal(now, links) {
		t.Errorf("after publishing linked are %v, were %v", now, links)
	}

	if _, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	h.settle(t)
	h.requireRooms(t, rooms)
	if now := h.links(t, "113"); !maps.Equal(now, links) {
		t.Errorf("after adopting again linked are %v, were %v", now, links)
	}
}
