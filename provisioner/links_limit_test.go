package provisioner

import (
	"fmt"
	"testing"
)

func TestNinetyOfAHundredLinksMustStay(t *testing.T) {
	tests := []struct {
		lost     int
		withheld bool
	}{
		{lost: 0},
		{lost: 10},
		{lost: 11, withheld: true},
		{lost: 100, withheld: true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d lost", test.lost), func(t *testing.T) {
			m := MeetingRooms{Number: "126", Title: "IETF 126"}
			known := state()
			known.Links["126"] = map[int]string{}
			for i := range 100 {
				room := managedRoom(fmt.Sprintf("room%d", i), i+1)
				room.Verified.Exists = i >= test.lost
				known.Rooms[room.Name] = room
				known.Links["126"][i] = room.Name
				m.Sessions = append(m.Sessions, SessionRoom{ID: i, Room: room.Name, Asks: true})
			}
			got := linkSessions(m, known, testRules(t), nil, noon)
			want := 100 - test.lost
			if test.withheld {
				want = 100 // what is published stays
			}
			if (got.Withheld != nil) != test.withheld || len(got.Links) != want {
				t.Errorf("withheld %v, %d links, want %v and %d", got.Withheld, len(got.Links), test.withheld, want)
			}
		})
	}
}
