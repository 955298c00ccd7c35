package provisioner_test

import (
	"maps"
	"slices"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestWhatPeopleDoToRooms changes rooms behind roomctl's back, on each kind of
// server, and syncs.
func TestWhatPeopleDoToRooms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		run  func(*testing.T, *house)
	}{
		{"a room deleted by hand is made again", func(t *testing.T, h *house) {
			before := h.rooms()
			h.chat.RemoveRoom("quic")
			report := h.sync(t)
			requirePlanned(t, report, "recreate quic")
			requireDone(t, report)
			h.requireRooms(t, before)
		}},
		{"a room reconfigured by hand is repaired", func(t *testing.T, h *house) {
			before := h.rooms()
			h.chat.Edit("quic", func(r *xmpptest.Room) {
				r.Config[xmpptest.FieldName] = "Quick chat"
				r.Config[xmpptest.FieldDescription] = ""
				r.Config[xmpptest.FieldPublic] = "0"
				r.Config[xmpptest.FieldLogging] = "0"
			})
			report := h.sync(t)
			requirePlanned(t, report, "configure quic")
			requireDone(t, report)
			h.requireRooms(t, before)
		}},
		{"what a chair may need is left alone and told", func(t *testing.T, h *house) {
			h.chat.Edit("quic", func(r *xmpptest.Room) {
				r.Config[xmpptest.FieldModerated] = "1"
				r.Config[xmpptest.FieldMembersOnly] = "1"
				r.Affiliations["chair@localhost"] = "admin"
			})
			before := h.rooms()
			h.chat.ResetStanzas()
			report := h.sync(t)
			h.requireNoWriting(t)
			h.requireRooms(t, before)
			requireComplaint(t, report, "room quic is open to members only")
			if report.Failures() > 0 {
				t.Errorf("%d failures", report.Failures())
			}
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldMembersOnly] = "0" })
		}},
		{"a room that lost our ownership is left alone and loses its links", func(t *testing.T, h *house) {
			ours := h.rooms()
			h.chat.Edit("quic", func(r *xmpptest.Room) {
				r.Affiliations = map[string]string{"mallory@localhost": "owner"}
				r.Config[xmpptest.FieldDescription] = "mine"
			})
			before := h.rooms()
			h.chat.ResetStanzas()
			report := h.sync(t)
			h.requireNoWriting(t)
			h.requireRooms(t, before)
			requireComplaint(t, report, "foreign quic", h.chat.JID()+" is not among its owners")
			if i := slices.IndexFunc(report.Foreign, func(f provisioner.Foreign) bool { return f.Room == "quic" }); i < 0 || len(report.Foreign[i].Sessions) != 3 {
				t.Errorf("foreign are %+v", report.Foreign)
			}
			// The interim of quic would lose both its links, so its file stays.
			requireComplaint(t, report, "withheld links", "0 of the 2 linked sessions of interim-2026-quic-01")
			if h.outcome(t) != "withheld" {
				t.Errorf("the run ended %q", h.outcome(t))
			}
			for id, room := range h.links(t, "113") {
				if room == "quic" {
					t.Errorf("session %d still links to it", id)
				}
			}
			h.chat.PutRoom(ours["quic"])
			h.sync(t)
		}},
		{"one room asked for is the only one touched", func(t *testing.T, h *house) {
			h.chat.RemoveRoom("quic")
			h.chat.RemoveRoom("tls")
			before := h.rooms()
			report := h.sync(t, provisioner.Options{Only: []string{"quic"}})
			requirePlanned(t, report, "recreate quic")
			h.requireRooms(t, before, "quic")
			requirePlanned(t, h.sync(t), "recreate tls")
		}},
	}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: many})
			h.settle(t)
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) {
					test.run(t, h)
					h.requireQuiet(t)
				})
			}
		})
	}
}

// TestRoomsOfOthers has people's rooms on the server before roomctl comes.
func TestRoomsOfOthers(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			for _, name := range []string{"quic", "tls", "friends"} {
				h.chat.PutRoom(xmpptest.Room{
					Name:         name,
					Config:       map[string]string{xmpptest.FieldPersistent: "1", xmpptest.FieldName: "made by hand"},
					Affiliations: map[string]string{"alice@localhost": "owner"},
				})
			}
			theirs := h.rooms()
			preview := h.preview(t, provisioner.Options{})
			report := h.sync(t)
			for name, was := range theirs {
				if is, _ := h.chat.Room(name); is.Config[xmpptest.FieldName] != was.Config[xmpptest.FieldName] || !slices.Equal(is.Owners(), was.Owners()) {
					t.Errorf("room %s was changed: %+v", name, is)
				}
			}
			for _, r := range []*provisioner.Report{preview, report} {
				requireComplaint(t, r, "foreign quic", "it exists and roomctl did not make it")
				requireComplaint(t, r, "foreign tls", "it exists and roomctl did not make it")
				if len(r.Foreign) != 2 || len(r.Foreign[0].Sessions) != 3 || len(r.Foreign[1].Sessions) != 1 {
					t.Errorf("foreign are %+v", r.Foreign)
				}
			}
			requireComplaint(t, report, "no link quic", "its room is not ours")
			if report.Applied() != len(report.Changes) || h.outcome(t) != "partial" {
				t.Errorf("%d of %d applied, the run ended %q", report.Applied(), len(report.Changes), h.outcome(t))
			}
			if _, ours := h.state(t).Rooms["quic"]; ours {
				t.Error("the registry says that quic is ours")
			}

			h.chat.ResetStanzas()
			before := h.rooms()
			requirePlanned(t, h.sync(t))
			h.requireNoWriting(t)
			h.requireRooms(t, before)
		})
	}
}

// TestARoomIsRetiredWhenAllElseIsDoneAndPublished watches the published files
// at the moment when the first stanza about the retired room arrives.
func TestARoomIsRetiredWhenAllElseIsDoneAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.update(t, renameQuic)
	published := map[int]string{}
	h.chat.Fault(xmpptest.Fault{Room: "quic", Writing: true, Nth: 1, Hook: func(xmpptest.Stanza) {
		published = h.links(t, "113")
	}})
	report := h.sync(t)
	requirePlanned(t, report, "create quick", "retire quic")
	requireDone(t, report)
	if !slices.Contains(slices.Collect(maps.Values(published)), "quick") {
		t.Errorf("when quic was retired, these rooms were linked: %v", published)
	}
	if r := h.state(t).Rooms["quic"]; r.State != registry.Retired {
		t.Errorf("the registry says that quic is %s", r.State)
	}
	h.requireQuiet(t)
}
