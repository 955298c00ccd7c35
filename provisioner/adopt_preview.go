package provisioner

import (
	"context"
	"slices"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// AdoptionPreview is what adopting would come to.
type AdoptionPreview struct {
	Rooms  []Prospect
	Others int    // rooms that are listed, have no name roomctl provides for, and are not ours
	Partly string // why rooms may have gone unseen; "" when none has
}

// Prospect is what adopting one room would come to.
type Prospect struct {
	Adoption
	Owners   []string `json:"owners,omitempty"`   // bare JIDs; nil when the server does not tell them
	Sessions []int    `json:"sessions,omitempty"` // that ask for the room and have no link now
	Changes  []Change `json:"changes"`            // that the next plan would then have for it, as far as the server tells
}

// PreviewAdoption says what Adopt would do now, and what the plan after it would
// change. It writes nothing, and known, the registry as it was read, stays as it
// is.
func (p *Planner) PreviewAdoption(ctx context.Context, rooms RoomReader, known *registry.State, o AdoptOptions) (*AdoptionPreview, error) {
	found, err := p.survey(ctx, rooms, known, o)
	if err != nil {
		return nil, err
	}
	out := &AdoptionPreview{Others: found.others, Rooms: prospects(found, known, p.Rules)}
	if found.partly != nil {
		out.Partly = found.partly.Error()
	}
	return out, nil
}

// prospects adds to what would be adopted what would come of it. It is pure.
func prospects(found *survey, known *registry.State, rules Rules) []Prospect {
	after := with(known, adopted(found.rooms)...)
	desired := Desire(found.snap, after, rules)
	observed := &Observed{Rooms: map[string]xmppadmin.Room{}}
	out := make([]Prospect, len(found.rooms))
	at := map[string]int{}
	for i, a := range found.rooms {
		out[i] = Prospect{Adoption: a.Adoption, Owners: a.is.Owners, Changes: []Change{}}
		if _, adopted := after.Rooms[a.Room]; !adopted || a.State == "" {
			continue
		}
		at[a.Room] = i
		is := a.is
		if a.Grant {
			is.Owners = append(slices.Clone(is.Owners), rules.Self)
		}
		observed.Rooms[a.Room] = is
	}
	for _, c := range Diff(desired, observed, after, rules).Changes {
		if i, adopted := at[c.Room]; adopted {
			out[i].Changes = append(out[i].Changes, c)
		}
	}
	for _, m := range desired.Meetings {
		for _, s := range m.Sessions {
			i, adopted := at[s.Room]
			if adopted && s.Asks && known.Links[m.Number][s.ID] == "" && out[i].State != registry.Closed {
				out[i].Sessions = append(out[i].Sessions, s.ID)
			}
		}
	}
	return out
}

// adopted are the rooms that would be adopted, as the registry would have them.
func adopted(rooms []adoptee) []registry.Room {
	var out []registry.Room
	for _, a := range rooms {
		if a.Err == nil && a.State != "" {
			out = append(out, a.room)
		}
	}
	return out
}
