package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
)

func (p *program) roomsRetireCommand() *cli.Command {
	return &cli.Command{
		Name:      "retire",
		Usage:     "mark rooms as no longer in use; they stay open",
		UsageText: "roomctl rooms retire NAME… [--successor OTHER] [--why TEXT] [--json]",
		Description: `The description and the subject say that the room is no longer in use, and
where to go instead if there is a successor. Everybody may still come in and
speak, it is still logged, and whoever is inside stays. It remains so,
whatever the Datatracker says, until rooms restore.

EXAMPLES:
   roomctl rooms retire sframe --why 'the group has moved on'
   roomctl rooms retire tls --successor tlsng

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "successor", Usage: "the room `OTHER` that people are to go to instead"},
			whyFlag(), jsonFlag(),
		},
		Action: func(c *cli.Context) error { return p.decide(c, provisioner.Retire) },
	}
}

func (p *program) roomsRestoreCommand() *cli.Command {
	return &cli.Command{
		Name:      "restore",
		Usage:     "put rooms back into service",
		UsageText: "roomctl rooms restore NAME… [--why TEXT] [--json]",
		Description: `A retired room says again what it said before; a closed one is opened and
listed again; a destroyed one is made anew by the next sync. If the
Datatracker alone would not have the room in service, it stays in service all
the same, until rooms retire.

EXAMPLES:
   roomctl rooms restore sframe

` + exitStatusHelp,
		Flags:  []cli.Flag{whyFlag(), jsonFlag()},
		Action: func(c *cli.Context) error { return p.decide(c, provisioner.Restore) },
	}
}

func (p *program) roomsCloseCommand() *cli.Command {
	return &cli.Command{
		Name:      "close",
		Usage:     "end the conversation in rooms; log and name stay",
		UsageText: "roomctl rooms close NAME… [--why TEXT] [--json]",
		Description: `A closed room is moderated, so that only moderators speak, and no list has
it. Nobody is thrown out, and what was said stays. It is the usual end of a
room: one that is destroyed is made again by the next client that has a
bookmark of it. No sync touches a closed room; rooms restore opens it.

EXAMPLES:
   roomctl rooms close oldgroup --why 'used for spam'

` + exitStatusHelp,
		Flags:  []cli.Flag{whyFlag(), jsonFlag()},
		Action: func(c *cli.Context) error { return p.decide(c, provisioner.Close) },
	}
}

func (p *program) roomsHoldCommand() *cli.Command {
	return &cli.Command{
		Name:      "hold",
		Usage:     "have every sync leave rooms as they are",
		UsageText: "roomctl rooms hold [--release] NAME… [--why TEXT] [--json]",
		Description: `What a sync would change about a held room is shown and not done. Sessions
stay linked to the room as long as it is fit. --release ends that.

EXAMPLES:
   roomctl rooms hold quic --why 'the chairs are trying something'
   roomctl rooms hold --release quic

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "release", Usage: "let go of the rooms", DisableDefaultText: true},
			whyFlag(), jsonFlag(),
		},
		Action: func(c *cli.Context) error { return p.decide(c, provisioner.Hold) },
	}
}

func (p *program) roomsRevertCommand() *cli.Command {
	return &cli.Command{
		Name:      "revert",
		Usage:     "put rooms back to what they were, and hold them",
		UsageText: "roomctl rooms revert NAME… [--to RUN] [--why TEXT] [--json]",
		Description: `Name, description, language and the other managed fields get the values that
they had after run RUN or, without --to, before the last run that changed
any. Then the room is held, as the next sync would change it forward again.

EXAMPLES:
   roomctl history quic
   roomctl rooms revert quic
   roomctl rooms revert quic --to 412

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.Int64Flag{Name: "to", Usage: "to how it was after run `RUN`", DefaultText: "before the last change"},
			whyFlag(), jsonFlag(),
		},
		Action: func(c *cli.Context) error { return p.decide(c, provisioner.Revert) },
	}
}

func whyFlag() cli.Flag {
	return &cli.StringFlag{Name: "why", Usage: "`TEXT` for the audit trail: why it is done"}
}

// decide carries out what a person decided about the named rooms.
func (p *program) decide(c *cli.Context, verb provisioner.Verb) error {
	h, names, err := p.namedRooms(c)
	if err != nil {
		return err
	}
	one, err := decision(c, verb, h.rules.MUC)
	if err != nil {
		return err
	}
	decisions := make([]provisioner.Decision, len(names))
	for i, name := range names {
		decisions[i] = one
		decisions[i].Room = name
	}
	return p.carryOut(c, h, decisions)
}

// decision is what the flags say about every room that is named.
func decision(c *cli.Context, verb provisioner.Verb, muc string) (provisioner.Decision, error) {
	d := provisioner.Decision{Verb: verb, Why: oneLine(c.String("why")), To: c.Int64("to")}
	if c.Bool("release") {
		d.Verb = provisioner.Release
	}
	if c.IsSet("to") && d.To < 1 {
		return d, usageError{fmt.Errorf("--to: there is no run %d; see roomctl history", d.To)}
	}
	if c.IsSet("successor") {
		names, err := roomNames([]string{c.String("successor")}, muc)
		if err != nil {
			return d, usageError{fmt.Errorf("--successor: %w", err)}
		}
		d.Successor = names[0]
	}
	return d, nil
}

// oneLine is what a person says, without breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// carryOut carries decisions out and tells what came of each.
func (p *program) carryOut(c *cli.Context, h *house, decisions []provisioner.Decision) error {
	decided, err := h.decide(c.Context, "rooms "+c.Command.Name, decisions)
	if err != nil {
		return err
	}
	status := exitDone
	for _, d := range decided {
		if d.Err != nil {
			status = exitPartial
		}
	}
	if c.Bool("json") {
		return finish(p.writeJSON(decidedDocument("rooms "+c.Command.Name, decided, status)), status)
	}
	p.printer(c).decided(decided, decisions)
	return asError(status)
}

func (h *house) decide(ctx context.Context, command string, decisions []provisioner.Decision) ([]provisioner.Decided, error) {
	defer h.progress.clear()
	w, err := h.writer(ctx, command, nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	decided, err := w.Decide(ctx, decisions)
	if len(decided) > 0 && err != nil { // what was done is told; this came after it
		decided[len(decided)-1].Err = errors.Join(decided[len(decided)-1].Err, err)
		err = nil
	}
	return decided, err
}
