package provisioner_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker/datatrackertest"
)

// statusOf reads the published status.json.
func statusOf(t *testing.T, h *house) agenda.Status {
	t.Helper()
	s, err := agenda.ReadStatus([]byte(h.read(t, agenda.StatusPath)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTheStatusOfARunThatFailedTellsOfTheDocuments, be it that it read them and
// came no further, or that it read none and the earlier ones are what there is.
func TestTheStatusOfARunThatFailedTellsOfTheDocuments(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.place.Chat.Address = "127.0.0.1:1"
	fail := func() agenda.Status {
		t.Helper()
		if report, err := h.trySync(t); err == nil || report != nil {
			t.Fatalf("report %+v, error %v", report, err)
		}
		s := statusOf(t, h)
		if s.Outcome != "failed" {
			t.Fatalf("the outcome is %q", s.Outcome)
		}
		return s
	}

	first := fail() // the chat server was down when the Datatracker had answered
	if len(first.Sources) == 0 || first.LastPoll.IsZero() || first.Oldest().IsZero() {
		t.Fatalf("after a run that was not let in: %d documents, all answered %s", len(first.Sources), first.LastPoll)
	}

	if err := os.RemoveAll(filepath.Join(h.place.Dir, "datatracker")); err != nil { // the last good copies
		t.Fatal(err)
	}
	h.dt.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 403})
	h.travel(h.time().Add(time.Hour))
	second := fail()
	if !second.Written.After(first.Written) {
		t.Fatalf("the second was written %s, the first %s", second.Written, first.Written)
	}
	if len(second.Sources) != len(first.Sources) || !second.LastPoll.Equal(first.LastPoll) {
		t.Fatalf("after a run that read nothing: %d documents, all answered %s; before %d and %s",
			len(second.Sources), second.LastPoll, len(first.Sources), first.LastPoll)
	}
	for i, s := range second.Sources {
		before := first.Sources[i]
		if s.Name != before.Name || !s.Read.Equal(before.Read) {
			t.Errorf("document %d is %s of %s, was %s of %s", i, s.Name, s.Read, before.Name, before.Read)
		}
		if age := int64(second.Written.Sub(s.Read) / time.Second); s.AgeSeconds == nil || *s.AgeSeconds != age {
			t.Errorf("%s is %v seconds old, want %d", s.Name, s.AgeSeconds, age)
		}
	}
}

// TestTheStatusOfARunThatFailedTellsOfTheRooms as the last one that saw them does.
func TestTheStatusOfARunThatFailedTellsOfTheRooms(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.sync(t)
	before := statusOf(t, h)
	if before.Counts.Rooms == 0 || before.Counts.Changed == 0 || before.Counts.Linked == 0 {
		t.Fatalf("counts %+v", before.Counts)
	}
	h.place.Chat.Address = "127.0.0.1:1"
	if report, err := h.trySync(t); err == nil || report != nil {
		t.Fatalf("report %+v, error %v", report, err)
	}
	want := before.Counts
	want.Changed = 0
	if after := statusOf(t, h); after.Counts != want || after.Outcome != "failed" {
		t.Errorf("%s: counts %+v, want %+v", after.Outcome, after.Counts, want)
	}
}
