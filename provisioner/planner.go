package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Poller is what planning needs of the Datatracker.
type Poller interface {
	Poll(ctx context.Context, q datatracker.Query) (*datatracker.Snapshot, error)
}

// Options are what a person may ask of one run.
type Options struct {
	Quick    bool     `json:"quick,omitempty"`    // read only the rooms that may have changed
	Only     []string `json:"only,omitempty"`     // change no other rooms; empty: any
	Meetings []string `json:"meetings,omitempty"` // meetings to read beside the current one and the interims
	Allow    []string `json:"allow,omitempty"`    // guards lifted for this run

	// Plan is what a sync is to do, and nothing else; nil: whatever there is.
	Plan *SavedPlan `json:"-"`

	// Scheduled marks a run that nobody waits for: it asks for no document before
	// its max-age is over (datatracker.Query.Fresh).
	Scheduled bool `json:"-"`
}

// Check says what of the options cannot be meant.
func (o Options) Check() error {
	for _, name := range o.Only {
		if !ValidName(name) {
			return fmt.Errorf("%q cannot be the name of a room", name)
		}
	}
	for _, number := range o.Meetings {
		if !datatracker.ValidMeetingNumber(number) {
			return fmt.Errorf("%q is no meeting number such as 126 or interim-2026-oauth-04", number)
		}
	}
	for _, rule := range o.Allow {
		if !slices.Contains(AllowedRules(), rule) {
			return fmt.Errorf("no guard is called %q; there are %s", rule, strings.Join(AllowedRules(), ", "))
		}
	}
	return nil
}

// Planner walks the line from poll to guard. It holds nothing that writes.
type Planner struct {
	Datatracker Poller
	Rules       Rules
	Now         func() time.Time

	// Progress is told how far a step is. It may be nil.
	Progress func(step string, done, of int)
}

// Preview says what a sync would do now. known is the registry as it was read,
// and is not changed.
func (p *Planner) Preview(ctx context.Context, rooms RoomReader, known *registry.State, o Options) (*Report, error) {
	began := p.Now()
	q := p.query(known, o)
	q.Trial = len(o.Allow) > 0 // what is looked at with a guard lifted serves no later run
	snap, err := p.poll(ctx, q)
	if err != nil {
		return nil, err
	}
	desired := Desire(snap, known, p.Rules)
	observed, err := p.observe(ctx, rooms, desired, known, o)
	if err != nil {
		return nil, err
	}
	plan := Diff(desired, observed, known, p.Rules)
	guarded := p.guard(plan, snap, known, rooms.Profile(), o)

	report := p.report(began, snap, guarded, known)
	p.compareNames(report, snap, desired, known, o)
	p.squatters(ctx, rooms, report, snap, desired, known)
	report.unheardOf(o.Only, desired, known)
	report.conclude(desired, plan, p.Now())
	return report, nil
}

// Poll reads the Datatracker, as every run does. Without any list of groups, not
// even an old one, there is nothing to go by.
func (p *Planner) Poll(ctx context.Context, known *registry.State, o Options) (*datatracker.Snapshot, error) {
	return p.poll(ctx, p.query(known, o))
}

// query is what a run asks of the Datatracker.
func (p *Planner) query(known *registry.State, o Options) datatracker.Query {
	var ids []int
	for _, room := range known.Rooms {
		if room.GroupID != 0 {
			ids = append(ids, room.GroupID)
		}
	}
	for _, intent := range known.Intents {
		if intent.GroupID != 0 {
			ids = append(ids, intent.GroupID)
		}
	}
	slices.Sort(ids)
	return datatracker.Query{
		Now:         p.Now(),
		GroupTypes:  p.Rules.GroupTypes,
		GroupStates: p.Rules.GroupStates,
		GroupIDs:    ids,
		Meetings:    o.Meetings,
		Allow:       o.Allow,
		ChatLinks:   p.Rules.WriteBack.asks(),
		Fresh:       o.Scheduled,
	}
}

func (p *Planner) poll(ctx context.Context, q datatracker.Query) (*datatracker.Snapshot, error) {
	p.progress("reading the Datatracker", 0, 0)
	snap, err := p.Datatracker.Poll(ctx, q)
	if err != nil {
		return nil, err // it names the Datatracker
	}
	var cause error // the first thing that is missing: the list of groups depends on it
	for _, s := range snap.Sources {
		if s.Outcome == datatracker.Missing && cause == nil {
			cause = s.Problem
		}
		if s.Outcome == datatracker.Missing && s.Name == datatracker.GroupsSource {
			return nil, fmt.Errorf("polling the Datatracker: there is no list of groups, and no earlier copy: %w", cause)
		}
	}
	if len(snap.Groups) == 0 {
		return nil, errors.New("polling the Datatracker: it names no group at all, and there is no earlier copy")
	}
	return snap, nil
}

// observe reads the rooms.
func (p *Planner) observe(ctx context.Context, rooms RoomReader, d *Desired, known *registry.State, o Options) (*Observed, error) {
	return observe(ctx, rooms, d, known, p.Rules, o.Quick, p.Now(), func(done, of int) {
		p.progress("reading rooms", done, of)
	})
}

// ReadRooms asks the chat server about each of some rooms: in full when it is ours
// or unfinished, by disco#info alone otherwise. It fails only when ctx ends; what the
// server did not answer is inside the rooms.
func (p *Planner) ReadRooms(ctx context.Context, rooms RoomReader, names []string, known *registry.State) (map[string]xmppadmin.Room, error) {
	return readRooms(ctx, rooms, names, known, func(done, of int) { p.progress("reading rooms", done, of) })
}

// Each does n things, some of them at once, and tells Progress after each how far
// the step is. It fails only when ctx ends.
func (p *Planner) Each(ctx context.Context, step string, n int, do func(i int)) error {
	return several(ctx, n, func(done, of int) { p.progress(step, done, of) }, do)
}

// guard withholds what the rules say.
func (p *Planner) guard(plan *Plan, snap *datatracker.Snapshot, known *registry.State, profile xmppadmin.Profile, o Options) Guarded {
	return Guard(plan.Changes, Grounds{Snapshot: snap, Known: known, Profile: profile, Rules: p.Rules, Options: o})
}

func (p *Planner) report(began time.Time, snap *datatracker.Snapshot, guarded Guarded, known *registry.State) *Report {
	r := &Report{
		Began:    began,
		Sources:  snap.Sources,
		Changes:  guarded.Changes,
		Withheld: append(refusals(snap.Sources), guarded.Withheld...),
	}
	for _, m := range snap.Meetings {
		if m.Agenda != nil && len(m.Agenda.Sessions) == 0 {
			r.NoAgenda = append(r.NoAgenda, m.Title())
		}
	}
	r.count(known, p.Rules, began)
	return r
}

func (p *Planner) progress(step string, done, of int) {
	if p.Progress != nil {
		p.Progress(step, done, of)
	}
}
