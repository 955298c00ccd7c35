package health

import (
	"fmt"
	"slices"

	"roomctl/agenda"
	"roomctl/provisioner"
)

// refused is a configuration that is not in force: roomctl works, but not as whoever
// wrote it believes.
func (f Facts) refused() []Problem {
	if f.Refused.Why == "" {
		return nil
	}
	return []Problem{{
		Rule: Configuration, Level: Yellow,
		Text:    fmt.Sprintf("the configuration that was read again at %s was refused, and the one before is in force: %s", Minute(f.Refused.At), f.Refused.Why),
		Command: "roomctl check, then systemctl reload roomctl, or SIGHUP",
	}}
}

func (f Facts) paused() []Problem {
	if f.Pause == "" {
		return nil
	}
	return []Problem{{Rule: Paused, Level: Yellow, Text: "roomctl is paused " + f.Pause, Command: "roomctl resume ends that"}}
}

// left is what the last run left over for a person.
func (f Facts) left() []Problem {
	var list []Problem
	add := func(rule Rule, about, text, command string) {
		list = append(list, Problem{Rule: rule, Level: Yellow, About: about, Text: text, Command: command})
	}
	s := f.Published
	if s == nil {
		return nil
	}
	for _, w := range s.Withheld {
		switch {
		case provisioner.Withheld{Rule: w.Rule, Until: w.Until}.Deferred() || w.Rule == provisioner.RulePause:
		case w.Rule == provisioner.RulePlan:
			add(Withheld, w.Rule, "the saved plan was not carried out: "+w.Why, "")
		default:
			add(Withheld, w.Rule, fmt.Sprintf("the guard %s withholds something: %s", w.Rule, w.Why), see(w.Rule))
		}
	}
	if n := s.Counts.NotOurs; n > 0 {
		add(NotOurs, "", areRooms(n)+" wanted and not roomctl's", "roomctl plan shows them, roomctl rooms adopt --all takes them over")
	}
	if n := s.Counts.Failed; n > 0 {
		add(Changes, "", fmt.Sprintf("changes that failed: %d", n), "roomctl history --limit 20 says why")
	}
	if n := s.Counts.Sessions - s.Counts.Linked; n > 0 {
		add(Links, "", fmt.Sprintf("sessions without a link to their room: %d of %d", n, s.Counts.Sessions), "roomctl preflight says which and why")
	}
	if f.Unfit > 0 {
		add(Unfit, "", fmt.Sprintf("rooms that no session can be linked to: %d", f.Unfit), "roomctl rooms list --not-fit shows them, roomctl explain NAME says why")
	}
	for _, source := range s.Sources {
		if provisioner.Stale(source.Read, s.Written) {
			list = append(list, f.unread(source))
		}
	}
	return list
}

// unread is a document that was not read for long. That of the meeting that is on is
// what people go by.
func (f Facts) unread(s agenda.SourceStatus) Problem {
	p := Problem{Rule: Source, Level: Yellow, About: s.Name, Text: s.Name + ": not read for over an hour", Command: "roomctl check tries it"}
	switch {
	case s.Read.IsZero():
		p.Text = s.Name + ": not read, and there is no earlier copy"
	case s.Read.After(f.Published.Written):
		p.Text = s.Name + ": read at a time that was still to come: the clock was set back"
	}
	if s.Meeting != "" && (f.Meeting == s.Meeting || f.Meeting == "IETF "+s.Meeting) {
		p.Level, p.Text = Red, p.Text+"; changes there are not seen"
	}
	return p
}

// see is how a person sees what a guard withholds, and lets it through.
func see(rule string) string {
	if !slices.Contains(provisioner.AllowedRules(), rule) {
		return "roomctl plan shows it"
	}
	return "roomctl plan shows it, roomctl sync --allow " + rule + " lets it through once"
}

func areRooms(n int) string {
	if n == 1 {
		return "1 room is"
	}
	return fmt.Sprintf("%d rooms are", n)
}
