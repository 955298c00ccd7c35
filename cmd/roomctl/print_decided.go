package main

import (
	"fmt"
	"slices"
	"strings"

	"roomctl/provisioner"
)

// decisionsDocument is what rooms retire, restore, close, destroy, hold and revert
// print with --json.
type decisionsDocument struct {
	Version    int                `json:"version"`
	Command    string             `json:"command"`
	ExitStatus int                `json:"exit_status"`
	Rooms      []decisionDocument `json:"rooms"`
}

// decisionDocument is what became of one room.
type decisionDocument struct {
	Verb   provisioner.Verb          `json:"verb"`
	Room   string                    `json:"room"`
	Fields []provisioner.FieldChange `json:"fields"` // that were changed; with an error, that were to be
	Note   string                    `json:"note,omitempty"`
	Error  string                    `json:"error,omitempty"` // absent: carried out
}

func decidedDocument(command string, decided []provisioner.Decided, status int) decisionsDocument {
	doc := decisionsDocument{Version: 1, Command: command, ExitStatus: status, Rooms: []decisionDocument{}}
	for _, d := range decided {
		doc.Rooms = append(doc.Rooms, decisionDocument{
			Verb: d.Verb, Room: d.Room, Fields: listed(d.Fields), Note: d.Note, Error: textOf(d.Err),
		})
	}
	return doc
}

// outcomes say per verb what was done to a room, and next what syncs will do then.
var outcomes = map[provisioner.Verb]struct{ word, next string }{
	provisioner.Retire:  {"Retired", "Syncs keep it so, whatever the Datatracker says; `roomctl rooms restore NAME` ends that."},
	provisioner.Restore: {"Restored", "The next sync changes what is left to change; `roomctl plan` shows it."},
	provisioner.Close:   {"Closed", "No sync touches it; the next one takes its links away. `roomctl rooms restore NAME` opens it."},
	provisioner.Destroy: {"Destroyed", "No sync makes it again; `roomctl rooms restore NAME` has the next one do so."},
	provisioner.Hold:    {"Held", "Syncs leave it as it is, and show what they would change; `roomctl rooms hold --release NAME` ends that."},
	provisioner.Release: {"Released", "The next sync changes what differs; `roomctl plan` shows it."},
	provisioner.Revert:  {"Reverted", "It is held, so syncs leave it so; `roomctl rooms hold --release NAME` ends that."},
}

// decided prints a line per room: what was changed and why, and then what the next
// sync will do. Both lists are in the same order.
func (p printer) decided(decided []provisioner.Decided, decisions []provisioner.Decision) {
	var changed []string
	for i, d := range decided {
		switch {
		case d.Err != nil:
			p.failed(d.Room, d.Err)
			continue
		case len(d.Fields) == 0:
			p.line("%s: %s", d.Room, inert(strings.Join(given(d.Note, ""), "")))
			continue
		}
		changed = append(changed, d.Room)
		what := given(fieldsOf(d), d.Note)
		if why := decisions[i].Why; why != "" && d.Verb != provisioner.Hold {
			what = append(what, "because: "+why)
		}
		p.line("%s %s: %s", outcomes[d.Verb].word, d.Room, inert(strings.Join(what, "; ")))
	}
	if len(changed) > 0 {
		p.line("%s", strings.ReplaceAll(outcomes[decided[0].Verb].next, "NAME", changed[0]))
	}
}

// failed prints why nothing, or not everything, was done to a room. Most errors begin
// with its name.
func (p printer) failed(room string, err error) {
	why := err.Error()
	if !strings.HasPrefix(why, "room "+room+" ") && !strings.HasPrefix(why, "room "+room+":") {
		why = room + ": " + why
	}
	p.line("%s: %s", p.paint.in(red, "Failed"), inert(why))
}

// given are the texts that are not empty; when all are, one that says so.
func given(texts ...string) []string {
	list := slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	if len(list) == 0 {
		return []string{"nothing had to be done"}
	}
	return list
}

// fieldsOf names what was changed; short values are shown.
func fieldsOf(d provisioner.Decided) string {
	parts := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		switch f.Field {
		case provisioner.FieldState, provisioner.FieldSuccessor, "moderated", "public":
			parts[i] = fmt.Sprintf("%s %s", f.Field, turn(f.Old, f.New))
		case provisioner.FieldHold:
			parts[i] = f.New
			if f.New == "" {
				parts[i] = "it was held: " + f.Old
			}
		case provisioner.FieldMessage:
			parts[i] = "people in it are told"
		default:
			parts[i] = f.Field
		}
	}
	return strings.Join(parts, ", ")
}

// turn is a value before and after.
func turn(was, is string) string {
	if was == "" {
		return is
	}
	return was + " -> " + is
}
