package main

import (
	"errors"
	"strings"
)

// announced prints what was said and what came of it, or what would be said.
func (p printer) announced(doc announceDocument) {
	if doc.Sent {
		p.sent(doc)
		return
	}
	reached := 0
	for _, r := range doc.Rooms {
		if r.Error == "" {
			reached++
			p.line("To %s: %s", r.JID, inside(r.People))
		} else {
			p.line("%s to %s: %s", p.paint.in(red, "Not"), r.JID, inert(r.Error))
		}
	}
	if doc.Users != nil {
		reached++
		online := "the server does not tell how many"
		if doc.Users.Online != nil {
			online = plural(*doc.Users.Online, "user")
		}
		p.line("To everybody who is online on %s: %s", doc.Users.Host, online)
	}
	if doc.Subject != "" {
		p.line("    Subject: %s", inert(doc.Subject))
	}
	for line := range strings.Lines(doc.Text) {
		p.line("    %s", inert(strings.TrimSuffix(line, "\n")))
	}
	if reached == 0 {
		p.line("Nothing has been sent, and nobody would hear it.")
		return
	}
	p.line("Nothing has been sent. With --yes it is.")
}

// sent prints what came of an announcement.
func (p printer) sent(doc announceDocument) {
	for _, r := range doc.Rooms {
		if r.Error != "" {
			p.failed(r.Room, errors.New(r.Error))
			continue
		}
		p.line("Said in %s: %s", r.JID, inside(r.People))
	}
	if doc.Users != nil {
		p.line("Sent to everybody who is online on %s.", doc.Users.Host)
		if doc.Users.Remark != "" {
			p.line("The server says: %s", inert(doc.Users.Remark))
		}
	}
}
