package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// history prints the audit trail, run by run, or the runs alone. asked is what was
// asked for.
func (p printer) history(doc historyDocument, runsOnly bool, asked registry.ChangeFilter, now time.Time) {
	switch {
	case runsOnly:
		p.runs(doc.Runs, now)
	case len(doc.Entries) == 0:
		for _, r := range doc.Runs {
			p.runHead(r, now)
		}
		p.line("Nothing was changed.")
		if len(asked.Rooms) > 0 && asked.Since.IsZero() && asked.Run == 0 { // not ever
			p.line("What is known of a room all the same: roomctl explain %s", strings.Join(asked.Rooms, " "))
		}
	default:
		p.entries(doc, now)
	}
	if doc.More {
		p.line("There are earlier ones: --limit 0 shows them all.")
	}
}

// entries prints changes below the run that made them.
func (p printer) entries(doc historyDocument, now time.Time) {
	runs := map[int64]runDocument{}
	for _, r := range doc.Runs {
		runs[r.Run] = r
	}
	var last int64
	for _, e := range doc.Entries {
		if e.Run != last {
			if last != 0 {
				p.line("")
			}
			p.runHead(runs[e.Run], now)
			last = e.Run
		}
		p.entry(e)
	}
}

// runHead is the line above what a run did.
func (p printer) runHead(r runDocument, now time.Time) {
	text := fmt.Sprintf("Run %d, %s, %s: %s", r.Run, inert(r.Command), clock(r.Began, now), outcomeOf(r))
	if len(r.Allowed) > 0 {
		text += "; a person lifted " + inert(strings.Join(r.Allowed, ", "))
	}
	p.line("%s", p.paint.in(bold, text))
}

// outcomeOf is how a run ended.
func outcomeOf(r runDocument) string {
	if r.Outcome == "" {
		return "not ended"
	}
	return r.Outcome
}

// entry prints one change as plan would have shown it, and what went wrong.
func (p printer) entry(e provisioner.Entry) {
	p.change(provisioner.Change{Verb: e.Verb, Room: e.Room, GroupID: e.GroupID, Fields: e.Fields, Reasons: e.Reasons})
	if e.Error != "" {
		p.line("    %s %s", p.paint.in(red, fmt.Sprintf("%-12s", "failed")), inert(e.Error))
	}
}

// runs prints a table of runs.
func (p printer) runs(runs []runDocument, now time.Time) {
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tBEGAN\tTOOK\tCOMMAND\tOUTCOME\tALLOWED")
	for _, r := range runs {
		took := "-"
		if !r.Ended.IsZero() {
			took = r.Ended.Sub(r.Began).Round(100 * time.Millisecond).String()
		}
		allowed := "-"
		if len(r.Allowed) > 0 {
			allowed = inert(strings.Join(r.Allowed, ", "))
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Run, clock(r.Began, now), took, inert(r.Command), outcomeOf(r), allowed)
	}
	t.Flush() // to stdout, as p.line writes
}
