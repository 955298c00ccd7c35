package provisioner_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/pause"
	"roomctl/xmppadmin/xmpptest"
)

// pausable lets a test pause the runs of a house.
func (h *house) pausable() *atomic.Bool {
	var paused atomic.Bool
	h.Paused = func() (pause.Pause, bool) {
		return pause.Pause{Since: beforeTheMeeting, Why: "the server moves"}, paused.Load()
	}
	return &paused
}

// TestAPausedSyncWritesNothing: neither to the chat server nor to the files, and
// what it would do is done by the next one.
func TestAPausedSyncWritesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	paused := h.pausable()
	paused.Store(true)
	h.update(t, renameGroupOfQuic)
	h.update(t, concludeSframe)
	rooms, files := h.rooms(), h.files(t)
	h.chat.ResetStanzas()
	report := h.sync(t)
	h.requireNoWriting(t)
	h.requireRooms(t, rooms)
	h.requireUntouched(t, files)
	requireComplaint(t, report, "withheld pause", "since 2026-03-04 10:30 UTC", "the server moves")
	requirePlanned(t, report)
	if w := report.Withheld[0]; len(w.Changes) != 2 || len(report.Results) > 0 || h.outcome(t) != "withheld" {
		t.Errorf("withheld %v, results %v, the run ended %q", w.Changes, report.Results, h.outcome(t))
	}

	paused.Store(false)
	report = h.sync(t)
	requirePlanned(t, report, "configure quic", "retire sframe")
	requireDone(t, report)
	h.requireQuiet(t)
}

// TestAPauseStopsARunAfterTheChangeInHand: it comes when the first room is being
// made. Nothing that was begun is left half done, nothing else is begun, nothing
// is published, and the first sync has not taken place yet.
func TestAPauseStopsARunAfterTheChangeInHand(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: many})
			paused := h.pausable()
			h.chat.Fault(xmpptest.Fault{Writing: true, Nth: 1, Hook: func(xmpptest.Stanza) { paused.Store(true) }})
			wanted := len(h.preview(t, provisioner.Options{}).Changes)
			report := h.sync(t)
			requireComplaint(t, report, "withheld pause")
			held := report.Withheld[len(report.Withheld)-1].Changes
			if len(report.Results) == 0 || len(held) == 0 || len(report.Results)+len(held) != wanted || report.Applied() != len(report.Results) {
				t.Errorf("%d of %d applied, %d withheld, wanted %d", report.Applied(), len(report.Results), len(held), wanted)
			}
			for _, c := range held {
				if _, made := h.rooms()[c.Room]; made {
					t.Errorf("room %s was made", c.Room)
				}
			}
			known := h.state(t)
			for name := range h.rooms() {
				if !known.Rooms[name].Verified.Exists {
					t.Errorf("room %s was not verified", name)
				}
			}
			if files := h.files(t); len(files) > 1 || !known.Synced.IsZero() || len(known.Links) > 0 {
				t.Errorf("%d files, synced %v, links %v", len(files), known.Synced, known.Links)
			}

			paused.Store(false)
			report = h.sync(t)
			requireDone(t, report)
			if len(report.Results) != len(held) {
				t.Errorf("%d changes left, %d had been withheld", len(report.Results), len(held))
			}
			h.requireQuiet(t)
		})
	}
}

// TestAPauseDuringPublishingKeepsRoomsInService: it comes when all but the
// retirement is done.
func TestAPauseDuringPublishingKeepsRoomsInService(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	paused := h.pausable()
	h.update(t, renameQuic)
	h.chat.Fault(xmpptest.Fault{Room: "quick", Writing: true, Nth: 1, Hook: func(xmpptest.Stanza) { paused.Store(true) }})
	report := h.sync(t)
	requirePlanned(t, report, "create quick")
	if w := report.Withheld[len(report.Withheld)-1]; len(w.Changes) != 1 || w.Changes[0].Verb != provisioner.Retire {
		t.Errorf("withheld %+v", w)
	}
	for id, room := range h.links(t, "113") {
		if room == "quick" {
			t.Errorf("session %d is linked to quick under a pause", id)
		}
	}
	paused.Store(false)
	report = h.sync(t)
	requirePlanned(t, report, "retire quic")
	requireDone(t, report)
	h.requireQuiet(t)
}

// TestALostConnectionIsNotOpenedAgainUnderAPause leaves the rest to the next run.
func TestALostConnectionIsNotOpenedAgainUnderAPause(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	paused := h.pausable()
	opened := 0
	h.Connect = counted(h.Connect, &opened)
	h.chat.Fault(xmpptest.Fault{Writing: true, Nth: 2, Disconnect: xmpptest.AfterExecuting, Hook: func(xmpptest.Stanza) { paused.Store(true) }})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	report, err := h.Sync(ctx, provisioner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if opened != 1 || !slices.ContainsFunc(report.Withheld, func(w provisioner.Withheld) bool { return w.Rule == provisioner.RulePause }) {
		t.Errorf("%d connections, withheld %+v", opened, report.Withheld)
	}
	paused.Store(false)
	h.settle(t)
	if h.state(t).Synced.IsZero() {
		t.Error("the sync after the pause did not succeed")
	}
}
