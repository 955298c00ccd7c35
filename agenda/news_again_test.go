package agenda

import (
	"strings"
	"testing"
)

// A room that was renamed, reopened and renamed to another one within a day
// stands in that day's line with both.
func TestARoomRenamedTwiceInADay(t *testing.T) {
	items := []NewsItem{{at(4, 9), Renamed, "quick", "quic"}, {at(4, 10), Restored, "quick", ""}, {at(4, 11), Renamed, "quick", "quicker"}, {at(4, 12), Renamed, "quick", "quicker"}}
	p := house()
	p.News = items
	feed, err := newsFeed(p)
	if err != nil {
		t.Fatal(err)
	}
	if want := "<title>Renamed quick to quic, quick to quicker</title>"; !strings.Contains(string(feed.data), want) {
		t.Errorf("%s is not in\n%s", want, feed.data)
	}
}
