package xmppadmin

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"mellium.im/xmpp/stanza"
)

// ended is why the stay is over; nil while it is not.
func (o *Occupant) ended() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.why
}

// lose ends the stay, for the first reason given.
func (o *Occupant) lose(why error) {
	o.link.session.dismiss(o)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.why == nil {
		o.why = why
		close(o.gone)
	}
}

func (o *Occupant) renamed(nick string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if address, err := o.room.WithResource(nick); err == nil && nick != "" {
		o.address = address
	}
}

// hear takes what the room sent. The receiver calls it, so it does not wait.
func (o *Occupant) hear(r received) {
	switch r.kind {
	case "message":
		if text, ok := r.newSubject(); ok {
			o.told(text, nickOf(r.from))
		}
	case "presence":
		if r.typ == "unavailable" {
			o.departed(r)
		}
	}
}

func (o *Occupant) told(text, nick string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.subject = Subject{Text: text, Nick: nick}
	o.subject.Ours = o.sets(o.subject)
}

// departed judges an unavailable presence. Only our own nick's is about us.
func (o *Occupant) departed(r received) {
	o.mu.Lock()
	own := r.from == o.address.String()
	o.mu.Unlock()
	p := r.muc()
	codes := r.statusCodes()
	switch {
	case !own && !slices.Contains(codes, statusSelf):
	case slices.Contains(codes, statusNewNick):
		o.renamed(p.Item.Nick)
	default:
		o.lose(p.departure(codes))
	}
}

// departures are the reasons for which a room sends somebody out.
func departures() map[int]string {
	return map[int]string{
		301: "banned",
		307: "kicked",
		321: "our affiliation was taken away",
		322: "the room is for members only now",
		332: "the chat service is shutting down",
		333: "the chat service lost us", // XEP-0045 section 9.6
	}
}

// departure puts into words why an occupant was sent out.
func (p mucPresence) departure(codes []int) error {
	words, reason := "the room sent us out", p.Item.Reason
	known := departures()
	for _, code := range codes {
		if text, ok := known[code]; ok {
			words = text
		}
	}
	if p.Destroy != nil {
		words, reason = "the room was destroyed", p.Destroy.Reason
	}
	if reason = tidy(reason); reason != "" {
		words += ": " + reason
	}
	return errors.New(words)
}

// newSubject returns the subject that a message announces, which may be empty.
// One with a body or a thread beside it announces none (XEP-0045 section 8.1).
func (r received) newSubject() (text string, ok bool) {
	if r.kind != "message" || r.typ != "groupchat" {
		return "", false
	}
	for _, other := range []string{elementBody, "thread"} {
		if there, _ := r.child(xml.Name{Space: stanza.NSClient, Local: other}, nil); there {
			return "", false
		}
	}
	ok, err := r.child(xml.Name{Space: stanza.NSClient, Local: elementSubject}, &text)
	return text, ok && err == nil
}

// nickOf returns the nick in an occupant's address; "" for that of a room.
func nickOf(from string) string {
	_, nick, _ := strings.Cut(from, "/")
	return nick
}
