package agenda

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"
)

// readFeed makes and decodes the feed of p and checks what holds for every one
// (RFC 4287 section 4.1).
func readFeed(t *testing.T, p Publication) atomFeed {
	t.Helper()
	f, err := newsFeed(p)
	if err != nil {
		t.Fatal(err)
	}
	if f.path != "news.atom" {
		t.Errorf("the feed stands at %s", f.path)
	}
	var feed atomFeed
	if err := xml.Unmarshal(f.data, &feed); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{feed.ID: true}
	if feed.Title == "" || feed.Author.Name == "" {
		t.Errorf("the feed has no title or author:\n%s", f.data)
	}
	last := feed.Updated
	for _, e := range feed.Entries {
		if ids[e.ID] {
			t.Errorf("two entries have the id %s", e.ID)
		}
		ids[e.ID] = true
		if e.Title == "" || e.Content.Text == "" {
			t.Errorf("%s has no title or content", e.ID)
		}
		for _, text := range []string{e.Published, e.Updated} {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				t.Errorf("%s: %v", e.ID, err)
			}
		}
		if e.Updated > last || e.Published > e.Updated {
			t.Errorf("%s is out of order", e.ID)
		}
		last = e.Updated
	}
	if len(feed.Entries) > 0 && feed.Updated != feed.Entries[0].Updated {
		t.Errorf("the feed is of %s, its newest entry of %s", feed.Updated, feed.Entries[0].Updated)
	}
	return feed
}

func TestNewsFeed(t *testing.T) {
	p := house()
	for _, name := range []string{"news.atom", "news-without-base-url.atom"} {
		t.Run(name, func(t *testing.T) {
			readFeed(t, p)
			f, err := newsFeed(p)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name, f.data)
		})
		p.Site.BaseURL = ""
	}
}

func TestFeedWithoutNewsHasAFixedTime(t *testing.T) {
	p := house()
	p.News = nil
	first := readFeed(t, p)
	p.Time = p.Time.Add(time.Hour)
	second := readFeed(t, p)
	if len(first.Entries) != 0 || first.Updated != "2026-01-01T00:00:00Z" || second.Updated != first.Updated {
		t.Errorf("got %+v, then %+v", first, second)
	}
}

func TestFeedKeepsTheNewestEntries(t *testing.T) {
	p := house()
	p.News = nil
	for i := range 150 {
		p.News = append(p.News, NewsItem{at(1, 9).AddDate(0, 0, i), Created, "quic", ""})
	}
	feed := readFeed(t, p)
	if len(feed.Entries) != 100 || !strings.HasPrefix(feed.Updated, at(1, 9).AddDate(0, 0, 149).Format(time.DateOnly)) {
		t.Errorf("%d entries, the newest of %s", len(feed.Entries), feed.Updated)
	}
}

func TestOldEntriesDoNotChange(t *testing.T) {
	p := house()
	before := readFeed(t, p)
	p.News = append(p.News, NewsItem{at(5, 10), Retired, "quic", ""}, NewsItem{at(6, 9), Created, "hallway", ""})
	after := readFeed(t, p)
	if added := len(after.Entries) - len(before.Entries); added != 2 {
		t.Fatalf("%d entries were added", added)
	}
	for i, e := range before.Entries {
		if got, want := fmt.Sprint(after.Entries[i+2]), fmt.Sprint(e); got != want {
			t.Errorf("an entry changed\nfrom %s\nto   %s", want, got)
		}
	}
}

// The first run creates a room for every group.
func TestNewsOfAFirstRun(t *testing.T) {
	p := house()
	p.Rooms, p.News = nil, nil
	for i := range 160 {
		name := fmt.Sprintf("g%03d", i)
		p.Rooms = append(p.Rooms, Room{Name: name, JID: name + "@jabber.example.org", State: "active", Fit: true})
		p.News = append(p.News, NewsItem{at(4, 9), Created, name, ""})
	}
	feed := readFeed(t, p)
	if len(feed.Entries) != 1 {
		t.Fatalf("%d entries", len(feed.Entries))
	}
	entry := feed.Entries[0]
	if len(entry.Title) > 150 || !strings.HasSuffix(entry.Title, " and 148 more") {
		t.Errorf("the title is %q", entry.Title)
	}
	page, err := newsPage(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range p.Rooms {
		if link := `<a href="https://rooms.example.org/rooms/` + room.Name + `/">` + room.Name + `</a>`; !strings.Contains(entry.Content.Text, link) {
			t.Errorf("the entry lacks %s", link)
		}
		if link := `<a href="../rooms/` + room.Name + `/">` + room.Name + `</a>`; !strings.Contains(string(page.data), link) {
			t.Errorf("the page lacks %s", link)
		}
	}
}
