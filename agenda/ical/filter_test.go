package ical

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// agenda is a calendar of four events.
const agenda = `BEGIN:VCALENDAR
VERSION:2.0
SOURCE;VALUE=URI:https://rooms.example/agenda.ics
BEGIN:VTIMEZONE
TZID:America/New_York
END:VTIMEZONE
BEGIN:VEVENT
UID:quic
DTSTART;TZID=America/New_York:20260308T033000
DTEND;TZID=America/New_York:20260308T043000
CATEGORIES:quic,regular,wit
X-ROOMCTL-TYPE:regular
END:VEVENT
BEGIN:VEVENT
UID:can
DTSTART:20260310T120000Z
CATEGORIES:bof,can,regular,rtg
X-ROOMCTL-TYPE:regular
END:VEVENT
BEGIN:VEVENT
UID:plenary
CATEGORIES:ietf,ietf-plenary,plenary
X-ROOMCTL-TYPE:plenary
END:VEVENT
BEGIN:VEVENT
UID:odd
CATEGORIES:a\,b
END:VEVENT
END:VCALENDAR
`

func apply(t *testing.T, query string) Component {
	t.Helper()
	calendar, err := Decode([]byte(agenda))
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := ParseFilter(values)
	if err != nil {
		t.Fatal(err)
	}
	filtered := filter.Apply(calendar)
	if again, err := Decode([]byte(agenda)); err != nil || !reflect.DeepEqual(calendar, again) {
		t.Errorf("the calendar itself was changed to %+v", calendar)
	}
	return filtered
}

func TestFilterPicksEvents(t *testing.T) {
	for query, want := range map[string]string{
		"":                                 "quic can plenary odd",
		"show=quic":                        "quic",
		"show=QUIC,%20Can":                 "quic can",
		"show=quic&show=can":               "quic can",
		"show=rtg":                         "can",
		"show=bof":                         "can",
		"show=qui":                         "",
		"show=":                            "",
		"show=regular&hide=bof":            "quic",
		"showtypes=regular":                "quic can",
		"showtypes=regular&hide=rtg":       "quic",
		"showtypes=plenary&show=can":       "can plenary",
		"show=quic,ietf&hidetypes=plenary": "quic",
		"hide=quic":                        "can plenary odd",
		"hidetypes=regular":                "plenary odd",
		"hide=":                            "quic can plenary odd",
		"show=a,b":                         "",
		"hide=a%2Cb":                       "quic can plenary odd",
		"show=ietf&hide=ietf-plenary":      "",
	} {
		t.Run(query, func(t *testing.T) {
			filtered := apply(t, query)
			var uids []string
			for _, c := range filtered.Components {
				if uid, ok := c.Property("UID"); ok {
					uids = append(uids, uid.Value)
				}
			}
			if got := strings.Join(uids, " "); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if filtered.Components[0].Name != "VTIMEZONE" {
				t.Error("the time zone is gone")
			}
		})
	}
}

func TestFilterDropsTheAddressOfTheWhole(t *testing.T) {
	for query, want := range map[string]bool{"": true, "hide=": true, "show=quic": false, "tz=utc": false} {
		if _, got := apply(t, query).Property("SOURCE"); got != want {
			t.Errorf("%q: SOURCE is there: %v", query, got)
		}
	}
}

func TestFilterToUTC(t *testing.T) {
	got := string(Encode(apply(t, "tz=UTC&show=quic,can")))
	for _, line := range []string{
		"DTSTART:20260308T073000Z\r\n", "DTEND:20260308T083000Z\r\n", "DTSTART:20260310T120000Z\r\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in\n%s", line, got)
		}
	}
	if strings.Contains(got, "VTIMEZONE") || strings.Contains(got, "TZID") {
		t.Errorf("a time zone is in\n%s", got)
	}
}

func TestFilterToUTCLeavesUnknownZonesAlone(t *testing.T) {
	calendar := Component{Name: "VCALENDAR", Components: []Component{
		{Name: "VTIMEZONE", Properties: []Property{{Name: "TZID", Value: "Mars"}}},
		{Name: "VEVENT", Properties: []Property{{Name: "DTSTART", Params: []Param{{"TZID", []string{"Mars"}}}, Value: "20260308T033000"}}},
	}}
	if got := (Filter{utc: true}).Apply(calendar); !reflect.DeepEqual(got, calendar) {
		t.Errorf("got %+v", got)
	}
}

func TestFilterNeverLeavesACalendarEmpty(t *testing.T) {
	got := apply(t, "show=nobody&tz=utc").Components
	if len(got) != 1 || got[0].Name != "VTIMEZONE" {
		t.Errorf("got %+v", got)
	}
}

func TestParseFilterRefuses(t *testing.T) {
	for query, want := range map[string]string{
		"tz=Europe/Vienna": `tz is "Europe/Vienna", it can only be utc`,
		"tz=":              `tz is "", it can only be utc`,
		"tz=utc&tz=utc":    `it can only be utc`,
		"shw=quic":         `unknown parameter "shw", known are show, hide`,
		"Show=quic":        `unknown parameter "Show"`,
		"quic":             `unknown parameter "quic"`,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := ParseFilter(values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %+v, %v", query, f, err)
		}
	}
}
