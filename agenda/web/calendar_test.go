package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// twoEvents is a calendar as roomctl publishes it, cut down.
var twoEvents = strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//IETF//roomctl//EN
BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:STANDARD
DTSTART:20211031T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:ietf-113-session-1@jabber.example.org
DTSTAMP:20220301T000000Z
DTSTART;TZID=Europe/Vienna:20220322T100000
SUMMARY:quic - QUIC
CATEGORIES:quic,tsv,regular
X-ROOMCTL-TYPE:regular
END:VEVENT
BEGIN:VEVENT
UID:ietf-113-session-2@jabber.example.org
DTSTAMP:20220301T000000Z
DTSTART;TZID=Europe/Vienna:20220322T130000
SUMMARY:tls - Transport Layer Security
CATEGORIES:tls,sec,regular
X-ROOMCTL-TYPE:regular
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")

func TestFilteredCalendars(t *testing.T) {
	s := serve(t, map[string]string{"agenda.ics": twoEvents, "agenda.json": `{"113": []}`})
	whole := s.get(t, "/agenda.ics")
	if whole.body != twoEvents {
		t.Errorf("without a filter: %s", whole.body)
	}
	summary := regexp.MustCompile(`SUMMARY:([a-z]+)`)
	for query, want := range map[string]string{
		"show=quic":              "quic",
		"show=quic,tls":          "quic tls",
		"show=quic&show=tls":     "quic tls",
		"show=sec,tsv&hide=quic": "tls",
		"hidetypes=regular":      "",
		"showtypes=regular":      "quic tls",
		"tz=utc":                 "quic tls",
	} {
		got := s.get(t, "/agenda.ics?"+query)
		var shown []string
		for _, found := range summary.FindAllStringSubmatch(got.body, -1) {
			shown = append(shown, found[1])
		}
		if got.StatusCode != http.StatusOK || strings.Join(shown, " ") != want || got.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("%s gives %s, %v", query, got.Status, shown)
		}
		if strings.Contains(got.body, "TZID") != (query != "tz=utc") || query == "tz=utc" && !strings.Contains(got.body, "DTSTART:20220322T090000Z") {
			t.Errorf("%s gives\n%s", query, got.body)
		}
	}
	if got := s.get(t, "/agenda.ics?show=quic"); got.Header.Get("ETag") == whole.Header.Get("ETag") {
		t.Error("a filtered calendar has the tag of the whole one")
	} else if again := s.get(t, "/agenda.ics?show=quic", "If-None-Match", got.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", again.Status)
	}
}

func TestABadFilterIsRefused(t *testing.T) {
	s := serve(t, map[string]string{"agenda.ics": twoEvents})
	for query, want := range map[string]string{
		"tz=mars":        "tz is",
		"shows=quic":     "unknown parameter",
		"show=%zz":       "invalid URL escape",
		"show=a;hide=b":  "invalid semicolon",
		"tz=utc&tz=utc1": "tz is",
	} {
		got := s.get(t, "/agenda.ics?"+query)
		if got.StatusCode != http.StatusBadRequest || !strings.HasPrefix(got.body, "This calendar cannot be filtered like that: ") || !strings.Contains(got.body, want) {
			t.Errorf("%s gives %s, %q", query, got.Status, got.body)
		}
		if got.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s gives %s", query, got.Header.Get("Content-Type"))
		}
	}
	if got := s.get(t, "/nothing.ics?tz=mars"); got.StatusCode != http.StatusNotFound {
		t.Errorf("a calendar that is not there: %s", got.Status)
	}
}
