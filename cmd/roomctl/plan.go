package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
)

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "show what sync would do, and do nothing",
		UsageText: "roomctl plan [--quick] [--meeting N]… [--only NAME]… [--allow RULE]…\n" +
			"   [--out FILE] [--verbose] [--json]",
		Description: `Reads the Datatracker and the chat server and prints what sync would do, as a
diff. It holds no client that can write, and opens the registry read-only:
the only thing it writes is the cache of what the Datatracker said.

--out saves the plan: roomctl sync --plan then does exactly that, or nothing
if the world has moved meanwhile. --allow shows, and saves, what a guard
would hold back; nothing of that counts for later runs.

EXAMPLES:
   roomctl plan                     what would sync do?
   roomctl plan --only quic -v      every value of one room
   roomctl plan --json | jq '.changes[].room'
   roomctl plan --allow retire --out monday.json

` + exitStatusHelp,
		Flags: []cli.Flag{
			quickFlag(), meetingFlag(), onlyFlag(), allowFlag(),
			&cli.StringFlag{Name: "out", Usage: "save the plan in `FILE`, for sync --plan"},
			verboseFlag("every value of every change"), jsonFlag(),
		},
		Before: noArguments,
		Action: p.plan,
	}
}

func (p *program) plan(c *cli.Context) error {
	options, err := runOptions(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	report, err := h.preview(c.Context, options)
	if err != nil {
		return err
	}
	saved := c.String("out")
	if saved != "" {
		if err := provisioner.NewSavedPlan(report, h.identity(), options).WriteFile(saved); err != nil {
			return err
		}
	}
	by, paused := h.paused()
	status := statusOfReport(report, true)
	if c.Bool("json") {
		doc := reportDocument("plan", report, status)
		doc.Saved = saved
		if paused {
			doc.Paused = &by
		}
		return finish(p.writeJSON(doc), status)
	}
	out := p.printer(c)
	out.preview(report, p.now())
	if saved != "" {
		out.line("Saved. To do exactly this, or nothing: roomctl sync --plan %s", inert(saved))
	}
	if paused {
		out.line("roomctl is paused %s. `roomctl resume` ends that; until then sync does nothing.", inert(by.String()))
	}
	return asError(status)
}

// preview prints a plan that nothing has come of yet.
func (p printer) preview(r *provisioner.Report, now time.Time) {
	p.plan(r, now)
	p.line("Plan: %s%s. Nothing has been changed.", toDo(r), heldBack(r.Withheld))
}

// heldBack counts the changes that guards keep out of a plan.
func heldBack(withheld []provisioner.Withheld) string {
	n := 0
	for _, w := range withheld {
		n += len(w.Changes)
	}
	if n == 0 {
		return ""
	}
	return ", and " + plural(n, "change") + " held back"
}

// plan prints what sync would do, or is about to do, and why not more.
func (p printer) plan(r *provisioner.Report, now time.Time) {
	p.sources(r.Sources, now)
	p.noAgenda(r.NoAgenda)
	p.changes(r.Changes)
	p.common(r.Changes)
	p.writeBack(r.Datatracker)
	p.withheld(r.Withheld)
	p.problems(r.Problems)
	p.foreign(r.Foreign)
	p.logging(r)
}

// noAgenda names the meetings whose agenda is still empty.
func (p printer) noAgenda(titles []string) {
	for _, title := range titles {
		p.line("%s: no agenda yet", title)
	}
}

// finish gives a command's exit status once its output is written.
func finish(err error, status int) error {
	if err != nil {
		return err
	}
	return asError(status)
}

func (p *program) printer(c *cli.Context) printer {
	return printer{w: p.stdout, paint: newPaint(p.stdout, p.getenv), wrap: newWrap(p.stdout), verbose: c.Bool("verbose")}
}

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "one JSON document on stdout", DisableDefaultText: true}
}

func quickFlag() cli.Flag {
	return &cli.BoolFlag{Name: "quick", Usage: "read only the rooms that may have changed", DisableDefaultText: true}
}

func meetingFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "meeting", Usage: "read meeting `N` too; may be repeated"}
}

func onlyFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "only", Usage: "change no room but `NAME`; may be repeated"}
}

func allowFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "allow", Usage: "lift guard `RULE` for this run; may be repeated"}
}

// verboseFlag asks for more; what tells of what.
func verboseFlag(what string) cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: what, DisableDefaultText: true}
}

// runOptions are the options that plan and sync share.
func runOptions(c *cli.Context) (provisioner.Options, error) {
	o := provisioner.Options{
		Quick:    c.Bool("quick"),
		Only:     c.StringSlice("only"),
		Meetings: c.StringSlice("meeting"),
		Allow:    c.StringSlice("allow"),
	}
	if err := o.Check(); err != nil {
		return o, usageError{err}
	}
	return o, nil
}
