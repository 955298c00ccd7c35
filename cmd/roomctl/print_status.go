package main

import (
	"fmt"
	"strings"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/registry"
)

// status prints what needs a person, and then everything else.
func (p printer) status(d *statusDocument, now time.Time) {
	switch {
	case !d.Well:
		p.line("%s", p.paint.in(red, "Not well."))
	case len(d.Needs) > 0:
		p.line("%s", p.paint.in(green, "Well. Something waits for a person:"))
	default:
		p.line("%s", p.paint.in(green, "All is well."))
	}
	for i, need := range d.Needs {
		p.line("%2d.  %s", i+1, inert(need))
	}
	p.line("")
	if d.readable {
		p.lastRuns(d, now)
	}
	if d.Running != nil {
		p.item("Now", inert(d.Running.String())+" is running")
	} else {
		p.item("Now", "nothing is running")
	}
	if d.Service != nil {
		p.item("Service", serviceWord(d.Service, now))
	}
	if d.Paused != "" {
		p.item("Paused", inert(d.Paused))
	}
	if d.readable {
		p.roomCounts(d.Rooms)
	}
	if d.Published == nil {
		p.item("Published", "nothing")
		return
	}
	p.publishedStatus(d.Published, now)
}

// lastRuns prints how the runs went.
func (p printer) lastRuns(d *statusDocument, now time.Time) {
	if d.LastRun == nil {
		p.item("Last run", "none")
	} else {
		p.item("Last run", lastRun(d.LastRun, now))
	}
	if d.LastSync != nil && d.LastSync.Run != d.LastRun.Run {
		p.item("Last sync", lastRun(d.LastSync, now))
	}
	p.item("Good sync", goodSync(d, now))
}

// lastRun is a run in a line.
func lastRun(r *runDocument, now time.Time) string {
	text := fmt.Sprintf("%s, run %d, began %s: %s", inert(r.Command), r.Run, clock(r.Began, now), outcomeOf(*r))
	if !r.Ended.IsZero() {
		text += fmt.Sprintf(", after %s", r.Ended.Sub(r.Began).Round(100*time.Millisecond))
	}
	return text
}

// goodSync is how old the last good sync is, and how old it may be.
func goodSync(d *statusDocument, now time.Time) string {
	text := "never"
	if !d.GoodSync.IsZero() {
		text = fmt.Sprintf("%s, %s ago", clock(d.GoodSync, now), health.InWords(now.Sub(d.GoodSync)))
	}
	text += "; it may be " + health.InWords(time.Duration(d.MaxAge)*time.Second) + " old"
	if d.Meeting != "" {
		text += ", because " + inert(d.Meeting) + " is on"
	}
	return text
}

// roomCounts prints how the rooms are, without what there is none of.
func (p printer) roomCounts(n roomCounts) {
	p.item("Rooms", fmt.Sprintf("%d active, %d retired, of which %d fit to be linked", n.Active, n.Retired, n.Fit))
	var others []string
	for _, x := range []struct {
		n    int
		what string
	}{{n.Closed, "closed"}, {n.Destroyed, "destroyed"}, {n.Held, "held"}, {n.Pinned, "in a state that a person chose"}} {
		if x.n > 0 {
			others = append(others, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	if len(others) > 0 {
		p.item("", strings.Join(others, ", "))
	}
}

// serviceWord is what became of roomctl serve.
func serviceWord(s *service, now time.Time) string {
	switch {
	case !s.Running:
		return fmt.Sprintf("not running; it began %s and was killed: systemctl start roomctl", clock(s.Began, now))
	case s.PID == 0: // it began a moment ago
		return "running"
	}
	return fmt.Sprintf("running since %s (process %d)", clock(s.Began, now), s.PID)
}

// sourcesWord is what the Datatracker has said, and when.
func sourcesWord(s *agenda.Status, now time.Time) string {
	if len(s.Sources) == 0 {
		return "none: no run has come by any document yet"
	}
	text := fmt.Sprintf("%s, the oldest read %s", plural(len(s.Sources), "document"), clock(s.Oldest(), now))
	if s.LastPoll.IsZero() {
		return text + "; not all of them have answered yet"
	}
	return text + "; all of them answered " + clock(s.LastPoll, now)
}

// publishedStatus prints what the last run left in status.json.
func (p printer) publishedStatus(s *agenda.Status, now time.Time) {
	published := fmt.Sprintf("%s, by a run that ended as %s", clock(s.Written, now), inert(s.Outcome))
	if s.Outcome == registry.RunFailed { // whether it came to publish anything else is not known
		published = "status.json " + published + "; "
		if s.LastSync.IsZero() {
			published += "no good sync has published yet"
		} else {
			published += "the last good sync published " + clock(s.LastSync, now)
		}
	}
	if s.Counts.Sessions > 0 { // none: no session asks, or the run did not come so far
		published += fmt.Sprintf("; %d of %d sessions are linked", s.Counts.Linked, s.Counts.Sessions)
	}
	p.item("Published", published)
	p.item("Sources", sourcesWord(s, now))
	for _, source := range s.Sources {
		switch {
		case source.Problem != "":
			p.item("", p.paint.in(yellow, fmt.Sprintf("%s: %s, read %s: %s", inert(source.Name), inert(source.Outcome), clock(source.Read, now), inert(source.Problem))))
		case provisioner.Stale(source.Read, s.Written):
			p.item("", p.paint.in(yellow, fmt.Sprintf("%s: read %s", inert(source.Name), clock(source.Read, now))))
		}
	}
	label := "Withheld"
	for _, w := range s.Withheld {
		text := fmt.Sprintf("%s: %s", inert(w.Rule), inert(w.Why))
		if !w.Until.IsZero() {
			text += "; until " + clock(w.Until, now)
		}
		p.item(label, text)
		label = ""
	}
	label = "Notes"
	for _, problem := range s.Problems {
		p.item(label, inert(problem))
		label = ""
	}
}
