package main

import (
	"fmt"
	"strings"

	"roomctl/provisioner/health"
)

// meaning is a level that a rule of health can have, and when it has it.
type meaning struct {
	level health.Level
	when  string
}

// meanings are those of the rules, the worst first. The README tells what is red in
// the same words.
func meanings() map[health.Rule][]meaning {
	const red, yellow = health.Red, health.Yellow
	limit := fmt.Sprintf("%s (%d while a meeting is on)", health.InWords(health.MaxAge), int(health.MaxAgeInMeeting.Minutes()))
	stuck, down, soon := health.InWords(health.StuckAfter), health.InWords(health.DownAfter), health.InWords(health.ExpiresSoon)
	return map[health.Rule][]meaning{
		health.Registry:      {{red, "the registry cannot be read"}},
		health.State:         {{yellow, "something else cannot be read: status.json, the lock"}},
		health.Configuration: {{yellow, "the configuration was read again and refused, and the one before is in force"}},
		health.Stuck:         {{red, "a run lasts longer than " + stuck + ", or the worker does not get on"}},
		health.SyncFailed:    {{red, fmt.Sprintf("%d syncs in a row failed or were killed", health.FailedRuns)}, {yellow, "fewer did"}},
		health.SyncAge:       {{red, "the last good sync is older than " + limit + ", or there is none"}},
		health.Clock:         {{red, "the last good sync is in the future: the clock was set back"}},
		health.Datatracker:   {{red, "the Datatracker has answered for nothing for " + limit}},
		health.Publication:   {{yellow, "nothing was published for " + limit + ", although syncs are good"}},
		health.Chat:          {{red, "there has been no connection to the chat server for " + down}},
		health.Certificate:   {{red, "the chat server's certificate has expired"}, {yellow, "it expires within " + soon}},
		health.Paused:        {{yellow, "a person has paused roomctl"}},
		health.Withheld:      {{yellow, "a guard holds something back, and that does not end by itself"}},
		health.NotOurs:       {{yellow, "rooms are wanted and belong to somebody else"}},
		health.Changes:       {{yellow, "changes failed in the last run"}},
		health.Links:         {{yellow, "sessions have no link to their room"}},
		health.Unfit:         {{yellow, "rooms are not fit to be linked"}},
		health.Source:        {{red, "a document of the meeting that is on was not read for an hour, or there is no copy of it"}, {yellow, "another one was not"}},
		health.Notify:        {{yellow, "a way to tell operators does not work"}},
	}
}

// healthSection is the section of the man page about the rules of health.
func healthSection() (string, error) {
	var b strings.Builder
	b.WriteString(`HEALTH:
Red means that rooms or links may be wrong by now, yellow that a person should
look at something, green that nothing needs one. /healthz tells each problem with
its rule and what to type; roomctl_health_problems{level,rule} of /metrics counts
them. The rules are:

`)
	all := meanings()
	for _, rule := range health.Rules() {
		if len(all[rule]) == 0 {
			return "", fmt.Errorf("the man page does not say what the rule %s of health means: add it to man_health.go", rule)
		}
		for _, m := range all[rule] {
			fmt.Fprintf(&b, "   %s (%s)  %s\n", rule, m.level, m.when)
		}
	}
	b.WriteString(`
During a pause that ends by itself, sync-failed, sync-age, clock and datatracker
are yellow: a person wanted it so, and for a while.

A meeting is an IETF meeting or an interim. It is on from an hour before its first
session to an hour after its last, an interim so on each of its days.

roomctl status goes by the same rules, as far as the state folder tells. To it
only an IETF meeting is a meeting: who syncs from cron would have to do so every
few minutes all year for the interims. And one sync that failed is red, since
nobody may try again.
`)
	return b.String(), nil
}
