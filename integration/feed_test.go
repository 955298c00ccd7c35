//go:build integration

package integration

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/validate"
)

// A feed reader that others wrote understands the news: which rooms were made, renamed and retired.
func TestFeed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now().Truncate(time.Second)
	s, _ := newEmbeddedStageOf(t, datatrackertest.Options{})
	s.keepOnly(t, "quic", "tls", "httpbis", "dnsop", "bfd", "asdf")
	s.BaseURL = "https://rooms.example.org"
	s.run(ctx, t, "sync").expect(t, 0)
	retired, renamed := endTwoGroups(t, s)
	s.run(ctx, t, "sync").expect(t, 0)

	text, err := os.ReadFile(filepath.Join(s.Dir, "www", "news.atom"))
	if err != nil {
		t.Fatal(err)
	}
	feed, err := validate.ReadFeed(ctx, string(text))
	if err != nil {
		t.Fatal(err)
	}
	if feed.Version != "atom10" || feed.Problem != "" || feed.Title == "" {
		t.Errorf("it is %q, titled %q: %s", feed.Version, feed.Title, feed.Problem)
	}
	ids, titles := make(map[string]bool), ""
	for _, entry := range feed.Entries {
		ids[entry.ID] = true
		titles += entry.Title + "\n"
		if entry.Time().Before(began) || entry.Time().After(time.Now()) {
			t.Errorf("%q is of %s", entry.Title, entry.Time())
		}
	}
	if len(ids) != len(feed.Entries) {
		t.Errorf("%d entries have %d ids", len(feed.Entries), len(ids))
	}
	for _, title := range []string{"Created rooms for", "Retired the room " + retired, "Renamed " + renamed + " to " + renamed + "bis"} {
		if !strings.Contains(titles, title) {
			t.Errorf("no news says %q:\n%s", title, titles)
		}
	}
}
