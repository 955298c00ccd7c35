package agenda

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// at is a time in November 2026.
func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func TestNewsLines(t *testing.T) {
	for name, tt := range map[string]struct {
		items []NewsItem
		want  []string
	}{
		"nothing has happened": {nil, nil},
		"rooms of one day and kind stand in one line": {
			[]NewsItem{{at(4, 9), Created, "dime", ""}, {at(4, 9), Created, "dirdir", ""}, {at(4, 17), Created, "dix", ""}},
			[]string{"2026-11-04: Created rooms for dime, dirdir, dix"},
		},
		"one room alone": {
			[]NewsItem{{at(1, 0), Created, "dime", ""}, {at(2, 0), Adopted, "tls", ""}, {at(3, 0), Retired, "dix", ""}, {at(4, 0), Restored, "dix", ""}},
			[]string{"2026-11-01: Created a room for dime", "2026-11-02: Took over the room tls", "2026-11-03: Retired the room dix", "2026-11-04: Reopened the room dix"},
		},
		"several rooms": {
			[]NewsItem{{at(2, 0), Adopted, "a", ""}, {at(2, 0), Adopted, "b", ""}, {at(3, 0), Retired, "a", ""}, {at(3, 0), Retired, "b", ""}, {at(4, 0), Restored, "a", ""}, {at(4, 0), Restored, "b", ""}},
			[]string{"2026-11-02: Took over rooms a, b", "2026-11-03: Retired rooms a, b", "2026-11-04: Reopened rooms a, b"},
		},
		"what persons do": {
			[]NewsItem{{at(2, 0), Closed, "a", ""}, {at(3, 0), Closed, "b", ""}, {at(3, 0), Closed, "c", ""}, {at(4, 0), Destroyed, "a", ""}, {at(5, 0), Destroyed, "b", ""}, {at(5, 0), Destroyed, "c", ""}},
			[]string{"2026-11-02: Closed the room a", "2026-11-03: Closed rooms b, c", "2026-11-04: Destroyed the room a", "2026-11-05: Destroyed rooms b, c"},
		},
		"renamed rooms name their successors": {
			[]NewsItem{{at(4, 9), Renamed, "foo", "bar"}, {at(4, 10), Renamed, "dirdir", "dime"}},
			[]string{"2026-11-04: Renamed dirdir to dime, foo to bar"},
		},
		"kinds of one day stand in the order in which they began": {
			[]NewsItem{{at(4, 9), Retired, "dix", ""}, {at(4, 10), Created, "dime", ""}, {at(4, 11), Retired, "eai", ""}},
			[]string{"2026-11-04: Retired rooms dix, eai", "2026-11-04: Created a room for dime"},
		},
		"days are those of UTC": {
			[]NewsItem{{time.Date(2026, 11, 4, 23, 30, 0, 0, time.FixedZone("", -3600)), Created, "dime", ""}},
			[]string{"2026-11-05: Created a room for dime"},
		},
		"a clock that was set back does not disorder the days": {
			[]NewsItem{{at(5, 9), Created, "dime", ""}, {at(4, 9), Created, "dix", ""}, {at(5, 10), Created, "eai", ""}},
			[]string{"2026-11-04: Created a room for dix", "2026-11-05: Created rooms for dime, eai"},
		},
		"a room stands once in a line": {
			[]NewsItem{{at(4, 9), Retired, "dix", ""}, {at(4, 10), Restored, "dix", ""}, {at(4, 11), Retired, "dix", ""}},
			[]string{"2026-11-04: Retired the room dix", "2026-11-04: Reopened the room dix"},
		},
		"a kind without words is left out": {
			[]NewsItem{{at(4, 9), "painted", "dix", ""}},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, line := range newsLines(tt.items) {
				got = append(got, line.Date()+": "+line.sentence(noLink).title())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestTitlesOfLongLinesAreCut(t *testing.T) {
	var items []NewsItem
	for i := range 13 {
		items = append(items, NewsItem{at(4, 9), Created, fmt.Sprintf("g%02d", i), ""})
	}
	title := func() string { return newsLines(items)[0].sentence(noLink).title() }
	if got := title(); !strings.HasSuffix(got, ", g11, g12") {
		t.Errorf("13 rooms: %q", got)
	}
	items = append(items, NewsItem{at(4, 10), Created, "g13", ""})
	if got := title(); !strings.HasSuffix(got, ", g10, g11 and 2 more") {
		t.Errorf("14 rooms: %q", got)
	}
}
