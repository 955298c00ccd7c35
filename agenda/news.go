package agenda

import (
	"slices"
	"time"
)

// newsLine is everything of one kind that happened on one day: a sentence of
// the News page, an entry of the feed. Both are append-only: what happens
// later gives lines of its own, or makes the day's own line longer.
type newsLine struct {
	day   time.Time // its beginning, in UTC
	kind  NewsKind
	items []NewsItem // in the order in which they happened; a room stands there once
}

// newsLines sorts what happened by day and, within a day, by the first of each
// kind. Items of a kind that has no words are left out.
func newsLines(items []NewsItem) []newsLine {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b NewsItem) int { return a.Time.Compare(b.Time) })

	var lines []newsLine
	for _, item := range items {
		if one, _ := item.Kind.words(); one == "" {
			continue
		}
		day := item.Time.UTC().Truncate(24 * time.Hour)
		at := slices.IndexFunc(lines, func(l newsLine) bool {
			return l.day.Equal(day) && l.kind == item.Kind
		})
		if at < 0 {
			lines = append(lines, newsLine{day: day, kind: item.Kind})
			at = len(lines) - 1
		}
		lines[at].add(item)
	}
	return lines
}

func (l *newsLine) add(item NewsItem) {
	if !slices.ContainsFunc(l.items, func(old NewsItem) bool { return old.Room == item.Room && old.To == item.To }) {
		l.items = append(l.items, item)
	}
}

// Published is when the first of the line happened.
func (l newsLine) Published() time.Time { return l.items[0].Time }

// Updated is when the line became what it is.
func (l newsLine) Updated() time.Time { return l.items[len(l.items)-1].Time }

// Date is the line's day: 2026-11-04.
func (l newsLine) Date() string { return l.day.Format(time.DateOnly) }

// Anchor is the id of the line's day on the News page.
func (l newsLine) Anchor() string { return "day-" + l.Date() }

// Lead is how the line begins.
func (l newsLine) Lead() string {
	one, several := l.kind.words()
	if len(l.items) == 1 {
		return one
	}
	return several
}

// words begin a line: for one room, and for several. "Created rooms for dime,
// dirdir" is what the IETF's News list has said since 2006. A kind that is not
// known has none.
func (k NewsKind) words() (one, several string) {
	switch k {
	case Created:
		return "Created a room for", "Created rooms for"
	case Adopted:
		return "Took over the room", "Took over rooms"
	case Renamed:
		return "Renamed", "Renamed"
	case Retired:
		return "Retired the room", "Retired rooms"
	case Restored:
		return "Reopened the room", "Reopened rooms"
	case Closed:
		return "Closed the room", "Closed rooms"
	case Destroyed:
		return "Destroyed the room", "Destroyed rooms"
	}
	return "", ""
}
