package main

import (
	"errors"
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

func (p *program) roomsCommand() *cli.Command {
	return &cli.Command{
		Name:      "rooms",
		Usage:     "the rooms, and what a person may do to them",
		UsageText: "roomctl rooms list | adopt",
		Description: `EXAMPLES:
   roomctl rooms list
   roomctl rooms adopt --all

` + exitStatusHelp,
		Subcommands: []*cli.Command{
			{
				Name:      "list",
				Usage:     "list the rooms that are ours",
				UsageText: "roomctl rooms list [--json]",
				Description: `Lists every room that roomctl made or took over, from the registry alone: no
server is asked.

EXAMPLES:
   roomctl rooms list
   roomctl rooms list --json | jq -r '.rooms[] | select(.fit | not).name'

` + exitStatusHelp,
				Flags:  []cli.Flag{jsonFlag()},
				Before: noArguments,
				Action: p.roomsList,
			},
			{
				Name:      "adopt",
				Usage:     "take existing rooms over",
				UsageText: "roomctl rooms adopt [--json] NAME… | --all",
				Description: `Writes into the registry that the rooms are ours, makes roomctl's account one of
their owners, and does nothing else: what differs from the configuration shows
as ordinary changes in the next plan. --all takes every existing room that is
named like a Datatracker group, a fixed room or a session's room.

EXAMPLES:
   roomctl rooms adopt quic tls
   roomctl rooms adopt --all

` + exitStatusHelp,
				Flags: []cli.Flag{
					&cli.BoolFlag{Name: "all", Usage: "every room that has the name of something roomctl provides for", DisableDefaultText: true},
					jsonFlag(),
				},
				Action: p.roomsAdopt,
			},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError{fmt.Errorf("no command %q; see roomctl rooms --help", c.Args().First())}
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

// roomDocument is one room of `rooms list --json`.
type roomDocument struct {
	Name     string    `json:"name"`
	JID      string    `json:"jid"`
	State    string    `json:"state"`
	Origin   string    `json:"origin"`
	GroupID  int       `json:"group_id,omitempty"`
	Since    time.Time `json:"since"`
	Fit      bool      `json:"fit"`
	Verified time.Time `json:"verified,omitzero"`
}

func (p *program) roomsList(c *cli.Context) error {
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
		rooms = append(rooms, roomDocument{
			Name: name, JID: name + "@" + h.rules.MUC, State: string(r.State), Origin: string(r.Origin), GroupID: r.GroupID,
			Since: r.Since, Fit: r.Verified.Fit(p.now(), h.rules.Logging == provisioner.LoggingRequired), Verified: r.Verified.At,
		})
	}
	if c.Bool("json") {
		return p.writeJSON(map[string]any{"version": 1, "rooms": rooms})
	}
	return p.printRooms(rooms)
}

func (p *program) printRooms(rooms []roomDocument) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ROOM\tSTATE\tORIGIN\tSINCE\tVERIFIED\tFIT")
	for _, r := range rooms {
		fit := "yes"
		if !r.Fit {
			fit = "no"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.JID, r.State, r.Origin, r.Since.Local().Format(time.DateOnly), clock(r.Verified, p.now()), fit)
	}
	return t.Flush()
}

func (p *program) roomsAdopt(c *cli.Context) error {
	options := provisioner.AdoptOptions{Names: c.Args().Slice(), All: c.Bool("all")}
	if options.All == (len(options.Names) > 0) {
		return usageError{errors.New("rooms adopt takes either names or --all")}
	}
	if flag := slices.IndexFunc(options.Names, func(name string) bool { return strings.HasPrefix(name, "-") }); flag >= 0 {
		return usageError{fmt.Errorf("rooms adopt: %s must stand before the names", options.Names[flag])}
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	w, err := h.writer(c.Context, "rooms adopt", nil)
	if err != nil {
		h.progress.clear()
		return err
	}
	defer w.close()
	adopted, err := w.Adopt(c.Context, options)
	h.progress.clear()
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = p.writeJSON(map[string]any{"version": 1, "rooms": adoptionDocuments(adopted)})
	} else {
		p.printAdopted(adopted)
	}
	if err != nil {
		return err
	}
	for _, a := range adopted {
		if a.Err != nil {
			return statusError(exitPartial)
		}
	}
	return nil
}

// adoptionDocument is one room of `rooms adopt --json`.
type adoptionDocument struct {
	provisioner.Adoption
	Error string `json:"error,omitempty"`
}

func adoptionDocuments(adopted []provisioner.Adoption) []adoptionDocument {
	docs := make([]adoptionDocument, len(adopted))
	for i, a := range adopted {
		docs[i].Adoption = a
		if a.Err != nil {
			docs[i].Error = a.Err.Error()
		}
	}
	return docs
}

func (p *program) printAdopted(adopted []provisioner.Adoption) {
	n := 0
	for _, a := range adopted {
		switch {
		case a.Err != nil:
			fmt.Fprintf(p.stdout, "Failed: %s: %s\n", a.Room, inert(a.Err.Error()))
		case a.Note != "":
			fmt.Fprintf(p.stdout, "%s: %s\n", a.Room, a.Note)
		default:
			n++
			fmt.Fprintf(p.stdout, "Adopted %s\n", a.Room)
		}
	}
	fmt.Fprintf(p.stdout, "%s adopted. `roomctl plan` shows what differs from the configuration.\n", plural(n, "room"))
}
