package provisioner

import (
	"context"
	"errors"
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

	linger time.Duration // as Syncer.Linger

	// paused says whether nothing more is to be begun; nil: never. It is called
	// from several goroutines.
	paused func() bool
}

// apply carries out the changes, several rooms at a time, each room's steps in
// order. One failure never stops the others; every outcome is in the audit
// trail before apply returns. Changes that an interruption or a pause kept from
// being begun have no result.
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
			if ctx.Err() != nil || a.paused != nil && a.paused() {
				return nil
			}
			longer, cancel := lingering(ctx, a.linger)
			defer cancel()
			err := a.change(longer, c)
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
	return c.Verb.Makes() && a.rules.needLogged() && a.rooms.Profile().Logging == xmppadmin.LoggingUnknown
}

// change carries out one change. What it means for the registry is recorded
// last: until then the next plan has the rest of the change in it.
func (a *applier) change(ctx context.Context, c Change) error {
	if c.Verb.Makes() {
		return a.make(ctx, c)
	}
	if err := a.handsOver(c); err != nil {
		return a.failed(ctx, c, err)
	}
	said, err := a.act(ctx, c)
	if err != nil {
		return a.failed(ctx, c, err)
	}
	return errors.Join(said, a.conclude(ctx, c, said, settle))
}

// act does what a change means on the server: configure, subject, message. said
// is why the message was not said; the rest does not depend on it.
func (a *applier) act(ctx context.Context, c Change) (said, err error) {
	if there := c.onServer(); len(there.Fields) > 0 {
		if err := a.reg.Begin(ctx, a.audit(there, nil)...); err != nil {
			return nil, err // nothing is done that the audit trail could miss
		}
	}
	if err := a.configure(ctx, c); err != nil {
		return nil, err
	}
	if err := a.subject(ctx, c); err != nil {
		return nil, err
	}
	return a.message(ctx, c)
}

// conclude records a change that was carried out, but for its message, if that
// could not be said.
func (a *applier) conclude(ctx context.Context, c Change, said error, means func(context.Context, *registry.Writer, Change) error) error {
	if said == nil {
		return a.done(ctx, c, means)
	}
	done, unsaid := c.divide(FieldMessage)
	err := a.done(ctx, done, means)
	return errors.Join(err, registry.Persist(ctx, func(ctx context.Context) error {
		return a.reg.Record(ctx, a.audit(unsaid, said)...)
	}))
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

// settable lists the fields that a change may set.
func settable() []xmppadmin.Field { return append(xmppadmin.Fields(), xmppadmin.FieldModerated) }

// values are the fields of a change that Configure sets.
func values(c Change) map[xmppadmin.Field]string {
	set := map[xmppadmin.Field]string{}
	for _, field := range settable() {
		if f, ok := c.Field(string(field)); ok {
			set[field] = f.New
		}
	}
	return set
}
