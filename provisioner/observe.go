package provisioner

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// RoomReader is what planning needs of a chat server. It cannot write.
type RoomReader interface {
	Profile() xmppadmin.Profile
	List(ctx context.Context) (xmppadmin.Listing, error)
	Look(ctx context.Context, name string) xmppadmin.Room
	Read(ctx context.Context, name string) xmppadmin.Room
}

// Observed is what the chat server really has.
type Observed struct {
	// Rooms holds every room that was asked about. Rooms that are ours, or
	// unfinished, were read in full; the others only looked at.
	Rooms map[string]xmppadmin.Room

	// Trusted rooms were not asked about: a quick pass found them listed and
	// verified not long ago with the same desired values.
	Trusted map[string]bool
}

// answered says whether the server told anything definite of any room, or there
// is none to ask about.
func (o *Observed) answered() bool {
	if len(o.Rooms) == 0 {
		return true
	}
	for _, is := range o.Rooms {
		if is.Existence != xmppadmin.Unknown {
			return true
		}
	}
	return slices.Contains(slices.Collect(maps.Values(o.Trusted)), true)
}

// trustFor is how long a quick pass relies on the last full reading of a room.
const trustFor = time.Hour

// inFlight is how many rooms are worked on at once. The connection has its own,
// smaller window; this only bounds the goroutines.
const inFlight = 32

// observe reads every room that the plan can be about: those desired, those
// ours, those begun. now decides what a quick pass may trust.
func observe(ctx context.Context, r RoomReader, d *Desired, known *registry.State, rules Rules, quick bool, now time.Time, step func(done, of int)) (*Observed, error) {
	o := &Observed{Rooms: map[string]xmppadmin.Room{}, Trusted: map[string]bool{}}
	names := concerned(d, known)
	if quick {
		listing, err := r.List(ctx)
		names = slices.DeleteFunc(names, func(name string) bool {
			_, listed := slices.BinarySearch(listing.Names, name)
			o.Trusted[name] = err == nil && listing.Complete && listed && trusted(d, known, rules, name, now)
			return o.Trusted[name]
		})
	}
	rooms, err := readRooms(ctx, r, names, known, step)
	o.Rooms = rooms
	return o, err
}

// concerned lists the rooms that a plan can be about, sorted.
func concerned(d *Desired, known *registry.State) []string {
	set := map[string]bool{}
	for _, room := range d.Rooms {
		set[room.Name] = true
	}
	for name := range known.Rooms {
		set[name] = true
	}
	for name := range known.Intents {
		set[name] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// trusted says whether a quick pass may skip a room.
func trusted(d *Desired, known *registry.State, rules Rules, name string, now time.Time) bool {
	ours, managed := known.Rooms[name]
	if !managed {
		return false
	}
	v := ours.Verified
	want, desired := d.Room(name)
	return v.Sound(false) && now.Sub(v.At) < trustFor && !v.At.After(now) &&
		(!desired || v.Fingerprint == want.fingerprint(rules))
}

// readRooms asks about each room: in full when it is ours or unfinished, by
// disco#info alone otherwise. It fails only when the context ends; what the
// server did not answer is inside the rooms.
func readRooms(ctx context.Context, r RoomReader, names []string, known *registry.State, step func(done, of int)) (map[string]xmppadmin.Room, error) {
	answers := make([]xmppadmin.Room, len(names))
	err := several(ctx, len(names), step, func(i int) {
		_, ours := known.Rooms[names[i]]
		_, begun := known.Intents[names[i]]
		if ours || begun {
			answers[i] = r.Read(ctx, names[i])
		} else {
			answers[i] = r.Look(ctx, names[i])
		}
	})
	if err != nil {
		return nil, err
	}
	rooms := make(map[string]xmppadmin.Room, len(names))
	for i, name := range names {
		rooms[name] = answers[i]
	}
	return rooms, nil
}

// several does n things, some of them at once, and tells step after each. It
// fails only when the context ends.
func several(ctx context.Context, n int, step func(done, of int), do func(i int)) error {
	var (
		g    errgroup.Group
		mu   sync.Mutex // guards done and calls of step
		done int
	)
	g.SetLimit(inFlight)
	for i := range n {
		g.Go(func() error {
			do(i)
			mu.Lock()
			defer mu.Unlock()
			done++
			step(done, n)
			return ctx.Err()
		})
	}
	return g.Wait()
}
