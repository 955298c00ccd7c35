package main

import (
	"time"

	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

// judge says whether all is well, and what needs a person. problems are what could
// not be read.
func (d *statusDocument) judge(problems []string, now time.Time) {
	facts := d.facts(problems)
	verdict := health.Judge(facts, now)
	d.MaxAge = int(facts.Limit(now).Seconds())
	d.Well = verdict.Level != health.Red
	d.Needs = []string{}
	for _, p := range verdict.Problems {
		d.Needs = append(d.Needs, p.String())
	}
	if !d.Well {
		d.ExitStatus = exitFailed
	}
}

// facts are the document as the judge takes it. Where the registry cannot be read
// its problem is the first.
func (d *statusDocument) facts(problems []string) health.Facts {
	f := health.Facts{
		Good: d.GoodSync, Meeting: d.Meeting, MeetingSince: d.meetingSince,
		Pause: d.Paused, PauseEnds: d.pauseEnds,
		Published: d.Published, Unfit: d.Rooms.Unfit,
		Busy: d.Running != nil,
	}
	if !d.readable && len(problems) > 0 {
		f.Registry, problems = problems[0], problems[1:]
	}
	f.Unreadable = problems
	if r := d.LastSync; r != nil {
		f.Syncs = []health.Sync{{Run: r.Run, Outcome: r.Outcome}}
	}
	if s := d.Published; s != nil && s.Outcome == registry.RunFailed && len(s.Problems) > 0 {
		f.Why = s.Problems[0]
	}
	return f
}
