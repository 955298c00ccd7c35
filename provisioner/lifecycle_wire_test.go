package provisioner_test

import (
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestARenamedGroupsRooms follows a group through four names, of which two are
// the same: each room says once where to go, and is the group's again when the
// name is.
func TestARenamedGroupsRooms(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			h.settle(t)
			name := "quic"
			for _, step := range []struct {
				to   string
				want []string            // changes
				said map[string][]string // the rooms that people were sent to, by room
			}{
				{"quick", []string{"create quick", "retire quic"}, map[string][]string{"quic": {"quick"}}},
				{"quack", []string{"create quack", "configure quic", "retire quick"}, map[string][]string{"quic": {"quick"}, "quick": {"quack"}}},
				{"quic", []string{"configure quick", "restore quic", "retire quack"}, map[string][]string{"quic": {"quick"}, "quick": {"quack"}, "quack": {"quic"}}},
				{"quack", []string{"configure quick", "restore quack", "retire quic"}, map[string][]string{"quic": {"quick", "quack"}, "quick": {"quack"}, "quack": {"quic"}}},
			} {
				h.update(t, func(w *datatrackertest.World) { w.RenameGroup(name, step.to) })
				name = step.to
				report := h.sync(t, provisioner.Options{Allow: []string{provisioner.RuleFlapping}})
				requirePlanned(t, report, step.want...)
				requireDone(t, report)
				h.requireTrail(t, report)
				h.requireQuiet(t)
				for room, to := range step.said {
					said := h.said(room)
					if len(said) != len(to) || !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "xmpp:"+to[len(to)-1]+"@"+muc+"?join") }) {
						t.Errorf("called %s: in room %s was said %q, want the way to %v", name, room, said, to)
					}
				}
			}
		})
	}
}

// TestNobodyIsSentToStrangers renames a group to a name that somebody has taken.
func TestNobodyIsSentToStrangers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.chat.PutRoom(xmpptest.Room{Name: "quick", Config: map[string]string{xmpptest.FieldPersistent: "1"}, Affiliations: map[string]string{"mallory@localhost": "owner"}})
	h.update(t, renameQuic)
	before := h.rooms()
	report := h.sync(t)
	requirePlanned(t, report)
	requireComplaint(t, report, "foreign quick")
	requireComplaint(t, report, "room quic stays in service: quick should take over from it, but that is not ours")
	h.requireRooms(t, before)
	if !slices.Contains(h.linked(t), "quic") {
		t.Errorf("linked are %v", h.linked(t))
	}

	h.chat.RemoveRoom("quick")
	report = h.sync(t)
	requirePlanned(t, report, "create quick", "retire quic")
	requireDone(t, report)
	if said := h.said("quic"); len(said) != 1 {
		t.Errorf("said: %q", said)
	}
}

// TestNobodyIsSentToARoomThatIsNotThere has the making of the new room fail.
func TestNobodyIsSentToARoomThatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.update(t, renameQuic)
	mend := h.chat.Fault(xmpptest.Fault{Room: "quick", Writing: true, Condition: "forbidden", ErrorType: "auth", Text: "not today"})
	report := h.sync(t)
	requireComplaint(t, report, "failed create quick", "not today")
	requireComplaint(t, report, "failed retire quic", "room quic stays in service, as quick, which takes over from it, is not known to be fit yet")
	h.requireState(t, "quic", registry.Active, false)
	if said := h.said("quic"); len(said) != 0 {
		t.Errorf("said: %q", said)
	}
	mend()
	report = h.sync(t)
	requireDone(t, report)
	h.requireState(t, "quic", registry.Retired, false)
	if said := h.said("quic"); len(said) != 1 {
		t.Errorf("said: %q", said)
	}
	h.requireQuiet(t)
}

// TestAMessageThatIsRefused does not keep a room from being handed over, and is
// told.
func TestAMessageThatIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{chat: xmpptest.Options{Kind: xmpptest.Ejabberd}})
	h.settle(t)
	h.update(t, renameQuic)
	mend := h.chat.Fault(xmpptest.Fault{Name: "message", Room: "quic", Nth: 2, Condition: "forbidden", ErrorType: "auth", Text: "quiet"})
	report := h.sync(t)
	mend()
	requireComplaint(t, report, "failed retire quic", "sending a message", "quiet")
	h.requireState(t, "quic", registry.Retired, false)
	if h.outcome(t) != "partial" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
	h.requireQuiet(t)
	if said := h.said("quic"); len(said) != 0 {
		t.Errorf("said: %q", said)
	}
}
