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

// survey is what there is to adopt, found out without writing anything.
type survey struct {
	snap   *datatracker.Snapshot
	rooms  []adoptee // sorted by name with AdoptOptions.All, else as they were named
	others int       // listed rooms that have no name roomctl provides for, and are not ours
	partly error     // why rooms may have gone unseen; nil: none has
}

// adoptee is one room that a person hands over.
type adoptee struct {
	Adoption
	is   xmppadmin.Room
	room registry.Room // to be recorded, if Adoption.State is set
	why  string        // the evidence for it, of a room that our account owns

	once *identity // what the room says that it was; nil: it bears nothing that roomctl wrote
}

// survey looks at the rooms that a person hands over and judges each.
func (p *Planner) survey(ctx context.Context, rooms RoomReader, known *registry.State, o AdoptOptions) (*survey, error) {
	found := &survey{}
	names := o.Names
	if o.All {
		p.progress("listing rooms", 0, 0)
		listing, err := rooms.List(ctx)
		switch {
		case err != nil:
			found.partly = err
		case !listing.Complete:
			found.partly = errors.New("the server's list of rooms is not complete")
		}
		names = slices.DeleteFunc(slices.Concat(listing.Names, o.Remembered), func(name string) bool { return !ValidName(name) })
	}
	q := p.query(known, Options{})
	q.Acronyms = p.Rules.acronyms(names)
	var err error
	if found.snap, err = p.poll(ctx, q); err != nil {
		return nil, err
	}
	j := newAdoptionJudge(found.snap, known, p.Rules, p.Now())
	if j.all = o.All; j.all {
		names = j.candidates(names)
	}
	answers, err := p.look(ctx, rooms, names)
	if err != nil {
		return nil, err
	}
	for _, is := range answers {
		if a, concerns := j.judge(is); concerns {
			found.rooms = append(found.rooms, a)
		} else if is.Existence == xmppadmin.Present {
			found.others++
		}
	}
	j.pin(found.rooms)
	return found, nil
}

// look reads rooms in full, whosever they are; of one that leaves us out some
// servers tell nothing that takes an owner's right.
func (p *Planner) look(ctx context.Context, rooms RoomReader, names []string) ([]xmppadmin.Room, error) {
	answers := make([]xmppadmin.Room, len(names))
	err := p.Each(ctx, "looking at rooms", len(names), func(i int) {
		answers[i] = xmppadmin.Room{Name: names[i], Err: fmt.Errorf("%q cannot be the name of a room", names[i])}
		if ValidName(names[i]) {
			answers[i] = rooms.Read(ctx, names[i])
		}
	})
	return answers, err
}

// acronyms are what groups may be called whose rooms have these names.
func (r Rules) acronyms(names []string) []string {
	list := slices.Clone(names)
	for acronym, name := range r.Overrides {
		if slices.Contains(names, name) {
			list = append(list, acronym)
		}
	}
	return list
}

// candidates adds to the names of rooms those that roomctl provides for. These
// are looked up one by one: hidden rooms are in no listing.
func (j *adoptionJudge) candidates(names []string) []string {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	for name := range j.d.named {
		set[name] = true
	}
	for _, room := range j.desired.Rooms {
		set[room.Name] = true
	}
	return slices.Sorted(maps.Keys(set))
}
