package main

import (
	"fmt"
	"strings"

	"roomctl/provisioner"
)

// withheld prints what guards held back, and what to type.
func (p printer) withheld(withheld []provisioner.Withheld) {
	for _, w := range withheld {
		word := "Withheld"
		if w.Deferred() {
			word = "Deferred"
		}
		p.line("%s", p.paint.in(yellow, fmt.Sprintf("%s by rule %s: %s", word, w.Rule, inert(w.Why))))
		p.concerned(w)
		if w.Allow != "" {
			p.line("    %s: %s", override(w.Rule), w.Allow)
		}
		p.line("")
	}
}

// concerned prints what a guard held back, the rooms with the same verb together,
// or the details that it has in place of that.
func (p printer) concerned(w provisioner.Withheld) {
	if len(w.Details) > 0 {
		shown := w.Details
		if !p.verbose && len(shown) > maxListed {
			shown = shown[:maxListed]
		}
		for _, line := range shown {
			p.line("    %s", inert(line))
		}
		if more := len(w.Details) - len(shown); more > 0 {
			p.line("    and %d more; --verbose lists them", more)
		}
		return
	}
	alike := groups{}
	for _, c := range w.Changes {
		alike.add(string(c.Verb), c.Room)
	}
	for _, g := range alike.list {
		members := g.members()
		if p.verbose {
			members = strings.Join(g.things, ", ")
		}
		p.line("    %s %s", g.key, members)
	}
}

// override is what the command does that a guard names.
func override(rule string) string {
	switch rule {
	case provisioner.RuleHold:
		return "To let go of it"
	case provisioner.RulePause:
		return "To end that"
	case provisioner.RulePlan:
		return "To see and save what there is to do now"
	}
	return "To let it through once"
}
