package provisioner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Adoption is what became of one room that was to be adopted.
type Adoption struct {
	Room    string `json:"room"`
	GroupID int    `json:"group_id,omitempty"`
	Note    string `json:"note,omitempty"` // why nothing had to be done
	Err     error  `json:"-"`
}

// AdoptOptions say which rooms a person hands over.
type AdoptOptions struct {
	Names []string // rooms by name
	All   bool     // every room named like a Datatracker group, a fixed room or a session's room
}

// Adopt takes existing rooms over. It writes the registry and our ownership and
// nothing else: what differs from the rules shows as ordinary changes in the
// next plan. A room that is ours already stays as it is.
func (s *Syncer) Adopt(ctx context.Context, o AdoptOptions) (adopted []Adoption, err error) {
	run, err := s.Registry.BeginRun(ctx, registry.Run{Command: "rooms adopt", Began: s.Now()})
	if err != nil {
		return nil, err
	}
	defer func() {
		err = join(err, record(ctx, func(ctx context.Context) error {
			return s.Registry.EndRun(ctx, run, adoptOutcome(adopted, err), s.Now())
		}))
	}()
	known, err := s.Registry.Load(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Poll(ctx, known, Options{})
	if err != nil {
		return nil, err
	}
	rooms, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer rooms.Close()

	groups := groupsByRoom(snap, s.Rules)
	names := o.Names
	if o.All {
		if names, err = s.candidates(ctx, rooms, snap, known, groups); err != nil {
			return nil, err
		}
	}
	adopted = make([]Adoption, len(names))
	err = several(ctx, len(names), func(done, of int) { s.progress("adopting", done, of) }, func(i int) {
		a := Adoption{Room: names[i], GroupID: groups[names[i]]}
		a.Note, a.Err = s.adopt(ctx, rooms, run, known, a)
		adopted[i] = a
	})
	return adopted, err
}

// adopt takes one room over.
func (s *Syncer) adopt(ctx context.Context, rooms RoomWriter, run int64, known *registry.State, a Adoption) (note string, err error) {
	if !ValidName(a.Room) {
		return "", fmt.Errorf("%q cannot be the name of a room", a.Room)
	}
	is := rooms.Read(ctx, a.Room)
	switch is.Existence {
	case xmppadmin.Unknown:
		return "", fmt.Errorf("looking at room %s: %w", a.Room, is.Err)
	case xmppadmin.Absent, xmppadmin.Tombstone:
		return "", fmt.Errorf("room %s does not exist; `roomctl sync` makes it if it is wanted", a.Room)
	}
	ours, managed := known.Rooms[a.Room]
	owned := slices.Contains(is.Owners, s.Rules.Self)
	if owned && managed {
		return "it is ours already", nil
	}
	if !owned {
		if err := rooms.Grant(ctx, a.Room, xmppadmin.AffiliationOwner, s.Rules.Self, "roomctl rooms adopt"); err != nil {
			return "", err
		}
		if is = rooms.Read(ctx, a.Room); !slices.Contains(is.Owners, s.Rules.Self) {
			return "", fmt.Errorf("room %s: the server did not make %s an owner: %w", a.Room, s.Rules.Self, errors.Join(is.Err, xmppadmin.ErrNotPermitted))
		}
	}
	room := registry.Room{Name: a.Room, GroupID: a.GroupID, State: registry.Active, Origin: registry.Adopted, Since: s.Now()}
	if managed {
		room = ours // it had lost our ownership: everything else about it is known
	}
	return "", record(ctx, func(ctx context.Context) error {
		return s.Registry.Update(ctx, func(reg *registry.Writer) error {
			if err := reg.Own(ctx, room); err != nil {
				return err
			}
			return reg.Record(ctx, registry.Change{
				Run: run, At: s.Now(), Room: a.Room, GroupID: a.GroupID, Verb: string(Adopt),
				Field: FieldOwner, New: s.Rules.Self, Reasons: []string{"a person handed it over"},
			})
		})
	})
}

// candidates lists the rooms that exist, are not ours, and are named like
// something roomctl provides for. Names are looked up one by one: hidden rooms
// are in no listing.
func (s *Syncer) candidates(ctx context.Context, rooms RoomReader, snap *datatracker.Snapshot, known *registry.State, groups map[string]int) ([]string, error) {
	names := map[string]bool{}
	for name := range groups {
		names[name] = true
	}
	desired := Desire(snap, known, s.Rules)
	for _, room := range desired.Rooms {
		names[room.Name] = true
	}
	looked, err := readRooms(ctx, rooms, slices.Sorted(maps.Keys(names)), &registry.State{}, func(done, of int) {
		s.progress("looking for rooms", done, of)
	})
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(looked, func(name string, is xmppadmin.Room) bool {
		return is.Existence == xmppadmin.Absent || is.Existence == xmppadmin.Tombstone
	})
	return slices.Sorted(maps.Keys(looked)), nil
}

func adoptOutcome(adopted []Adoption, err error) string {
	if err != nil {
		return "failed"
	}
	for _, a := range adopted {
		if a.Err != nil {
			return "partial"
		}
	}
	return "done"
}
