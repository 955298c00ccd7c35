package provisioner

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

func TestSequenceAndModifiedMoveOnlyWithTheEvent(t *testing.T) {
	session := agenda.Session{
		ID: 100, Acronym: "quic", GroupName: "QUIC", GroupType: "wg", GroupState: "active", Area: "wit", Name: "QUIC",
		Type: "regular", Start: noon.AddDate(0, 0, 10), Duration: time.Hour, Location: "Room 1", Status: "sched",
		Note: "note", Document: "https://example.org/agenda",
		Link: agenda.SessionLink{Room: "quic", JID: "quic@jabber.example.org", URL: "xmpp:quic@jabber.example.org?join", WebURL: "https://chat.example.org/quic"},
	}
	published := noon.Add(-time.Hour)
	_, before := sequenced([]agenda.Session{session}, "Europe/Vienna", nil, nil, published)
	later := before[100]
	later.Sequence, later.Modified = 3, noon.Add(time.Minute)

	tests := []struct {
		name     string
		edit     func(*agenda.Session)
		zone     string
		upstream time.Time
		before   map[int]registry.Event
		sequence int
		modified time.Time
	}{
		{name: "nothing moves", before: before, upstream: noon.Add(-time.Minute), modified: published},
		{name: "first seen, upstream says when it was changed", upstream: noon.Add(-48*time.Hour + time.Millisecond), modified: noon.Add(-48 * time.Hour)},
		{name: "first seen, upstream does not say", modified: noon},
		{name: "first seen, upstream says tomorrow", upstream: noon.Add(24 * time.Hour), modified: noon},
		{name: "the note changes", edit: func(s *agenda.Session) { s.Note = "" }, before: before, modified: noon},
		{name: "the name changes", edit: func(s *agenda.Session) { s.Name = "QUICK" }, before: before, modified: noon},
		{name: "the group's name changes", edit: func(s *agenda.Session) { s.GroupName = "QUICK" }, before: before, modified: noon},
		{name: "the BOF becomes a group", edit: func(s *agenda.Session) { s.GroupState = "bof" }, before: before, modified: noon},
		{name: "the agenda document comes", edit: func(s *agenda.Session) { s.Document += "2" }, before: before, modified: noon},
		{name: "the link goes", edit: func(s *agenda.Session) { s.Link = agenda.SessionLink{} }, before: before, modified: noon},
		{name: "it becomes a joint session", edit: func(s *agenda.Session) { s.Joint = []string{"tls"} }, before: before, modified: noon},
		{name: "the logs are found", edit: func(s *agenda.Session) { s.Link.ArchiveURL = "https://logs.example.org/quic/" }, before: before, modified: noon},
		{name: "the meeting's zone changes", zone: "Europe/London", before: before, modified: noon},
		{name: "a text moves from one member to the next", edit: func(s *agenda.Session) { s.Acronym, s.GroupName = "quicQUIC", "" }, before: before, modified: noon},
		{name: "it starts later", edit: func(s *agenda.Session) { s.Start = s.Start.Add(time.Minute) }, before: before, sequence: 1, modified: noon},
		{name: "it takes longer", edit: func(s *agenda.Session) { s.Duration *= 2 }, before: before, sequence: 1, modified: noon},
		{name: "it is elsewhere", edit: func(s *agenda.Session) { s.Location = "Room 2" }, before: before, sequence: 1, modified: noon},
		{name: "it is canceled", edit: func(s *agenda.Session) { s.Status = "canceled" }, before: before, sequence: 1, modified: noon},
		{name: "it moves and is renamed", edit: func(s *agenda.Session) { s.Location, s.Name = "Room 2", "x" }, before: before, sequence: 1, modified: noon},
		{name: "the same start in another zone", edit: func(s *agenda.Session) { s.Start = s.Start.In(time.FixedZone("", 3600)) }, before: before, modified: published},
		{name: "the clock was set back and nothing moves", before: map[int]registry.Event{100: later}, sequence: 3, modified: later.Modified},
		{name: "the clock was set back and it is canceled", edit: func(s *agenda.Session) { s.Status = "canceled" },
			before: map[int]registry.Event{100: later}, sequence: 4, modified: later.Modified},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, zone, remembered := session, "Europe/Vienna", maps.Clone(test.before)
			if test.edit != nil {
				test.edit(&s)
			}
			if test.zone != "" {
				zone = test.zone
			}
			got, events := sequenced([]agenda.Session{s}, zone, map[int]time.Time{100: test.upstream}, test.before, noon.Add(time.Millisecond))
			if got[0].Sequence != test.sequence || !got[0].Modified.Equal(test.modified) {
				t.Errorf("sequence %d of %s, want %d of %s", got[0].Sequence, got[0].Modified, test.sequence, test.modified)
			}
			if e := events[100]; e.Sequence != got[0].Sequence || e.Modified != got[0].Modified {
				t.Errorf("remembered is %+v of %+v", e, got[0])
			}
			if !maps.Equal(test.before, remembered) {
				t.Error("what was remembered before was changed in place")
			}
			again, _ := sequenced(got, zone, nil, events, noon.Add(time.Hour))
			if !reflect.DeepEqual(again, got) {
				t.Errorf("a second time %+v, first %+v", again, got)
			}
		})
	}
}

func TestASessionThatReturnsToTheAgendaGoesOnCounting(t *testing.T) {
	s := []agenda.Session{{ID: 100, Start: noon, Status: "sched"}}
	_, events := sequenced(s, "", nil, nil, noon)
	s[0].Location = "Room 1"
	_, events = sequenced(s, "", nil, events, noon)
	_, events = sequenced(nil, "", nil, events, noon)
	s[0].Location = "Room 2"
	if got, _ := sequenced(s, "", nil, events, noon); got[0].Sequence != 2 {
		t.Errorf("sequence %d, want 2", got[0].Sequence)
	}
}

// TestASessionInTwoSlotsHasOneEvent: upstream may assign one session to several
// timeslots. Neither may look to the other like a move.
func TestASessionInTwoSlotsHasOneEvent(t *testing.T) {
	s := []agenda.Session{{ID: 100, Start: noon}, {ID: 101, Start: noon}, {ID: 100, Start: noon.Add(time.Hour)}}
	_, events := sequenced(s, "", nil, nil, noon)
	for i, got := range first(sequenced(s, "", nil, events, noon.Add(time.Hour))) {
		if got.Sequence != 0 || !got.Modified.Equal(noon) {
			t.Errorf("session %d: sequence %d of %s", i, got.Sequence, got.Modified)
		}
	}
	s[2].Location = "Room 1"
	got, _ := sequenced(s, "", nil, events, noon.Add(time.Hour))
	if got[0].Sequence != 1 || got[1].Sequence != 0 || got[2].Sequence != 1 {
		t.Errorf("after one slot moved: %+v", got)
	}
}

func first(sessions []agenda.Session, _ map[int]registry.Event) []agenda.Session { return sessions }
