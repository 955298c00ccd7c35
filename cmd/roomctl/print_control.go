package main

import (
	"fmt"
	"time"
)

// worker prints what serve is at.
func (p printer) worker(d *workerDocument, now time.Time) {
	p.item("Worker", fmt.Sprintf("process %d, since %s", d.PID, clock(d.Began, now)))
	switch {
	case d.Running == "":
		p.item("Now", "nothing runs")
	case d.Stuck:
		p.item("Now", p.paint.in(red, fmt.Sprintf("a run (%s) since %s, which does not end", inert(d.Running), clock(d.Since, now))))
	default:
		p.item("Now", fmt.Sprintf("a run (%s) since %s", inert(d.Running), clock(d.Since, now)))
	}
	if l := d.Last; l == nil {
		p.item("Last run", "none has ended yet")
	} else {
		text := fmt.Sprintf("%s, began %s: %s, after %s", inert(l.Kind), clock(l.Began, now), inert(l.Outcome), l.Ended.Sub(l.Began).Round(100*time.Millisecond))
		if l.Failure != "" {
			text += ": " + inert(l.Failure)
		}
		p.item("Last run", text)
	}
	if d.Paused != "" {
		p.item("Paused", inert(d.Paused))
	}
	if !d.Next.IsZero() {
		text := fmt.Sprintf("%s, %s", inert(d.NextKind), clock(d.Next, now))
		if d.Paused != "" {
			text += "; it does nothing while roomctl is paused"
		}
		p.item("Next run", text)
	}
	if d.Missed > 0 {
		p.item("Missed", plural(d.Missed, "run"))
	}
	if d.Meeting != "" {
		p.item("Meeting", inert(d.Meeting)+" is on")
	}
	if !d.ChatDown.IsZero() {
		text := "no connection since " + clock(d.ChatDown, now)
		if d.ChatWhy != "" {
			text += ": " + inert(d.ChatWhy)
		}
		p.item("Chat", p.paint.in(yellow, text))
	}
	if d.Pages != "" {
		p.item("Pages", inert(d.Pages))
	}
	if d.Admin != "" {
		p.item("Metrics", inert(d.Admin))
	}
}
