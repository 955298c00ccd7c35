package provisioner

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// RoomWriter is what applying needs of a chat server. It is never given to
// anything that only plans.
type RoomWriter interface {
	RoomReader
	Create(ctx context.Context, name string, spec xmppadmin.Spec) error
	Configure(ctx context.Context, name string, set map[xmppadmin.Field]string) error
	Grant(ctx context.Context, name, affiliation, jid, reason string) error
	SetSubject(ctx context.Context, name, subject string) error
	Say(ctx context.Context, name, text string) error
	Close() error
}

// Result is what became of one change.
type Result struct {
	Change Change
	Err    error // nil: applied
}

// applier carries out changes over one connection.
type applier struct {
	rooms RoomWriter
	reg   *registry.Registry
	run   int64
	known *registry.State
	rules Rules
	now   func() time.Time
	step  func(done, of int)
}

// apply carries out the changes, several rooms at a time, each room's steps in
// order. One failure never stops the others; every outcome is in the audit
// trail before apply returns. Changes that an interruption kept from being
// begun have no result.
func (a *applier) apply(ctx context.Context, changes []Change) []Result {
	var (
		g       errgroup.Group
		mu      sync.Mutex // guards results and calls of step
		results []Result
	)
	g.SetLimit(inFlight)
	for i, c := range changes {
		if i == 1 && a.untried(changes[0]) {
			g.Wait() // the first room tells whether the service can log; no other is begun before
		}
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			err := a.change(ctx, c)
			mu.Lock()
			defer mu.Unlock()
			results = append(results, Result{Change: c, Err: err})
			a.step(len(results), len(changes))
			return nil
		})
	}
	g.Wait() // the goroutines keep their errors in results
	slices.SortFunc(results, func(a, b Result) int { return compareChanges(a.Change, b.Change) })
	return results
}

// untried says whether the room that a change makes is the first to show
// whether the service can log.
func (a *applier) untried(c Change) bool {
	return c.Verb.Makes() && a.rules.Logging == LoggingRequired && a.rooms.Profile().Logging == xmppadmin.LoggingUnknown
}

// change carries out one change. What it means for the registry is recorded
// last: until then the next plan has the rest of the change in it.
func (a *applier) change(ctx context.Context, c Change) error {
	if c.Verb.Makes() {
		return a.make(ctx, c)
	}
	err := a.configure(ctx, c)
	if err == nil {
		err = a.subject(ctx, c)
	}
	if err != nil {
		return a.failed(ctx, c, err)
	}
	return a.done(ctx, c, settle)
}

// configure sets the managed fields and grants the affiliations of a change.
func (a *applier) configure(ctx context.Context, c Change) error {
	set := values(c)
	if len(set) > 0 {
		if err := a.rooms.Configure(ctx, c.Room, set); err != nil {
			return err
		}
	}
	for _, f := range c.Fields {
		affiliation := ""
		switch f.Field {
		case FieldOwner:
			affiliation = xmppadmin.AffiliationOwner
		case FieldAdmin:
			affiliation = xmppadmin.AffiliationAdmin
		}
		if affiliation == "" || f.New == a.rules.Self {
			continue
		}
		if err := a.rooms.Grant(ctx, c.Room, affiliation, f.New, "roomctl: rooms."+f.Field+"s"); err != nil {
			return err
		}
	}
	return nil
}

// subject sets the subject of a change, if it has one.
func (a *applier) subject(ctx context.Context, c Change) error {
	f, ok := c.Field(FieldSubject)
	if !ok || f.New == "" {
		return nil
	}
	return a.rooms.SetSubject(ctx, c.Room, f.New)
}

// values are the managed fields of a change.
func values(c Change) map[xmppadmin.Field]string {
	set := map[xmppadmin.Field]string{}
	for _, field := range xmppadmin.Fields() {
		if f, ok := c.Field(string(field)); ok {
			set[field] = f.New
		}
	}
	return set
}
