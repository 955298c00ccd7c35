package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
)

func (p *program) publishCommand() *cli.Command {
	return &cli.Command{
		Name:      "publish",
		Usage:     "publish again, asking neither server",
		UsageText: "roomctl publish [--verbose] [--json]",
		Description: `Writes the published files again from what the last sync left: the registry
and the last good copies of the Datatracker's documents. No request is made
to the Datatracker, and no connection to the chat server: for a changed
configuration (publish.base_url, a pattern, the text of the join page), or a
folder that was lost.

Sessions whose rooms nobody has looked at for 24 hours keep the links that
they have and gain none. Logs at an address that no sync has checked yet are
not linked before the next one. A past meeting is written again by roomctl
sync --meeting N.

EXAMPLES:
   roomctl publish             after a change of publish.base_url
   roomctl publish --verbose   every file that was written

` + exitStatusHelp,
		Flags:  []cli.Flag{verboseFlag("every published file"), jsonFlag()},
		Before: noArguments,
		Action: p.publish,
	}
}

func (p *program) publish(c *cli.Context) error {
	h, err := p.house(c)
	if err != nil {
		return err
	}
	report, err := h.republish(c.Context)
	return p.tell(c, report, err, func(out printer) { out.republished(report, p.now()) })
}

// republished prints a run that only published.
func (p printer) republished(r *provisioner.Report, now time.Time) {
	if r.StoodStill() {
		p.withheld(r.Withheld)
		p.line("Nothing has been published.")
		return
	}
	p.sources(r.Sources, now)
	p.noAgenda(r.NoAgenda)
	p.problems(r.Problems)
	p.unlinked(r.Meetings)
	p.line("Rooms: %d are ours, %d fit to be linked.", r.Rooms, r.Fit)
	p.linked(r.Meetings)
	p.published(r.Published)
}
