package provisioner

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTheFreezeBeginsAndEndsToTheSecond(t *testing.T) {
	meeting := testSnapshot().Meetings[0]
	begins, ends := meeting.Date.AddDate(0, 0, -3), meeting.End().AddDate(0, 0, 2)
	tests := []struct {
		name   string
		kind   string
		now    time.Time
		frozen bool
	}{
		{"just before the three days", "ietf", begins.Add(-time.Second), false},
		{"three days before", "ietf", begins, true},
		{"during the meeting", "ietf", meeting.Date.AddDate(0, 0, 1), true},
		{"just before the two days are over", "ietf", ends.Add(-time.Second), true},
		{"two days after", "ietf", ends, false},
		{"during an interim", "interim", meeting.Date, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snap := testSnapshot()
			snap.Time, snap.Meetings[0].Type = test.now, test.kind
			_, until := frozen(snap)
			if want := test.frozen; until.IsZero() == want || want && !until.Equal(ends) {
				t.Errorf("frozen until %v, want frozen %v, until %v", until, want, ends)
			}
		})
	}
}

// TestARenameIsHalfDeferred: the room under the new name is made at once, and
// the old one is retired, with the message that people should move, only when the
// meeting is over.
func TestARenameIsHalfDeferred(t *testing.T) {
	made := many(Create, 1)[0]
	retired := Change{Verb: Retire, Room: "quic", Fields: []FieldChange{
		{Field: "description", New: "moved"}, {Field: FieldState, Old: "active", New: "retired"},
		{Field: FieldSuccessor, New: made.Room}, {Field: FieldSubject, New: "moved"}, {Field: FieldMessage, New: "moved"},
	}}
	by := grounds(t, manyRooms(100), Options{})
	by.Snapshot.Time = by.Snapshot.Meetings[0].Date
	g := Guard([]Change{made, retired}, by)
	if len(g.Changes) != 1 || g.Changes[0].Room != made.Room {
		t.Errorf("changes %+v, want the new room alone", g.Changes)
	}
	if len(g.Withheld) != 1 || !reflect.DeepEqual(g.Withheld[0].Changes, []Change{retired}) {
		t.Fatalf("withheld %+v, want all of the retirement", g.Withheld)
	}
	if w := g.Withheld[0]; !w.Deferred() || !strings.Contains(w.Why, minute(w.Until)) {
		t.Errorf("deferred %+v", w)
	}
}
