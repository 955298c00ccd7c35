package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// explanation prints why rooms are as they are.
func (p printer) explanation(doc explainDocument, now time.Time) {
	for _, gap := range doc.Gaps {
		p.line("%s: %s: %s", p.paint.in(yellow, "No good answer"), inert(gap.What), inert(gap.Why))
	}
	if len(doc.Gaps) > 0 {
		p.line("What was known before stands in.")
		p.line("")
	}
	for _, s := range doc.Sessions {
		p.explainedSession(s, now)
	}
	for i, room := range doc.Rooms {
		if i > 0 {
			p.line("")
		}
		p.explainedRoom(room, now)
		p.next(room, doc.Paused)
	}
}

// item is one thing that is told, in two columns. Further texts stand below the
// first.
func (p printer) item(label string, texts ...string) {
	for _, text := range texts {
		p.line("%-10s  %s", label, text)
		label = ""
	}
}

func (p printer) explainedRoom(r provisioner.ExplainedRoom, now time.Time) {
	p.line("%s", p.paint.in(bold, r.JID))
	p.item("State", roomState(r, now))
	if r.Successor != "" {
		p.item("", "room "+r.Successor+" took over from it")
	}
	p.item("Ours", yesNo(r.Ours)+": "+inert(r.WhyOurs))
	p.reasons(r, now)
	for i, d := range r.Decisions {
		label := ""
		if i == 0 {
			label = "Decided"
		}
		p.item(label, fmt.Sprintf("%s: run %d, %s%s", d.Verb, d.Run, clock(d.At, now), because(d.Reasons)))
	}
	if !r.HeldSince.IsZero() {
		why := ""
		if r.HeldWhy != "" {
			why = ": " + inert(r.HeldWhy)
		}
		p.item("Held", "since "+clock(r.HeldSince, now)+why)
	}
	p.serverWord(r.Server, now)
	if r.Fit {
		p.item("Fit", "yes: sessions may be linked to it")
	} else {
		p.item("Fit", "no: "+r.Unfit)
	}
	p.sessionLinks(r.Sessions)
	p.roomHistory(r, now)
}

// roomState is a room's state in words.
func roomState(r provisioner.ExplainedRoom, now time.Time) string {
	switch r.State {
	case "":
		return "none: it is not in the registry, and nothing wants it"
	case provisioner.Planned:
		return "planned: it is wanted, and not ours yet"
	}
	text := string(r.State)
	if !r.Since.IsZero() {
		text += " since " + clock(r.Since, now)
	}
	if r.Pinned || r.State == registry.Closed || r.State == registry.Destroyed {
		text += "; a person chose that, and only a person changes it"
	}
	return text
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func because(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return ": " + inert(strings.Join(reasons, "; "))
}

// reasons prints why a room is wanted. What says so stands once below all reasons
// in a row that go by it.
func (p printer) reasons(r provisioner.ExplainedRoom, now time.Time) {
	label := "Not wanted"
	switch {
	case r.Wanted == registry.Active:
		label = "Wanted"
	case r.Wanted == registry.Retired:
		label = "Retired"
	case r.State == registry.Closed:
		label = "Closed"
	case r.State == registry.Destroyed:
		label = "Destroyed"
	}
	for i, reason := range r.Reasons {
		p.item(label, inert(reason.Text))
		label = ""
		if i+1 < len(r.Reasons) && slices.Equal(reason.Documents, r.Reasons[i+1].Documents) {
			continue
		}
		for _, d := range reason.Documents {
			p.item("", p.document(d, now))
		}
	}
}

// document is what says so, and how old it is.
func (p printer) document(d provisioner.Document, now time.Time) string {
	text := fmt.Sprintf("  %s, read %s", inert(d.Name), clock(d.Read, now))
	if !d.Changed.IsZero() {
		text += ", changed " + clock(d.Changed, now)
	}
	outcome := d.Outcome
	if outcome == datatracker.Unchanged.String() && !d.Changed.IsZero() {
		outcome += " since"
	}
	text += " (" + outcome + ")"
	if d.Problem == "" {
		return p.paint.in(faint, text)
	}
	return p.paint.in(yellow, text) // what is wrong stands at the top
}

// roomHistory prints the newest entries of the audit trail, each in a line.
func (p printer) roomHistory(r provisioner.ExplainedRoom, now time.Time) {
	label := "History"
	if len(r.History) == 0 {
		p.item(label, "roomctl has done nothing to it")
	}
	for _, e := range r.History {
		text := fmt.Sprintf("%s, run %d (%s): %s", clock(e.At, now), e.Run, e.Command, e.Verb)
		if !e.Verb.Makes() {
			text += fieldNames(e.Fields)
		}
		if e.Error != "" {
			text += p.paint.in(red, "; failed: "+inert(e.Error))
		}
		p.item(label, text)
		label = ""
	}
	switch {
	case r.More:
		p.item("", "and more before; all of it, with values: roomctl history "+r.Name)
	case len(r.History) > 0:
		p.item("", "with values: roomctl history "+r.Name)
	}
}

// fieldNames are the names of the fields that an entry changed. That a room was held
// or let go of is in the entry's verb.
func fieldNames(fields []provisioner.FieldChange) string {
	var names []string
	for _, f := range fields {
		if f.Field != provisioner.FieldHold {
			names = append(names, f.Field)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " " + strings.Join(names, ", ")
}

// next prints what the next sync would do about a room. What stands among the
// reasons is not told again.
func (p printer) next(r provisioner.ExplainedRoom, paused string) {
	n := r.Next
	switch {
	case n == nil:
		p.item("Next sync", "what it would do is not known")
		return
	case len(n.Changes)+len(n.Withheld)+len(n.Problems) == 0:
		p.item("Next sync", "nothing to do")
	case len(n.Changes) == 0:
		p.item("Next sync", "does nothing")
	default:
		p.item("Next sync", tally(n.Changes))
	}
	if paused != "" {
		p.item("", p.paint.in(yellow, "but roomctl is paused "+inert(paused)+"; to end it: roomctl resume"))
	}
	for _, problem := range n.Problems {
		if !slices.ContainsFunc(r.Reasons, func(reason provisioner.Reason) bool { return reason.Text == problem }) {
			p.item("", p.paint.in(yellow, inert(problem)))
		}
	}
	if len(n.Changes)+len(n.Withheld) > 0 {
		p.line("")
	}
	p.changes(n.Changes)
	p.withheld(n.Withheld)
}
