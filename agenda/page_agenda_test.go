package agenda

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// programme is a publication with one agenda that has everything a session can
// be, at its worst where the text is from outside.
func programme() Publication {
	const web = "https://chat.example.org/#converse/room?jid="
	room := func(name string) SessionLink {
		return SessionLink{Room: name, JID: name + "@jabber.example.org", URL: "xmpp:" + name + "@jabber.example.org?join"}
	}
	quic := room("quic")
	quic.WebURL, quic.ArchiveURL = web+quic.JID, "https://logs.example.org/quic/2026-11-16"
	bad := room("hostile")
	bad.WebURL, bad.ArchiveURL, bad.URL = hostileURL, hostileURL, hostileURL
	p := house()
	p.Meetings = []Meeting{{
		Number: "126", Title: "IETF 126", City: "Wien\u202e <b>", TimeZone: "Europe/Vienna",
		Date: at(14, 0), Days: 7, Agenda: []byte(oneSession), Updated: at(5, 8), Current: true,
		Sessions: []Session{
			{ID: 30, Acronym: "quic", GroupName: "QUIC", Area: "wit", Name: "QUIC", Start: at(16, 8), Duration: 2 * time.Hour, Location: "Grand Park Hall 3", Status: "sched", Document: "https://datatracker.ietf.org/meeting/126/materials/agenda-126-quic", Link: quic},
			{ID: 29, Acronym: "can", GroupName: "Computing-Aware Networking", GroupState: "bof", Area: "rtg", Start: at(16, 8), Duration: 2 * time.Hour, Link: room("can"), Note: "Joint with\nQUIC", Joint: []string{"quic", "../nowhere"}},
			{ID: 31, Acronym: "ietf", GroupName: "IETF", Name: "IETF Plenary", Type: "plenary", Start: at(16, 8), Duration: 2 * time.Hour, Link: room("plenary")},
			{ID: 30, Acronym: "quic", GroupName: "QUIC", Area: "wit", Name: "QUIC, once more", Start: at(15, 8), Duration: time.Hour, Status: "canceledpa", Link: quic},
			{ID: 32, Acronym: "soon", Name: "Proposed group", GroupState: "proposed", Start: at(16, 8), Duration: time.Hour, Status: "resched"},
			{ID: 33, Name: "Reception", Start: at(16, 23), Duration: 3 * time.Hour},
			{ID: 34, Acronym: hostile, GroupName: hostile, GroupState: hostile, Area: hostile, Name: hostile, Type: hostile, Start: at(17, 8), Location: hostile, Status: hostile, Note: hostile, Document: hostileURL, Link: bad},
		},
	}}
	return p
}

// agendaPage is the page of the publication's first meeting.
func agendaPage(t *testing.T, p Publication) file {
	t.Helper()
	files, err := agendaPages(p)
	if err != nil {
		t.Fatal(err)
	}
	return fileAt(t, files, "meeting/"+p.Meetings[0].Number+"/index.html")
}

func TestAgendaPage(t *testing.T) {
	goldenMain(t, "testdata/page-agenda.html", agendaPage(t, programme()))
}

func TestAgendaPagesOfKnownAgendasOnly(t *testing.T) {
	p := programme()
	p.Meetings = append(p.Meetings, Meeting{Number: "127", Title: "IETF 127"}, Meeting{Number: "128", Title: "IETF 128", Agenda: []byte("{}")})
	files, err := agendaPages(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].path != "meeting/126/index.html" || files[1].path != "meeting/128/index.html" {
		t.Errorf("got %d pages, the first at %s", len(files), files[0].path)
	}
}

func TestAgendaPageSaysWhatIsTrue(t *testing.T) {
	for name, tt := range map[string]struct {
		change    func(*Meeting)
		has, lack []string
	}{
		"times are the meeting's own": {
			func(*Meeting) {}, []string{
				"All times are in the meeting's time zone, Europe/Vienna (UTC&#43;1).",
				`>Monday, November 16, 2026</h3>`,
				`<time datetime="2026-11-16T08:00:00Z">09:00</time> - <time datetime="2026-11-16T10:00:00Z">11:00</time>`,
			}, nil,
		},
		"a session that begins after midnight there": {
			func(*Meeting) {}, []string{`>Tuesday, November 17, 2026</h3>`, `<time datetime="2026-11-16T23:00:00Z">00:00</time> - <time datetime="2026-11-17T02:00:00Z">03:00</time>`}, nil,
		},
		"the clocks change between two sessions": {
			func(m *Meeting) { m.Sessions[0].Start = at(16, 8).AddDate(0, -1, 0) }, []string{"Europe/Vienna (UTC&#43;2, later UTC&#43;1)"}, nil,
		},
		"the clocks are put forward at midnight": {
			func(m *Meeting) {
				m.TimeZone = "America/Santiago"
				m.Sessions[0].Start = time.Date(2026, 9, 5, 15, 0, 0, 0, time.UTC)
				m.Sessions[1].Start = time.Date(2026, 9, 6, 15, 0, 0, 0, time.UTC)
			},
			[]string{
				`<h3 id="day-2026-09-05">Saturday, September 5, 2026</h3>`,
				`<h3 id="day-2026-09-06">Sunday, September 6, 2026</h3>`,
			}, nil,
		},
		"half an hour beside the others": {
			func(m *Meeting) { m.TimeZone = "America/St_Johns" }, []string{"America/St_Johns (UTC-3:30)"}, nil,
		},
		"a time zone that nobody knows": {
			func(m *Meeting) { m.TimeZone = "Mars/Olympus" }, []string{"time zone, UTC.", ">08:00</time>"}, []string{"Mars"},
		},
		"no time zone": {
			func(m *Meeting) { m.TimeZone = "" }, []string{"time zone, UTC."}, nil,
		},
		"an interim": {
			func(m *Meeting) {
				m.Number, m.Title, m.Days, m.Current = "interim-2026-quic-02", "interim-2026-quic-02", 1, false
			},
			[]string{"<h1><bdi>interim-2026-quic-02</bdi> Meeting Agenda</h1>", "November 14, 2026<", `href="https://datatracker.ietf.org/meeting/interim-2026-quic-02/session/quic/"`}, nil,
		},
		"no agenda yet": {
			func(m *Meeting) { m.Sessions = nil }, []string{"<bdi>IETF 126</bdi> has no agenda yet."}, []string{"<table", "All times"},
		},
		"nothing known but the number": {
			func(m *Meeting) { m.City, m.Date, m.Updated, m.Sessions = "", time.Time{}, time.Time{}, nil },
			[]string{"has no agenda yet"}, []string{"Updated", "0001", `<p class="meta"></p>`},
		},
		"no session has a link": {
			func(m *Meeting) {
				for i := range m.Sessions {
					m.Sessions[i].Link = SessionLink{}
				}
			},
			[]string{"Calendar (.ics) entry for this session"}, []string{"Chat", `class="jid"`, "About this room"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := programme()
			tt.change(&p.Meetings[0])
			text := string(agendaPage(t, p).data)
			for _, part := range tt.has {
				if !strings.Contains(text, part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			for _, part := range tt.lack {
				if strings.Contains(text, part) {
					t.Errorf("the page has %q", part)
				}
			}
		})
	}
}

func TestDates(t *testing.T) {
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	for want, m := range map[string]Meeting{
		"March 19 - 25, 2022":                 {Date: day(2022, 3, 19), Days: 7},
		"July 29 - August 4, 2023":            {Date: day(2023, 7, 29), Days: 7},
		"December 31, 2026 - January 1, 2027": {Date: day(2026, 12, 31), Days: 2},
		"November 4, 2026":                    {Date: day(2026, 11, 4), Days: 1},
		"November 5, 2026":                    {Date: day(2026, 11, 5)},
		"":                                    {},
	} {
		if got := dates(m); got != want {
			t.Errorf("dates are %q, want %q", got, want)
		}
	}
}

func TestAgendaPagesOfRealMeetings(t *testing.T) {
	for number := range realMeetings {
		t.Run("IETF "+number, func(t *testing.T) {
			m := realMeeting(t, number)
			p := Publication{Site: Site{MUC: "jabber.example.org"}, Meetings: []Meeting{m}}
			page := agendaPage(t, p)
			rows := rowsOf(t, page)
			for _, s := range m.Sessions {
				row, ok := rows[fmt.Sprintf("row-%d", s.ID)]
				if !ok {
					t.Fatalf("session %d has no row", s.ID)
				}
				if want := "../../rooms/" + s.Acronym + "/"; row["Chat room for "+s.Acronym] != want {
					t.Errorf("session %d has the links %v, want one to %s", s.ID, row, want)
				}
			}
			if len(rows) != len(m.Sessions) {
				t.Errorf("%d rows for %d sessions", len(rows), len(m.Sessions))
			}
			if seen := see(t, page); seen.headings != 1 || seen.bareHeads+seen.scripts+seen.styled != 0 {
				t.Errorf("the page is %+v", seen)
			}
		})
	}
}

// rowsOf are the rows of an agenda page: by id, the addresses of their links by
// the words that stand on them.
func rowsOf(t *testing.T, f file) map[string]map[string]string {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(f.data))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]string{}
	for row := range doc.Descendants() {
		id := attribute(row, "id")
		if row.Data != "tr" || id == "" {
			continue
		}
		rows[id] = map[string]string{}
		for link := range row.Descendants() {
			if link.Data == "a" {
				rows[id][text(link)] = attribute(link, "href")
			}
		}
	}
	return rows
}

func attribute(node *html.Node, key string) string {
	i := slices.IndexFunc(node.Attr, func(a html.Attribute) bool { return a.Key == key })
	if i < 0 {
		return ""
	}
	return node.Attr[i].Val
}

func text(node *html.Node) string {
	var b strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}
