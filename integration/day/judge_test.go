package day_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/integration/day"
)

// What people see when all is well.
const (
	base = "QUIC | https://datatracker.example.org/wg/quic/"
	now  = "Now: QUIC: Part-1, until 10:00 UTC | https://datatracker.example.org/meeting/113/agenda/ | Note Well: https://www.ietf.org/"
	soon = "In 15 minutes, at 09:00 UTC: QUIC: Part-1 | https://datatracker.example.org/"
	on   = "Starting now: QUIC: Part-1, until 10:00 UTC | https://datatracker.example.org/"
)

// A moment is what people see in room quic at a minute of the day.
type moment struct {
	at      time.Duration
	subject string
	in      bool     // roomctl
	heard   []string // so far
}

// good is a day without fault: a session from nine to ten.
func good() []moment {
	return []moment{
		{8 * time.Hour, base, false, nil},
		{8*time.Hour + 45*time.Minute, base, false, []string{soon}},
		{9 * time.Hour, now, true, []string{soon, on}},
		{9*time.Hour + 30*time.Minute, now, true, []string{soon, on}},
		{10 * time.Hour, base, false, []string{soon, on}},
		{11 * time.Hour, base, false, []string{soon, on}},
	}
}

// The Judge finds nothing wrong with a good day, and finds each fault that there can be.
func TestJudge(t *testing.T) {
	agenda := day.Agenda{{ID: 1, Room: "quic", Name: "Part-1", Start: day.Monday.Add(9 * time.Hour), End: day.Monday.Add(10 * time.Hour)}}
	for _, test := range []struct {
		name  string
		spoil func([]moment)
		wrong string // ""; nothing
	}{
		{"a good day", func([]moment) {}, ""},
		{"the subject does not tell of the session", func(m []moment) { m[3].subject = base }, "does not name Part-1"},
		{"the subject tells of another session, too", func(m []moment) { m[3].subject += " Part-2" }, "names Part-2"},
		{"the subject has another end", func(m []moment) { m[2].subject = strings.Replace(now, "10:00", "10:30", 1) }, `does not say "until 10:00 UTC"`},
		{"the subject does not come back", func(m []moment) { m[4].subject = now }, "and its own is"},
		{"another subject comes back", func(m []moment) { m[5].subject = "other" }, "and its own is"},
		{"roomctl comes too early", func(m []moment) { m[1].in = true }, "roomctl is in quic: true, and 0 sessions are on"},
		{"roomctl does not come", func(m []moment) { m[2].in = false }, "roomctl is in quic: false, and 1 sessions are on"},
		{"roomctl stays", func(m []moment) { m[4].in = true }, "roomctl is in quic: true, and 0 sessions are on"},
		{"nothing is said before", func(m []moment) { m[1].heard = nil }, "nobody heard the announcement: before of session 1"},
		{"it is said too late", func(m []moment) { m[2].heard, m[3].heard = []string{soon}, []string{soon, on} }, "nobody heard the announcement: start of session 1"},
		{"it is said twice", func(m []moment) { m[3].heard = []string{soon, on, on} }, "was said, a second time"},
		{"it is said in another room", func(m []moment) { m[3].heard = []string{soon, on, "Starting now: TLS: Part-2"} }, "in quic was said: "},
		{"it is said of a session that was not moved", func(m []moment) {
			m[3].heard = []string{soon, on, "Moved: QUIC: Part-1 is on Mon 16 Mar, 12:00 UTC, not on Mon 16 Mar, 09:00 UTC"}
		}, "was said"},
	} {
		t.Run(test.name, func(t *testing.T) {
			moments := good()
			test.spoil(moments)
			all := append(day.Agenda{{ID: 2, Room: "tls", Name: "Part-2", Start: day.Monday.Add(20 * time.Hour), End: day.Monday.Add(21 * time.Hour)}}, agenda...)
			var judge day.Judge
			var wrong []string
			for _, m := range moments {
				wrong = append(wrong, judge.Check(day.Monday.Add(m.at), all, map[string]day.Seen{
					"quic": {Subject: m.subject, Heard: m.heard, Roomctl: m.in}, "tls": {Subject: "TLS"},
				})...)
			}
			found := slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, test.wrong) })
			if test.wrong == "" && len(wrong) > 0 || test.wrong != "" && !found {
				t.Errorf("found %q, want %q", wrong, test.wrong)
			}
		})
	}
}

// A person's subject wins while the session is on, and stays.
func TestJudgeOfPersons(t *testing.T) {
	agenda := day.Agenda{{ID: 1, Room: "quic", Name: "Part-1", Start: day.Monday.Add(9 * time.Hour), End: day.Monday.Add(10 * time.Hour)}}
	for _, test := range []struct {
		subject string // at the end
		wrong   int
	}{{"slides", 0}, {base, 2}} {
		judge := day.Judge{Silent: []string{"quic"}}
		check := func(at time.Duration, subject string, in bool) int {
			return len(judge.Check(day.Monday.Add(at), agenda, map[string]day.Seen{"quic": {Subject: subject, Roomctl: in}}))
		}
		wrong := check(8*time.Hour, base, false) + check(9*time.Hour, now, true)
		judge.Person("quic", "slides")
		wrong += check(9*time.Hour+time.Minute, test.subject, true) + check(10*time.Hour, test.subject, false)
		if wrong != test.wrong {
			t.Errorf("%d complaints about %q, want %d", wrong, test.subject, test.wrong)
		}
	}
}

// While something is wrong what is not there is no fault; what should not be there is one.
func TestJudgeOfTrouble(t *testing.T) {
	agenda := day.Agenda{{ID: 1, Room: "quic", Name: "Part-1", Start: day.Monday.Add(9 * time.Hour), End: day.Monday.Add(10 * time.Hour)}}
	var judge day.Judge
	check := func(at time.Duration, seen day.Seen) []string {
		return judge.Check(day.Monday.Add(at), agenda, map[string]day.Seen{"quic": seen})
	}
	judge.Trouble(day.Monday.Add(9*time.Hour + 5*time.Minute))
	for _, at := range []time.Duration{8*time.Hour + 45*time.Minute, 9 * time.Hour, 9*time.Hour + 5*time.Minute} {
		if wrong := check(at, day.Seen{Subject: base}); len(wrong) > 0 {
			t.Errorf("at %s found %q", at, wrong)
		}
	}
	if wrong := check(9*time.Hour+6*time.Minute, day.Seen{Subject: base, Heard: []string{on}}); len(wrong) != 1 {
		t.Errorf("of what is said too late found %q", wrong)
	}
	if wrong := check(9*time.Hour+8*time.Minute, day.Seen{Subject: base, Heard: []string{on}}); len(wrong) != 1 {
		t.Errorf("when all should be well found %q", wrong)
	}
}
