package provisioner

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// adoptionJudge decides which rooms are adopted, and as what. It is pure.
//
//	registry | our account | the room                             | with --all       | by name
//	---------+-------------+--------------------------------------+------------------+-------------
//	has it   | owns it     | any                                  | nothing to do    | nothing to do
//	has it   | does not    | was destroyed, and made again        | left, reported   | ownership
//	has it   | does not    | any other                            | ownership        | ownership
//	has not  | owns it     | bears what roomctl wrote             | recovered        | recovered
//	has not  | owns it     | has a name roomctl provides for      | recovered        | recovered
//	has not  | owns it     | any other                            | left, reported   | recovered
//	has not  | does not    | has a name roomctl provides for      | ownership        | ownership
//	has not  | does not    | is called as a group that has ended  | left, reported   | ownership
//	has not  | does not    | any other                            | left             | ownership
//
// A recovered room that is hidden and moderated was closed. Of the others the
// name and the description tell state and group; one that bears neither is
// active, and what differs shows in the next plan.
type adoptionJudge struct {
	d       *desirer
	desired *Desired // without the rooms to be adopted
	told    bool     // which groups there are was told for every name
	all     bool
	now     time.Time
}

func newAdoptionJudge(snap *datatracker.Snapshot, known *registry.State, rules Rules, now time.Time) *adoptionJudge {
	asked := func(s datatracker.Source) bool { return s.Name == datatracker.AcronymsSource }
	told := true
	if i := slices.IndexFunc(snap.Sources, asked); i >= 0 {
		outcome := snap.Sources[i].Outcome
		told = outcome == datatracker.Fresh || outcome == datatracker.Unchanged
	}
	return &adoptionJudge{
		d:       &desirer{snap: snap, known: known, rules: rules, named: groupsByRoom(snap, rules)},
		desired: Desire(snap, known, rules), told: told, now: now,
	}
}

// judge decides about one room. It does not concern adoption when it is not
// there, or nobody's business, and was not named.
func (j *adoptionJudge) judge(is xmppadmin.Room) (a adoptee, concerns bool) {
	a = adoptee{Adoption: Adoption{Room: is.Name, GroupID: j.d.named[is.Name]}, is: is}
	switch {
	case !ValidName(is.Name):
		a.Err = is.Err
		return a, true
	case is.Existence == xmppadmin.Unknown:
		a.Err = fmt.Errorf("looking at room %s: %w", is.Name, is.Err)
		return a, true
	case is.Existence != xmppadmin.Present:
		a.Err = fmt.Errorf("room %s does not exist; `roomctl sync` makes it if it is wanted", is.Name)
		return a, !j.all
	}
	room, managed := j.d.known.Rooms[is.Name]
	owned := slices.Contains(is.Owners, j.d.rules.Self)
	switch {
	case managed && owned:
		a.GroupID, a.Note = room.GroupID, OursAlready
	case is.Owners == nil && !errors.Is(is.Err, xmppadmin.ErrNotOwner):
		a.Err = fmt.Errorf("reading the owners of room %s: %w", is.Name, is.Err)
	case managed && room.State == registry.Destroyed && j.all:
		a.Note = "it was destroyed, and made again since by others; adopt it by name if roomctl is to keep it"
	case managed: // it had lost our ownership: everything else about it is known
		a.take(room, true)
	case owned:
		j.recover(&a)
	case !j.all || j.provided(is.Name):
		a.take(registry.Room{Name: is.Name, GroupID: a.GroupID, State: registry.Active, Origin: registry.Adopted, Since: j.now}, true)
	default:
		g, called := j.d.snap.Group(a.GroupID)
		if !called {
			return a, false
		}
		a.Note = fmt.Sprintf("it is not ours, and group %s asks for no room; adopt it by name if roomctl is to keep it", describe(g))
	}
	return a, true
}

// take says that a room is adopted.
func (a *adoptee) take(room registry.Room, grant bool) {
	a.room, a.GroupID, a.State, a.Pinned, a.Grant = room, room.GroupID, room.State, room.Pinned, grant
}

// provided says whether a name is that of something roomctl provides for: a room
// that is wanted, or a group that has not ended.
func (j *adoptionJudge) provided(name string) bool {
	id, called := j.d.named[name]
	g, found := j.d.snap.Group(id)
	_, wanted := j.desired.Room(name)
	return wanted || called && !(found && datatracker.GroupEnded(g.State))
}

// recover decides about a room that our account owns and the registry does not
// know.
func (j *adoptionJudge) recover(a *adoptee) {
	room, why, once := j.identify(a.is)
	_, called := j.d.named[a.Room]
	closed := a.is.Values[xmppadmin.FieldPublic] == "false" && a.is.Moderated
	switch {
	case once != nil || !j.all || called || j.provided(a.Room):
		if closed {
			room.State, room.Pinned, room.Configured, room.Subject = registry.Closed, true, true, ""
			why = "it is hidden and moderated, as closed rooms are"
			a.Note = "hidden and moderated, so it counts as closed; `roomctl rooms restore " + a.Room + "` opens it"
		}
		a.once, a.why = once, "our account owns it; "+why
		a.take(room, false)
	case !j.told:
		a.Note = "our account owns it, but the Datatracker did not tell which group has, or had, that name; try again later"
	default:
		a.Note = "our account owns it, but nothing says what it is; adopt it by name"
	}
}

// pin marks the recovered rooms whose state is not what the Datatracker alone
// would have: a person chose it. A room without a group is retired by nobody
// else. Rooms that bear nothing of ours are not judged so, nor are those that were
// retired by rule: if their group, or a session, wants them again, they wake.
func (j *adoptionJudge) pin(rooms []adoptee) {
	desired := Desire(j.d.snap, with(j.d.known, adopted(rooms)...), j.d.rules)
	for i := range rooms {
		a := &rooms[i]
		if a.once == nil || a.State != registry.Active && a.State != registry.Retired || a.once.byRule(j.d.named[a.Room]) {
			continue
		}
		want, wanted := desired.Room(a.Room)
		if !(wanted && want.State != a.State) && !(a.GroupID == 0 && a.State == registry.Retired) {
			continue
		}
		a.Pinned, a.room.Pinned = true, true
		a.Note = fmt.Sprintf("a person decided so, it seems; `roomctl rooms %s %s` ends it", opposite(a.State), a.Room)
	}
}

// opposite is the verb that ends a state which a person chose.
func opposite(s registry.RoomState) Verb {
	if s == registry.Retired {
		return Restore
	}
	return Retire
}
