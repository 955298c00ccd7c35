package provisioner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// maxLost is how many times in a row a connection may be lost, without any
// change succeeding in between, before a run ends as partial. The next run
// resumes.
const maxLost = 5

// work is the state of one run from apply on.
type work struct {
	publisher
	run     int64
	rooms   RoomWriter
	plan    *Plan // the last comparison
	checked bool  // which logs are there was asked
	walked  bool  // the line was walked to its end
	brake   brake // a person's pause
}

// applyAndVerify carries out the changes, reads the touched rooms again and
// compares again. What a lost connection left undone is tried again over a new
// one. Verified rooms and values that the server altered are written down.
func (w *work) applyAndVerify(ctx context.Context, changes []Change) error {
	if err := w.distrust(ctx); err != nil {
		return err
	}
	lost := 0
	for {
		results := w.apply(ctx, changes)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted; what was begun is recorded, so run it again to go on: %w", context.Cause(ctx))
		}
		again := interrupted(results)
		if len(again) < len(results) {
			lost = 0
		}
		if len(again) > 0 {
			lost++
			w.report.Lost++
		}
		reconnected := len(again) > 0 && lost < maxLost && !w.brake.on() && w.reconnect(ctx)
		if err := w.verify(ctx, results); err != nil {
			return err
		}
		w.redeem()
		if !reconnected {
			return nil
		}
		if changes = resumed(w.plan, again); len(changes) == 0 {
			return nil
		}
	}
}

// distrust has a quick pass read every room that was found to differ, until it was
// read again and is as it should be: this run may end, or be killed, before that.
func (w *work) distrust(ctx context.Context) error {
	differing := map[string]registry.Room{}
	for _, c := range w.plan.Changes {
		if room, ours := w.known.Rooms[c.Room]; ours && room.Verified.Fingerprint != "" {
			room.Verified.Fingerprint = ""
			differing[c.Room] = room
		}
	}
	if len(differing) == 0 {
		return nil
	}
	err := w.Registry.Update(ctx, func(reg *registry.Writer) error {
		for name, room := range differing {
			if err := reg.SetVerified(ctx, name, room.Verified); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		maps.Copy(w.known.Rooms, differing)
	}
	return err
}

// redeem takes a change whose answer was lost for applied when its room, read
// again, turned out to be ours and as it should.
func (w *work) redeem() {
	for i, r := range w.report.Results {
		if !errors.Is(r.Err, xmppadmin.ErrDisconnected) {
			continue
		}
		is := w.observed.Rooms[r.Change.Room]
		_, ours := w.known.Rooms[r.Change.Room]
		read := is.Existence == xmppadmin.Present && is.Err == nil
		if ours && read && len(resumed(w.plan, []Change{r.Change})) == 0 {
			w.report.Results[i].Err = nil
		}
	}
}

// apply carries out the changes once and adds the results to the report, in
// place of earlier results for the same rooms.
func (w *work) apply(ctx context.Context, changes []Change) []Result {
	a := &applier{
		rooms: w.rooms, reg: w.Registry, run: w.run, known: w.known, rules: w.Rules, now: w.Now, linger: w.Linger,
		step: func(done, of int) { w.progress("applying", done, of) }, paused: w.brake.on,
	}
	results := a.apply(ctx, changes)
	for _, r := range results {
		w.log(r)
		w.report.Results = slices.DeleteFunc(w.report.Results, func(was Result) bool { return was.Change.Room == r.Change.Room })
	}
	w.report.Results = append(w.report.Results, results...)
	return results
}

// log writes one line about a change.
func (w *work) log(r Result) {
	entry := w.Log.WithFields(logrus.Fields{"run": w.run, "room": r.Change.Room, "verb": string(r.Change.Verb)})
	if r.Err != nil {
		entry = entry.WithError(r.Err) // the report tells it to whoever is there; this is for the record
	}
	entry.Info("change")
}

// interrupted lists the changes that a lost connection left in doubt.
func interrupted(results []Result) []Change {
	var changes []Change
	for _, r := range results {
		if errors.Is(r.Err, xmppadmin.ErrDisconnected) {
			changes = append(changes, r.Change)
		}
	}
	return changes
}

// resumed is what the plan still has of interrupted changes. What a guard
// withheld of the same rooms stays withheld, and a room that was to be changed and
// has been deleted meanwhile is left to the next run.
func resumed(plan *Plan, interrupted []Change) []Change {
	var changes []Change
	for _, c := range plan.Changes {
		for _, before := range interrupted {
			deleted := c.Verb.Makes() && !before.Verb.Makes()
			if rest := c.within(before); before.Room == c.Room && !deleted && len(rest.Fields) > 0 {
				changes = append(changes, rest)
			}
		}
	}
	return changes
}

// reconnect opens a new connection in place of the lost one.
func (w *work) reconnect(ctx context.Context) bool {
	wait := cmp.Or(w.RetryWait, time.Second)
	for range maxLost {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
		rooms, err := w.Connect(ctx)
		if err == nil {
			w.rooms.Close()
			w.rooms = rooms
			return true
		}
		w.report.Lost++
	}
	return false
}

// verify reads the touched rooms again and compares again, then writes down
// what is now known of every room that was read.
func (w *work) verify(ctx context.Context, results []Result) error {
	known, err := w.Registry.Load(ctx)
	if err != nil {
		return err
	}
	var touched []string
	for _, r := range results {
		touched = append(touched, r.Change.Room)
	}
	slices.Sort(touched)
	rooms, err := readRooms(ctx, w.rooms, touched, known, func(done, of int) { w.progress("verifying", done, of) })
	if err != nil {
		return err
	}
	maps.Copy(w.observed.Rooms, rooms)
	left := Diff(w.desired, w.observed, known, w.Rules)
	changed := altered(results, left)
	w.tell(changed)
	err = w.Registry.Update(ctx, func(reg *registry.Writer) error {
		if err := setAltered(ctx, reg, changed); err != nil {
			return err
		}
		for room, v := range verifiedRooms(w.observed, w.desired, left, known, w.Rules, w.Now()) {
			if err := w.remember(ctx, reg, known.Rooms[room], v); err != nil {
				return err
			}
		}
		return w.forget(ctx, reg, known)
	})
	if err != nil {
		return err
	}
	if w.known, err = w.Registry.Load(ctx); err != nil {
		return err
	}
	w.plan = Diff(w.desired, w.observed, w.known, w.Rules)
	w.report.count(w.known, w.Rules, w.Now())
	return nil
}

func setAltered(ctx context.Context, reg *registry.Writer, changed map[string]map[string]registry.Altered) error {
	for room, fields := range changed {
		for field, a := range fields {
			if err := reg.SetAltered(ctx, room, field, &a); err != nil {
				return err
			}
		}
	}
	return nil
}

// remember writes down a definite answer about a room of ours. A room that is
// as desired has had its first configuration, and nothing of it is altered.
func (w *work) remember(ctx context.Context, reg *registry.Writer, ours registry.Room, v registry.Verified) error {
	if err := reg.SetVerified(ctx, ours.Name, v); err != nil {
		return err
	}
	want, _ := w.desired.Room(ours.Name)
	for _, field := range settled(ours, w.observed.Rooms[ours.Name], want) {
		if err := reg.SetAltered(ctx, ours.Name, field, nil); err != nil {
			return err
		}
	}
	if v.Fingerprint == "" || ours.Configured {
		return nil
	}
	return reg.SetConfigured(ctx, ours.Name)
}

// forget drops the intents of rooms that nobody asks for any more, where the
// server has no such room of ours.
func (w *work) forget(ctx context.Context, reg *registry.Writer, known *registry.State) error {
	for name := range known.Intents {
		is := w.observed.Rooms[name]
		gone := is.Existence == xmppadmin.Absent || is.Existence == xmppadmin.Tombstone ||
			is.Existence == xmppadmin.Present && notOurs(is, w.Rules)
		want, desired := w.desired.Room(name)
		if gone && desired && want.Begun {
			if err := reg.Forget(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}
