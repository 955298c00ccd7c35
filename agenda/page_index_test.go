package agenda

import (
	"strings"
	"testing"
	"time"
)

func TestIndexPage(t *testing.T) {
	f, err := indexPage(house())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/page-index.html", f.data)
}

func TestIndexPageSaysWhatIsTrue(t *testing.T) {
	const interim, agenda, calendar = `href="meeting/interim-2026-quic-01/"`, `href="meeting/126/"`, `href="agenda.ics"`
	for name, tt := range map[string]struct {
		change    func(*Publication)
		has, lack []string
	}{
		"a meeting and an interim to come": {
			func(*Publication) {}, []string{interim, agenda, calendar, "November 14 - 20, 2026"}, []string{"Other IETF meetings"},
		},
		"an interim on its day": {
			func(p *Publication) { p.Time = at(9, 23) }, []string{interim}, nil,
		},
		"an interim that is over": {
			func(p *Publication) { p.Time = at(10, 0) }, nil, []string{interim, "Interim meetings to come"},
		},
		"an interim that goes on past midnight": {
			func(p *Publication) {
				p.Time = at(10, 0)
				for i := range p.Meetings {
					if m := &p.Meetings[i]; m.isInterim() {
						m.Sessions = append(m.Sessions, Session{ID: 99, Start: at(9, 23), Duration: 2 * time.Hour})
					}
				}
			}, []string{interim}, nil,
		},
		"an agenda that nobody could read": {
			func(p *Publication) { p.Meetings[0].Agenda, p.Meetings[0].Sessions = nil, nil }, []string{"<bdi>IETF 126</bdi>: no agenda yet."}, []string{agenda, calendar},
		},
		"an agenda whose links are withheld, so that its pages stay": {
			func(p *Publication) { p.Meetings[0].Agenda = nil }, []string{agenda, calendar}, []string{"no agenda yet"},
		},
		"no current meeting": {
			func(p *Publication) { p.Meetings[0].Current = false }, []string{"No IETF meeting is known", "Other IETF meetings", agenda, `href="./#meetings"`}, []string{calendar},
		},
		"nothing at all": {
			func(p *Publication) { *p = Publication{Time: p.Time} }, []string{"No IETF meeting is known", `href="rooms/"`, `href="news/"`}, []string{"logged", "Note Well", "Questions", interim, calendar},
		},
		"no web client": {
			func(p *Publication) { p.Rooms = nil }, []string{"<p>With any XMPP"}, []string{"In the browser"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := house()
			tt.change(&p)
			f, err := indexPage(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range tt.has {
				if !strings.Contains(string(f.data), part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			for _, part := range tt.lack {
				if strings.Contains(string(f.data), part) {
					t.Errorf("the page has %q", part)
				}
			}
		})
	}
}

func TestIndexPageShowsTheLatestNewsFirst(t *testing.T) {
	p := house()
	p.News = nil
	for day := 1; day <= 5; day++ {
		p.News = append(p.News, NewsItem{Time: at(day, 9), Kind: Created, Room: "quic"})
	}
	f, err := indexPage(p)
	if err != nil {
		t.Fatal(err)
	}
	text, last := string(f.data), -1
	for day := 5; day > 5-newestNews; day-- {
		at := strings.Index(text, at(day, 0).Format(time.DateOnly)+"</time>")
		if at <= last {
			t.Errorf("the news of day %d are at %d, those of the day after at %d", day, at, last)
		}
		last = at
	}
	if strings.Contains(text, "2026-11-02") {
		t.Error("older news are there too")
	}
}
