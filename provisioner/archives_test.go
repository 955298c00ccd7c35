package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// logPages are web servers that keep logs: an error per host or page, else what
// is in found.
type logPages struct {
	found map[string]bool
	fails map[string]error // by a part of the address

	mu    sync.Mutex
	asked []string
	now   int // requests in flight
	most  int // of those, ever
}

func (l *logPages) Exists(ctx context.Context, url string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, url)
	l.now++
	l.most = max(l.most, l.now)
	defer func() { l.now-- }()
	for part, err := range l.fails {
		if strings.Contains(url, part) {
			return false, err
		}
	}
	return l.found[url], ctx.Err()
}

func TestDue(t *testing.T) {
	tests := []struct {
		name    string
		archive registry.Archive
		looked  bool
		want    bool
	}{
		{"never asked", registry.Archive{}, false, true},
		{"found a moment ago", registry.Archive{Checked: noon, Found: true}, false, false},
		{"found not quite a day ago", registry.Archive{Checked: noon.Add(-24*time.Hour + 1), Found: true}, false, false},
		{"found a day ago", registry.Archive{Checked: noon.Add(-24 * time.Hour), Found: true}, false, true},
		{"not found a moment ago", registry.Archive{Checked: noon.Add(-time.Hour + 1)}, false, false},
		{"not found an hour ago", registry.Archive{Checked: noon.Add(-time.Hour)}, false, true},
		{"not found a moment ago, and people look for it", registry.Archive{Checked: noon.Add(-time.Second)}, true, true},
		{"found a moment ago, and people look for it", registry.Archive{Checked: noon.Add(-time.Second), Found: true}, true, false},
		{"found tomorrow", registry.Archive{Checked: noon.Add(24 * time.Hour), Found: true}, false, true},
		{"not found in a minute", registry.Archive{Checked: noon.Add(time.Minute)}, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := due(test.archive, test.looked, noon); got != test.want {
				t.Errorf("%t, want %t", got, test.want)
			}
		})
	}
}

// TestWhichLogsAreShown has the sessions of quic an hour ago, now and in an
// hour.
func TestWhichLogsAreShown(t *testing.T) {
	const (
		whole    = "https://logs.example.org/{chat_room_name}/"
		daily    = "https://logs.example.org/{chat_room_name}/{date}.html"
		room     = "https://logs.example.org/quic/"
		today    = "https://logs.example.org/quic/2026-03-02.html"
		told     = "https://muc.example.org/logs/quic"
		earlier  = "https://old.example.org/quic/2026-03-02"
		tomorrow = "https://logs.example.org/quic/2026-03-03.html"
	)
	tests := []struct {
		name     string
		pattern  string
		eras     []agenda.Era
		told     string // what the chat server says
		checked  bool
		found    []string
		room     string
		past     string // session
		future   string // session
		wantsAll []string
	}{
		{name: "nobody checks, one address for all days", pattern: whole, room: room, past: room, future: room, wantsAll: []string{room}},
		{name: "nobody checks, an address a day", pattern: daily, room: today, past: today, wantsAll: []string{today}},
		{name: "nobody checks, no address", wantsAll: nil},
		{name: "one address, found", pattern: whole, checked: true, found: []string{room}, room: room, past: room, future: room, wantsAll: []string{room}},
		{name: "one address, not found", pattern: whole, checked: true, found: []string{today}, wantsAll: []string{room}},
		{name: "an address a day, found", pattern: daily, checked: true, found: []string{today, tomorrow}, room: today, past: today, wantsAll: []string{today}},
		{name: "an address a day, and the server's for all, both found", pattern: daily, told: told, checked: true, found: []string{today, told},
			room: told, past: today, wantsAll: []string{today, told}},
		{name: "an address a day, and only the server's for all is found", pattern: daily, told: told, checked: true, found: []string{told},
			room: told, wantsAll: []string{today, told}},
		{name: "the server's address", told: told, checked: true, found: []string{told}, room: told, past: told, future: told, wantsAll: []string{told}},
		{name: "an earlier era", pattern: whole, eras: []agenda.Era{{Until: noon.Truncate(24 * time.Hour), Pattern: "https://old.example.org/{chat_room_name}/{date}"}},
			checked: true, found: []string{room, earlier}, room: room, past: earlier, future: room, wantsAll: []string{room, earlier}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			quic := managedRoom("quic", 20)
			quic.Verified.LogsURL = test.told
			known := state(quic)
			known.Archives = map[string]registry.Archive{"https://unused.example.org/": {}}
			for _, u := range test.found {
				known.Archives[u] = registry.Archive{Checked: noon, Found: true}
			}
			p := testPublisher(t, known)
			p.Patterns = agenda.Patterns{Archive: test.pattern, Eras: test.eras}
			if test.checked {
				p.Archives = &logPages{}
			}
			p.snap.Meetings[0].Agenda.Sessions[0].Start = noon.Add(-time.Hour)
			ahead := p.snap.Meetings[0].Agenda.Sessions[0]
			ahead.SessionID, ahead.Start = 102, noon.Add(24*time.Hour)
			p.snap.Meetings[0].Agenda.Sessions = append(p.snap.Meetings[0].Agenda.Sessions, ahead)
			p.report.Meetings = []MeetingLinks{{Number: "126", Links: map[int]string{100: "quic", 102: "quic"}}}

			pub, _ := p.publication(nil, noon)
			sessions := pub.Meetings[0].Sessions
			if got := []string{pub.Rooms[0].ArchiveURL, sessions[0].Link.ArchiveURL, sessions[2].Link.ArchiveURL}; !slices.Equal(got, []string{test.room, test.past, test.future}) {
				t.Errorf("room, session that has begun, session ahead: %q, want %q", got, []string{test.room, test.past, test.future})
			}
			wanted := p.wantedArchives(noon)
			for _, u := range test.wantsAll {
				if _, asked := wanted[u]; !asked {
					t.Errorf("nobody asks for %s", u)
				}
			}
			if len(wanted) != len(test.wantsAll) {
				t.Errorf("asked for are %v, want %v", wanted, test.wantsAll)
			}
		})
	}
}

func TestAskingForLogs(t *testing.T) {
	pages := func(host string, n int) []string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("https://%s/room%d/", host, i))
		}
		return list
	}
	run := func(l *logPages, urls []string) *inquiry {
		q := &inquiry{archives: l, found: map[string]bool{}, hosts: map[string]*logHost{}}
		steps := 0
		q.run(t.Context(), urls, func(done, of int) { steps++ })
		if steps != len(urls) {
			t.Errorf("%d steps of %d were told", steps, len(urls))
		}
		return q
	}

	t.Run("every page gets its answer", func(t *testing.T) {
		l := &logPages{found: map[string]bool{"https://a/room1/": true}}
		q := run(l, pages("a", 30))
		if len(q.found) != 30 || !q.found["https://a/room1/"] || q.found["https://a/room2/"] || len(q.problems()) != 0 {
			t.Errorf("found %v, problems %v", q.found, q.problems())
		}
		if l.most > checksAtOnce {
			t.Errorf("%d requests at a time", l.most)
		}
	})
	t.Run("a host that does not answer is left alone and told once, and the others are asked", func(t *testing.T) {
		l := &logPages{fails: map[string]error{"//a/": errors.New("connection refused")}}
		q := run(l, append(pages("a", 100), pages("b", 100)...))
		inVain := slices.DeleteFunc(l.asked, func(u string) bool { return !strings.HasPrefix(u, "https://a/") })
		if len(inVain) > checksInVain+checksAtOnce || len(q.found) != 100 {
			t.Errorf("%d requests in vain, %d answers", len(inVain), len(q.found))
		}
		problems := q.problems()
		if len(problems) != 1 || problems[0].Failure || problems[0].Text !=
			"pages of logs at a that could not be checked: 100; links to them stay as they were: connection refused" {
			t.Errorf("problems %+v", problems)
		}
	})
	t.Run("some pages that fail do not keep the others from being asked", func(t *testing.T) {
		l := &logPages{fails: map[string]error{"3/": errors.New("forbidden")}}
		q := run(l, pages("a", 100))
		if len(q.found) != 90 || len(q.problems()) != 1 {
			t.Errorf("%d answers, problems %v", len(q.found), q.problems())
		}
	})
	t.Run("no time is left", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l := &logPages{}
		q := &inquiry{archives: l, found: map[string]bool{}, hosts: map[string]*logHost{}}
		q.run(ctx, pages("a", 3), func(int, int) {})
		if len(l.asked) > 0 || len(q.problems()) != 1 || !strings.Contains(q.problems()[0].Text, "a that could not be checked: 3; links to them stay as they were: there was no time") {
			t.Errorf("asked %v, problems %v", l.asked, q.problems())
		}
	})
}
