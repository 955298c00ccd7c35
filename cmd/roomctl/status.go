package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/health"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
	"roomctl/provisioner/worker"
)

func (p *program) statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "is all well, and what needs a person",
		UsageText: "roomctl status [--json]",
		Description: `Tells what needs a person first, how the last runs went, how old everything
is, how the rooms are, and what guards withhold. It asks no server and does
not wait: it reads the registry, the published status.json, the last good
copies and the state folder.

It is well (exit status 0) when the registry can be read, the last sync did
not fail, and the last good one was at most 45 minutes ago, or 10 while an
IETF meeting is on, from an hour before its first session to an hour after
its last: then it takes a sync every five minutes. A pause that ends by
itself is well too. Otherwise the status is 1. Whether roomctl serve runs is
told, and makes no difference to that.

EXAMPLES:
   roomctl status
   roomctl status --json | jq '.needs'
   roomctl status >/dev/null || echo 'look at roomctl'

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Before: noArguments,
		Action: p.status,
	}
}

// statusDocument is what `status --json` prints. Members are only ever added; a
// change of meaning moves version.
type statusDocument struct {
	Version    int       `json:"version"`
	ExitStatus int       `json:"exit_status"`
	Time       time.Time `json:"time"`

	Well  bool     `json:"well"`
	Needs []string `json:"needs"` // what needs a person, the worst first

	LastRun  *runDocument `json:"last_run"`  // null: there never was one
	LastSync *runDocument `json:"last_sync"` // of the runs, the last sync; null likewise

	GoodSync time.Time `json:"good_sync,omitzero"` // when a sync last ran to its end with no change failing; absent: never
	MaxAge   int       `json:"max_age_seconds"`    // how old that may be

	Meeting string       `json:"meeting,omitempty"` // the IETF meeting that is on
	Running *lock.Holder `json:"running"`           // who writes now; null: nobody
	Service *service     `json:"service"`           // roomctl serve; null: there never was one, or it ended in order
	Paused  string       `json:"paused,omitempty"`  // since when, until when, by whom and why; absent: it is not

	Rooms     roomCounts     `json:"rooms"`
	Published *agenda.Status `json:"published"` // status.json of the last run; null: there is none, or none that can be read

	meetingSince time.Time
	syncs        []health.Sync // the last ones, the newest first
	readable     bool          // the registry
	pauseEnds    bool          // by itself
}

// roomCounts are the rooms in the registry by what they are.
type roomCounts struct {
	Active    int `json:"active"`
	Retired   int `json:"retired"`
	Closed    int `json:"closed"`
	Destroyed int `json:"destroyed"`

	Held   int `json:"held"`   // a person holds them as they are
	Pinned int `json:"pinned"` // a person chose their state
	Fit    int `json:"fit"`    // of those active and retired: sessions may be linked to them
	Unfit  int `json:"unfit"`  // of these, the others
}

func (p *program) status(c *cli.Context) error {
	h, err := p.house(c)
	if err != nil {
		return err
	}
	doc, err := h.status(c.Context)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return finish(p.writeJSON(doc), doc.ExitStatus)
	}
	p.printer(c).status(doc, p.now())
	return asError(doc.ExitStatus)
}

// status collects what there is to know without asking anybody, and judges it. The
// error is for a registry of another service, and for a context that ended.
func (h *house) status(ctx context.Context) (*statusDocument, error) {
	now := h.program.now()
	doc, known, problems, err := h.collect(ctx, now)
	if err != nil {
		return nil, err
	}
	if known != nil {
		if doc.Meeting, doc.meetingSince, err = h.meetingNow(ctx, known, now); err != nil {
			return nil, err
		}
	}
	doc.judge(problems, now)
	return doc, nil
}

// collect reads the registry, what is published and the state folder. known is
// nil, and the first of the problems says why, when the registry cannot be read.
func (h *house) collect(ctx context.Context, now time.Time) (doc *statusDocument, known *registry.State, problems []string, err error) {
	doc = &statusDocument{Version: 1, Time: now.UTC()}
	known, err = doc.readRegistry(ctx, h, now)
	var other *registry.IdentityError
	switch {
	case ctx.Err() != nil:
		return nil, nil, nil, context.Cause(ctx)
	case errors.As(err, &other):
		return nil, nil, nil, err
	case err != nil:
		problems = append(problems, err.Error())
	}
	doc.readable = known != nil
	if doc.Published, err = publishedStatus(h.config.Publish.Dir); err != nil {
		problems = append(problems, err.Error())
	}
	if by, paused := h.paused(); paused {
		doc.Paused, doc.pauseEnds = by.String(), !by.Until.IsZero()
	}
	holder, held, err := lock.Look(h.config.StateDir)
	switch {
	case err != nil:
		problems = append(problems, err.Error())
	case held:
		doc.Running = &holder
	}
	if doc.Service, err = h.service(); err != nil {
		problems = append(problems, err.Error())
	}
	return doc, known, problems, nil
}

// readRegistry fills in what the registry knows.
func (d *statusDocument) readRegistry(ctx context.Context, h *house, now time.Time) (*registry.State, error) {
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return nil, err
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return nil, err
	}
	const enough = 100 // between two syncs there are fewer runs of other commands
	runs, err := reg.Runs(ctx, enough)
	if err != nil {
		return nil, err
	}
	for _, r := range runDocuments(runs) {
		if d.LastRun == nil {
			d.LastRun = &r
		}
		if r.Command != "sync" {
			continue
		}
		if d.LastSync == nil {
			d.LastSync = &r
		}
		d.syncs = append(d.syncs, health.Sync{Run: r.Run, Outcome: r.Outcome})
	}
	d.GoodSync = known.Synced
	d.Rooms = countRooms(known, h.rules, now)
	return known, nil
}

func countRooms(known *registry.State, rules provisioner.Rules, now time.Time) roomCounts {
	var n roomCounts
	for _, r := range known.Rooms {
		if !r.Held.Since.IsZero() {
			n.Held++
		}
		if r.Pinned {
			n.Pinned++
		}
		switch r.State {
		case registry.Active:
			n.Active++
		case registry.Retired:
			n.Retired++
		case registry.Closed:
			n.Closed++
			continue
		case registry.Destroyed:
			n.Destroyed++
			continue
		}
		if rules.Fit(r, now) {
			n.Fit++
		} else {
			n.Unfit++
		}
	}
	return n
}

// publishedStatus is status.json in the published folder; nil without an error
// when nothing was ever published there.
func publishedStatus(dir string) (*agenda.Status, error) {
	doc, err := fs.ReadFile(os.DirFS(dir), agenda.StatusPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is published: %w", err)
	}
	s, err := agenda.ReadStatus(doc)
	if err != nil {
		return nil, fmt.Errorf("%w; the next sync writes it again", err)
	}
	return &s, nil
}

// meetingNow is the title of the IETF meeting that is on, by the last good copies,
// and since when; "" when none is, or none is known.
func (h *house) meetingNow(ctx context.Context, known *registry.State, now time.Time) (title string, since time.Time, err error) {
	planner, err := h.planner()
	if err != nil {
		return "", time.Time{}, err
	}
	planner.Datatracker, planner.Progress = lastGoodCopies{planner.Datatracker}, nil
	snap, err := planner.Poll(ctx, known, provisioner.Options{})
	if err != nil {
		return "", time.Time{}, ctx.Err() // without copies no meeting is known
	}
	title, since = ietfMeetingAt(snap, now)
	return title, since, nil
}

// ietfMeetingAt is the IETF meeting that is on, and since when, by the same reckoning
// as that of `serve`. An interim does not count: who syncs from cron would have to do
// so every few minutes all year.
func ietfMeetingAt(snap *datatracker.Snapshot, now time.Time) (title string, since time.Time) {
	slots := slices.DeleteFunc(provisioner.Slots(snap, nil), func(s provisioner.Slot) bool { return !s.IETF })
	return worker.MeetingAt(slots, now)
}
