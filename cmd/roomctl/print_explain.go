package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
		p.next(room.Next, doc.Paused)
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

func (p printer) explainedSession(s provisioner.ExplainedSession, now time.Time) {
	p.line("%s", p.paint.in(bold, fmt.Sprintf("Session %d (%s) of %s", s.ID, inert(s.Acronym), inert(s.Title))))
	about := []string{}
	if s.Name != "" {
		about = append(about, inert(s.Name))
	}
	if !s.Start.IsZero() {
		about = append(about, s.Start.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for _, x := range []struct{ what, slug string }{{"type", s.Type}, {"purpose", s.Purpose}, {"status", s.Status}} {
		if x.slug != "" {
			about = append(about, x.what+" "+inert(x.slug))
		}
	}
	if len(about) > 0 {
		p.item("About", strings.Join(about, ", "))
	}
	p.item("Room", cmp.Or(s.Room, "none")+": "+inert(s.Rule))
	if !s.Asks {
		p.item("", "it asks for no room: its meeting is over, or its status says that it does not take place")
	}
	for _, d := range s.Documents {
		p.item("", p.document(d, now))
	}
	if len(s.Joint) > 0 {
		p.item("Joint with", strings.Join(s.Joint, ", "))
	}
	switch {
	case s.Linked != "":
		p.item("Link", "published, to room "+s.Linked)
	default:
		p.item("Link", "none is published")
	}
	if s.WhyNot != "" {
		p.item("", p.paint.in(yellow, "by the next sync: "+inert(s.WhyNot)))
	}
	if s.ChatURL != "" {
		p.item("", "the Datatracker's own link is "+inert(s.ChatURL))
	}
	for _, problem := range s.Problems {
		p.item("", p.paint.in(yellow, inert(problem)))
	}
	p.line("")
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
	switch r.Wanted {
	case registry.Active:
		label = "Wanted"
	case registry.Retired:
		label = "Retired"
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
	text += " (" + d.Outcome + ")"
	if d.Problem == "" {
		return p.paint.in(faint, text)
	}
	return p.paint.in(yellow, text) // what is wrong stands at the top
}

// sessionLinks prints the sessions of a room, those of which the same is to be said
// together.
func (p printer) sessionLinks(links []provisioner.SessionLink) {
	if len(links) == 0 {
		p.item("Sessions", "none asks for it, and none is linked to it")
	}
	alike := groups{}
	for _, s := range links {
		of := "of " + inert(s.Title)
		if s.Acronym != "" {
			of = "(" + inert(s.Acronym) + ") " + of
		}
		alike.add(of+": "+linkState(s), fmt.Sprint(s.ID))
	}
	label := "Sessions"
	for _, g := range alike.list {
		p.item(label, g.members()+" "+g.key)
		label = ""
	}
}

// linkState is how a session stands to a room.
func linkState(s provisioner.SessionLink) string {
	state := "linked to it, not asking for it"
	switch {
	case s.Linked && s.Asks:
		state = "asking for it, linked"
	case s.Asks:
		state = "asking for it, not linked"
	}
	if s.WhyNot != "" {
		state += "; by the next sync: " + inert(s.WhyNot)
	}
	return state
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

// next prints what the next sync would do about a room.
func (p printer) next(n *provisioner.Next, paused string) {
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
		p.item("", p.paint.in(yellow, inert(problem)))
	}
	if len(n.Changes)+len(n.Withheld) > 0 {
		p.line("")
	}
	p.changes(n.Changes)
	p.withheld(n.Withheld)
}
