package provisioner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomctl/provisioner"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// TestValuesThatTheServerAlters has a server that keeps something else than it
// was given. That is told once, and not tried again until either side moves.
func TestValuesThatTheServerAlters(t *testing.T) {
	t.Parallel()
	faults := map[string]xmpptest.Fault{
		"clamped": {Store: map[string]string{xmpptest.FieldDescription: "too long"}},
		"ignored": {Ignore: []string{xmpptest.FieldDescription}},
	}
	for i, kind := range kinds {
		for name, fault := range faults {
			if name == "ignored" && i > 0 {
				continue // for roomctl the same thing
			}
			t.Run(kind.name+", "+name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, setup{chat: kind.chat})
				remove := h.chat.Fault(fault)
				got := fault.Store[xmpptest.FieldDescription]
				report := h.sync(t)
				told := slices.DeleteFunc(complaints(report), func(c string) bool {
					return !strings.Contains(c, `the server keeps "`+got+`" as the description`)
				})
				if len(told) != len(report.Changes) || report.Failures() > 0 || h.outcome(t) != "done" {
					t.Errorf("%d rooms, %d told, %d failures, the run ended %q", len(report.Changes), len(told), report.Failures(), h.outcome(t))
				}
				h.requireQuiet(t)

				h.chat.Edit("quic", func(r *xmpptest.Room) { r.Config[xmpptest.FieldDescription] = "by hand" })
				report = h.sync(t)
				requirePlanned(t, report, "configure quic")
				h.requireQuiet(t)

				// The server has been mended, and the group gets another name.
				remove()
				h.update(t, renameGroupOfQuic)
				report = h.sync(t)
				requirePlanned(t, report, "configure quic")
				requireDone(t, report)
				if r, _ := h.chat.Room("quic"); !strings.Contains(r.Config[xmpptest.FieldDescription], "Quick Connections") {
					t.Errorf("quic says %q", r.Config[xmpptest.FieldDescription])
				}
				h.requireQuiet(t)
			})
		}
	}
}

// TestAValueThatPublicationNeeds is no altered text: without it the room is not
// linked, so every sync tries again, until the server is mended.
func TestAValueThatPublicationNeeds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	mend := h.chat.Fault(xmpptest.Fault{Room: "quic", Ignore: []string{xmpptest.FieldPublic}})
	for range 2 {
		report := h.sync(t)
		requireComplaint(t, report, "room quic still differs in its public after it was changed")
		requireComplaint(t, report, "no link quic", "its room is not public")
		for id, room := range h.links(t, "113") {
			if room == "quic" {
				t.Errorf("session %d links to quic", id)
			}
		}
	}
	mend()
	report := h.sync(t)
	requirePlanned(t, report, "configure quic")
	requireDone(t, report)
	h.requireQuiet(t)
}

// TestAServiceThatCannotLog is met under each of the settings.
func TestAServiceThatCannotLog(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		chat := kind.chat
		chat.NoLogging = true
		t.Run(kind.name+", required", func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: chat})
			for range 2 {
				report := h.sync(t)
				if report.Applied() > 0 || len(h.rooms()) > 0 {
					t.Errorf("%d changes were applied, %d rooms are there", report.Applied(), len(h.rooms()))
				}
				requireComplaint(t, report, "cannot log rooms")
				if report.Failures() == 0 {
					t.Error("the run counts as good")
				}
				if known := h.state(t); len(known.Intents) > 0 || len(known.Rooms) > 0 {
					t.Errorf("the registry knows %d rooms and %d intents", len(known.Rooms), len(known.Intents))
				}
				if links := h.links(t, "113"); len(links) > 0 {
					t.Errorf("links: %v", links)
				}
			}
		})
		t.Run(kind.name+", wanted", func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: chat})
			h.Rules.Logging = provisioner.LoggingWanted
			report := h.sync(t)
			requireUnlogged(t, h, report)
			requireComplaint(t, report, fmt.Sprintf("rooms without a log, as far as the server tells: %d", len(h.rooms())))
			h.chat.ResetStanzas()
			requirePlanned(t, h.sync(t))
			h.requireNoWriting(t)
		})
	}
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, setup{chat: xmpptest.Options{NoLogging: true}})
		h.Rules.Logging = provisioner.LoggingOff
		requireUnlogged(t, h, h.sync(t))
		h.requireQuiet(t)
	})
}

// requireUnlogged fails unless all rooms were made and linked although nothing
// logs them.
func requireUnlogged(t *testing.T, h *house, report *provisioner.Report) {
	t.Helper()
	if report.Applied() != len(report.Changes) || len(h.rooms()) != len(report.Changes) || report.Failures() > 0 {
		t.Errorf("%d of %d changes were applied, %d rooms are there: %q", report.Applied(), len(report.Changes), len(h.rooms()), complaints(report))
	}
	if links := h.links(t, "113"); len(links) == 0 {
		t.Error("nothing is linked")
	}
}

// TestLoggingThatIsHiddenForAWhile: a form without the field that it had before
// tells nothing, so the room stays as it is and linked.
func TestLoggingThatIsHiddenForAWhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	rooms, files := h.rooms(), h.files(t)
	remove := h.chat.Fault(xmpptest.Fault{Room: "quic", Hide: []string{xmpptest.FieldLogging}})
	h.chat.ResetStanzas()
	report := h.sync(t)
	requirePlanned(t, report)
	h.requireNoWriting(t)
	h.requireRooms(t, rooms)
	h.requireUntouched(t, files)
	remove()
	h.requireQuiet(t)
}

// TestAConnectionLostWhileApplying is lost at many points of the first sync.
// The same run goes on over a new connection and ends as if nothing had been.
func TestAConnectionLostWhileApplying(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			for i, moment := range []xmpptest.Moment{xmpptest.BeforeExecuting, xmpptest.AfterExecuting, xmpptest.BeforeExecuting} {
				h.chat.Fault(xmpptest.Fault{Writing: true, Nth: 4 + 8*i, Disconnect: moment})
			}
			report := h.sync(t)
			requireDone(t, report)
			if report.Lost == 0 || h.outcome(t) != "done" {
				t.Errorf("lost %d times, the run ended %q", report.Lost, h.outcome(t))
			}
			for name := range h.rooms() {
				requireOurs(t, h, name)
			}
			h.requireQuiet(t)
		})
	}
}

// TestAConnectionThatDoesNotLast ends the run as partial; the next one goes on,
// and no guard takes what is left for a flood of new rooms.
func TestAConnectionThatDoesNotLast(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name string
		xmpptest.Fault
	}{
		{"from the first deed on", xmpptest.Fault{Writing: true, Disconnect: xmpptest.BeforeExecuting}},
		{"while looking", xmpptest.Fault{Namespace: discoInfo, Room: "quic", Disconnect: xmpptest.BeforeExecuting}},
	} {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{})
			h.Rules.Limits.Create = provisioner.Limit{Count: 3, Percent: 3}
			connects := 0
			h.Connect = counted(h.Connect, &connects)
			remove := h.chat.Fault(fault.Fault)
			report := h.sync(t)
			if h.outcome(t) != "partial" {
				t.Errorf("the run ended %q", h.outcome(t))
			}
			if n := len(h.rooms()); fault.Writing && (report.Lost != 5 || connects != 5 || n > 0) {
				t.Errorf("lost %d times, connected %d times, %d rooms were made", report.Lost, connects, n)
			}
			requireComplaint(t, report, xmppadmin.ErrDisconnected.Error())

			remove()
			requireDone(t, h.sync(t))
			for name := range h.rooms() {
				requireOurs(t, h, name)
			}
			h.requireQuiet(t)
		})
	}
}

// TestWhatAFreezeDefersStaysDeferred although the connection is lost at the
// part of the change that goes on.
func TestWhatAFreezeDefersStaysDeferred(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	h.travel(beforeTheMeeting.AddDate(0, 0, 8))
	h.chat.Edit("quic", func(r *xmpptest.Room) {
		r.Config[xmpptest.FieldName] = "Quick chat"
		r.Config[xmpptest.FieldPublic] = "0"
	})
	h.chat.Fault(xmpptest.Fault{Writing: true, Room: "quic", Nth: 1, Disconnect: xmpptest.BeforeExecuting})
	report := h.sync(t)
	if report.Lost != 1 || report.Failures() > 0 {
		t.Errorf("lost %d times: %q", report.Lost, complaints(report))
	}
	if quic, _ := h.chat.Room("quic"); quic.Config[xmpptest.FieldPublic] != "1" || quic.Config[xmpptest.FieldName] != "Quick chat" {
		t.Errorf("quic is %v", quic.Config)
	}
}

// TestASubjectCutOff loses the connection at the last step of a retirement.
func TestASubjectCutOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{chat: xmpptest.Options{Kind: xmpptest.Ejabberd}, groups: many})
	h.settle(t)
	h.update(t, concludeSframe)
	h.chat.Fault(xmpptest.Fault{Name: "message", Room: "sframe", Nth: 1, Disconnect: xmpptest.BeforeExecuting})
	requireDone(t, h.sync(t))
	if r, _ := h.chat.Room("sframe"); !strings.Contains(r.Subject, "(ended)") {
		t.Errorf("the subject is %q", r.Subject)
	}
	h.requireQuiet(t)
}
