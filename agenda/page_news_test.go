package agenda

import (
	"strings"
	"testing"
)

func TestNewsPage(t *testing.T) {
	f, err := newsPage(house())
	if err != nil {
		t.Fatal(err)
	}
	goldenMain(t, "testdata/news.html", f)
}

func TestNewsPageWithoutNews(t *testing.T) {
	p := house()
	p.News = nil
	f, err := newsPage(p)
	if err != nil || !strings.Contains(string(f.data), "Nothing has happened yet.") {
		t.Errorf("got %s, %v", f.data, err)
	}
}

// An old day keeps its words when something happens later.
func TestNewsIsAppendOnly(t *testing.T) {
	p := house()
	before, err := newsPage(p)
	if err != nil {
		t.Fatal(err)
	}
	p.News = append(p.News, NewsItem{at(5, 10), Retired, "quic", ""}, NewsItem{at(6, 9), Created, "hallway", ""})
	after, err := newsPage(p)
	if err != nil {
		t.Fatal(err)
	}
	entries := func(f file) map[string]string {
		days := map[string]string{}
		for _, part := range strings.Split(string(f.data), `<li id="`)[1:] {
			id, text, _ := strings.Cut(part, `"`)
			text, _, _ = strings.Cut(text, "</li>")
			if _, double := days[id]; double {
				t.Errorf("%s has the id %s twice", f.path, id)
			}
			days[id] = text
		}
		return days
	}
	old, now := entries(before), entries(after)
	if len(old) != 5 || len(now) != 6 {
		t.Fatalf("%d days became %d", len(old), len(now))
	}
	for id, text := range old {
		if id == "day-2026-11-05" {
			if !strings.HasPrefix(now[id], text) || now[id] == text {
				t.Errorf("the last day does not go on:\n%s\n%s", text, now[id])
			}
			continue
		}
		if now[id] != text {
			t.Errorf("%s changed:\n%s\n%s", id, text, now[id])
		}
	}
}
