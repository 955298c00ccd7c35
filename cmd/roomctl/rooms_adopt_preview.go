package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
)

// adoptionPreviewDocument is what `rooms adopt --dry-run --json` prints.
type adoptionPreviewDocument struct {
	Version    int                `json:"version"`
	DryRun     bool               `json:"dry_run"`
	ExitStatus int                `json:"exit_status"`
	Rooms      []prospectDocument `json:"rooms"`
	Others     int                `json:"others"`           // listed rooms without a name that roomctl provides for
	Unseen     string             `json:"unseen,omitempty"` // why rooms may have gone unseen
}

// prospectDocument is one room of it.
type prospectDocument struct {
	provisioner.Prospect
	Error string `json:"error,omitempty"`
}

// previewAdoption shows what adopting would come to.
func (p *program) previewAdoption(c *cli.Context, h *house, o provisioner.AdoptOptions) error {
	preview, err := h.previewAdoption(c.Context, o)
	if err != nil {
		return err
	}
	doc := adoptionPreviewDocument{Version: 1, DryRun: true, Rooms: []prospectDocument{}, Others: preview.Others, Unseen: preview.Partly}
	for _, room := range preview.Rooms {
		if room.Err != nil {
			doc.ExitStatus = exitPartial
		}
		doc.Rooms = append(doc.Rooms, prospectDocument{Prospect: room, Error: textOf(room.Err)})
	}
	if c.Bool("json") {
		return finish(p.writeJSON(doc), doc.ExitStatus)
	}
	p.printer(c).prospects(preview)
	return asError(doc.ExitStatus)
}

func (h *house) previewAdoption(ctx context.Context, o provisioner.AdoptOptions) (*provisioner.AdoptionPreview, error) {
	defer h.progress.clear()
	planner, err := h.planner()
	if err != nil {
		return nil, err
	}
	known, rooms, err := h.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer rooms.Close()
	return planner.PreviewAdoption(ctx, rooms, known, o)
}

// prospects prints a dry run of adopting: what would be adopted, then what is
// left, and why.
func (p printer) prospects(preview *provisioner.AdoptionPreview) {
	adopted, left := 0, 0
	var ours []string
	for _, room := range preview.Rooms {
		switch {
		case room.Err != nil:
			p.failed(room.Room, room.Err)
		case room.State != "":
			adopted++
			p.line("Would adopt %s%s", room.Room, particulars(room.Adoption))
			p.line("    %s", strings.Join(outlook(room), "; "))
		case room.Note == provisioner.OursAlready:
			ours = append(ours, room.Room)
		default:
			left++
		}
	}
	for _, room := range preview.Rooms {
		if room.Err == nil && room.State == "" && room.Note != provisioner.OursAlready {
			p.line("Would leave %s: %s", room.Room, inert(room.Note))
		}
	}
	p.oursAlready(ours)
	if preview.Others > 0 {
		p.line("Other rooms, with names that roomctl does not provide for: %d.", preview.Others)
	}
	if preview.Partly != "" {
		p.line("Rooms of ended groups may have gone unseen: %s.", inert(preview.Partly))
	}
	p.line("%s would be adopted, %d left. Nothing has been changed.", plural(adopted, "room"), left)
}

// outlook is what adopting a room would come to.
func outlook(room provisioner.Prospect) []string {
	var parts []string
	switch {
	case room.Owners == nil:
		parts = append(parts, "the server does not tell its owners")
	case len(room.Owners) == 0:
		parts = append(parts, "nobody owns it")
	default:
		parts = append(parts, "owned by "+inert(strings.Join(room.Owners, ", ")))
	}
	if room.GroupID != 0 {
		parts = append(parts, fmt.Sprintf("group %d", room.GroupID))
	}
	if n := len(room.Sessions); n > 0 {
		parts = append(parts, plural(n, "session")+" would have a link")
	}
	fields := 0
	for _, change := range room.Changes {
		fields += len(change.Fields)
	}
	next := "the next plan would change nothing"
	if fields > 0 {
		next = "the next plan would change " + plural(fields, "field")
	}
	if room.Owners == nil {
		next += ", as far as the server tells"
	}
	return append(parts, next)
}
