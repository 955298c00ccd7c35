package main

import (
	"fmt"

	"roomctl/provisioner"
)

// writeBack prints for which sessions the Datatracker computes another room, and
// what a sync does about it. r is nil when nobody asked.
func (p printer) writeBack(r *provisioner.DatatrackerReport) {
	if r == nil {
		return
	}
	var others []provisioner.Difference
	for _, d := range r.Differences {
		if d.Planned {
			p.write(d)
		} else {
			others = append(others, d)
		}
	}
	if len(others) > 0 {
		p.line("Sessions for which the Datatracker computes another room: %d", len(others))
		for _, d := range others {
			p.difference(d)
		}
	}
	p.line("%s", p.pointsTo(r))
	p.line("")
}

// toDo counts what a sync would do to rooms and to the Datatracker.
func toDo(r *provisioner.Report) string {
	n := r.Datatracker.Pending()
	rooms := tally(r.Changes)
	if n == 0 {
		return rooms
	}
	writes := fmt.Sprintf("chat_room of %s to set in the Datatracker", plural(n, "session"))
	if len(r.Changes) == 0 {
		return writes
	}
	return rooms + ", " + writes
}

// write prints one session whose chat_room is to be set.
func (p printer) write(d provisioner.Difference) {
	p.line("%s", p.paint.in(yellow, fmt.Sprintf("~ datatracker session %d (%s): chat_room %q → %q", d.Session, inert(d.Acronym), d.ChatRoom, d.Room)))
	p.line("    %-12s %s", "because", inert(d.Why))
	if !d.Linked {
		p.line("    %-12s %s", "when", "the session is linked to that room")
	}
}

// difference prints one session that is left to a person.
func (p printer) difference(d provisioner.Difference) {
	text := fmt.Sprintf("%s, and not %s: %s", d.Room, inert(d.Computed), inert(d.Why))
	if !d.Possible {
		text += "; not by the form: " + d.Obstacle
	}
	p.line("    %-20s  %s", fmt.Sprintf("%d (%s)", d.Session, inert(d.Acronym)), text)
	p.line("    %-20s  %s", "", d.EditURL)
}

// pointsTo says where the Datatracker's chat links lead.
func (p printer) pointsTo(r *provisioner.DatatrackerReport) string {
	const old = "its agenda data, which say so, may be a week old"
	switch {
	case r.PointsHere == nil:
		return p.paint.in(yellow, "Where the Datatracker's chat links point is not known: "+inert(r.Unknown)+unwritten(r))
	case *r.PointsHere:
		return fmt.Sprintf("The Datatracker's chat links point here: %s; %s.", inert(r.Pattern), old)
	case r.Pattern == "":
		return p.paint.in(yellow, "The Datatracker's chat links do not point here; "+old+unwritten(r))
	}
	return p.paint.in(yellow, fmt.Sprintf("The Datatracker's chat links point at %s, and not here; %s%s", inert(r.Pattern), old, unwritten(r)))
}

// unwritten says what follows from links that do not point here.
func unwritten(r *provisioner.DatatrackerReport) string {
	if r.Mode != provisioner.WriteBackForm {
		return "."
	}
	return ". No chat_room is set there."
}

// written prints what became of the sessions whose chat_room was to be set. r is
// nil when nobody asked.
func (p printer) written(r *provisioner.DatatrackerReport) {
	if r == nil || len(r.Results) == 0 {
		return
	}
	failed := 0
	for _, res := range r.Results {
		if res.Err == nil {
			continue
		}
		failed++
		d := res.Difference
		p.line("%s session %d (%s) the chat_room %s in the Datatracker: %s", p.paint.in(red, "Failed to give"), d.Session, inert(d.Acronym), d.Room, inert(res.Err.Error()))
		p.line("    %s", d.EditURL)
	}
	set := len(r.Results) - failed
	if failed == 0 {
		p.line("Datatracker: chat_room set and read back for %s.", plural(set, "session"))
		return
	}
	p.line("Datatracker: chat_room set and read back for %s, %d failed.", plural(set, "session"), failed)
}

// datatrackerDocument is how the Datatracker's chat links compare with the
// rooms, as plan and sync print it with --json.
type datatrackerDocument struct {
	Mode        provisioner.WriteBack    `json:"mode"`                       // "report" or "form"
	Pattern     string                   `json:"chat_url_pattern,omitempty"` // as agenda data show it, which may be a week old
	PointsHere  *bool                    `json:"points_here,omitempty"`      // absent: not known
	Unknown     string                   `json:"unknown,omitempty"`          // why it is not known
	Differences []provisioner.Difference `json:"differences"`
	Results     []writeDocument          `json:"results"` // sync only
}

// writeDocument is what became of one session.
type writeDocument struct {
	Session  int    `json:"session"`
	ChatRoom string `json:"chat_room"`       // that was to be set
	Error    string `json:"error,omitempty"` // absent: set and read back
}

// writeBackDocument is a report in the words of the JSON document; nil when
// nobody asked.
func writeBackDocument(r *provisioner.DatatrackerReport) *datatrackerDocument {
	if r == nil {
		return nil
	}
	d := &datatrackerDocument{
		Mode: r.Mode, Pattern: r.Pattern, PointsHere: r.PointsHere, Unknown: r.Unknown,
		Differences: listed(r.Differences), Results: []writeDocument{},
	}
	for _, res := range r.Results {
		out := writeDocument{Session: res.Difference.Session, ChatRoom: res.Difference.Room}
		if res.Err != nil {
			out.Error = res.Err.Error()
		}
		d.Results = append(d.Results, out)
	}
	return d
}
