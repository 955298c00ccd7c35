// Package agenda publishes: it puts each session's room into the Datatracker's
// agenda data, and writes calendars, pages, feeds, the list of rooms and the
// status file. Its input is plain values; it asks nobody and decides nothing
// about rooms.
package agenda

import (
	"time"

	"roomctl/datatracker"
)

// Publication is what one run publishes.
type Publication struct {
	Site     Site
	Meetings []Meeting  // IETF meetings first, then interims by date and number
	Rooms    []Room     // sorted by name
	News     []NewsItem // in the order in which it happened
	Time     time.Time  // stands in a document if its content changes

	// Partial says that Meetings may lack some: what upstream says of them is
	// unknown. The first page stays as it is then, if it is there.
	Partial bool
}

// Site is what every page and feed says about the service.
type Site struct {
	MUC         string // domain of the MUC service
	BaseURL     string // where the tree is served, without a slash at the end; "": pages link relatively, feeds carry xmpp: links only
	Datatracker string // base URL, without a slash at the end
	NoteWell    string // URL of the Note Well
	Contact     string // whom to ask: a mail address, a web address or plain text; "": nobody is named
	Logged      bool   // everything said in the rooms is logged publicly and permanently

	// JoinPage is HTML that takes the place of the join page's built-in text;
	// "" keeps it. It is the operator's own and not escaped.
	JoinPage string
}

// Meeting is one meeting and its sessions with their links.
type Meeting struct {
	Number   string // "126" or "interim-2026-oauth-04"
	Title    string // "IETF 126", or the number of an interim
	City     string // "" when not known
	TimeZone string // IANA name; "" counts as UTC
	Date     time.Time
	Days     int // at least 1

	// Agenda is upstream's agenda.json. nil: unknown, and what is published of
	// this meeting stays as it is.
	Agenda  []byte
	Updated time.Time // when upstream last changed it; zero: unknown

	Sessions []Session // of the agenda, in its order; cancelled ones too

	// Current marks the meeting that is also published as the current one. At
	// most one meeting is; when none is, the current files stay as they are.
	Current bool
}

// isInterim says whether the meeting is an interim meeting of one group.
func (m Meeting) isInterim() bool { return m.Title == m.Number }

// Session is one session of an agenda, as calendars and pages show it.
type Session struct {
	ID         int
	Acronym    string // of the group; "" when it has none
	GroupName  string
	GroupType  string // slug of grouptypename
	GroupState string // slug of groupstatename: bof, proposed, …
	Area       string // acronym of the group's parent; "" when none
	Name       string // of the session; the group's name when it has none of its own
	Type       string // slug of timeslottypename: regular, plenary, …; "" when not known
	Start      time.Time
	Duration   time.Duration
	Location   string // the physical room; "" when not set
	Status     string // slug of sessionstatusname; may be empty or unknown
	Note       string // agenda_note
	Document   string // URL of the agenda document; "" when there is none

	// Joint are the rooms of the groups that a joint session is held with, by name.
	Joint []string

	// Link is empty while the session's room is not fit to be linked.
	Link SessionLink

	// Sequence and Modified are the calendar event's (RFC 5545 sections 3.8.7.4
	// and 3.8.7.3): they move only when what the event says moves.
	Sequence int
	Modified time.Time
}

// Cancelled says that the session does not take place, or not then.
func (s Session) Cancelled() bool { return datatracker.SessionCancelled(s.Status) }

// End is when the session ends.
func (s Session) End() time.Time { return s.Start.Add(s.Duration) }

// SessionLink is what is added to one session object of agenda.json. An empty
// member is left out.
type SessionLink struct {
	Room       string // chat_room: the room's localpart; "": there is no link
	JID        string // chat_jid
	URL        string // chat_url: xmpp: URI, or by pattern
	WebURL     string // chat_web_url
	ArchiveURL string // chat_archive_url: of the session's own date where the logs allow it
}

// Room is one room that is or was managed: an entry of rooms.json, and a page of
// its own for ever.
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
	Successor   string    `json:"successor,omitempty"` // name of the room that took over; a retired room may have one
	Fit         bool      `json:"fit"`                 // exists, ours, persistent, public, logged, known within 24 h
	Since       time.Time `json:"since,omitzero"`      // when roomctl made or adopted it
	Sessions    []int     `json:"sessions,omitempty"`  // session ids on published agendas, sorted

	History []NewsItem `json:"-"` // what became of this room, oldest first

	// Partial says that sessions in this room are unknown, whose calendar and page
	// stay as they are then, if they are there.
	Partial bool `json:"-"`
}

// isOpen says whether the room ought to be open to everybody: it is in service,
// or its group has ended.
func (r Room) isOpen() bool { return r.State == "active" || r.State == "retired" }

// Group is the Datatracker group a room belongs to.
type Group struct {
	ID      int    `json:"id"`
	Acronym string `json:"acronym"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	State   string `json:"state"`
	Area    string `json:"area,omitempty"` // acronym of the parent
	URL     string `json:"url"`            // the group's page on the Datatracker
}

// NewsItem is something that happened to one room.
type NewsItem struct {
	Time time.Time
	Kind NewsKind
	Room string // name
	To   string // for Renamed: name of the room that took over
}

// NewsKind says what happened to a room.
type NewsKind string

const (
	Created  NewsKind = "created"
	Adopted  NewsKind = "adopted"  // made by hand, and roomctl's from now on
	Renamed  NewsKind = "renamed"  // retired in favour of the room that took over
	Retired  NewsKind = "retired"  // its group has ended, or a person says so; it stays open
	Restored NewsKind = "restored" // its group is back, or a person opened it again

	// Only persons do these.
	Closed    NewsKind = "closed"    // moderated, and on no list
	Destroyed NewsKind = "destroyed" // ended on the chat server
)
