package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/xmppadmin"
)

func (p *program) syncCommand() *cli.Command {
	return &cli.Command{
		Name:  "sync",
		Usage: "make the rooms true to the Datatracker and publish the agendas",
		UsageText: "roomctl sync [--quick | --full] [--meeting N]… [--only NAME]…\n" +
			"   [--allow RULE]… [--verbose] [--json]\n" +
			"roomctl sync --plan FILE [--verbose] [--json]",
		Description: `Does what plan shows: creates and configures rooms, reads back every one it
touched, links each session on the agendas to its room, and publishes. With
publish.datatracker: form it then sets the chat_room of sessions in the
Datatracker. It may be interrupted and run again at any time; one runs at a
time, a second waits.

A guard withholds changes that smell like bad input (a list of groups that
shrank, many rooms at once) and names the rule; --allow RULE lets it through
once. Rules:
` + ruleNames() + `

--plan does what roomctl plan --out saved, with the options that it was made
with: exactly that, or, if anything would be done differently now, nothing;
it then exits with 3.

EXAMPLES:
   roomctl sync                        before a meeting, or from cron
   roomctl sync --only quic            one room and nothing else
   roomctl sync --meeting 113          publish that meeting's agenda too
   roomctl sync --allow groups-shrank  the list of groups is that short now
   roomctl sync --plan monday.json     what was looked at on Monday

` + exitStatusHelp,
		Flags: []cli.Flag{
			quickFlag(),
			&cli.BoolFlag{Name: "full", Usage: "read every managed room in full (the default)", DisableDefaultText: true},
			meetingFlag(), onlyFlag(), allowFlag(),
			&cli.StringFlag{Name: "plan", Usage: "do what was saved in `FILE`, or nothing"},
			verboseFlag("every value, every published file"), jsonFlag(),
		},
		Before: noArguments,
		Action: p.sync,
	}
}

// ruleNames are the guards that --allow lifts, a few to a line.
func ruleNames() string {
	var lines []string
	for few := range slices.Chunk(provisioner.AllowedRules(), 6) {
		lines = append(lines, "   "+strings.Join(few, ", "))
	}
	return strings.Join(lines, ",\n")
}

func (p *program) sync(c *cli.Context) error {
	options, err := syncOptions(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	if options.Plan != nil {
		if err := options.Plan.CheckIdentity(h.identity()); err != nil {
			return usageError{err}
		}
	}
	report, err := h.sync(c.Context, "sync", options)
	return p.tell(c, report, err, func(out printer) {
		out.plan(report, p.now())
		if report.StoodStill() {
			out.line("Nothing has been changed or published.")
			return
		}
		out.results(report)
	})
}

// syncOptions are the options of the flags, or those of a saved plan.
func syncOptions(c *cli.Context) (provisioner.Options, error) {
	if !c.IsSet("plan") {
		o, err := runOptions(c)
		if err == nil && o.Quick && c.Bool("full") {
			err = usageError{errors.New("--quick and --full exclude each other")}
		}
		return o, err
	}
	for _, flag := range []string{"quick", "full", "meeting", "only", "allow"} {
		if c.IsSet(flag) {
			return provisioner.Options{}, usageError{fmt.Errorf("--%s cannot stand beside --plan: a saved plan has the options that it was made with", flag)}
		}
	}
	saved, err := provisioner.ReadSavedPlan(c.String("plan"))
	if err != nil {
		return provisioner.Options{}, usageError{err}
	}
	o := saved.Options
	o.Plan = saved
	return o, nil
}

// tell prints the report of a run that wrote, for people or as JSON, and gives
// the command's exit status. failure is what kept the run from its end; the
// report is nil when nothing was found out.
func (p *program) tell(c *cli.Context, report *provisioner.Report, failure error, toPeople func(printer)) error {
	if report == nil {
		return failure
	}
	status := statusOfReport(report, false)
	if failure != nil {
		status = exitFailed
	}
	if !c.Bool("json") {
		toPeople(p.printer(c))
	} else if err := p.writeJSON(reportDocument(c.Command.Name, report, status)); err != nil {
		return err
	}
	if failure != nil {
		return failure
	}
	return asError(status)
}

// results prints what became of the changes, and what is published.
func (p printer) results(r *provisioner.Report) {
	p.failures(r.Results)
	p.unlinked(r.Meetings)
	if r.Lost > 0 {
		p.line("The connection to the chat server was lost %s.", plural(r.Lost, "time"))
	}
	applied, failed := r.Applied(), len(r.Results)-r.Applied()
	switch {
	case len(r.Results) == 0:
		p.line("Rooms: nothing to do; %d are ours, %d fit to be linked.", r.Rooms, r.Fit)
	case failed == 0:
		p.line("Rooms: %d changed and verified; %d are ours, %d fit to be linked.", applied, r.Rooms, r.Fit)
	default:
		p.line("Rooms: %d changed and verified, %d failed; %d are ours, %d fit to be linked.", applied, failed, r.Rooms, r.Fit)
	}
	p.linked(r.Meetings)
	p.written(r.Datatracker)
	p.published(r.Published)
}

// linked tells per IETF meeting, and for all interims together, how many
// sessions have their link.
func (p printer) linked(meetings []provisioner.MeetingLinks) {
	interims, asking, lacking := 0, 0, 0
	for _, m := range meetings {
		if strings.HasPrefix(m.Number, "interim-") {
			interims++
			asking += m.Asking
			lacking += len(m.Lacking)
			continue
		}
		if m.Asking == 0 { // it is over, or its agenda is empty
			p.line("%s: %s linked.", m.Title, plural(len(m.Links), "session"))
			continue
		}
		p.line("%s: %d of %d sessions that ask for a room are linked.", m.Title, m.Asking-len(m.Lacking), m.Asking)
	}
	if interims > 0 {
		p.line("%s ahead: %d of %d sessions are linked.", plural(interims, "interim"), asking-lacking, asking)
	}
}

// failures prints the changes that failed, those that failed alike together.
func (p printer) failures(results []provisioner.Result) {
	alike := groups{}
	for _, res := range results {
		if res.Err == nil {
			continue
		}
		name := res.Change.Room
		why := strings.NewReplacer(name+"@", "…@", "room "+name+":", "room …:").Replace(res.Err.Error())
		alike.add(fmt.Sprintf("%s\x00%s", res.Change.Verb, why), res.Change.Room)
	}
	for _, g := range alike.list {
		verb, why, _ := strings.Cut(g.key, "\x00")
		if len(g.things) == 1 {
			why = strings.NewReplacer("…@", g.things[0]+"@", "room …:", "room "+g.things[0]+":").Replace(why)
		}
		p.line("%s to %s %s: %s", p.paint.in(red, "Failed"), verb, g.members(), inert(why))
	}
	if slices.ContainsFunc(results, func(r provisioner.Result) bool { return errors.Is(r.Err, xmppadmin.ErrNotPermitted) }) {
		p.line("`roomctl check` tells which rights the account lacks, and how to grant them.")
	}
}

// unlinked prints which sessions have no link, or no longer one, and why.
func (p printer) unlinked(meetings []provisioner.MeetingLinks) {
	for _, m := range meetings {
		if m.Withheld != nil {
			p.withheld([]provisioner.Withheld{*m.Withheld})
		}
		p.lacking(m)
		if len(m.Removed) > 0 {
			p.line("%s %s of %s: %v", p.paint.in(red, "Link removed from"), plural(len(m.Removed), "session"), m.Title, m.Removed)
		}
	}
}

// lacking prints the sessions without a link, those with the same reason
// together.
func (p printer) lacking(m provisioner.MeetingLinks) {
	alike := groups{}
	for _, l := range m.Lacking {
		alike.add(l.Why, fmt.Sprintf("%d (%s)", l.Session, inert(l.Acronym)))
	}
	for _, g := range alike.list {
		p.line("%s: %s of %s: %s", p.paint.in(red, "No link"), g.members(), m.Title, g.key)
	}
}

// groups collects things that are alike, in the order they first came.
type groups struct {
	list []*group
}

type group struct {
	key    string
	things []string
}

func (g *groups) add(key, thing string) {
	for _, one := range g.list {
		if one.key == key {
			one.things = append(one.things, thing)
			return
		}
	}
	g.list = append(g.list, &group{key, []string{thing}})
}

// members names the things of a group; of many, the first few and how many
// more there are.
func (g *group) members() string {
	const shown = 6
	if len(g.things) <= shown {
		return strings.Join(g.things, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(g.things[:shown], ", "), len(g.things)-shown)
}
