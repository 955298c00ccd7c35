package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPublishedFiles(t *testing.T) {
	first := []string{"index.html", "agenda.ics", "news.atom", "assets/site.css", "rooms.json"}
	for _, number := range []string{"113", "interim-2026-quic-01"} {
		first = append(first, "meeting/"+number+"/agenda.json", "meeting/"+number+"/agenda.ics", "meeting/"+number+"/index.html")
	}
	for n := range 100 {
		first = append(first, fmt.Sprintf("rooms/wg%d/index.html", n), fmt.Sprintf("rooms/wg%d/calendar.ics", n))
	}
	for name, tt := range map[string]struct {
		paths   []string
		verbose bool
		want    string // the output, or its first lines
	}{
		"none": {want: "Published: nothing new.\n"},
		"one":  {paths: []string{"rooms.json"}, want: "Published: 1 file\n    rooms.json\n"},
		"a few are all listed": {
			paths: []string{"rooms/quic/index.html", "rooms/quic/calendar.ics"},
			want:  "Published: 2 files\n    rooms/quic/calendar.ics\n    rooms/quic/index.html\n",
		},
		"of hundreds the main ones are, and the others are counted": {
			paths: first,
			want: "Published: 211 files\n    agenda.ics\n    index.html\n    meeting/113/agenda.json\n    news.atom\n    rooms.json\n" +
				"    and 1 agenda, 102 calendars, 102 pages, 1 other file; --verbose lists them\n",
		},
		"a person may want every one": {
			paths: first, verbose: true,
			want: "Published: 211 files\n    " + strings.Join(slices.Sorted(slices.Values(first)), "\n    ") + "\n",
		},
		"many of which none is a main one": {
			paths: first[11:41],
			want:  "Published: 30 files\n    and 15 calendars, 15 pages; --verbose lists them\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			printer{w: &out, verbose: tt.verbose}.published(tt.paths)
			if out.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", &out, tt.want)
			}
		})
	}
}
