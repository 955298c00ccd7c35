package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

func (p *program) roomsAdoptCommand() *cli.Command {
	return &cli.Command{
		Name:      "adopt",
		Usage:     "take existing rooms over",
		UsageText: "roomctl rooms adopt NAME… | --all [--dry-run] [--json]",
		Description: `Writes into the registry that the rooms are ours, makes roomctl's account one
of their owners, and does nothing else: what differs from the configuration
shows as ordinary changes in the next plan. --all takes every existing room
that is named like a Datatracker group in scope, a fixed room or a session's
room.

--all also brings back a registry that was lost: rooms that roomctl's account
owns already are recorded in the state that they show, without a change to
any of them. Holds and the audit trail are lost.

--dry-run shows what would be adopted, what is left and why, and what the
next plan would then change. It holds nothing that can write.

EXAMPLES:
   roomctl rooms adopt quic tls
   roomctl rooms adopt --all --dry-run
   roomctl rooms adopt --all

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: "every room that has the name of something roomctl provides for", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "show what would be adopted, and adopt nothing", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: p.roomsAdopt,
	}
}

func (p *program) roomsAdopt(c *cli.Context) error {
	given, err := words(c)
	if err != nil {
		return err
	}
	options := provisioner.AdoptOptions{All: c.Bool("all")}
	if options.All == (len(given) > 0) {
		return usageError{errors.New("rooms adopt takes either names or --all")}
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	if options.Names, err = roomNames(given, h.rules.MUC); err != nil {
		return err
	}
	if options.All {
		options.Remembered = h.roomsWithPages()
	}
	if c.Bool("dry-run") {
		return p.previewAdoption(c, h, options)
	}
	adopted, err := h.adopt(c.Context, options)
	if err != nil {
		return err
	}
	status := statusOfAdoptions(adopted)
	if c.Bool("json") {
		doc := adoptionsDocument{Version: 1, ExitStatus: status, Rooms: adoptionDocuments(adopted)}
		return finish(p.writeJSON(doc), status)
	}
	p.printer(c).adopted(adopted)
	return asError(status)
}

func (h *house) adopt(ctx context.Context, o provisioner.AdoptOptions) ([]provisioner.Adoption, error) {
	defer h.progress.clear()
	w, err := h.writer(ctx, "rooms adopt", nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return w.Adopt(ctx, o)
}

// roomsWithPages are the rooms that there are, or once were: their pages are never
// removed. Without any page there is none to name.
func (h *house) roomsWithPages() []string {
	entries, err := os.ReadDir(filepath.Join(h.config.Publish.Dir, "rooms"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.log.WithError(err).Warn("hidden rooms of ended groups may go unseen")
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

func statusOfAdoptions(adopted []provisioner.Adoption) int {
	if slices.ContainsFunc(adopted, func(a provisioner.Adoption) bool { return a.Err != nil }) {
		return exitPartial
	}
	return exitDone
}

// adoptionsDocument is what `rooms adopt --json` prints. Members are only ever added;
// a change of meaning moves version.
type adoptionsDocument struct {
	Version    int                `json:"version"`
	ExitStatus int                `json:"exit_status"`
	Rooms      []adoptionDocument `json:"rooms"`
}

// adoptionDocument is one room of it.
type adoptionDocument struct {
	provisioner.Adoption
	Error string `json:"error,omitempty"`
}

func adoptionDocuments(adopted []provisioner.Adoption) []adoptionDocument {
	docs := make([]adoptionDocument, len(adopted))
	for i, a := range adopted {
		docs[i] = adoptionDocument{Adoption: a, Error: textOf(a.Err)}
	}
	return docs
}

// textOf is an error as documents have it; "" for none.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// adopted prints what became of each room. Those that were ours already share a
// line.
func (p printer) adopted(adopted []provisioner.Adoption) {
	done := 0
	var ours []string
	for _, a := range adopted {
		switch {
		case a.Err != nil:
			p.failed(a.Room, a.Err)
		case a.State != "":
			done++
			p.line("Adopted %s%s", a.Room, particulars(a))
		case a.Note == provisioner.OursAlready:
			ours = append(ours, a.Room)
		default:
			p.line("Left %s: %s", a.Room, inert(a.Note))
		}
	}
	p.oursAlready(ours)
	if done == 0 {
		p.line("No room adopted.")
		return
	}
	p.line("%s adopted. `roomctl plan` shows what differs from the configuration.", plural(done, "room"))
}

func (p printer) oursAlready(names []string) {
	switch {
	case len(names) == 1:
		p.line("%s: %s", names[0], provisioner.OursAlready)
	case len(names) > 1:
		p.line("%d rooms are ours already.", len(names))
	}
}

// particulars is what is special about a room that is adopted.
func particulars(a provisioner.Adoption) string {
	var parts []string
	if a.State != registry.Active {
		parts = append(parts, string(a.State))
	}
	if a.Note != "" {
		parts = append(parts, inert(a.Note))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}
