//go:build integration

package validate

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

const link = "https://chat.example.org/#converse/room?jid=dime@jabber.example.org"

// good is a calendar that every parser understands: two hours after clocks have changed.
const good = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
DTSTART:20260308T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20260309T100000
DTEND;TZID=America/New_York:20260309T120000
SUMMARY:dime - Diameter
STATUS:CANCELLED
CONFERENCE;VALUE=URI;FEATURE=CHAT;LABEL=Chat room for dime:xmpp:dime@jabber.example.org?join
CONFERENCE;VALUE=URI;FEATURE=CHAT;LABEL=Web chat for dime:` + link + `
END:VEVENT
END:VCALENDAR
`

// What is wrong with a calendar is found out: by those parsers that care, and by what they understand.
func TestCalendars(t *testing.T) {
	all := []string{"ical.js", "libical", "node-ical", "python-icalendar", "vobject"}
	tests := []struct {
		name     string
		old, new string   // what is changed in the good one
		noticed  []string // who does not understand it as meant
	}{
		{"a good calendar", "", "", nil},
		{"an event without its end", "END:VEVENT\n", "", all},
		{"an event with another summary", "dime - Diameter", "dime", all},
		{"an event at another time", "DTSTART;TZID=America/New_York:20260309T10", "DTSTART;TZID=America/New_York:20260309T09", all},
		{"a stream with a method and nobody who organizes", "VERSION:2.0\n", "VERSION:2.0\nMETHOD:PUBLISH\n", []string{"libical"}},
		{"a label with escapes that no label may have", "Web chat for dime", `Web chat\: dime\, for all`, []string{"ical.js", "node-ical", "vobject"}},
	}
	streams := make(map[string]string)
	for _, test := range tests {
		streams[test.name] = strings.ReplaceAll(strings.Replace(good, test.old, test.new, 1), "\n", "\r\n")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	read, err := Calendars(ctx, streams)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var noticed []string
			for parser, calendars := range read {
				if !asMeant(calendars[test.name]) {
					noticed = append(noticed, parser)
				}
			}
			if slices.Sort(noticed); !slices.Equal(noticed, test.noticed) {
				t.Errorf("noticed by %v, want %v", noticed, test.noticed)
			}
		})
	}
}

// asMeant says whether a parser has read the good calendar as it is meant.
func asMeant(c Calendar) bool {
	if c.Error != "" || len(c.Errors) > 0 || len(c.Events) != 1 {
		return false
	}
	event, start := c.Events[0], time.Date(2026, 3, 9, 14, 0, 0, 0, time.UTC)
	return event.UID == "1@example.org" && event.Status == "CANCELLED" && event.Summary == "dime - Diameter" &&
		event.Start == float64(start.Unix()) && event.End == float64(start.Add(2*time.Hour).Unix()) &&
		slices.Equal(event.Conferences, []string{"xmpp:dime@jabber.example.org?join", link})
}

func TestReadFeed(t *testing.T) {
	const feed = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
		<id>tag:example.org,2026:news</id><updated>2026-11-04T09:00:00Z</updated>
		<entry><id>tag:example.org,2026:1</id><title>Created rooms</title><updated>2026-11-04T09:00:00Z</updated></entry></feed>`
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	t.Run("a good feed", func(t *testing.T) {
		got, err := ReadFeed(ctx, feed)
		if err != nil {
			t.Fatal(err)
		}
		entry := Entry{ID: "tag:example.org,2026:1", Title: "Created rooms", Updated: time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC).Unix()}
		if got.Version != "atom10" || got.Problem != "" || got.Title != "News" || !slices.Equal(got.Entries, []Entry{entry}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a feed that is cut off", func(t *testing.T) {
		got, err := ReadFeed(ctx, strings.TrimSuffix(feed, "</feed>"))
		if err != nil || got.Problem == "" {
			t.Errorf("got %+v, %v, want a problem", got, err)
		}
	})
}
