package provisioner

import (
	"reflect"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// testPublisher publishes the small Datatracker into an empty tree, with the
// chat server not asked.
func testPublisher(t *testing.T, known *registry.State) *publisher {
	t.Helper()
	tree, err := agenda.OpenTree(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	snap, rules := testSnapshot(), testRules(t)
	return &publisher{
		Syncer: &Syncer{Planner: Planner{Rules: rules}, Tree: tree},
		known:  known, snap: snap, desired: Desire(snap, known, rules), observed: &Observed{}, report: &Report{},
	}
}

func TestAMeetingIsPublishedWithAllItsSessions(t *testing.T) {
	p := testPublisher(t, state(managedRoom("quic", 20)))
	p.Site = agenda.Site{BaseURL: "https://chat.example.org", JoinPage: "<p>Hello</p>"}
	p.Rules.Texts.Contact = "chat@example.org"
	m := &p.snap.Meetings[0]
	m.City = "Vienna"
	changed := noon.Add(-5 * time.Hour)
	p.snap.Sources = []datatracker.Source{
		{Name: "IETF 126 sessions", Meeting: "126", Changed: noon},
		{Name: "IETF 126 agenda", Meeting: "126", Changed: changed},
	}
	quic, plenary := &m.Agenda.Sessions[0], &m.Agenda.Sessions[1]
	quic.GroupName, quic.GroupType, quic.State, quic.Area = "QUIC", "wg", "active", "wit"
	quic.Location, quic.Note, quic.Document, quic.Modified = "Room 1", "note", "https://example.org/a", noon.AddDate(0, 0, -1)
	plenary.Name, plenary.GroupName, plenary.Status = "", "Plenary", "canceled"
	p.report.Meetings = []MeetingLinks{{Number: "126", Links: map[int]string{100: "quic"}}, {Number: "interim-2026-gone-01"}}

	pub, events := p.publication(nil, noon)
	wantSite := agenda.Site{
		MUC: "jabber.example.org", BaseURL: "https://chat.example.org", Datatracker: "https://datatracker.example.org",
		NoteWell: "https://www.ietf.org/about/note-well/", Contact: "chat@example.org", Logged: true, JoinPage: "<p>Hello</p>",
	}
	if pub.Site != wantSite || !pub.Time.Equal(noon) {
		t.Errorf("site %+v at %s", pub.Site, pub.Time)
	}
	want := []agenda.Meeting{{
		Number: "126", Title: "IETF 126", City: "Vienna", TimeZone: "UTC", Date: m.Date, Days: 7,
		Agenda: []byte(`{"126": []}`), Updated: changed, Current: true,
		Sessions: []agenda.Session{
			{ID: 100, Acronym: "quic", GroupName: "QUIC", GroupType: "wg", GroupState: "active", Area: "wit", Name: "QUIC", Type: "regular",
				Start: quic.Start, Duration: time.Hour, Location: "Room 1", Status: "sched", Note: "note", Document: "https://example.org/a",
				Link:     agenda.SessionLink{Room: "quic", JID: "quic@jabber.example.org", URL: "xmpp:quic@jabber.example.org?join"},
				Modified: noon.AddDate(0, 0, -1)},
			{ID: 101, Acronym: "ietf", GroupName: "Plenary", Name: "Plenary", Type: "plenary",
				Start: plenary.Start, Duration: time.Hour, Status: "canceled", Modified: noon},
		},
	}}
	if !reflect.DeepEqual(pub.Meetings, want) {
		t.Errorf("got  %+v\nwant %+v", pub.Meetings, want)
	}
	if len(events) != 1 || len(events["126"]) != 2 {
		t.Errorf("events %v", events)
	}

	p.report.Meetings[0].Withheld = &Withheld{Rule: RuleLinks}
	withheld, _ := p.publication(nil, noon)
	want[0].Agenda = nil
	if !reflect.DeepEqual(withheld.Meetings, want) {
		t.Errorf("withheld: got  %+v\nwant %+v", withheld.Meetings, want)
	}
}

func TestARoomIsPublishedWithWhatIsKnownOfIt(t *testing.T) {
	quic, old := managedRoom("quic", 20), managedRoom("qui", 20)
	old.State = registry.Retired
	p := testPublisher(t, state(quic, old, managedRoom("hallway", 0)))
	p.report.Meetings = []MeetingLinks{{Number: "126", Links: map[int]string{100: "quic", 90: "quic"}}}
	p.observed.Rooms = map[string]xmppadmin.Room{"quic": {
		Existence: xmppadmin.Present, Values: map[xmppadmin.Field]string{xmppadmin.FieldName: "QUIC!", xmppadmin.FieldDescription: ""},
	}}
	items := []agenda.NewsItem{
		{Time: noon.Add(-time.Hour), Kind: agenda.Created, Room: "qui"},
		{Time: noon.Add(-time.Minute), Kind: agenda.Created, Room: "quic"},
		{Time: noon, Kind: agenda.Renamed, Room: "qui", To: "quic"},
	}
	pub, _ := p.publication(items, noon)
	if len(pub.Rooms) != 3 || pub.Rooms[0].Name != "hallway" || pub.Rooms[1].Name != "qui" || pub.Rooms[2].Name != "quic" {
		t.Fatalf("rooms %+v", pub.Rooms)
	}
	hallway, gone, got := pub.Rooms[0], pub.Rooms[1], pub.Rooms[2]
	if hallway.Group != nil || hallway.Title != "IETF hallway" || hallway.History != nil || hallway.Successor != "" {
		t.Errorf("a standing room is %+v", hallway)
	}
	if gone.State != "retired" || gone.Successor != "quic" || !reflect.DeepEqual(gone.History, []agenda.NewsItem{items[0], items[2]}) {
		t.Errorf("a renamed room is %+v", gone)
	}
	if g := (agenda.Group{ID: 20, Acronym: "quic", Name: "QUIC", Type: "wg", State: "active", Area: "wit",
		URL: "https://datatracker.example.org/group/quic/about/"}); got.Group == nil || *got.Group != g {
		t.Errorf("its group is %+v", got.Group)
	}
	if got.Title != "QUIC!" || got.Description != "" || !got.Fit || len(got.Sessions) != 2 || !got.Since.Equal(quic.Since) {
		t.Errorf("a room is %+v", got)
	}
	if !reflect.DeepEqual(pub.News, items) {
		t.Errorf("news %+v", pub.News)
	}
}

// TestARoomThatAPersonTookOutOfUseIsNotFit, neither where it is published nor where
// rooms are counted, though the server still has it as it was.
func TestARoomThatAPersonTookOutOfUseIsNotFit(t *testing.T) {
	for _, s := range []registry.RoomState{registry.Closed, registry.Destroyed} {
		known := state(inState("quic", 20, s), managedRoom("hallway", 0))
		pub, _ := testPublisher(t, known).publication(nil, noon)
		if len(pub.Rooms) != 2 || !pub.Rooms[0].Fit || pub.Rooms[1].Fit {
			t.Errorf("%s: rooms %+v", s, pub.Rooms)
		}
		var r Report
		if r.count(known, testRules(t), noon); r.Rooms != 1 || r.Fit != 1 {
			t.Errorf("%s: %d rooms, %d fit; want one of each", s, r.Rooms, r.Fit)
		}
	}
}

// TestWhatIsUnknownNowStaysAsPublished: the texts of a room that was not read,
// and its group when the Datatracker did not tell.
func TestWhatIsUnknownNowStaysAsPublished(t *testing.T) {
	p := testPublisher(t, state(managedRoom("quic", 20), managedRoom("tls", 40)))
	if _, err := p.Tree.Put(agenda.RoomsPath, []byte(`{"rooms": [
		{"name": "quic", "title": "QUIC as it was", "description": "as it was"},
		{"name": "tls", "title": "TLS", "group": {"id": 40, "acronym": "tls"}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	pub, _ := p.publication(nil, noon)
	quic, tls := pub.Rooms[0], pub.Rooms[1]
	if quic.Title != "QUIC as it was" || quic.Description != "as it was" || quic.Group == nil || quic.Group.Name != "QUIC" {
		t.Errorf("quic is %+v", quic)
	}
	if tls.Title != "TLS" || tls.Group == nil || tls.Group.Acronym != "tls" {
		t.Errorf("tls is %+v", tls)
	}

	if _, err := p.Tree.Put(agenda.RoomsPath, []byte(`not JSON`)); err != nil {
		t.Fatal(err)
	}
	if pub, _ = p.publication(nil, noon); pub.Rooms[0].Title != "QUIC (quic)" || pub.Rooms[1].Group != nil {
		t.Errorf("with nothing published: %+v", pub.Rooms)
	}
}
