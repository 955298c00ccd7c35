package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/xmppadmin"
)

// printer writes reports for people.
type printer struct {
	w       io.Writer
	paint   paint
	wrap    wrap
	verbose bool // every value of every change
}

func (p printer) line(format string, args ...any) {
	for _, line := range strings.Split(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintln(p.w, p.wrap.in(line))
	}
}

// inert makes text from outside harmless to a terminal, and one line: control
// characters and marks that turn the reading direction are shown, not obeyed.
func inert(s string) string {
	s = strings.ReplaceAll(s, "\n", "; ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// sources tells how old each document is. Those that are all right and about
// the same thing share a line.
func (p printer) sources(sources []datatracker.Source, now time.Time) {
	if len(sources) == 0 {
		return // nobody was asked
	}
	for _, s := range sources {
		stale := provisioner.Stale(s.Read, now) && !s.Read.IsZero()
		if s.Problem == nil && !stale && !p.verbose && (s.Meeting == "" || strings.HasPrefix(s.Meeting, "interim-")) {
			continue
		}
		text := age(s, now)
		if stale {
			text = p.paint.in(red, text+"; "+staleness(s, now))
		}
		if s.Problem != nil {
			text = p.paint.in(yellow, fmt.Sprintf("%s; %s: %s", text, s.Outcome, inert(s.Problem.Error())))
		}
		p.line("%s: %s", s.Name, text)
	}
	p.line("%s", summarize(sources, now))
	p.line("")
}

// staleness says why a document is too old to go by.
func staleness(s datatracker.Source, now time.Time) string {
	if s.Read.After(now) {
		return "that is still to come: the clock was set back"
	}
	return "over an hour old"
}

// age is when a document changed and was read.
func age(s datatracker.Source, now time.Time) string {
	if s.Read.IsZero() {
		return "never read"
	}
	text := "read " + clock(s.Read, now)
	if !s.Changed.IsZero() {
		text = "changed " + clock(s.Changed, now) + ", " + text
	}
	if s.MaxAge > 0 {
		text += fmt.Sprintf("; the Datatracker may serve a copy up to %d minutes old", int(s.MaxAge.Minutes()))
	}
	return text
}

// summarize is all sources in a line.
func summarize(sources []datatracker.Source, now time.Time) string {
	var oldest time.Time
	bad := 0
	for _, s := range sources {
		if s.Problem != nil {
			bad++
		}
		if oldest.IsZero() || s.Read.Before(oldest) {
			oldest = s.Read
		}
	}
	text := fmt.Sprintf("Datatracker: %d documents, the oldest read %s", len(sources), clock(oldest, now))
	if bad > 0 {
		text += fmt.Sprintf("; %d not as they should be", bad)
	}
	return text
}

// clock is a time of day, with the date when it is another day's.
func clock(t, now time.Time) string {
	switch {
	case t.IsZero():
		return "never"
	case t.Local().Format(time.DateOnly) == now.Local().Format(time.DateOnly):
		return t.Local().Format("15:04")
	}
	return t.Local().Format("2006-01-02 15:04")
}

// marks stand before a change, as in a diff.
var marks = map[provisioner.Verb][2]string{
	provisioner.Create:    {"+", green},
	provisioner.Finish:    {"+", green},
	provisioner.Recreate:  {"+", green},
	provisioner.Adopt:     {"+", green},
	provisioner.Configure: {"~", yellow},
	provisioner.Restore:   {"~", yellow},
	provisioner.Revert:    {"~", yellow},
	provisioner.Hold:      {"~", yellow},
	provisioner.Release:   {"~", yellow},
	provisioner.Retire:    {"-", red},
	provisioner.Close:     {"-", red},
	provisioner.Destroy:   {"-", red},
	provisioner.Announce:  {"!", yellow},
}

// changes prints a plan as a diff.
func (p printer) changes(changes []provisioner.Change) {
	for _, c := range changes {
		p.change(c)
	}
	if len(changes) > 0 {
		p.line("")
	}
}

func (p printer) change(c provisioner.Change) {
	mark := marks[c.Verb]
	head := fmt.Sprintf("%s %s %s", mark[0], c.Verb, cmp.Or(c.Room, "to all users online"))
	reasons := inert(strings.Join(c.Reasons, "; "))
	if c.Verb.Makes() && !p.verbose {
		name, _ := c.Field(string(xmppadmin.FieldName))
		p.line("%s %s", p.paint.in(mark[1], fmt.Sprintf("%-20s", head)), inert(name.New))
		p.line("%-20s %s", "", p.paint.in(faint, reasons))
		return
	}
	p.line("%s", p.paint.in(mark[1], head))
	for _, f := range c.Fields {
		if f.Old == "" {
			p.line("    %-12s %s", f.Field, inert(f.New))
			continue
		}
		p.line("    %-12s %s", f.Field, p.paint.in(faint, inert(f.Old)))
		p.line("    %12s %s", "->", cmp.Or(inert(f.New), p.paint.in(faint, "(nothing)")))
	}
	p.line("    %-12s %s", "because", reasons)
}

// common prints once what the made rooms have in common.
func (p printer) common(changes []provisioner.Change) {
	for _, c := range changes {
		if !c.Verb.Makes() || p.verbose {
			continue
		}
		var same []string
		for _, f := range c.Fields {
			switch f.Field {
			case "language", "owner", "admin":
				same = append(same, f.Field+" "+inert(f.New))
			case "persistent", "public", "logging":
				same = append(same, f.Field)
			}
		}
		p.line("Every new room: %s; description and subject as --verbose shows.", strings.Join(same, ", "))
		p.line("")
		return
	}
}

// foreign prints the rooms that are wanted but not ours, and what to type.
func (p printer) foreign(foreign []provisioner.Foreign) {
	if len(foreign) == 0 {
		return
	}
	sessions := 0
	names := make([]string, len(foreign))
	for i, f := range foreign {
		names[i] = f.Room
		sessions += len(f.Sessions)
	}
	p.line("%s", p.paint.in(yellow, fmt.Sprintf("Not ours, so untouched: %s", plural(len(foreign), "room"))))
	for _, f := range foreign {
		p.line("    %-14s %s%s", f.Room, inert(f.Why), costs(f))
	}
	p.line("    %s without a link because of it. To take them over, type", plural(sessions, "session"))
	p.line("    roomctl rooms adopt --all      or, one by one: roomctl rooms adopt %s", names[0])
	p.line("")
}

func costs(f provisioner.Foreign) string {
	if len(f.Sessions) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", plural(len(f.Sessions), "session"))
}

// problems prints what a person should know.
func (p printer) problems(problems []provisioner.Problem) {
	for _, x := range problems {
		word, colour := "Note", faint
		if x.Failure {
			word, colour = "Problem", red
		}
		p.line("%s: %s", p.paint.in(colour, word), inert(x.Text))
	}
	if len(problems) > 0 {
		p.line("")
	}
}

// tally counts changes by verb: "182 to create, 3 to configure".
func tally(changes []provisioner.Change) string {
	var parts []string
	for _, verb := range provisioner.Verbs() {
		n := 0
		for _, c := range changes {
			if c.Verb == verb {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, verb))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
