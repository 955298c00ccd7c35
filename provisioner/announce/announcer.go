package announce

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/backoff"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// ErrNotSent may be wrapped by the error of Options.Say: nothing left for the
// chat server, so it may be tried again.
var ErrNotSent = errors.New("nothing was sent")

const (
	// sayFor is how long an announcement in hand may take, the notes about it
	// included. It is brought to its end even when the program is told to stop.
	sayFor = time.Minute

	// keep is how long rows of past sessions are kept.
	keep = 7 * 24 * time.Hour

	// pausePoll is how soon it is looked again whether a pause is over when
	// something is due.
	pausePoll = 30 * time.Second
)

// Store opens the registry for writing, calls do, and closes it.
type Store func(ctx context.Context, do func(*registry.Registry) error) error

// Options are what an Announcer works with. All but Paused are needed.
type Options struct {
	Settings Settings
	Texts    provisioner.SessionTexts

	// Say sends one message to a room of ours, by name. nil: the server accepted
	// it. An error that matches ErrNotSent, or none of xmppadmin.ErrDisconnected and
	// the context's errors, means that it did not, and it is tried again; any other
	// that nobody knows, and it is not.
	Say func(ctx context.Context, room, text string) error

	// Read is what the registry remembers, all of it.
	Read  func(ctx context.Context) ([]registry.Announced, error)
	Store Store

	Now    func() time.Time
	Paused func() bool // nothing is to be said or written; nil: never
	Log    logrus.FieldLogger
}

// The longest waits before what failed is tried again: a long one for what the
// server refuses, as each attempt may show in the room's log, and else one that
// leaves time to be punctual.
const (
	refusedWait = 15 * time.Minute
	brokenWait  = 30 * time.Second
)

// Announcer makes announcements. It keeps nothing that matters: what was said is
// in the registry. Step is for one goroutine.
type Announcer struct {
	Options
	last time.Time // of the last Step

	vain   map[key]backoff.Backoff // announcements that were tried in vain
	unsent map[key]bool            // announcements whose row could not be dropped although they were not sent
	reads  backoff.Backoff         // the registry cannot be read
	stores backoff.Backoff         // or written
	sends  backoff.Backoff         // the server cannot be reached
}

// New returns an Announcer. It opens nothing.
func New(o Options) *Announcer {
	return &Announcer{Options: o, vain: map[key]backoff.Backoff{}, unsent: map[key]bool{}}
}

// Step says what is due of the slots and tells when it wants to be called next;
// zero: after the next run. It says one thing after the other; each is in the
// registry before it is sent. The error joins what went wrong; what can be is
// tried again by a later Step.
func (a *Announcer) Step(ctx context.Context, now time.Time, slots []provisioner.Slot) (next time.Time, err error) {
	if !a.Settings.any() {
		return time.Time{}, nil
	}
	said, err := a.Read(ctx)
	if err != nil {
		a.reads = a.reads.Failed(now, brokenWait)
		return a.reads.Until, fmt.Errorf("announcements: %w", err)
	}
	a.reads = backoff.Backoff{}
	said = slices.DeleteFunc(said, func(r registry.Announced) bool { return a.unsent[keyOf(r)] })
	list := All(slots, said, now, a.Settings)
	a.tellLate(list, now)
	a.last = now
	if a.Paused != nil && a.Paused() {
		return a.next(list, now.Add(pausePoll)), nil
	}
	list, err = a.sayAll(ctx, list)
	err = errors.Join(err, a.remember(ctx, slots, said, list))
	over := func(k key) bool {
		return !slices.ContainsFunc(list, func(one Announcement) bool { return one.key() == k })
	}
	maps.DeleteFunc(a.vain, func(k key, _ backoff.Backoff) bool { return over(k) })
	maps.DeleteFunc(a.unsent, func(k key, _ bool) bool { return over(k) })
	return a.next(list, a.Now()), err
}

// sayAll says what is due, and returns what is left to say, now or later. When the
// server cannot be reached, or the registry cannot be written, the rest waits. What
// was tried in vain comes last: it may be for its room alone.
func (a *Announcer) sayAll(ctx context.Context, list []Announcement) (open []Announcement, err error) {
	var errs []error
	slices.SortStableFunc(list, func(one, other Announcement) int {
		return a.vain[one.key()].Until.Compare(a.vain[other.key()].Until)
	})
	for _, one := range list {
		now := a.Now()
		switch {
		case !one.Until.After(now): // too late
			continue
		case ctx.Err() != nil || !one.due(now) || a.waits(one, now):
			open = append(open, one)
			continue
		}
		again, err := a.say(ctx, one)
		if err != nil {
			errs = append(errs, fmt.Errorf("announcing session %d (%s) in room %s: %w", one.Slot.Session, one.Kind, one.Slot.Room, err))
		}
		if again {
			open = append(open, one)
		}
	}
	return open, errors.Join(errs...)
}

// say makes one announcement: note it, send it, note what became of it. again says
// that it was not sent, and is to be tried again.
func (a *Announcer) say(ctx context.Context, one Announcement) (again bool, err error) {
	text, err := one.text(a.Texts)
	if err != nil {
		a.failed(one, refusedWait)
		return true, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sayFor)
	defer cancel()
	begun := a.Now()
	err = a.write(ctx, func(ctx context.Context, w *registry.Registry) error {
		return w.Announce(ctx, one.row(begun, time.Time{}))
	})
	if err != nil {
		return true, err // nothing is sent that could be sent again
	}
	sent := a.Say(ctx, one.Slot.Room, text)
	switch {
	case sent == nil:
		a.sends = backoff.Backoff{}
		a.log(one).Info("announced")
		accepted := a.Now()
		return false, a.write(ctx, func(ctx context.Context, w *registry.Registry) error {
			return w.Announce(ctx, one.row(begun, accepted))
		})
	case unknown(sent):
		a.sends = a.sends.Failed(a.Now(), brokenWait)
		return false, fmt.Errorf("whether it was said is not known, and it is not said again: %w", sent)
	case errors.Is(sent, ErrNotSent):
		a.sends = a.sends.Failed(a.Now(), brokenWait)
		a.failed(one, brokenWait)
	default:
		a.failed(one, refusedWait)
	}
	err = a.write(ctx, func(ctx context.Context, w *registry.Registry) error {
		return w.Unsay(ctx, one.row(begun, time.Time{}))
	})
	if err != nil {
		a.unsent[one.key()] = true
	}
	return true, errors.Join(sent, err)
}

// failed notes that an announcement was tried in vain.
func (a *Announcer) failed(one Announcement, longest time.Duration) {
	a.vain[one.key()] = a.vain[one.key()].Failed(a.Now(), longest)
}

// unknown says whether nobody knows what became of a message.
func unknown(err error) bool {
	if errors.Is(err, ErrNotSent) {
		return false
	}
	return errors.Is(err, xmppadmin.ErrDisconnected) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// remember brings the registry's rows of planned sessions up to the agenda, and
// drops the rows of sessions long past. open is what is left to say.
func (a *Announcer) remember(ctx context.Context, slots []provisioner.Slot, said []registry.Announced, open []Announcement) error {
	now := a.Now()
	add, drop := memory(slots, said, open, now)
	old := len(said) > 0 && said[0].Start.Before(now.Add(-keep)) // the registry sorts by start
	if len(add)+len(drop) == 0 && !old || ctx.Err() != nil || a.stores.Waits(now) {
		return nil
	}
	err := a.write(ctx, func(ctx context.Context, reg *registry.Registry) error {
		return reg.Update(ctx, func(w *registry.Writer) error {
			for _, r := range drop {
				if err := w.Unsay(ctx, r); err != nil {
					return err
				}
			}
			for _, r := range add {
				if err := w.Announce(ctx, r); err != nil {
					return err
				}
			}
			return w.ForgetAnnounced(ctx, now.Add(-keep))
		})
	})
	if err != nil {
		return fmt.Errorf("remembering when sessions take place: %w", err)
	}
	return nil
}

// write writes to the registry, and notes whether that can be done.
func (a *Announcer) write(ctx context.Context, do func(context.Context, *registry.Registry) error) error {
	err := a.Store(ctx, func(reg *registry.Registry) error { return do(ctx, reg) })
	if err != nil {
		a.stores = a.stores.Failed(a.Now(), brokenWait)
		return err
	}
	a.stores = backoff.Backoff{}
	return nil
}

// waits says whether an announcement that is due is not to be tried yet.
func (a *Announcer) waits(one Announcement, now time.Time) bool {
	return a.stores.Waits(now) || a.sends.Waits(now) || a.vain[one.key()].Waits(now)
}

// next is when something is to be said next, no earlier than soonest; zero when
// nothing is known of that. A registry that could not be written is tried again.
func (a *Announcer) next(list []Announcement, soonest time.Time) (next time.Time) {
	if a.stores.Waits(soonest) {
		next = a.stores.Until
	}
	for _, one := range list {
		t := one.Due
		if t.Before(soonest) {
			t = soonest
		}
		for _, b := range []backoff.Backoff{a.stores, a.sends, a.vain[one.key()]} {
			if b.Waits(t) {
				t = b.Until
			}
		}
		if t.Before(one.Until) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// tellLate logs what became too late to say since the last Step.
func (a *Announcer) tellLate(list []Announcement, now time.Time) {
	for _, one := range list {
		if !a.last.IsZero() && one.Until.After(a.last) && !one.Until.After(now) {
			a.log(one).WithField("due", one.Due.UTC().Format(time.RFC3339)).Debug("too late to announce")
		}
	}
}

// log is the logger with what an announcement is about.
func (a *Announcer) log(one Announcement) *logrus.Entry {
	return a.Log.WithFields(logrus.Fields{
		"room": one.Slot.Room, "session": one.Slot.Session, "start": one.Slot.Start.UTC().Format(time.RFC3339), "kind": string(one.Kind),
	})
}
