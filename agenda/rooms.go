package agenda

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// roomsVersion is the version of the rooms.json format. It moves when a reader
// of the old format would be wrong about the new one.
const roomsVersion = 1

// roomsDocument is rooms.json.
type roomsDocument struct {
	Version int       `json:"version"`
	MUC     string    `json:"muc"`     // domain of the MUC service
	Updated time.Time `json:"updated"` // when the content below last changed
	Rooms   []Room    `json:"rooms"`   // sorted by name
}

// encodeRooms makes rooms.json. previous is the document now published, nil if
// there is none: while the content stays the same, so does the time of its last
// change, and with it every byte.
//
// The time of verification is not published here: it moves with every run.
func encodeRooms(previous []byte, muc string, rooms []Room, now time.Time) ([]byte, error) {
	doc := roomsDocument{Version: roomsVersion, MUC: muc, Rooms: make([]Room, len(rooms))}
	for i, room := range rooms {
		doc.Rooms[i] = entry(room)
	}
	slices.SortFunc(doc.Rooms, func(a, b Room) int { return cmp.Compare(a.Name, b.Name) })

	// A document that cannot be read is replaced like one of other content.
	var before struct {
		Updated time.Time `json:"updated"`
	}
	if json.Unmarshal(previous, &before) == nil {
		doc.Updated = before.Updated
		same, err := encode(doc)
		if err != nil || bytes.Equal(same, previous) {
			return same, err
		}
	}
	doc.Updated = now.UTC().Truncate(time.Second)
	return encode(doc)
}

// entry is a room as rooms.json shows it.
func entry(room Room) Room {
	room.Since = room.Since.UTC()
	room.Title, room.Description = plain(room.Title, maxName), plain(room.Description, maxNote)
	if room.Group != nil {
		g := *room.Group
		g.Acronym, g.Name = plain(g.Acronym, maxName), plain(g.Name, maxName)
		g.Type, g.State, g.Area = plain(g.Type, maxName), plain(g.State, maxName), plain(g.Area, maxName)
		room.Group = &g
	}
	room.Sessions = slices.Clone(room.Sessions)
	slices.Sort(room.Sessions)
	return room
}

// encode writes a document for people and programs: indented, one final newline.
func encode(doc any) ([]byte, error) {
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return append(b, '\n'), nil
}
