// Package agenda publishes: it puts each session's room into the Datatracker's
// agenda data and writes the list of rooms and the status file. Its input is
// plain values; it asks nobody and decides nothing about rooms.
package agenda

import "time"

// SessionLink is what is added to one session object of agenda.json. An empty
// member is left out.
type SessionLink struct {
	Room       string // chat_room: the room's localpart
	JID        string // chat_jid
	URL        string // chat_url: xmpp: URI, or by pattern
	WebURL     string // chat_web_url
	ArchiveURL string // chat_archive_url
}

// Room is one entry of rooms.json.
type Room struct {
	Name        string    `json:"name"`
	JID         string    `json:"jid"`
	State       string    `json:"state"` // active, retired, closed or destroyed
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	Group       *Group    `json:"group,omitempty"` // absent for standing rooms
	URL         string    `json:"chat_url,omitempty"`
	WebURL      string    `json:"chat_web_url,omitempty"`
	ArchiveURL  string    `json:"chat_archive_url,omitempty"`
	Fit         bool      `json:"fit"`                // exists, ours, persistent, public, logged, known within 24 h
	Verified    time.Time `json:"verified,omitzero"`  // when the last definite answer came
	Since       time.Time `json:"since,omitzero"`     // when roomctl made or adopted it
	Sessions    []int     `json:"sessions,omitempty"` // session ids on published agendas, sorted
}

// Group is the Datatracker group a room belongs to.
type Group struct {
	ID      int    `json:"id"`
	Acronym string `json:"acronym"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	State   string `json:"state"`
	URL     string `json:"url"` // the group's page on the Datatracker
}
