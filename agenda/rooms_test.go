package agenda

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRoomsUpdatedMovesWithContent(t *testing.T) {
	rooms := publication().Rooms
	first, err := encodeRooms(nil, "jabber.example.org", rooms, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		previous []byte
		title    string
		want     string
	}{
		"same content":                {first, rooms[0].Title, "2026-11-04T12:00:00Z"},
		"new title":                   {first, "RATS", "2026-11-04T13:00:00Z"},
		"damaged by hand":             {first[:100], rooms[0].Title, "2026-11-04T13:00:00Z"},
		"something else in its place": {[]byte(`[]`), rooms[0].Title, "2026-11-04T13:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			later := publication().Rooms
			later[0].Title = tt.title
			got, err := encodeRooms(tt.previous, "jabber.example.org", later, noon.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf(`"updated": %q`, tt.want); !strings.Contains(string(got), want) {
				t.Errorf("no %s in\n%s", want, got)
			}
		})
	}
}

func TestPublishWithoutRoomsGivesAnEmptyList(t *testing.T) {
	got, err := encodeRooms(nil, "jabber.example.org", nil, noon)
	if err != nil || !strings.Contains(string(got), `"rooms": []`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestTextsOfRoomsAreInert(t *testing.T) {
	outside := Room{Name: "quic", JID: "quic@jabber.example.org", State: "active", Title: hostile, Description: hostile,
		Group: &Group{Acronym: hostile, Name: hostile, Type: hostile, State: hostile, Area: hostile}}
	doc, err := encodeRooms(nil, "jabber.example.org", []Room{outside}, noon)
	if err != nil {
		t.Fatal(err)
	}
	var got roomsDocument
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	room := got.Rooms[0]
	name, note := plain(hostile, maxName), plain(hostile, maxNote)
	if want := (Group{Acronym: name, Name: name, Type: name, State: name, Area: name}); room.Title != name || room.Description != note || *room.Group != want {
		t.Errorf("got %+v, %+v", room, *room.Group)
	}
	if outside.Group.Name != hostile {
		t.Error("what was given was changed")
	}
	if strings.ContainsAny(string(doc), "<>\u202e\x00") {
		t.Errorf("the document is %q", doc)
	}
}
