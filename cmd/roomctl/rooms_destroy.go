package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func (p *program) roomsDestroyCommand() *cli.Command {
	return &cli.Command{
		Name:      "destroy",
		Usage:     "end a closed room on the server, for good",
		UsageText: "roomctl rooms destroy NAME --confirm NAME [--why TEXT] [--json]",
		Description: `Only a closed room is destroyed (roomctl rooms close), or one that roomctl
made less than a day ago, to which no session was ever linked, and in which
nobody is. Without --confirm it shows what would be lost, and destroys
nothing. Whoever has a bookmark of the room makes one of the same name again:
closed is the better end.

EXAMPLES:
   roomctl rooms destroy oldgroup
   roomctl rooms destroy oldgroup --confirm oldgroup

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "confirm", Usage: "the same `NAME` again"},
			whyFlag(), jsonFlag(),
		},
		Action: p.roomsDestroy,
	}
}

func (p *program) roomsDestroy(c *cli.Context) error {
	h, names, err := p.namedRooms(c)
	if err != nil {
		return err
	}
	if len(names) > 1 {
		return usageError{fmt.Errorf("rooms destroy takes one room at a time, and there are %d", len(names))}
	}
	room := names[0]
	confirmed, err := roomNames([]string{c.String("confirm")}, h.rules.MUC)
	if err == nil && confirmed[0] == room {
		why := oneLine(c.String("why"))
		return p.carryOut(c, h, []provisioner.Decision{{Verb: provisioner.Destroy, Room: room, Why: why}})
	}
	loss, err := h.loss(c.Context, room)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = p.writeJSON(loss)
	} else {
		p.printer(c).loss(loss)
	}
	if err != nil {
		return err
	}
	if c.IsSet("confirm") {
		return usageError{fmt.Errorf("rooms destroy: --confirm %q is not the room %s; nothing was destroyed", c.String("confirm"), room)}
	}
	todo := fmt.Sprintf("roomctl rooms destroy %s --confirm %[1]s", room)
	if loss.inUse() {
		todo = fmt.Sprintf("roomctl rooms close %s, then %s", room, todo)
	}
	return usageError{fmt.Errorf("rooms destroy: nothing was destroyed; to do it: %s", todo)}
}

// lossDocument is what would be lost with a room.
type lossDocument struct {
	Version    int       `json:"version"`
	ExitStatus int       `json:"exit_status"`
	Room       string    `json:"room"`
	JID        string    `json:"jid"`
	State      string    `json:"state"`
	Origin     string    `json:"origin"`
	Since      time.Time `json:"since"`
	Ever       bool      `json:"ever_linked"`
	Linked     []string  `json:"linked"` // meetings of which sessions are linked to it now
	Existence  string    `json:"existence"`
	Occupants  *int      `json:"occupants,omitempty"` // absent: the server does not tell
	Logged     string    `json:"logged"`              // "true", "false" or "" when the server does not tell
	LogsURL    string    `json:"logs_url,omitempty"`
	Archive    string    `json:"archive"` // what becomes of it
	Problem    string    `json:"problem,omitempty"`
}

// inUse says that a room is to be closed first, by what is known already. Whether it
// must be is judged when it is destroyed.
func (d lossDocument) inUse() bool {
	open := d.State == string(registry.Active) || d.State == string(registry.Retired)
	empty := d.Existence != xmppadmin.Present.String() || d.Occupants != nil && *d.Occupants == 0
	return open && (d.Ever || d.Origin != string(registry.Created) || !empty)
}

// loss finds out what would be lost with a room. That the server cannot be asked
// is in the document.
func (h *house) loss(ctx context.Context, room string) (lossDocument, error) {
	defer h.progress.clear()
	known, reader, err := h.reader(ctx)
	if known == nil {
		return lossDocument{}, err
	}
	ours, managed := known.Rooms[room]
	if !managed {
		return lossDocument{}, errors.Join(fmt.Errorf("room %s is not ours, so it is not for roomctl to destroy", room), closeReader(reader))
	}
	doc := lossDocument{
		Version: 1, ExitStatus: exitUsage, Room: room, JID: room + "@" + h.rules.MUC, State: string(ours.State),
		Origin: string(ours.Origin), Since: ours.Since, Ever: ours.Linked, Linked: meetingsLinkedTo(room, known),
		LogsURL: ours.Verified.LogsURL, Existence: xmppadmin.Unknown.String(),
	}
	if err != nil {
		doc.Problem = err.Error()
		return doc, nil
	}
	defer reader.Close()
	is := reader.Read(ctx, room)
	doc.Existence, doc.Occupants, doc.Logged = is.Existence.String(), is.Occupants, is.Values[xmppadmin.FieldLogging]
	doc.Archive = archiveAfter(reader.Profile())
	if is.LogsURL != "" {
		doc.LogsURL = is.LogsURL
	}
	doc.Problem = textOf(is.Err)
	return doc, nil
}

// closeReader closes a connection that may not have come about.
func closeReader(r *xmppadmin.Reader) error {
	if r == nil {
		return nil
	}
	return r.Close()
}

// archiveAfter says what a kind of server does with the archive of a room that is
// destroyed (Prosody mod_muc_mam deletes it with the room, ejabberd's mod_muc_log
// leaves its files).
func archiveAfter(p xmppadmin.Profile) string {
	switch software := strings.ToLower(p.Software); {
	case strings.Contains(software, "prosody"):
		return "the server deletes it with the room, and keeps the name for a month"
	case strings.Contains(software, "ejabberd"):
		return "log files stay, the archive that clients read does not; the name is free at once"
	}
	return "nobody knows what the server does with it"
}

// meetingsLinkedTo are the meetings of which sessions are linked to a room now.
func meetingsLinkedTo(room string, known *registry.State) []string {
	meetings := []string{}
	for _, number := range slices.Sorted(maps.Keys(known.Links)) {
		if slices.Contains(slices.Collect(maps.Values(known.Links[number])), room) {
			meetings = append(meetings, number)
		}
	}
	return meetings
}

// loss prints what would be lost with a room.
func (p printer) loss(doc lossDocument) {
	p.line("%s would be destroyed:", doc.JID)
	p.line("    %-10s %s; %s %s", "state", doc.State, doc.Origin, doc.Since.Local().Format(time.DateOnly))
	switch {
	case doc.Existence == xmppadmin.Present.String():
		p.line("    %-10s %s", "people", inside(doc.Occupants))
	default:
		p.line("    %-10s %s", "on server", doc.Existence)
	}
	log := map[string]string{"true": "logged", "false": "not logged"}[doc.Logged]
	if log == "" {
		log = "not known whether it is logged"
	}
	p.line("    %-10s %s", "log", inert(strings.Join(given(log, doc.LogsURL, doc.Archive), "; ")))
	linked := "no session was ever linked to it"
	switch {
	case len(doc.Linked) > 0:
		linked = "sessions of " + strings.Join(doc.Linked, ", ") + " are linked to it now"
	case doc.Ever:
		linked = "sessions were linked to it"
	}
	p.line("    %-10s %s", "links", linked)
	if doc.Problem != "" {
		p.line("    %-10s %s", "but", inert(doc.Problem))
	}
}

// inside counts the people in a room.
func inside(n *int) string {
	switch {
	case n == nil:
		return "not told"
	case *n == 0:
		return "nobody is in it"
	case *n == 1:
		return "1 person is in it"
	}
	return fmt.Sprintf("%d people are in it", *n)
}
