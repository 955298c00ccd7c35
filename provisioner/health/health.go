// Package health judges how roomctl is: green, yellow or red, by which rule, and
// what a person can do about it. `roomctl status`, /healthz, the metrics and the
// notifications all go by it. It is pure: others collect the facts.
package health

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Level says how bad something is.
type Level string

const (
	Green  Level = "green"  // nothing needs a person
	Yellow Level = "yellow" // the service runs, and a person should look at something
	Red    Level = "red"    // rooms or links may be wrong by now
)

// rank orders levels, the worst last.
func (l Level) rank() int { return slices.Index(Levels(), l) }

// Levels lists the levels, the worst last.
func Levels() []Level { return []Level{Green, Yellow, Red} }

// Rule is why something is not green.
type Rule string

// The rules; Judge has the table of what they say.
const (
	Registry      Rule = "registry"
	State         Rule = "state"
	Stuck         Rule = "stuck"
	SyncFailed    Rule = "sync-failed"
	SyncAge       Rule = "sync-age"
	Clock         Rule = "clock"
	Datatracker   Rule = "datatracker"
	Publication   Rule = "publication"
	Chat          Rule = "chat"
	Certificate   Rule = "certificate"
	Configuration Rule = "configuration"
	Paused        Rule = "paused"
	Withheld      Rule = "withheld"
	NotOurs       Rule = "not-ours"
	Changes       Rule = "changes"
	Links         Rule = "links"
	Unfit         Rule = "unfit"
	Source        Rule = "source"
	Notify        Rule = "notify"
)

// Rules lists the rules in the order of Judge's table.
func Rules() []Rule {
	return []Rule{
		Registry, State, Stuck, SyncFailed, SyncAge, Clock, Datatracker, Publication, Chat, Certificate,
		Configuration, Paused, Withheld, NotOurs, Changes, Links, Unfit, Source, Notify,
	}
}

// Problem is one thing that is not as it should be.
type Problem struct {
	Rule  Rule  `json:"rule"`
	Level Level `json:"level"` // Yellow or Red

	// About tells problems of the same rule apart: the guard of Withheld, the
	// document of Source, the way of Notify. "" where there is only one.
	About string `json:"about,omitempty"`

	Text    string `json:"text"`              // with numbers, on one line
	Command string `json:"command,omitempty"` // what to do, beginning with what to type; "" when Text says it all
}

// Key is the same as long as the problem lasts: it holds no numbers.
func (p Problem) Key() string { return strings.TrimSpace(string(p.Rule) + " " + p.About) }

// String is the problem in a sentence, with what to do about it.
func (p Problem) String() string {
	if p.Command == "" {
		return p.Text
	}
	return p.Text + ": " + p.Command
}

// Verdict is how roomctl is.
type Verdict struct {
	Level    Level     `json:"level"`    // of the worst problem; Green without any
	Problems []Problem `json:"problems"` // the worst first; never nil

	// Open are rules of which it cannot be said yet whether they are broken: nothing
	// about them has come, or is over.
	Open []Rule `json:"-"`
}

// Has says whether there is a problem of one of the rules.
func (v Verdict) Has(rules ...Rule) bool {
	return slices.ContainsFunc(v.Problems, func(p Problem) bool { return slices.Contains(rules, p.Rule) })
}

// Judge weighs the facts.
//
//	rule           level   when
//	registry       red     the registry cannot be read
//	state          yellow  something else cannot: status.json, the lock
//	stuck          red     a run of the worker lasts longer than StuckAfter, or the worker does not get on
//	sync-failed    red     FailedRuns syncs in a row failed, or were killed; without a worker, which tries again, one
//	               yellow  fewer
//	sync-age       red     the last good sync is older than MaxAge, or MaxAgeInMeeting while a meeting is on; there is none
//	clock          red     the last good sync is in the future
//	datatracker    red     it has answered for nothing for so long
//	publication    yellow  nothing was published for so long, although syncs are good
//	chat           red     no connection to the chat server for DownAfter
//	certificate    red     that of the chat server has expired
//	               yellow  it expires within ExpiresSoon
//	configuration  yellow  the file was read again and refused, and the one before is in force
//	paused         yellow  a person has paused roomctl
//	withheld       yellow  a guard holds something back, which does not end by itself
//	not-ours       yellow  rooms are wanted and belong to somebody else
//	changes        yellow  changes failed in the last run
//	links          yellow  sessions have no link to their room
//	unfit          yellow  rooms are not fit to be linked
//	source         red     a document of the meeting that is on was not read for an hour, or there is no copy of it
//	               yellow  another one
//	notify         yellow  a way to tell operators does not work
//
// During a pause that ends by itself, what is red because no sync runs is yellow:
// a person wanted it so, and for a while.
func Judge(f Facts, now time.Time) Verdict {
	v := Verdict{Level: Green, Problems: []Problem{}}
	if f.Registry != "" {
		v.add(Problem{Rule: Registry, Level: Red, Text: f.Registry})
	}
	for _, text := range f.Unreadable {
		v.add(Problem{Rule: State, Level: Yellow, Text: text})
	}
	v.add(f.stuck(now)...)
	if f.Registry == "" {
		v.add(f.syncs(now)...)
	}
	v.add(f.chat(now)...)
	if !f.Chat.Down.IsZero() && !v.Has(Chat) {
		v.Open = append(v.Open, Chat)
	}
	v.add(f.refused()...)
	v.add(f.paused()...)
	v.add(f.left()...)
	for _, w := range f.Notify {
		v.add(Problem{Rule: Notify, Level: Yellow, About: w.Way, Text: "operators are not told of problems by " + w.Way + ": " + w.Why})
	}
	slices.SortStableFunc(v.Problems, func(a, b Problem) int { return cmp.Compare(b.Level.rank(), a.Level.rank()) })
	return v
}

func (v *Verdict) add(problems ...Problem) {
	for _, p := range problems {
		v.Problems = append(v.Problems, p)
		if p.Level.rank() > v.Level.rank() {
			v.Level = p.Level
		}
	}
}
