package main

import (
	"fmt"
	"roomctl/provisioner/preflight"
	"slices"
	"strings"
)

// fewRooms is how many rooms of a finding are named without --verbose.
const fewRooms = 8

// findingMarks stand before a finding, and in which colour, by what comes of it.
var findingMarks = map[preflight.Verdict][2]string{
	preflight.NoGo:      {"NO-GO", red},
	preflight.NotTested: {"Not tested", yellow},
	preflight.Go:        {"Warning", yellow},
}

// preflight prints what was found, the gravest first, and the verdict last.
func (p printer) preflight(r *preflight.Report) {
	for _, f := range r.Findings {
		p.finding(f, len(r.Sessions))
	}
	if len(r.Findings) > 0 {
		p.line("")
	}
	if p.verbose {
		p.sessions(r)
	}
	if n := fine(r); n > 0 {
		p.line("Fine: %d of %s: %s.", n, plural(len(r.Sessions), "session"), whatIsFine(r))
	}
	colour := findingMarks[r.Verdict][1]
	if r.Verdict == preflight.Go {
		colour = green
	}
	of := ""
	if r.Title != "" {
		of = " of " + r.Title
	}
	p.line("%s", p.paint.in(colour, "Preflight"+of+": "+verdictLine(r)))
}

// finding prints one cause. Where it is about all sessions no room need be named.
func (p printer) finding(f preflight.Finding, sessions int) {
	mark := findingMarks[f.Verdict]
	p.line("%s: %s%s", p.paint.in(mark[1], mark[0]), inert(f.What), extent(f, sessions))
	if len(f.Rooms) > 0 && (p.verbose || !everywhere(f, sessions)) {
		p.line("    %s", p.few(f.Rooms))
	}
	// Not wrapped: it may be a line to copy.
	fmt.Fprintf(p.w, "    -> %s\n", inert(f.Do))
}

// everywhere says whether a finding is about all of several sessions, so that they
// need not be named.
func everywhere(f preflight.Finding, sessions int) bool {
	return sessions > 1 && len(f.Sessions) == sessions
}

// extent says how much a finding is about.
func extent(f preflight.Finding, sessions int) string {
	switch {
	case everywhere(f, sessions):
		return fmt.Sprintf(" (all %s)", plural(len(f.Sessions), "session"))
	case len(f.Rooms) > 0:
		return fmt.Sprintf(" (%s, %s)", plural(len(f.Rooms), "room"), plural(len(f.Sessions), "session"))
	case len(f.Sessions) > 0:
		return fmt.Sprintf(" (%s)", plural(len(f.Sessions), "session"))
	}
	return ""
}

// few names the first of many rooms.
func (p printer) few(names []string) string {
	if p.verbose || len(names) <= fewRooms+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more; --verbose names them", strings.Join(names[:fewRooms], ", "), len(names)-fewRooms)
}

// sessions prints one line for each session.
func (p printer) sessions(r *preflight.Report) {
	for _, s := range r.Sessions {
		causes := make([]string, len(s.Causes))
		for i, cause := range s.Causes {
			causes[i] = string(cause)
		}
		p.line("%s", strings.TrimRight(fmt.Sprintf("%-10s  %s  %6d  %-16s %s",
			s.Verdict, s.Start.UTC().Format("2006-01-02 15:04 UTC"), s.ID, s.Room, strings.Join(causes, ", ")), " "))
	}
	if len(r.Sessions) > 0 {
		p.line("")
	}
}

// fine counts the sessions with which nothing is wrong: at most the door was not
// tried, or there is a warning.
func fine(r *preflight.Report) int {
	n := 0
	for _, s := range r.Sessions {
		untried := slices.Contains(s.Causes, preflight.CauseNotTried)
		if s.Verdict == preflight.Go || s.Verdict == preflight.NotTested && untried && !r.Joined && !untold(s) {
			n++
		}
	}
	return n
}

// untold says whether the chat server left something about the room open.
func untold(s preflight.Session) bool {
	return slices.Contains(s.Causes, preflight.CauseUnknown) || slices.Contains(s.Causes, preflight.CauseUntold)
}

func whatIsFine(r *preflight.Report) string {
	door := "lets everybody in as far as it says"
	if r.Joined {
		door = "lets an ordinary account in"
	}
	return "the room is there, ours, persistent, public and logged, " + door + ", and is linked in agenda.json, in the calendar and on the page"
}

// verdictLine is the whole result in one line.
func verdictLine(r *preflight.Report) string {
	count := map[preflight.Verdict]int{}
	for _, s := range r.Sessions {
		count[s.Verdict]++
	}
	line := strings.ToUpper(string(r.Verdict))
	if len(r.Sessions) == 0 {
		return line + "."
	}
	parts := []string{fmt.Sprintf("%d go", count[preflight.Go])}
	for _, v := range []preflight.Verdict{preflight.NotTested, preflight.NoGo} {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	return fmt.Sprintf("%s. %s in %s: %s.", line, plural(len(r.Sessions), "session"), plural(r.Rooms, "room"), strings.Join(parts, ", "))
}
