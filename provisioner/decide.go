package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sirupsen/logrus"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// RoomDestroyer can end a room on the chat server. Sync is never given one.
type RoomDestroyer interface {
	Destroy(ctx context.Context, name, reason, alternate string) error
	Close() error
}

// Decision is what a person decides about one room.
type Decision struct {
	Verb Verb // Retire, Restore, Close, Destroy, Hold, Release or Revert
	Room string
	Why  string // in the person's words; "" when none were given

	// Successor is the room that people are sent to from one that is retired; ""
	// for none that a person knows. Of the groups that replace or merge with others
	// the Datatracker does not tell which.
	Successor string

	// To is the run after which Revert finds the values to put back; 0: before
	// the last run that changed any.
	To int64
}

// Decided is what became of one decision.
type Decided struct {
	Verb   Verb
	Room   string
	Fields []FieldChange // what was changed; with an Err, what was to be
	Note   string        // what a person should know, why nothing had to be done for one
	Err    error         // nil: carried out
}

// Decide carries out what a person decides about rooms, one after the other. No
// guard counts, as every room is named. Each decision is checked against the room
// as it is now, and is in the audit trail when Decide returns. One that fails
// does not stop the others; given again, it ends in the same state. The caller
// holds the lock. What is published follows with the next run that publishes.
//
// The error is for what kept all of them from being begun.
func (s *Syncer) Decide(ctx context.Context, decisions []Decision) (decided []Decided, err error) {
	if len(decisions) == 0 {
		return nil, nil
	}
	run, err := s.Registry.BeginRun(ctx, registry.Run{Command: decisions[0].Verb.command(), Began: s.Now()})
	if err != nil {
		return nil, err
	}
	defer func() {
		err = join(err, registry.Persist(ctx, func(ctx context.Context) error {
			return s.Registry.EndRun(ctx, run, decidedOutcome(decided, err), s.Now())
		}))
	}()
	d := &decider{Syncer: s, run: run}
	defer d.disconnect()
	if err := d.prepare(ctx, decisions); err != nil {
		return nil, err
	}
	for i, one := range decisions {
		s.progress("deciding", i, len(decisions))
		decided = append(decided, d.decide(ctx, one))
	}
	return decided, nil
}

// command is the command line that gives the order.
func (v Verb) command() string {
	if v == Release {
		return "rooms hold --release"
	}
	return "rooms " + string(v)
}

func decidedOutcome(decided []Decided, err error) string {
	if err != nil {
		return registry.RunFailed
	}
	if slices.ContainsFunc(decided, func(d Decided) bool { return d.Err != nil }) {
		return registry.RunPartial
	}
	return registry.RunDone
}

// decider carries out the decisions of one run.
type decider struct {
	*Syncer
	run   int64
	snap  *datatracker.Snapshot // nil when no decision needs it
	rooms RoomWriter            // nil when not connected
}

// prepare gets what the decisions need: the registry is enough for some.
func (d *decider) prepare(ctx context.Context, decisions []Decision) error {
	known, err := d.Registry.Load(ctx)
	if err != nil {
		return err
	}
	polls := func(one Decision) bool { return one.Verb == Retire || one.Verb == Restore }
	if slices.ContainsFunc(decisions, polls) {
		if d.snap, err = d.Poll(ctx, known, Options{}); err != nil {
			return err
		}
	}
	asks := func(one Decision) bool { return one.asks(known.Rooms[one.Room]) }
	if slices.ContainsFunc(decisions, asks) {
		_, err = d.connection(ctx)
	}
	return err
}

// asks says whether the chat server is needed to decide so about a room.
func (one Decision) asks(room registry.Room) bool {
	switch one.Verb {
	case Hold, Release:
		return false
	case Restore:
		return room.State != registry.Destroyed
	}
	return true
}

// connection is the connection to the chat service; a new one, when the last was
// lost.
func (d *decider) connection(ctx context.Context) (RoomWriter, error) {
	if d.rooms == nil {
		rooms, err := d.Connect(ctx)
		if err != nil {
			return nil, err
		}
		d.rooms = rooms
	}
	return d.rooms, nil
}

func (d *decider) disconnect() {
	if d.rooms != nil {
		d.rooms.Close()
		d.rooms = nil
	}
}

// decide carries out one decision and writes a line about it. When the connection
// is lost on the way, what was left is done over a new one, once.
func (d *decider) decide(ctx context.Context, one Decision) Decided {
	out := Decided{Verb: one.Verb, Room: one.Room}
	out.Fields, out.Note, out.Err = d.once(ctx, one, nil)
	if errors.Is(out.Err, xmppadmin.ErrDisconnected) {
		d.disconnect()
		lost := out.Err
		if out.Fields, out.Note, out.Err = d.once(ctx, one, out.Fields); out.Err != nil {
			out.Err = join(lost, out.Err)
		}
		if errors.Is(out.Err, xmppadmin.ErrDisconnected) {
			d.disconnect() // the next decision has a connection of its own
		}
	}
	entry := d.Log.WithFields(logrus.Fields{"run": d.run, "room": one.Room, "verb": string(one.Verb)})
	if out.Err != nil {
		entry = entry.WithError(out.Err) // the command tells it to whoever is there; this is for the record
	}
	entry.Info("decision")
	return out
}

// order is one decision, and what is known of its room when it is carried out.
type order struct {
	Decision
	known *registry.State
	room  registry.Room
	is    xmppadmin.Room // as the server has it; zero when that was not asked
	lost  []FieldChange  // what was being changed when the connection was lost
}

// reasons is why, for the audit trail.
func (o order) reasons() []string {
	reasons := []string{"a person ordered it"}
	if o.Why != "" {
		reasons = append(reasons, o.Why)
	}
	return reasons
}

// once carries out one decision, over one connection. The fields are what was, or
// was being, changed.
func (d *decider) once(ctx context.Context, one Decision, lost []FieldChange) ([]FieldChange, string, error) {
	if ctx.Err() != nil {
		return lost, "", fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	known, err := d.Registry.Load(ctx)
	if err != nil {
		return lost, "", err
	}
	room, ours := known.Rooms[one.Room]
	if !ours {
		return nil, "", fmt.Errorf("room %s is not ours, so it is left alone; if it exists, `roomctl rooms adopt %[1]s` takes it over", one.Room)
	}
	o := order{Decision: one, known: known, room: room, lost: lost}
	if one.asks(room) {
		rooms, err := d.connection(ctx)
		if err != nil {
			return lost, "", err
		}
		o.is = rooms.Read(ctx, one.Room)
		if err := Untouchable(o.is, d.Rules); err != nil {
			return lost, "", err
		}
	}
	switch one.Verb {
	case Hold:
		return d.hold(ctx, o)
	case Release:
		return d.release(ctx, o)
	case Destroy:
		return d.destroy(ctx, o)
	}
	var what deed
	switch one.Verb {
	case Retire:
		what, err = d.retire(o)
	case Restore:
		what, err = d.restore(o)
	case Close:
		what, err = d.close(o)
	case Revert:
		what, err = d.revert(ctx, o)
	default:
		err = fmt.Errorf("to %s a room is for no person to decide", one.Verb)
	}
	if err != nil {
		return lost, "", err
	}
	return d.carryOut(ctx, o, what)
}

// Untouchable says why a room that the registry has is not to be touched: nobody
// knows whether it exists, or it is there and not ours.
func Untouchable(is xmppadmin.Room, rules Rules) error {
	switch {
	case is.Existence == xmppadmin.Unknown:
		return fmt.Errorf("room %s is left alone, as the server gave no definite answer: %w", is.Name, is.Err)
	case is.Existence != xmppadmin.Present:
		return nil
	case notOurs(is, rules):
		return fmt.Errorf("room %s is left alone, as %s is not among its owners; `roomctl rooms adopt %[1]s` takes it over", is.Name, rules.Self)
	case is.Owners == nil:
		return fmt.Errorf("room %s is left alone, as its owners could not be read: %w", is.Name, is.Err)
	}
	return nil
}
