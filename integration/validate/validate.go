// Package validate judges what roomctl publishes by programs that others wrote: five parsers of calendars and one of
// feeds, from npm and from the Debian tree "browser".
package validate

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"time"

	"roomctl/integration/installed"
)

//go:embed calendars.mjs
var calendarsNode string

//go:embed calendars.py
var calendarsPython string

//go:embed feed.py
var feedPython string

// A Calendar is what one parser read in one stream.
type Calendar struct {
	Error  string   `json:"error"`  // why it could not be read; empty: it could
	Errors []string `json:"errors"` // what the parser found wrong and went past
	Events []Event  `json:"events"`
}

// An Event is a VEVENT as a parser understands it.
type Event struct {
	UID         string   `json:"uid"`
	Start       float64  `json:"start"` // seconds since 1970
	End         float64  `json:"end"`
	Status      string   `json:"status"`
	Summary     string   `json:"summary"`
	Conferences []string `json:"conferences"` // the values of CONFERENCE (RFC 7986 section 5.11), URIs
}

// Calendars reads iCalendar streams with ical.js, node-ical, python-icalendar, vobject and libical. The streams are by
// name; what was read is by parser and name.
func Calendars(ctx context.Context, streams map[string]string) (map[string]map[string]Calendar, error) {
	request := map[string]any{"streams": streams}
	var read, more map[string]map[string]Calendar
	if err := installed.Node(ctx, calendarsNode, request, &read); err != nil {
		return nil, fmt.Errorf("reading %d calendars in Node.js: %w", len(streams), err)
	}
	if err := installed.Python(ctx, "browser", calendarsPython, request, &more); err != nil {
		return nil, fmt.Errorf("reading %d calendars in Python: %w", len(streams), err)
	}
	maps.Copy(read, more)
	return read, nil
}

// A Feed is what feedparser read.
type Feed struct {
	Version string  `json:"version"` // "atom10"
	Problem string  `json:"problem"` // why the feed is not well-formed; empty: it is
	Title   string  `json:"title"`
	Entries []Entry `json:"entries"`
}

// An Entry is one entry of a feed.
type Entry struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Updated int64  `json:"updated"` // seconds since 1970
}

// Time is when the entry was last updated, in UTC.
func (e Entry) Time() time.Time { return time.Unix(e.Updated, 0).UTC() }

// ReadFeed reads a feed with feedparser.
func ReadFeed(ctx context.Context, text string) (Feed, error) {
	var feed Feed
	if err := installed.Python(ctx, "browser", feedPython, map[string]any{"feed": text}, &feed); err != nil {
		return Feed{}, fmt.Errorf("reading a feed in Python: %w", err)
	}
	return feed, nil
}
