package provisioner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// OursAlready is the Note of a room that needs no adopting.
const OursAlready = "it is ours already"

// Recover is Adopt of a room that roomctl's account owns already: only the
// registry had lost it. It stands in the audit trail and is no news.
const Recover Verb = "recover"

// Adoption is what became of one room that was to be adopted.
type Adoption struct {
	Room    string             `json:"room"`
	GroupID int                `json:"group_id,omitempty"`
	State   registry.RoomState `json:"state,omitempty"`  // that it is recorded in; "" when it is not
	Pinned  bool               `json:"pinned,omitempty"` // the state is taken for a person's choice
	Grant   bool               `json:"grant,omitempty"`  // roomctl's account was no owner of it
	Note    string             `json:"note,omitempty"`   // why it is left as it is, or what a person should know
	Err     error              `json:"-"`
}

// AdoptOptions say which rooms a person hands over.
type AdoptOptions struct {
	Names []string // rooms by name

	// All is every room named like a Datatracker group in scope, a fixed room or a
	// session's room, and every room that roomctl's account owns and that bears
	// what roomctl once wrote.
	All bool

	// Remembered are names of rooms that there once were. With All they are looked
	// at too: hidden rooms are in no listing.
	Remembered []string
}

// Adopt takes existing rooms over. It writes the registry and our ownership and
// nothing else: what differs from the rules shows as ordinary changes in the
// next plan. A room that is ours already stays as it is. One that our account
// owns, though the registry does not know it, is recorded in the state that the
// room itself shows; so adopting everything again brings back a registry that
// was lost, without a change to any room.
func (s *Syncer) Adopt(ctx context.Context, o AdoptOptions) (adopted []Adoption, err error) {
	run, err := s.Registry.BeginRun(ctx, registry.Run{Command: "rooms adopt", Began: s.Now()})
	if err != nil {
		return nil, err
	}
	defer func() {
		err = join(err, registry.Persist(ctx, func(ctx context.Context) error {
			return s.Registry.EndRun(ctx, run, adoptOutcome(adopted, err), s.Now())
		}))
	}()
	known, err := s.Registry.Load(ctx)
	if err != nil {
		return nil, err
	}
	rooms, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer rooms.Close()

	found, err := s.survey(ctx, rooms, known, o)
	if err != nil {
		return nil, err
	}
	if found.partly != nil {
		s.Log.WithError(found.partly).Warn("rooms of ended groups may have gone unseen; they can be adopted by name")
	}
	adopted = make([]Adoption, len(found.rooms))
	err = s.Each(ctx, "adopting", len(found.rooms), func(i int) {
		a := found.rooms[i]
		if a.Err == nil && a.State != "" {
			a.Err = s.adopt(ctx, rooms, run, a)
		}
		adopted[i] = a.Adoption
	})
	return adopted, err
}

// adopt takes one room over.
func (s *Syncer) adopt(ctx context.Context, rooms RoomWriter, run int64, a adoptee) error {
	entry := registry.Change{
		Run: run, Room: a.Room, GroupID: a.GroupID, Verb: string(Recover),
		Field: FieldState, New: string(a.State), Reasons: []string{"a person handed it over", a.why},
	}
	if a.Grant {
		if err := s.own(ctx, rooms, a.Room); err != nil {
			return err
		}
		entry.Verb, entry.Field, entry.New, entry.Reasons = string(Adopt), FieldOwner, s.Rules.Self, entry.Reasons[:1]
	}
	entry.At = s.Now()
	return registry.Persist(ctx, func(ctx context.Context) error {
		return s.Registry.Update(ctx, func(reg *registry.Writer) error {
			if err := reg.Own(ctx, a.room); err != nil {
				return err
			}
			return reg.Record(ctx, entry)
		})
	})
}

// own makes our account an owner of a room, and believes it when the server shows
// it.
func (s *Syncer) own(ctx context.Context, rooms RoomWriter, room string) error {
	if err := rooms.Grant(ctx, room, xmppadmin.AffiliationOwner, s.Rules.Self, "roomctl rooms adopt"); err != nil {
		return err
	}
	if is := rooms.Read(ctx, room); !slices.Contains(is.Owners, s.Rules.Self) {
		return fmt.Errorf("room %s: the server did not make %s an owner: %w", room, s.Rules.Self, errors.Join(is.Err, xmppadmin.ErrNotPermitted))
	}
	return nil
}

func adoptOutcome(adopted []Adoption, err error) string {
	if err != nil {
		return registry.RunFailed
	}
	for _, a := range adopted {
		if a.Err != nil {
			return registry.RunPartial
		}
	}
	return registry.RunDone
}
