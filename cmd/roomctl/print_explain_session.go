package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"roomctl/provisioner"
)

// explainedSession prints which room a session has, and by which rule.
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
		p.item("", p.paint.in(yellow, nextLink(s)+": "+inert(s.WhyNot)))
	}
	if s.ChatURL != "" {
		p.item("", "the Datatracker's own link is "+inert(s.ChatURL))
	}
	for _, problem := range s.Problems {
		p.item("", p.paint.in(yellow, inert(problem)))
	}
	p.line("")
}

// nextLink is what the next sync does about a session that gets no link to its
// room.
func nextLink(s provisioner.ExplainedSession) string {
	switch s.Linked {
	case "":
		return "the next sync sets none"
	case s.Room:
		return "the next sync takes it away"
	}
	return "not to room " + s.Room
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
	switch {
	case s.WhyNot == "":
		return state
	case s.Linked:
		return state + "; the next sync takes the link away: " + inert(s.WhyNot)
	}
	return state + "; the next sync does not link it: " + inert(s.WhyNot)
}
