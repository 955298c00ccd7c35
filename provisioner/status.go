package provisioner

import (
	"fmt"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// status is the run as status.json tells it. report is nil when the run failed
// before it found anything out.
func status(outcome string, report *Report, known *registry.State, failure error, now time.Time) agenda.Status {
	s := agenda.Status{Written: now, Outcome: outcome, LastSync: known.Synced}
	if failure != nil {
		s.Problems = append(s.Problems, failure.Error())
	}
	if report == nil {
		return s
	}
	s.LastPoll = now
	for _, src := range report.Sources {
		out := agenda.SourceStatus{Name: src.Name, URL: src.URL, Meeting: src.Meeting, Outcome: src.Outcome.String(), Read: src.Read, Changed: src.Changed}
		if src.Problem != nil {
			out.Problem = src.Problem.Error()
		}
		s.Sources = append(s.Sources, out)
		asked := confirmed(src) && !src.Read.Before(report.Began) // and not just young enough
		if !asked && src.Read.Before(s.LastPoll) {
			s.LastPoll = src.Read
		}
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
