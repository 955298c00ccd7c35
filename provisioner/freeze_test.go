package provisioner

import (
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
