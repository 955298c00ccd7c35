package ical

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// TypeProperty holds the type of the session that an event is: the slug of the
// Datatracker's timeslot type, such as regular or plenary.
const TypeProperty = "X-ROOMCTL-TYPE"

// Filter picks events of a calendar, as the query of the Datatracker's own
// calendars does (ietf/meeting/views.py, agenda_ical): show and hide take lists
// of keywords, which an event has as CATEGORIES, showtypes and hidetypes lists
// of types, which it has as TypeProperty. An event is kept if one of the lists
// to show names it and none of the lists to hide. tz=utc puts all times into
// UTC.
//
// In one thing it differs: where no list to show is given, everything is shown.
// The Datatracker shows nothing then, and ?hide=quic would be of no use.
//
// The zero Filter changes nothing.
type Filter struct {
	show, hide           []string
	showTypes, hideTypes []string
	shows                bool // a list to show is given, if only an empty one
	utc                  bool
}

// ParseFilter reads the query of a calendar's address. Unknown parameters, and
// values of tz other than utc, are errors: a calendar that says nothing of them
// would be taken for filtered.
func ParseFilter(query url.Values) (Filter, error) {
	var f Filter
	for name, values := range query {
		list := keywords(values)
		switch name {
		case "show":
			f.show, f.shows = list, true
		case "showtypes":
			f.showTypes, f.shows = list, true
		case "hide":
			f.hide = list
		case "hidetypes":
			f.hideTypes = list
		case "tz":
			if !slices.Equal(list, []string{"utc"}) {
				return Filter{}, fmt.Errorf("tz is %.40q, it can only be utc", strings.Join(values, ","))
			}
			f.utc = true
		default:
			return Filter{}, fmt.Errorf("unknown parameter %.40q, known are show, hide, showtypes, hidetypes and tz", name)
		}
	}
	return f, nil
}

// keywords reads comma lists, in any case.
func keywords(lists []string) []string {
	var found []string
	for _, list := range lists {
		for word := range strings.SplitSeq(strings.ToLower(list), ",") {
			if word = strings.TrimSpace(word); word != "" {
				found = append(found, word)
			}
		}
	}
	return found
}

// isZero says whether the filter leaves every calendar as it is.
func (f Filter) isZero() bool {
	return !f.shows && !f.utc && len(f.hide) == 0 && len(f.hideTypes) == 0
}

// Apply is the calendar as the filter leaves it; the calendar given stays as it
// is. SOURCE goes, for it names the address of the whole calendar. What is not
// an event stays, but time zones go with tz=utc.
func (f Filter) Apply(calendar Component) Component {
	if f.isZero() {
		return calendar
	}
	filtered := Component{Name: calendar.Name}
	for _, p := range calendar.Properties {
		if p.Name != "SOURCE" {
			filtered.Properties = append(filtered.Properties, p)
		}
	}
	for _, c := range calendar.Components {
		switch {
		case c.Name == "VEVENT" && !f.keeps(c):
			continue
		case c.Name == "VTIMEZONE" && f.utc && isKnownZone(c):
			continue
		case f.utc:
			c = inUTC(c)
		}
		filtered.Components = append(filtered.Components, c)
	}
	if len(filtered.Components) == 0 {
		// A calendar holds at least one component (RFC 5545 section 3.4).
		filtered.Components = []Component{TimeZone(time.UTC, time.Time{}, time.Time{})}
	}
	return filtered
}

// keeps says whether the event is one that the filter shows and does not hide.
func (f Filter) keeps(event Component) bool {
	categories, _ := event.Property("CATEGORIES")
	kind, _ := event.Property(TypeProperty)
	words := parseTextList(categories.Value)
	types := []string{parseText(kind.Value)}
	if share(words, f.hide) || share(types, f.hideTypes) {
		return false
	}
	return !f.shows || share(words, f.show) || share(types, f.showTypes)
}

// share says whether the lists have a word in common.
func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(word string) bool { return slices.Contains(b, word) })
}

// isKnownZone says whether inUTC can do without the VTIMEZONE.
func isKnownZone(zone Component) bool {
	tzid, _ := zone.Property("TZID")
	_, err := Zone(parseText(tzid.Value))
	return err == nil
}

// inUTC is the event with its times in UTC. A time of an unknown zone stays.
func inUTC(event Component) Component {
	event.Properties = slices.Clone(event.Properties)
	for i, p := range event.Properties {
		if p.Param("TZID") == "" {
			continue
		}
		if t, err := p.Time(); err == nil {
			event.Properties[i] = Property{Name: p.Name, Value: UTC(t)}
		}
	}
	return event
}
