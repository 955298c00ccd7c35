package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

func (p *program) roomsListCommand() *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "list the rooms that are ours",
		UsageText: "roomctl rooms list [--state STATE] [--held] [--not-fit] [--json]",
		Description: `Lists every room that roomctl made or took over, from the registry alone: no
server is asked. DECIDED says what a person decided: a pinned room keeps its
state whatever the Datatracker says, a held room is left as it is.

EXAMPLES:
   roomctl rooms list
   roomctl rooms list --state retired
   roomctl rooms list --json | jq -r '.rooms[] | select(.fit | not).name'

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "state", Usage: "only rooms in `STATE`: active, retired, closed or destroyed"},
			&cli.BoolFlag{Name: "held", Usage: "only rooms that a person holds", DisableDefaultText: true},
			&cli.BoolFlag{Name: "not-fit", Usage: "only rooms that cannot be linked now", DisableDefaultText: true},
			jsonFlag(),
		},
		Before: noArguments,
		Action: p.roomsList,
	}
}

// roomsDocument is what `rooms list --json` prints. Members are only ever added; a
// change of meaning moves version.
type roomsDocument struct {
	Version int            `json:"version"`
	Rooms   []roomDocument `json:"rooms"` // by name
}

// roomDocument is one room of it.
type roomDocument struct {
	Name      string    `json:"name"`
	JID       string    `json:"jid"`
	State     string    `json:"state"`
	Pinned    bool      `json:"pinned"` // a person chose the state
	Held      bool      `json:"held"`
	HeldSince time.Time `json:"held_since,omitzero"`
	HeldWhy   string    `json:"held_why,omitempty"`
	Successor string    `json:"successor,omitempty"` // where the people in it were told to go
	Origin    string    `json:"origin"`              // "created" or "adopted"
	GroupID   int       `json:"group_id,omitempty"`
	Since     time.Time `json:"since"`             // it is ours
	Fit       bool      `json:"fit"`               // sessions may be linked to it now
	Linked    bool      `json:"linked"`            // some session was ever published with a link to it
	Verified  time.Time `json:"verified,omitzero"` // when the server last gave a definite answer
}

func (p *program) roomsList(c *cli.Context) error {
	state := registry.RoomState(c.String("state"))
	states := []registry.RoomState{registry.Active, registry.Retired, registry.Closed, registry.Destroyed}
	if c.IsSet("state") && !slices.Contains(states, state) {
		return usageError{fmt.Errorf("--state: no room is ever %q; there are active, retired, closed and destroyed", state)}
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	reg, err := registry.OpenReader(c.Context, h.registryPath(), h.identity())
	if err != nil {
		return err
	}
	defer reg.Close()
	known, err := reg.Load(c.Context)
	if err != nil {
		return err
	}
	rooms := []roomDocument{}
	for _, name := range slices.Sorted(maps.Keys(known.Rooms)) {
		r := known.Rooms[name]
		doc := documentOf(r, h.rules, p.now())
		if c.IsSet("state") && r.State != state || c.Bool("held") && !doc.Held || c.Bool("not-fit") && doc.Fit {
			continue
		}
		rooms = append(rooms, doc)
	}
	if c.Bool("json") {
		return p.writeJSON(roomsDocument{Version: 1, Rooms: rooms})
	}
	if len(rooms) == 0 {
		p.printer(c).noRooms(len(known.Rooms))
		return nil
	}
	return p.printRooms(rooms)
}

// noRooms says why the list is empty. ours is how many rooms there are to choose from.
func (p printer) noRooms(ours int) {
	if ours == 0 {
		p.line("No room is ours yet. `roomctl plan` shows what sync would make and what is there already.")
		return
	}
	p.line("None of the %d rooms that are ours is like that.", ours)
}

func documentOf(r registry.Room, rules provisioner.Rules, now time.Time) roomDocument {
	return roomDocument{
		Name: r.Name, JID: rules.JID(r.Name), State: string(r.State), Pinned: r.Pinned,
		Held: !r.Held.Since.IsZero(), HeldSince: r.Held.Since, HeldWhy: r.Held.Why, Successor: r.Told,
		Origin: string(r.Origin), GroupID: r.GroupID, Since: r.Since, Linked: r.Linked,
		Fit: rules.Fit(r, now), Verified: r.Verified.At,
	}
}

func (p *program) printRooms(rooms []roomDocument) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ROOM\tSTATE\tORIGIN\tSINCE\tVERIFIED\tFIT\tDECIDED")
	for _, r := range rooms {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.State, r.Origin,
			r.Since.Local().Format(time.DateOnly), clock(r.Verified, p.now()), yesNo(r.Fit), decisions(r))
	}
	return t.Flush()
}

// decisions is what a person decided about a room, in a cell of a table.
func decisions(r roomDocument) string {
	var list []string
	if r.Pinned {
		list = append(list, "pinned")
	}
	switch {
	case r.HeldWhy != "":
		list = append(list, "held: "+inert(r.HeldWhy))
	case r.Held:
		list = append(list, "held")
	}
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, ", ")
}
