package provisioner_test

import (
	"context"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
)

// TestAChatRoomThatIsSetIsCorrected shows that a chat_room somebody set is
// replaced where it leads to another room, and only then.
func TestAChatRoomThatIsSetIsCorrected(t *testing.T) {
	h := newWritingHouse(t)
	h.update(t, func(w *datatrackertest.World) { w.SetChatRoom(session(w, "tls").ID, "TLS") })
	report := h.sync(t)
	results := report.Datatracker.Results
	if len(results) != 1 || results[0].Err != nil || results[0].Difference.ChatRoom != "TLS" {
		t.Fatalf("results %+v, of %+v", results, report.Datatracker)
	}
	var got []string
	for _, s := range h.sessionsOf(t, "tls") {
		got = append(got, s.ChatRoom)
	}
	if want := "tls"; strings.Join(got, " ") != want {
		t.Errorf("chat_room is %q, want %q", got, want)
	}
	if again := h.sync(t); len(again.Datatracker.Differences) != 0 {
		t.Errorf("the next run finds %+v", again.Datatracker.Differences)
	}
}

// TestWhatSomebodySetsMeanwhileStays: between the poll and the form a person
// has chosen a room, which the plan knew nothing of.
func TestWhatSomebodySetsMeanwhileStays(t *testing.T) {
	h := newWritingHouse(t, "tls")
	login := h.Secretariat
	h.Secretariat = func(ctx context.Context) (provisioner.SessionEditor, error) {
		h.update(t, func(w *datatrackertest.World) { w.SetChatRoom(session(w, "tls").ID, "hallway") })
		return login(ctx)
	}
	report := h.sync(t)
	results := report.Datatracker.Results
	if len(results) == 0 || results[0].Err == nil || !strings.Contains(results[0].Err.Error(), "is left alone") {
		t.Errorf("results %+v", results)
	}
	if got := h.sessionsOf(t, "tls")[0].ChatRoom; got != "hallway" {
		t.Errorf("chat_room is %q", got)
	}
	if n := h.written(); n != 2 { // logging in and out
		t.Errorf("%d forms were sent", n)
	}
}
