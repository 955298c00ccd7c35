package provisioner_test

import (
	"path/filepath"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/xmppadmin/xmpptest"
)

// save plans, saves the plan and reads it back, as plan --out and sync --plan do.
func (h *house) save(t *testing.T, o provisioner.Options) provisioner.Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := provisioner.NewSavedPlan(h.preview(t, o), h.place.identity(), o).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	saved, err := provisioner.ReadSavedPlan(path)
	if err != nil {
		t.Fatal(err)
	}
	o = saved.Options
	o.Plan = saved
	return o
}

// TestASavedPlanIsAppliedExactly where the world has not moved, and not a second
// time.
func TestASavedPlanIsAppliedExactly(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: many})
			first := h.save(t, provisioner.Options{})
			report := h.sync(t, first)
			requireDone(t, report)
			if len(report.Changes) != len(first.Plan.Changes) || len(report.Changes) == 0 {
				t.Errorf("%d changes, %d were saved", len(report.Changes), len(first.Plan.Changes))
			}
			h.requireQuiet(t)

			rooms, files := h.rooms(), h.files(t)
			h.chat.ResetStanzas()
			report = h.sync(t, first)
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireUntouched(t, files)
			requireComplaint(t, report, "withheld plan", "nothing of the plan", "is left to do")
			if h.outcome(t) != "withheld" {
				t.Errorf("the run ended %q", h.outcome(t))
			}
		})
	}
}

// TestASavedPlanHasItsOptions: what a guard would hold back goes on when the
// plan was made with the guard lifted, and no other room is touched than it names.
func TestASavedPlanHasItsOptions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	h.Rules.Limits.Reconfigure = provisioner.Limit{}
	h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	held := h.save(t, provisioner.Options{})
	if len(held.Plan.Changes) != 0 || len(held.Plan.Withheld) != 1 {
		t.Fatalf("saved %+v", held.Plan)
	}
	lifted := h.save(t, provisioner.Options{Allow: []string{provisioner.RuleReconfigure}})
	report := h.sync(t, lifted)
	requirePlanned(t, report, "configure quic")
	requireDone(t, report)
}

// TestASavedPlanOfAWorldThatMoved is not applied at all, and says what differs.
func TestASavedPlanOfAWorldThatMoved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		move func(*testing.T, *house)
		says []string
	}{
		{"a person changed a room as planned", func(_ *testing.T, h *house) {
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "QUIC (quic)" })
		}, []string{"- configure quic is no longer planned"}},
		{"a person changed a room to something else", func(_ *testing.T, h *house) {
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "Quick chat" })
		}, []string{`~ configure quic: its name was "by hand" and is "Quick chat"`}},
		{"a person deleted a room", func(_ *testing.T, h *house) { h.chat.RemoveRoom("tls") },
			[]string{"+ recreate tls is new"}},
		{"a group ended", func(t *testing.T, h *house) { h.update(t, concludeSframe) },
			[]string{"+ retire sframe is new"}},
		{"a group has another name, which is another description too", func(t *testing.T, h *house) { h.update(t, renameGroupOfQuic) },
			[]string{"~ configure quic: its name was to become", "its description is to become"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{groups: many})
			h.settle(t)
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
			saved := h.save(t, provisioner.Options{})
			if len(saved.Plan.Changes) != 1 {
				t.Fatalf("saved %+v", saved.Plan.Changes)
			}
			test.move(t, h)
			rooms, files := h.rooms(), h.files(t)
			h.chat.ResetStanzas()
			report := h.sync(t, saved)
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireUntouched(t, files)
			requirePlanned(t, report)
			requireDetails(t, report, test.says...)

			h.sync(t, h.save(t, provisioner.Options{}))
			h.requireQuiet(t)
		})
	}
}

// requireDetails fails unless the saved plan was refused with exactly one detail
// that contains all of the texts.
func requireDetails(t *testing.T, r *provisioner.Report, says ...string) {
	t.Helper()
	w := r.Withheld[len(r.Withheld)-1]
	if w.Rule != provisioner.RulePlan || len(w.Details) != 1 {
		t.Fatalf("withheld %+v", w)
	}
	for _, text := range says {
		if !strings.Contains(w.Details[0], text) {
			t.Errorf("it says %q, want %q", w.Details[0], text)
		}
	}
}

// TestASavedPlanOverALostConnection goes on within itself: a room that somebody
// changes meanwhile, and that the plan is not about, is left to the next sync.
func TestASavedPlanOverALostConnection(t *testing.T) {
	t.Parallel()
	for _, moment := range []xmpptest.Moment{xmpptest.BeforeExecuting, xmpptest.AfterExecuting} {
		h := newHouse(t, setup{groups: many})
		h.settle(t)
		for _, name := range []string{"mls", "quic"} {
			h.chat.Edit(name, func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
		}
		saved := h.save(t, provisioner.Options{})
		h.chat.Fault(xmpptest.Fault{Room: "quic", Writing: true, Nth: 1, Disconnect: moment, Hook: func(xmpptest.Stanza) {
			h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldLanguage] = "tlh" })
			h.chat.Edit("tls", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
		}})
		report := h.sync(t, saved)
		if report.Lost == 0 || report.Applied() != 2 {
			t.Errorf("lost %d times, applied %d", report.Lost, report.Applied())
		}
		for name, field := range map[string]string{"quic": xmpptest.FieldLanguage, "tls": xmpptest.FieldName} {
			if r, _ := h.chat.Room(name); r.Config[field] != "tlh" && r.Config[field] != "by hand" {
				t.Errorf("%s of room %s is %q, which the plan was not about", field, name, r.Config[field])
			}
		}
		requirePlanned(t, h.sync(t), "configure quic", "configure tls")
		h.requireQuiet(t)
	}
}

// TestADeletedRoomIsNotMadeByAPlanToChangeIt, not even half of it, when it goes
// in the middle of a change.
func TestADeletedRoomIsNotMadeByAPlanToChangeIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	saved := h.save(t, provisioner.Options{})
	h.chat.Fault(xmpptest.Fault{Room: "quic", Writing: true, Nth: 1, Disconnect: xmpptest.BeforeExecuting, Hook: func(xmpptest.Stanza) {
		h.chat.RemoveRoom("quic")
	}})
	h.sync(t, saved)
	if _, there := h.rooms()["quic"]; there {
		t.Error("the room was made")
	}
	requirePlanned(t, h.sync(t), "recreate quic")
	h.requireQuiet(t)
}
