package provisioner_test

import (
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestARefusedPlanLeavesTheStatusAlone, as nothing was done: what was published of
// the last run still holds.
func TestARefusedPlanLeavesTheStatusAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "by hand" })
	saved := h.save(t, provisioner.Options{})
	h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldName] = "Quick chat" })
	before := h.read(t, "status.json")
	requireComplaint(t, h.sync(t, saved), "withheld plan")
	if after := h.read(t, "status.json"); after != before {
		t.Errorf("status.json was\n%s\nand is\n%s", before, after)
	}
	if h.outcome(t) != "withheld" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
}

// TestNothingIsWrittenToTheFilesUnderAPause, status.json included, whether a sync
// or a publication finds it when it has the lock.
func TestNothingIsWrittenToTheFilesUnderAPause(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.pausable().Store(true)
	before := h.read(t, "status.json")
	h.sync(t)
	if after := h.read(t, "status.json"); after != before {
		t.Errorf("after the sync status.json was\n%s\nand is\n%s", before, after)
	}
	if _, err := h.Republish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := h.read(t, "status.json"); after != before {
		t.Errorf("after publishing status.json was\n%s\nand is\n%s", before, after)
	}
}

// TestARoomThatNobodyKnowsIsTold to whoever names it, in a plan and in a sync; one
// that is known is not.
func TestARoomThatNobodyKnowsIsTold(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
	named := provisioner.Options{Only: []string{"nosuch", "quic", "tls"}}
	const says = "room nosuch is not known: it is not ours, and no group, session or setting asks for it"
	for _, report := range []*provisioner.Report{h.preview(t, named), h.sync(t, named)} {
		told := 0
		for _, p := range report.Problems {
			if strings.Contains(p.Text, "is not known: ") {
				told++
			}
		}
		requireComplaint(t, report, says, "roomctl explain nosuch")
		if told != 1 {
			t.Errorf("%d rooms are not known: %+v", told, report.Problems)
		}
	}
	for _, p := range h.preview(t, provisioner.Options{}).Problems {
		if strings.Contains(p.Text, "is not known: ") {
			t.Errorf("nobody named a room: %s", p.Text)
		}
	}
}

// TestARoomThatWasDestroyedAndMadeAgainIsNotTakenUnasked: adopting everything does
// not make us an owner of what somebody made since; a person who names it does.
func TestARoomThatWasDestroyedAndMadeAgainIsNotTakenUnasked(t *testing.T) {
	t.Parallel()
	h := newDecidingHouse(t, setup{})
	h.ordered(t, order{Verb: provisioner.Close, Room: "tls"})
	h.ordered(t, order{Verb: provisioner.Destroy, Room: "tls"})
	theirs := xmpptest.Room{Name: "tls", Affiliations: map[string]string{"mallory@localhost": "owner"}, Config: map[string]string{xmpptest.FieldPublic: "1"}}
	h.chat.PutRoom(theirs)
	h.chat.ResetStanzas()
	adopted, err := h.Adopt(t.Context(), provisioner.AdoptOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	h.requireNoWriting(t)
	told := false
	for _, a := range adopted {
		told = told || a.Room == "tls" && a.State == "" && strings.Contains(a.Note, "destroyed, and made again since")
	}
	if !told {
		t.Errorf("adopted %+v", adopted)
	}
	if adopted, err = h.Adopt(t.Context(), provisioner.AdoptOptions{Names: []string{"tls"}}); err != nil || len(adopted) != 1 || !adopted[0].Grant || adopted[0].Err != nil {
		t.Errorf("adopted by name %+v, %v", adopted, err)
	}
	h.requireState(t, "tls", registry.Destroyed, true)
}
