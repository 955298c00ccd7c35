package provisioner

import (
	"reflect"
	"testing"
	"time"

	"roomctl/datatracker"
)

func TestSlotsAreTheSessionsThatAreNotLongOver(t *testing.T) {
	session := func(id int, start time.Time, status string) datatracker.AgendaSession {
		return datatracker.AgendaSession{SessionID: id, Acronym: "quic", GroupName: "QUIC", Name: "Wednesday", Start: start, Duration: time.Hour, Status: status}
	}
	meeting := func(number, kind string, sessions ...datatracker.AgendaSession) datatracker.Meeting {
		return datatracker.Meeting{Number: number, Type: kind, Date: noon, Agenda: &datatracker.Agenda{Sessions: sessions}}
	}
	slot := func(id int, start time.Time, status, room string, off bool) Slot {
		return Slot{Meeting: "126", Title: "IETF 126", IETF: true, Session: id, Name: "Wednesday", Acronym: "quic", GroupName: "QUIC",
			Status: status, Off: off, Start: start, End: start.Add(time.Hour), Room: room}
	}
	later := noon.Add(3 * time.Hour)
	links := []MeetingLinks{{Number: "126", Links: map[int]string{1: "quic", 2: "hallway", 4: "quic"}}}
	tests := map[string]struct {
		meetings []datatracker.Meeting
		want     []Slot
	}{
		"by start, then by room; one without a link has no room": {
			[]datatracker.Meeting{meeting("126", "ietf", session(1, later, "sched"), session(2, later, ""), session(3, noon, "sched"))},
			[]Slot{slot(3, noon, "sched", "", false), slot(2, later, "", "hallway", false), slot(1, later, "sched", "quic", false)},
		},
		"one that is off is told with its room": {
			[]datatracker.Meeting{meeting("126", "ietf", session(1, later, "canceled"), session(4, noon, "resched"))},
			[]Slot{slot(4, noon, "resched", "quic", true), slot(1, later, "canceled", "quic", true)},
		},
		"a meeting is told until a day after its last session": {
			[]datatracker.Meeting{
				meeting("126", "ietf", session(1, noon.Add(-25*time.Hour), "")),
				meeting("125", "ietf", session(9, noon.Add(-26*time.Hour), "")),
			},
			[]Slot{slot(1, noon.Add(-25*time.Hour), "", "quic", false)},
		},
		"an agenda that was not read tells nothing": {
			[]datatracker.Meeting{{Number: "126", Type: "ietf", Date: noon}}, []Slot{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Slots(&datatracker.Snapshot{Time: noon, Meetings: test.meetings}, links)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestSlotsOfWhatIsUnknownHold(t *testing.T) {
	slot := func(meeting string, session int, start time.Time) Slot {
		return Slot{Meeting: meeting, Session: session, Start: start, End: start.Add(time.Hour)}
	}
	ietf, moved := slot("126", 1, noon), slot("126", 1, noon.Add(2*time.Hour))
	interim := slot("interim-2026-quic-01", 2, noon.Add(time.Hour))
	tests := map[string]struct {
		report *Report
		before []Slot
		want   []Slot
	}{
		"a run that did not get so far":                {nil, []Slot{ietf}, []Slot{ietf}},
		"one that linked nothing":                      {&Report{Blind: true}, []Slot{ietf}, []Slot{ietf}},
		"one that saw everything":                      {&Report{Slots: []Slot{moved}}, []Slot{ietf, interim}, []Slot{moved}},
		"one that saw that there is nothing":           {&Report{Slots: []Slot{}}, []Slot{ietf}, []Slot{}},
		"a blind one, of the meeting that it saw":      {&Report{Slots: []Slot{moved}, Blind: true}, []Slot{ietf}, []Slot{moved}},
		"a blind one, of the others":                   {&Report{Slots: []Slot{moved}, Blind: true}, []Slot{ietf, interim}, []Slot{interim, moved}},
		"a blind one that saw nothing":                 {&Report{Slots: []Slot{}, Blind: true}, []Slot{ietf}, []Slot{ietf}},
		"a blind one that saw nothing, as the first":   {&Report{Slots: []Slot{}, Blind: true}, nil, nil},
		"a blind one that saw something, as the first": {&Report{Slots: []Slot{ietf}, Blind: true}, nil, []Slot{ietf}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.report.After(test.before); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
