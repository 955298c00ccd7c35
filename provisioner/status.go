package provisioner

import (
	"fmt"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// status is the run as status.json tells it. Where a run found nothing out, about
// documents or about rooms, before stands in, what the file says now: each document
// has its own time, and what was withheld is not let through by that.
func status(outcome string, e ending, before agenda.Status, known *registry.State, now time.Time) agenda.Status {
	s := agenda.Status{Written: now, Outcome: outcome, LastSync: known.Synced, LastPoll: before.LastPoll, Sources: before.Sources}
	if e.failure != nil {
		s.Problems = append(s.Problems, e.failure.Error())
	}
	if e.snap != nil {
		s.Sources, s.LastPoll = sources(e.snap.Sources, e.began, now)
	}
	report := e.report
	if report == nil {
		s.Counts, s.Withheld = before.Counts, before.Withheld
		s.Counts.Changed, s.Counts.Failed = 0, 0 // of this run
		return s
	}
	s.Counts = agenda.Counts{
		Rooms:   report.Rooms,
		Fit:     report.Fit,
		Changed: report.Applied(),
		Failed:  len(report.Results) - report.Applied(),
		NotOurs: len(report.Foreign),
	}
	withheld := report.Withheld
	for _, m := range report.Meetings {
		s.Counts.Sessions += m.Asking
		s.Counts.Linked += m.Asking - len(m.Lacking)
		if m.Withheld != nil {
			withheld = append(slices.Clip(withheld), *m.Withheld)
		}
	}
	for _, w := range withheld {
		out := agenda.WithheldStatus{Rule: w.Rule, Why: w.Why, Until: w.Until}
		for _, c := range w.Changes {
			out.Rooms = append(out.Rooms, c.Room)
		}
		s.Withheld = append(s.Withheld, out)
	}
	for _, p := range report.Problems {
		s.Problems = append(s.Problems, p.Text)
	}
	for _, res := range report.Datatracker.failed() {
		// Without the error, which may quote fields that are not public.
		s.Problems = append(s.Problems, fmt.Sprintf("the chat_room of session %d could not be set in the Datatracker", res.Difference.Session))
	}
	return s
}

// sources are the documents as status.json tells them, and when all of them last
// answered well; zero when one never did. The run that polled them began at began.
func sources(polled []datatracker.Source, began, now time.Time) (list []agenda.SourceStatus, lastPoll time.Time) {
	lastPoll = now
	for _, src := range polled {
		out := agenda.SourceStatus{Name: src.Name, URL: src.URL, Meeting: src.Meeting, Outcome: src.Outcome.String(), Read: src.Read, Changed: src.Changed}
		if src.Problem != nil {
			out.Problem = src.Problem.Error()
		}
		list = append(list, out)
		asked := confirmed(src) && !src.Read.Before(began) // and not just young enough
		if !asked && src.Read.Before(lastPoll) {
			lastPoll = src.Read
		}
	}
	return list, lastPoll
}

// publishedStatus is status.json as it is now; nothing when there is none, or none
// that can be read.
func publishedStatus(t *agenda.Tree) agenda.Status {
	doc, err := t.Get(agenda.StatusPath)
	if err != nil {
		return agenda.Status{}
	}
	s, err := agenda.ReadStatus(doc)
	if err != nil {
		return agenda.Status{}
	}
	return s
}
