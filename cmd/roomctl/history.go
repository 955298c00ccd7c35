package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

func (p *program) historyCommand() *cli.Command {
	return &cli.Command{
		Name:  "history",
		Usage: "what was done, when and why",
		UsageText: "roomctl history [--since 24h|DATE] [--run N] [--limit N] [--runs]\n" +
			"   [--verbose] [--json] [NAME…]",
		Description: `Prints the audit trail, newest first: every change to a room, with the run
that made it, the values before and after, and why. What failed is there too.
It reads the registry and asks no server. Changes are kept for good; a run
that changed nothing is forgotten after 30 days.

DATE is a day as in 2026-03-14 or a time as in 2026-03-14T15:00:00Z; a
duration counts back from now: 90m, 24h, 7d.

EXAMPLES:
   roomctl history                     the last changes
   roomctl history quic tls            of these rooms
   roomctl history --since 24h         of the last day
   roomctl history --run 4711 -v       one run, with every value
   roomctl history --runs --since 7d   every run, also without changes

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "since", Usage: "made then or later: `TIME` is a duration before now or a date"},
			&cli.Int64Flag{Name: "run", Usage: "made by run `N`", DefaultText: "any"},
			&cli.IntFlag{Name: "limit", Usage: "the newest `N`; 0: all", Value: 50},
			&cli.BoolFlag{Name: "runs", Usage: "list runs instead of changes", DisableDefaultText: true},
			verboseFlag("every value of the rooms that were made"), jsonFlag(),
		},
		Action: p.history,
	}
}

// historyDocument is what `history --json` prints. Members are only ever added; a
// change of meaning moves version.
type historyDocument struct {
	Version int                 `json:"version"`
	Entries []provisioner.Entry `json:"entries"` // newest first; empty with --runs
	Runs    []runDocument       `json:"runs"`    // newest first: those of the entries, or with --runs all that were asked for
	More    bool                `json:"more"`    // there are earlier ones, beyond --limit
}

// runDocument is one run of a command that may write.
type runDocument struct {
	Run     int64     `json:"run"`
	Command string    `json:"command"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"` // absent: it is running, or was killed
	Outcome string    `json:"outcome"`        // "done", "withheld", "partial" or "failed"; "" while it is running, or when it was killed
	Allowed []string  `json:"allowed"`        // guards that a person lifted
}

func (p *program) history(c *cli.Context) error {
	given, err := words(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	filter, err := p.historyFilter(c, given, h.rules.MUC)
	if err != nil {
		return err
	}
	reg, err := registry.OpenReader(c.Context, h.registryPath(), h.identity())
	if err != nil {
		return err
	}
	defer reg.Close()
	doc := historyDocument{Version: 1, Entries: []provisioner.Entry{}, Runs: []runDocument{}}
	if c.Bool("runs") {
		err = doc.readRuns(c, reg, filter)
	} else {
		err = doc.readEntries(c, reg, filter)
	}
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.writeJSON(doc)
	}
	p.printer(c).history(doc, c.Bool("runs"), filter, p.now())
	return nil
}

// historyFilter is what the command line chooses of the trail.
func (p *program) historyFilter(c *cli.Context, given []string, muc string) (f registry.ChangeFilter, err error) {
	f = registry.ChangeFilter{Run: c.Int64("run")}
	switch {
	case c.IsSet("run") && f.Run <= 0:
		return f, usageError{fmt.Errorf("--run %d: runs are counted from 1", f.Run)}
	case c.Int("limit") < 0:
		return f, usageError{fmt.Errorf("--limit %d is less than none", c.Int("limit"))}
	case c.Bool("runs") && (len(given) > 0 || c.IsSet("run")):
		return f, usageError{errors.New("history --runs lists all runs, and takes neither names nor --run")}
	}
	if f.Rooms, err = roomNames(given, muc); err != nil {
		return f, err
	}
	if since := c.String("since"); since != "" {
		if f.Since, err = parseSince(since, p.now()); err != nil {
			return f, usageError{fmt.Errorf("--since: %w", err)}
		}
	}
	return f, nil
}

// parseSince reads a duration before now, in days too, or a date.
func parseSince(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a duration such as 24h or 7d nor a date such as 2026-03-14", text)
}

// readEntries fills in the changes that were asked for, and the runs that made
// them.
func (d *historyDocument) readEntries(c *cli.Context, reg *registry.Reader, f registry.ChangeFilter) (err error) {
	if d.Entries, d.More, err = provisioner.History(c.Context, reg, f, c.Int("limit")); err != nil {
		return err
	}
	var ids []int64
	for _, e := range d.Entries {
		ids = append(ids, e.Run)
	}
	if f.Run != 0 {
		ids = append(ids, f.Run) // it may have changed nothing
	}
	runs, err := reg.RunsByID(c.Context, ids)
	if err != nil {
		return err
	}
	if f.Run != 0 && len(runs) == 0 {
		return fmt.Errorf("run %d is not in the trail: it never was, or it changed nothing and is forgotten; roomctl history --runs lists those that are known", f.Run)
	}
	d.Runs = runDocuments(runs)
	return nil
}

// readRuns fills in the runs that were asked for.
func (d *historyDocument) readRuns(c *cli.Context, reg *registry.Reader, f registry.ChangeFilter) error {
	runs, err := reg.Runs(c.Context, 0)
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(runs, func(r registry.Run) bool { return r.Began.Before(f.Since) })
	if limit := c.Int("limit"); limit > 0 && len(runs) > limit {
		runs, d.More = runs[:limit], true
	}
	d.Runs = runDocuments(runs)
	return nil
}

// runDocuments are runs as documents tell them.
func runDocuments(runs []registry.Run) []runDocument {
	docs := make([]runDocument, len(runs))
	for i, r := range runs {
		docs[i] = runDocument{
			Run: r.ID, Command: r.Command, Began: r.Began, Ended: r.Ended, Outcome: r.Outcome, Allowed: listed(r.Allowed),
		}
	}
	return docs
}
