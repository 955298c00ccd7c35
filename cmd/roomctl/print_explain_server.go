package main

import (
	"strings"
	"time"

	"roomctl/provisioner"
	"roomctl/xmppadmin"
)

// serverWord prints what the chat server says.
func (p printer) serverWord(w provisioner.ServerWord, now time.Time) {
	switch {
	case w.At.IsZero() && !w.Asked:
		p.item("Server", "not asked, and never seen there")
		return
	case !w.Asked || w.Existence == xmppadmin.Unknown.String():
		p.item("Server", "no answer now; the last one, "+clock(w.At, now)+": "+w.Existence)
	default:
		p.item("Server", w.Existence+people(w))
	}
	if w.Problem != "" {
		p.item("", p.paint.in(yellow, inert(w.Problem)))
	}
	for _, f := range w.Fields {
		p.fieldWord(f)
	}
	if w.Owners != nil {
		p.column("owners", inert(strings.Join(w.Owners, ", ")))
	}
	if len(w.Admins) > 0 {
		p.column("admins", inert(strings.Join(w.Admins, ", ")))
	}
	for _, x := range []struct {
		name string
		is   bool
	}{{"moderated", w.Moderated}, {"members only", w.MembersOnly}, {"password", w.PasswordProtected}} {
		if x.is {
			p.column(x.name, "yes")
		}
	}
	if w.LogsURL != "" {
		p.column("logs", inert(w.LogsURL))
	}
	if w.Alternate != "" {
		p.column("moved to", inert(w.Alternate))
	}
}

// people tells how many are in a room now.
func people(w provisioner.ServerWord) string {
	if w.Existence != xmppadmin.Present.String() || w.Occupants == nil || *w.Occupants == 0 {
		return ""
	}
	return ", " + inside(w.Occupants)
}

// column prints one value of what the server says, which is inert.
func (p printer) column(name, value string) {
	p.line("%-12s%-12s  %s", "", name, value)
}

// fieldWord prints a field as the server has it, and as it should be if that is
// something else.
func (p printer) fieldWord(f provisioner.FieldWord) {
	switch {
	case !f.Known:
		p.column(f.Field, "not told; it should be "+inert(f.Wanted))
	case f.Differs:
		p.column(f.Field, p.paint.in(faint, inert(f.Value)))
		p.line("%-12s%13s %s", "", "->", inert(f.Wanted))
	default:
		p.column(f.Field, inert(f.Value))
	}
}
