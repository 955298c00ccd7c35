package notify

import (
	"reflect"
	"testing"
	"time"

	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

var noon = time.Date(2026, 7, 20, 12, 0, 0, 0, time.UTC)

var (
	old      = health.Problem{Rule: health.SyncAge, Level: health.Red, Text: "the last good sync was 50 minutes ago", Command: "roomctl sync"}
	withheld = health.Problem{Rule: health.Withheld, Level: health.Yellow, About: "retire", Text: "the guard retire withholds something"}
	unfit    = health.Problem{Rule: health.Unfit, Level: health.Yellow, Text: "rooms that no session can be linked to: 3"}
)

// yellow is a problem that is no longer so grave.
func yellow(p health.Problem) health.Problem {
	p.Level = health.Yellow
	return p
}

func verdict(problems ...health.Problem) health.Verdict { return health.Verdict{Problems: problems} }

func TestWhatIsDue(t *testing.T) {
	const day = 24 * time.Hour
	told := func(key string, since, reminded time.Duration) registry.Notified {
		return registry.Notified{Problem: key, Since: noon.Add(-since), Reminded: noon.Add(-reminded)}
	}
	grave := health.Problem{Rule: health.Certificate, Level: health.Red}
	tests := []struct {
		name   string
		v      health.Verdict
		told   []registry.Notified
		remind time.Duration
		want   []Message
	}{
		{"nothing is wrong", verdict(), nil, day, nil},
		{"what is red, and what a guard withholds", verdict(old, withheld), nil, day,
			[]Message{{First, "sync-age", noon, old}, {First, "withheld retire", noon, withheld}}},
		{"rooms that are not ours, a certificate that ends soon, a configuration that is not in force",
			verdict(health.Problem{Rule: health.NotOurs, Level: health.Yellow}, health.Problem{Rule: health.Certificate, Level: health.Yellow}, health.Problem{Rule: health.Configuration, Level: health.Yellow}), nil, day,
			[]Message{
				{First, "not-ours", noon, health.Problem{Rule: health.NotOurs, Level: health.Yellow}},
				{First, "certificate", noon, health.Problem{Rule: health.Certificate, Level: health.Yellow}},
				{First, "configuration", noon, health.Problem{Rule: health.Configuration, Level: health.Yellow}},
			}},
		{"what waits for a person is for status to tell", verdict(unfit), nil, day, nil},
		{"what was told is not told again", verdict(old), []registry.Notified{told("sync-age", day, day-time.Minute)}, day, nil},
		{"until it is time to remind", verdict(old), []registry.Notified{told("sync-age", 3*day, day)}, day,
			[]Message{{Reminder, "sync-age", noon.Add(-3 * day), old}}},
		{"nobody wants to be reminded", verdict(old), []registry.Notified{told("sync-age", 300*day, 300*day)}, 0, nil},
		{"a clock that was set back by a year", verdict(old), []registry.Notified{told("sync-age", -365*day, -365*day)}, day,
			[]Message{{Reminder, "sync-age", noon.Add(365 * day), old}}},
		{"what is over", verdict(unfit), []registry.Notified{told("withheld retire", day, day), told("sync-age", day, time.Hour)}, day,
			[]Message{{Kind: Solved, Key: "sync-age", Since: noon.Add(-day)}, {Kind: Solved, Key: "withheld retire", Since: noon.Add(-day)}}},
		{"what is no longer so grave is not over", verdict(yellow(old)), []registry.Notified{told("sync-age", time.Hour, time.Hour)}, day, nil},
		{"nor worth telling", verdict(yellow(old)), nil, day, nil},
		{"nothing is over while the registry cannot be read", verdict(health.Problem{Rule: health.Registry, Level: health.Red}),
			[]registry.Notified{told("sync-age", time.Hour, time.Hour), told("registry", time.Hour, time.Hour)}, day, nil},
		{"nor while status.json cannot", verdict(health.Problem{Rule: health.State, Level: health.Yellow}),
			[]registry.Notified{told("withheld retire", time.Hour, time.Hour)}, day, nil},
		{"a guard that withholds again, beside another one", verdict(withheld), []registry.Notified{told("withheld create", time.Hour, time.Hour)}, day,
			[]Message{{First, "withheld retire", noon, withheld}, {Kind: Solved, Key: "withheld create", Since: noon.Add(-time.Hour)}}},
		{"what has grown worse is new, and is not over as what it was", verdict(grave), []registry.Notified{told("certificate expires soon", day, day)}, 0,
			[]Message{{First, "certificate", noon, grave}}},
		{"then both are over", verdict(), []registry.Notified{told("certificate expires soon", day, day), told("certificate", day, day)}, 0,
			[]Message{{Kind: Solved, Key: "certificate", Since: noon.Add(-day)}, {Kind: Solved, Key: "certificate expires soon", Since: noon.Add(-day)}}},
		{"what cannot be said yet is not over", health.Verdict{Open: []health.Rule{health.Chat}}, []registry.Notified{told("chat", day, day), told("sync-age", day, day)}, 0,
			[]Message{{Kind: Solved, Key: "sync-age", Since: noon.Add(-day)}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := compose(test.v, test.told, nil, test.remind, noon); !reflect.DeepEqual(got, test.want) {
				t.Errorf("due %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestWhatComesAndGoesIsOverAfterALull(t *testing.T) {
	for _, test := range []struct {
		name  string
		since time.Duration // ago, as the others
		past  spell
		over  bool
	}{
		{"it was never over before", time.Hour, spell{seen: noon.Add(-time.Minute)}, true},
		{"it came back soon, and was there a moment ago", 90 * time.Minute, spell{seen: noon.Add(-time.Minute), over: noon.Add(-2 * time.Hour)}, false},
		{"it came back soon, and has been gone for less than a lull", 3 * time.Hour, spell{seen: noon.Add(-lull + time.Minute), over: noon.Add(-4 * time.Hour)}, false},
		{"for a lull", 3 * time.Hour, spell{seen: noon.Add(-lull), over: noon.Add(-4 * time.Hour)}, true},
		{"it came back late", time.Hour, spell{seen: noon.Add(-time.Minute), over: noon.Add(-time.Hour - lull)}, true},
		{"the clock was set back by a day", -23 * time.Hour, spell{seen: noon.Add(24 * time.Hour), over: noon.Add(22 * time.Hour)}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			told := []registry.Notified{{Problem: old.Key(), Since: noon.Add(-test.since), Reminded: noon}}
			got := compose(verdict(), told, map[string]spell{old.Key(): test.past}, 0, noon)
			if over := len(got) == 1 && got[0].Kind == Solved; over != test.over {
				t.Errorf("due %+v", got)
			}
		})
	}
}

func TestWhatPeopleRead(t *testing.T) {
	first := Message{First, "sync-age", noon, old}
	reminder := Message{Reminder, "withheld retire", noon.Add(-24 * time.Hour), withheld}
	solved := Message{Kind: Solved, Key: "chat", Since: noon.Add(-time.Hour)}
	for want, list := range map[string][]Message{
		"roomctl (jabber.example.org): red: the last good sync was 50 minutes ago: roomctl sync": {first},
		"roomctl (jabber.example.org): solved: chat, told 2026-07-20 11:00 UTC":                  {solved},
		"roomctl (jabber.example.org)\n" +
			"- red: the last good sync was 50 minutes ago: roomctl sync\n" +
			"- still yellow, told 2026-07-19 12:00 UTC: the guard retire withholds something\n" +
			"- solved: chat, told 2026-07-20 11:00 UTC": {first, reminder, solved},
	} {
		if got := (Notice{Service: "jabber.example.org", Time: noon, Messages: list}).Text(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
