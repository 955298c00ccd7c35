package sessionclock

import (
	"reflect"
	"testing"
	"time"

	"roomctl/provisioner"
)

// ten is when sessions of these tests start.
var ten = time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)

// at is so many minutes after ten.
func at(minutes int) time.Time { return ten.Add(time.Duration(minutes) * time.Minute) }

// slot is a session from minute start to minute end after ten.
func slot(id int, room string, start, end int) provisioner.Slot {
	return provisioner.Slot{
		Meeting: "127", Title: "IETF 127", IETF: true,
		Session: id, Acronym: room, GroupName: "Group " + room, Status: "sched",
		Start: at(start), End: at(end), Room: room,
	}
}

func TestSchedule(t *testing.T) {
	off := slot(1, "quic", 0, 60)
	off.Off = true
	tests := []struct {
		name  string
		slots []provisioner.Slot
		now   time.Time
		on    map[string][]int // sessions by room
		next  time.Time
	}{
		{"no sessions", nil, at(0), nil, time.Time{}},
		{"a session that is to come", []provisioner.Slot{slot(1, "quic", 0, 60)}, at(-10), nil, at(0)},
		{"a session in its first moment", []provisioner.Slot{slot(1, "quic", 0, 60)}, at(0), map[string][]int{"quic": {1}}, at(60)},
		{"a session in its last minute", []provisioner.Slot{slot(1, "quic", 0, 60)}, at(59), map[string][]int{"quic": {1}}, at(60)},
		{"a session that ends now", []provisioner.Slot{slot(1, "quic", 0, 60)}, at(60), nil, time.Time{}},
		{"a session that does not take place", []provisioner.Slot{off}, at(10), nil, time.Time{}},
		{"a session that is linked to no room", []provisioner.Slot{slot(1, "", 0, 60)}, at(10), nil, time.Time{}},
		{"a session without a duration", []provisioner.Slot{slot(1, "quic", 0, 0)}, at(0), nil, time.Time{}},
		{"a session that ends before it starts", []provisioner.Slot{slot(1, "quic", 60, 0)}, at(30), nil, time.Time{}},
		{
			"back to back, the second alone is on when the first ends",
			[]provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "quic", 60, 120)}, at(60),
			map[string][]int{"quic": {2}}, at(120),
		},
		{
			"two at once in one room, by start and not by id",
			[]provisioner.Slot{slot(1, "quic", 20, 60), slot(2, "quic", 0, 90)}, at(30),
			map[string][]int{"quic": {2, 1}}, at(60),
		},
		{
			"two rooms; the next moment is the first of all",
			[]provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "tls", 0, 90), slot(3, "acme", 45, 90)}, at(30),
			map[string][]int{"quic": {1}, "tls": {2}}, at(45),
		},
		{
			"a session that stands on the agenda twice, with one id",
			[]provisioner.Slot{slot(1, "quic", 0, 60), slot(1, "quic", 120, 180)}, at(130),
			map[string][]int{"quic": {1}}, at(180),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			on, next := Schedule(test.slots, test.now)
			var got map[string][]int
			for i, show := range on {
				if i > 0 && on[i-1].Room >= show.Room {
					t.Errorf("%s comes after %s", show.Room, on[i-1].Room)
				}
				for _, s := range show.Slots {
					if got == nil {
						got = map[string][]int{}
					}
					got[show.Room] = append(got[show.Room], s.Session)
				}
			}
			if !reflect.DeepEqual(got, test.on) {
				t.Errorf("on: %v, want %v", got, test.on)
			}
			if !next.Equal(test.next) {
				t.Errorf("next: %v, want %v", next, test.next)
			}
		})
	}
}
