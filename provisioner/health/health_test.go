package health

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/worker"
)

var now = time.Date(2026, 7, 20, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

// well are the facts of a worker that has nothing to complain about.
func well() Facts {
	return Facts{
		Good:      ago(5 * time.Minute),
		Syncs:     []Sync{{Run: 7, Outcome: "done"}, {Run: 6, Outcome: "done"}},
		Worker:    &worker.State{Began: ago(24 * time.Hour)},
		Published: &agenda.Status{Outcome: "done", Written: ago(5 * time.Minute), Sources: []agenda.SourceStatus{{Name: "groups", Read: ago(5 * time.Minute)}}},
	}
}

func failed(runs ...int64) []Sync {
	var list []Sync
	for _, run := range runs {
		list = append(list, Sync{Run: run, Outcome: "failed"})
	}
	return list
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(f *Facts)
		level Level
		want  []string // "LEVEL KEY: part of the sentence"
	}{
		{"all is as it should be", func(*Facts) {}, Green, nil},
		{"a registry that cannot be read, of which nothing else is known",
			func(f *Facts) { f.Registry, f.Good = "registry x is damaged", time.Time{} }, Red,
			[]string{"red registry: registry x is damaged"}},
		{"something else that cannot be read",
			func(f *Facts) { f.Unreadable, f.Published = []string{"status.json is cut short"}, nil }, Yellow,
			[]string{"yellow state: status.json is cut short"}},
		{"a run of exactly ten minutes",
			func(f *Facts) { f.Worker.Running, f.Worker.Since = worker.Full, ago(10*time.Minute) }, Green, nil},
		{"a run that does not end",
			func(f *Facts) { f.Worker.Running, f.Worker.Since = worker.Full, ago(11*time.Minute) }, Red,
			[]string{"red stuck: a full run has been under way for 11 minutes, and takes less than a minute: systemctl restart roomctl"}},
		{"a worker that does not get on",
			func(f *Facts) { f.Stuck = true }, Red,
			[]string{"red stuck: the worker does not get on: something does not end although its time is over: systemctl restart roomctl"}},
		{"one sync that failed is tried again by the worker",
			func(f *Facts) { f.Syncs = append(failed(8), f.Syncs...); f.Why = "connection refused" }, Yellow,
			[]string{"yellow sync-failed: the last sync (run 8) failed: connection refused"}},
		{"and by nobody else",
			func(f *Facts) { f.Worker = nil; f.Syncs = append(failed(8), f.Syncs...) }, Red,
			[]string{"red sync-failed: the last sync (run 8) failed: roomctl check says what works"}},
		{"two that failed",
			func(f *Facts) { f.Syncs = append(failed(9, 8), f.Syncs...) }, Yellow,
			[]string{"yellow sync-failed: the last 2 syncs failed; the last one (run 9) failed"}},
		{"three that failed",
			func(f *Facts) { f.Syncs = failed(9, 8, 7) }, Red,
			[]string{"red sync-failed: the last 3 syncs failed; the last one (run 9) failed"}},
		{"failures of earlier are over",
			func(f *Facts) { f.Syncs = append(f.Syncs, failed(5, 4, 3)...) }, Green, nil},
		{"runs that never came to the registry count",
			func(f *Facts) { f.Failed, f.Why = 3, "another run holds the lock" }, Red,
			[]string{"red sync-failed: the last 3 syncs failed; the last one failed: another run holds the lock"}},
		{"a sync that was killed",
			func(f *Facts) { f.Syncs = append([]Sync{{Run: 8}}, f.Syncs...) }, Yellow,
			[]string{"yellow sync-failed: the last sync (run 8) did not end: it was killed: roomctl sync goes on where it stopped"}},
		{"a sync that is under way",
			func(f *Facts) { f.Syncs, f.Busy = append([]Sync{{Run: 8}}, f.Syncs...), true }, Green, nil},
		{"a sync that is under way after three that failed",
			func(f *Facts) { f.Syncs, f.Busy = append([]Sync{{Run: 10}}, failed(9, 8, 7)...), true }, Red,
			[]string{"red sync-failed: the last 3 syncs failed; the last one (run 9)"}},
		{"a good sync of 45 minutes ago",
			func(f *Facts) { f.Good, f.Published.Written = ago(45*time.Minute), ago(45*time.Minute) }, Green, nil},
		{"one of a minute before",
			func(f *Facts) { f.Good = ago(46 * time.Minute) }, Red,
			[]string{"red sync-age: the last good sync was 46 minutes ago, and every 45 minutes there should be one: roomctl sync, or"}},
		{"a good sync of 11 minutes ago, while a meeting is on",
			func(f *Facts) { f.Good, f.Meeting = ago(11*time.Minute), "IETF 126" }, Red,
			[]string{"red sync-age: the last good sync was 11 minutes ago, and every 10 minutes"}},
		{"the same when the meeting has just begun",
			func(f *Facts) {
				f.Good, f.Meeting, f.MeetingSince = ago(11*time.Minute), "IETF 126", ago(4*time.Minute)
			}, Green, nil},
		{"no good sync yet",
			func(f *Facts) { f.Good, f.Syncs = time.Time{}, nil }, Red,
			[]string{"red sync-age: no sync has succeeded yet: roomctl sync"}},
		{"a clock that was set back",
			func(f *Facts) { f.Good = now.Add(2 * time.Minute) }, Red,
			[]string{"red clock: the last good sync is in the future: was the clock set back?: roomctl sync"}},
		{"a clock that is corrected by seconds",
			func(f *Facts) { f.Good = now.Add(30 * time.Second) }, Green, nil},
		{"a Datatracker that does not answer",
			func(f *Facts) {
				f.Published.Sources = []agenda.SourceStatus{
					{Name: "groups", Read: ago(46 * time.Minute), Problem: "connection refused"},
					{Name: "IETF 126 agenda", Read: ago(50 * time.Minute), Problem: "connection refused"},
				}
			}, Red,
			[]string{"red datatracker: the Datatracker has answered for nothing since 2026-07-20 11:14 UTC, and changes there are not seen: connection refused: roomctl check"}},
		{"one that has not been silent for long",
			func(f *Facts) {
				f.Published.Sources = []agenda.SourceStatus{{Name: "groups", Read: ago(11 * time.Minute), Problem: "connection refused"}}
			}, Green, nil},
		{"the same while a meeting is on",
			func(f *Facts) {
				f.Meeting = "IETF 126"
				f.Published.Sources = []agenda.SourceStatus{{Name: "groups", Read: ago(11 * time.Minute), Problem: "connection refused"}}
			}, Red, []string{"red datatracker"}},
		{"documents that nobody had to ask for again",
			func(f *Facts) {
				f.Meeting = "IETF 126"
				f.Published.Sources = []agenda.SourceStatus{{Name: "groups", Read: ago(14 * time.Minute)}}
			}, Green, nil},
		{"one document that is not answered for",
			func(f *Facts) {
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "IETF 126 agenda", Read: ago(2 * time.Hour), Problem: "500"})
			}, Yellow,
			[]string{"yellow source IETF 126 agenda: IETF 126 agenda: not read for over an hour: roomctl check tries it"}},
		{"one of the meeting that is on",
			func(f *Facts) {
				f.Meeting, f.Good = "IETF 126", ago(5*time.Minute)
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "IETF 126 agenda", Meeting: "126", Read: ago(2 * time.Hour), Problem: "500"})
			}, Red,
			[]string{"red source IETF 126 agenda: IETF 126 agenda: not read for over an hour; changes there are not seen: roomctl check tries it"}},
		{"one of which there is no copy",
			func(f *Facts) {
				f.Meeting, f.Good = "IETF 126", ago(5*time.Minute)
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "IETF 126 agenda", Meeting: "126", Problem: "500"})
			}, Red,
			[]string{"red source IETF 126 agenda: IETF 126 agenda: not read, and there is no earlier copy; changes there are not seen: roomctl check tries it"}},
		{"one that was read before the clock was set back",
			func(f *Facts) {
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "IETF 126 agenda", Read: f.Published.Written.Add(2 * time.Hour), Problem: "500"})
			}, Yellow,
			[]string{"yellow source IETF 126 agenda: IETF 126 agenda: read at a time that was still to come: the clock was set back: roomctl check tries it"}},
		{"one of the interim that is on",
			func(f *Facts) {
				f.Meeting, f.Good = "interim-2026-quic-01", ago(5*time.Minute)
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "agenda", Meeting: "interim-2026-quic-01", Read: ago(2 * time.Hour)})
			}, Red, []string{"red source agenda"}},
		{"one of another meeting than the one that is on",
			func(f *Facts) {
				f.Meeting, f.Good = "IETF 126", ago(5*time.Minute)
				f.Published.Sources = append(f.Published.Sources, agenda.SourceStatus{Name: "agenda", Meeting: "interim-2026-quic-01", Read: ago(2 * time.Hour)})
			}, Yellow, []string{"yellow source agenda"}},
		{"good syncs that publish nothing",
			func(f *Facts) { f.Published.Written = ago(50 * time.Minute) }, Yellow,
			[]string{"yellow publication: what is published was last written 50 minutes ago: does somebody else write to publish.dir?: roomctl publish"}},
		{"a folder that was emptied",
			func(f *Facts) { f.Published = nil }, Yellow,
			[]string{"yellow publication: nothing is published: is publish.dir the folder that it was?: roomctl publish"}},
		{"nothing published because syncs fail, which is told once",
			func(f *Facts) { f.Published, f.Syncs = nil, failed(3, 2, 1) }, Red, []string{"red sync-failed"}},
		{"no connection to the chat server for ten minutes",
			func(f *Facts) { f.Chat = Connection{Down: ago(10 * time.Minute), Why: "connection refused"} }, Green, nil},
		{"for longer",
			func(f *Facts) { f.Chat = Connection{Down: ago(11 * time.Minute), Why: "connection refused"} }, Red,
			[]string{"red chat: no connection to the chat server for 11 minutes: connection refused: roomctl check tries it now"}},
		{"a certificate with 15 days to go",
			func(f *Facts) { f.Chat.CertificateEnds = now.AddDate(0, 0, 15) }, Green, nil},
		{"with 14",
			func(f *Facts) { f.Chat.CertificateEnds = now.AddDate(0, 0, 14) }, Yellow,
			[]string{"yellow certificate expires soon: the certificate of the chat server expires 2026-08-03 12:00 UTC: renew it"}},
		{"with none",
			func(f *Facts) { f.Chat.CertificateEnds = now }, Red,
			[]string{"red certificate: the certificate of the chat server expired 2026-07-20 12:00 UTC: renew it"}},
		{"a configuration that was refused",
			func(f *Facts) { f.Refused = Refusal{At: ago(26 * time.Hour), Why: "guards.min_groups is 0"} }, Yellow,
			[]string{"yellow configuration: the configuration that was read again at 2026-07-19 10:00 UTC was refused, and the one before is in force: guards.min_groups is 0: roomctl check, then systemctl reload roomctl, or SIGHUP"}},
		{"a pause that ends by itself, whatever is missed",
			func(f *Facts) {
				f.Good, f.Syncs, f.Pause, f.PauseEnds = ago(3*time.Hour), failed(3, 2, 1), "since …, until …", true
			}, Yellow,
			[]string{"yellow sync-failed: the last 3 syncs failed", "yellow sync-age: the last good sync was 3 hours ago", "yellow paused: roomctl is paused since …, until …: roomctl resume ends that"}},
		{"a pause without an end",
			func(f *Facts) { f.Good, f.Pause = ago(3*time.Hour), "since …" }, Red, []string{"red sync-age", "yellow paused"}},
		{"what guards withhold; what ends by itself or by a person's word is not told",
			func(f *Facts) {
				f.Published.Withheld = []agenda.WithheldStatus{
					{Rule: "retire", Why: "rooms to retire: 40; the limit is 16"},
					{Rule: "freeze", Why: "IETF 126 is near", Until: now.Add(time.Hour)},
					{Rule: "hold", Why: "a person holds room quic"},
					{Rule: "pause", Why: "paused"},
					{Rule: "plan", Why: "2 changes are new"},
					{Rule: "logging", Why: "the chat service cannot log rooms"},
				}
			}, Yellow, []string{
				"yellow withheld retire: the guard retire withholds something: rooms to retire: 40; the limit is 16: roomctl plan shows it, roomctl sync --allow retire lets",
				"yellow withheld plan: the saved plan was not carried out: 2 changes are new",
				"yellow withheld logging: the guard logging withholds something: the chat service cannot log rooms: roomctl plan shows it",
			}},
		{"what the last run left over",
			func(f *Facts) {
				f.Published.Counts = agenda.Counts{NotOurs: 1, Failed: 1, Sessions: 10, Linked: 7}
				f.Unfit = 3
			}, Yellow, []string{
				"yellow not-ours: 1 room is wanted and not roomctl's: roomctl plan shows them, roomctl rooms adopt --all",
				"yellow changes: changes that failed: 1: roomctl history --limit 20 says why",
				"yellow links: sessions without a link to their room: 3 of 10: roomctl preflight",
				"yellow unfit: rooms that no session can be linked to: 3: roomctl rooms list --not-fit",
			}},
		{"a webhook that does not work",
			func(f *Facts) { f.Notify = []Silent{{"webhook", "connection refused"}} }, Yellow,
			[]string{"yellow notify webhook: operators are not told of problems by webhook: connection refused"}},
		{"the worst is told first",
			func(f *Facts) { f.Unreadable, f.Good = []string{"the lock cannot be read"}, ago(time.Hour) }, Red,
			[]string{"red sync-age", "yellow state"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := well()
			test.edit(&f)
			v := Judge(f, now)
			if v.Level != test.level {
				t.Errorf("it is %s, want %s", v.Level, test.level)
			}
			if len(v.Problems) != len(test.want) {
				t.Fatalf("problems %+v, want %q", v.Problems, test.want)
			}
			for i, p := range v.Problems {
				if got := string(p.Level) + " " + p.Key() + ": " + p.String(); !strings.HasPrefix(got, test.want[i]) {
					t.Errorf("problem %d:\n got %s\nwant %s", i+1, got, test.want[i])
				}
			}
		})
	}
}

// Whether a server that is down for a moment is down for long is not known yet.
func TestWhatCannotBeSaidYet(t *testing.T) {
	for down, open := range map[time.Duration]bool{0: false, DownAfter: true, DownAfter + time.Second: false} {
		f := well()
		if down > 0 {
			f.Chat.Down = now.Add(-down)
		}
		if v := Judge(f, now); slices.Contains(v.Open, Chat) != open {
			t.Errorf("down for %s: open are %v, problems %v", down, v.Open, v.Problems)
		}
	}
}

// TestKeysHoldNoNumbers: a problem that grows is the same problem.
func TestKeysHoldNoNumbers(t *testing.T) {
	small, big := well(), well()
	small.Published.Withheld = []agenda.WithheldStatus{{Rule: "retire", Why: "rooms to retire: 40"}}
	big.Published.Withheld = []agenda.WithheldStatus{{Rule: "retire", Why: "rooms to retire: 41"}}
	small.Syncs, big.Syncs = failed(8, 7, 6), failed(9, 8, 7, 6)
	one, other := Judge(small, now), Judge(big, now.Add(time.Hour))
	for _, p := range one.Problems {
		if !slices.ContainsFunc(other.Problems, func(o Problem) bool { return o.Key() == p.Key() }) {
			t.Errorf("%q is not among %+v", p.Key(), other.Problems)
		}
	}
}

func TestTheVerdictOfNothingWrongHasAList(t *testing.T) {
	if v := Judge(well(), now); v.Problems == nil || v.Has(Rules()...) {
		t.Errorf("%+v", v)
	}
	if v := (Verdict{Problems: []Problem{{Rule: Stuck}}}); !v.Has(Clock, Stuck) || v.Has(Clock) {
		t.Errorf("%+v", v)
	}
}

func TestDurationsInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "less than a minute", 59 * time.Second: "less than a minute", time.Minute: "1 minute", 119 * time.Minute: "119 minutes",
		2 * time.Hour: "2 hours", 47 * time.Hour: "47 hours", 48 * time.Hour: "2 days", 400 * 24 * time.Hour: "400 days",
	} {
		if got := InWords(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
