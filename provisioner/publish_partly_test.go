package provisioner_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
)

// loseTLS makes the room of tls somebody else's, so that its session loses the
// link.
func loseTLS(h *house) {
	h.chat.RemoveRoom("tls")
	byHand(h, "tls")
}

// TestAWithheldMeetingStaysAndItsRoomsGoOn: too many links of a meeting would go
// while one of its sessions moves. What is published of the meeting stays, and
// the calendar of the session's room moves once, not again with every run.
func TestAWithheldMeetingStaysAndItsRoomsGoOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	before := h.files(t)
	loseTLS(h)
	h.update(t, func(w *datatrackertest.World) {
		quic := session(w, "quic")
		w.MoveSession(quic.ID, quic.Start.Add(24*time.Hour))
	})
	h.travel(h.time().Add(time.Hour))
	report := h.sync(t)
	if m := report.Meetings[0]; m.Withheld == nil || m.Withheld.Rule != provisioner.RuleLinks {
		t.Fatalf("nothing is withheld: %+v", m)
	}
	after := h.files(t)
	for path, was := range before {
		ofMeeting := strings.HasPrefix(path, "meeting/113/") || path == "agenda.json" || path == "agenda.ics"
		if ofMeeting && !os.SameFile(after[path].info, was.info) {
			t.Errorf("%s was written again", path)
		}
	}
	const calendar = "rooms/quic/calendar.ics"
	moved := h.read(t, calendar)
	if !strings.Contains(moved, "SEQUENCE:1\r\n") {
		t.Errorf("the session has not moved in\n%s", moved)
	}
	h.travel(h.time().Add(10 * time.Minute))
	if h.sync(t); h.read(t, calendar) != moved {
		t.Errorf("it has moved again:\n%s", h.read(t, calendar))
	}
}

// TestWhatIsNotInPlaceIsNotRecorded: one of the files of a meeting cannot be
// written. Its links are recorded when it is there; its events are before, so
// that the next run makes the same files, and so is that rooms are linked.
func TestWhatIsNotInPlaceIsNotRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	tls, before := h.id(t, "tls"), h.state(t)
	path := filepath.Join(h.place.files(), "agenda.json")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "in-the-way"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.update(t, func(w *datatrackertest.World) {
		w.MoveSession(tls, session(w, "tls").Start.Add(24*time.Hour))
		w.SetChatRoom(tls, "wgchairs")
	})
	if _, err := h.Sync(t.Context(), provisioner.Options{}); err == nil {
		t.Fatal("the folder in the way was no error")
	}
	after := h.state(t)
	if link := after.Links["113"][tls]; link != before.Links["113"][tls] {
		t.Errorf("the session is recorded as linked to %s", link)
	}
	if before.Rooms["wgchairs"].Linked || !after.Rooms["wgchairs"].Linked { // other files have the link
		t.Error("wgchairs was linked before, or does not count as a room that ever was")
	}
	event := after.Events["113"][tls]
	if event.Sequence != 1 {
		t.Errorf("its event is recorded as %+v", event)
	}

	h.travel(h.time().Add(time.Hour))

	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	requireDone(t, h.sync(t))
	done := h.state(t)
	if done.Links["113"][tls] != "wgchairs" || done.Events["113"][tls] != event {
		t.Errorf("then it is linked to %s, its event %+v", done.Links["113"][tls], done.Events["113"][tls])
	}
	h.requireQuiet(t)
}

// TestLinksThatGoAreToldOfTheWholeRun: a run that retires a room publishes
// twice, and tells what went the first time.
func TestLinksThatGoAreToldOfTheWholeRun(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: many})
	h.settle(t)
	loseTLS(h)
	h.update(t, concludeSframe)
	report := h.sync(t, provisioner.Options{Allow: []string{provisioner.RuleLinks}})
	if !slices.ContainsFunc(report.Results, func(r provisioner.Result) bool { return r.Change.Verb == provisioner.Retire }) {
		t.Fatalf("nothing is retired: %+v", report.Results)
	}
	if removed := report.Meetings[0].Removed; !slices.Equal(removed, []int{h.id(t, "tls")}) {
		t.Errorf("links removed: %v", removed)
	}
}
