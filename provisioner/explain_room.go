package provisioner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Planned is the state of a room that is wanted and not ours yet: it is in no
// registry.
const Planned registry.RoomState = "planned"

// ExplainedRoom is all that is known of one room.
type ExplainedRoom struct {
	Name  string             `json:"name"`
	JID   string             `json:"jid"`
	State registry.RoomState `json:"state,omitempty"` // absent: nobody wants it and it is not ours
	Since time.Time          `json:"since,omitzero"`  // of the state; absent: not known

	Ours    bool   `json:"ours"`     // as far as it is known
	WhyOurs string `json:"why_ours"` // or why it is not

	Wanted  registry.RoomState `json:"wanted,omitempty"` // the state that it should have; absent: nothing wants it
	Reasons []Reason           `json:"reasons"`          // why it should, or why not

	Pinned    bool      `json:"pinned"`              // a person chose the state
	HeldSince time.Time `json:"held_since,omitzero"` // since when a person holds it as it is; absent: nobody does
	HeldWhy   string    `json:"held_why,omitempty"`  // in the person's words
	Successor string    `json:"successor,omitempty"` // the room that took over
	Decisions []Entry   `json:"decisions"`           // what people decided about it and is in force, newest first

	Server ServerWord `json:"server"`

	Fit      bool          `json:"fit"`             // sessions may be linked to it
	Unfit    string        `json:"unfit,omitempty"` // why not
	Sessions []SessionLink `json:"sessions"`        // that ask for it, or are linked to it

	History []Entry `json:"history"` // the newest entries of the audit trail
	More    bool    `json:"more"`    // there are earlier ones

	Next *Next `json:"next"` // null: not known, as a server was not asked
}

// Reason is why a room should have a state, or why it is not wanted, with what
// says so.
type Reason struct {
	Text      string     `json:"text"`
	Documents []Document `json:"documents"` // none: the configuration or the registry says so
}

// Next is what the next sync would do about a room.
type Next struct {
	Changes  []Change   `json:"changes"`
	Withheld []Withheld `json:"withheld"` // with the changes to this room only
	Problems []string   `json:"problems"` // what keeps it from doing anything, and what a person should know
}

// maxHistory is how many entries of the trail an explanation shows.
const maxHistory = 10

// room puts together what is known of one room.
func (e *explainer) room(ctx context.Context, name string) (ExplainedRoom, error) {
	history, more, err := History(ctx, e.trail, registry.ChangeFilter{Room: name}, maxHistory)
	if err != nil {
		return ExplainedRoom{}, err
	}
	life, _, err := History(ctx, e.trail, registry.ChangeFilter{Room: name, Verbs: lifeVerbs()}, 0)
	if err != nil {
		return ExplainedRoom{}, err
	}
	ours, managed := e.known.Rooms[name]
	want, wanted := e.desired.Room(name)
	out := ExplainedRoom{
		Name: name, JID: e.rules.JID(name),
		State: ours.State, Since: stateSince(ours, life),
		Wanted: want.State,
		Pinned: ours.Pinned, HeldSince: ours.Held.Since, HeldWhy: ours.Held.Why,
		Successor: cmp.Or(want.Successor, ours.Told), Decisions: decisions(ours, life),
		Server:   e.server(name, ours, want),
		Sessions: e.links(name),
		History:  history, More: more,
		Next: e.next(name),
	}
	if wanted && !managed {
		out.State = Planned
	}
	out.Ours, out.WhyOurs = e.ownership(name, life)
	out.Reasons = e.reasons(name)
	out.Fit, out.Unfit = e.fitness(name, want)
	return out, nil
}

// lifeVerbs are those that decide whose a room is, and which step of its life it
// has reached.
func lifeVerbs() []string {
	var list []string
	for _, v := range []Verb{Create, Finish, Recreate, Adopt, Retire, Restore, Close, Destroy, Hold, Release, Revert} {
		list = append(list, string(v))
	}
	return list
}

// stateSince is when a room of ours came to be in its state. The state that it
// was made or adopted with has no entry of its own.
func stateSince(ours registry.Room, life []Entry) time.Time {
	for _, entry := range life {
		for _, f := range entry.Fields {
			if f.Field == FieldState && f.New == string(ours.State) && entry.Error == "" {
				return entry.At
			}
		}
	}
	return ours.Since
}

// decisions are what people decided that is in force: who made the room ours, who
// chose its state, who holds it.
func decisions(ours registry.Room, life []Entry) []Entry {
	list := []Entry{}
	latest := func(inForce bool, verbs ...Verb) {
		i := slices.IndexFunc(life, func(x Entry) bool { return x.Error == "" && slices.Contains(verbs, x.Verb) })
		if inForce && i >= 0 {
			list = append(list, life[i])
		}
	}
	latest(!ours.Held.Since.IsZero(), Hold, Revert)
	latest(ours.Pinned || ours.State == registry.Closed || ours.State == registry.Destroyed, Retire, Restore, Close, Destroy)
	latest(ours.Origin == registry.Adopted, Adopt)
	slices.SortStableFunc(list, func(a, b Entry) int { return b.At.Compare(a.At) })
	return list
}

// ownership says whether a room is ours, and why.
func (e *explainer) ownership(name string, life []Entry) (ours bool, why string) {
	room, managed := e.known.Rooms[name]
	if !managed {
		return false, e.foreign(name)
	}
	why = "roomctl made it"
	if room.Origin == registry.Adopted {
		why = "a person handed it over"
	}
	if !room.Since.IsZero() {
		why += " on " + minute(room.Since)
	}
	for _, entry := range slices.Backward(life) { // the first one made it ours
		if entry.Error == "" && (entry.Verb.Makes() || entry.Verb == Adopt) {
			why += fmt.Sprintf(" (run %d)", entry.Run)
			break
		}
	}
	is, asked := e.answer(name)
	switch {
	case asked && slices.Contains(is.Owners, e.rules.Self):
		return true, why + ", and " + e.rules.Self + " is among its owners"
	case asked && is.Existence == xmppadmin.Present && is.Owners != nil:
		return false, why + ", but " + e.rules.Self + " is no longer among its owners"
	case asked && is.Existence != xmppadmin.Unknown && is.Existence != xmppadmin.Present:
		return true, why + "; the server has no such room now"
	case room.Verified.At.IsZero():
		return true, why + "; the server has not yet confirmed it"
	case !room.Verified.Ours:
		return false, fmt.Sprintf("%s, but on %s %s was no longer among its owners", why, minute(room.Verified.At), e.rules.Self)
	}
	return true, fmt.Sprintf("%s, and on %s %s was among its owners", why, minute(room.Verified.At), e.rules.Self)
}

// foreign says why a room that is not in the registry is not ours.
func (e *explainer) foreign(name string) string {
	if intent, begun := e.known.Intents[name]; begun {
		return fmt.Sprintf("run %d began to make it on %s and has not finished", intent.Run, minute(intent.At))
	}
	if e.plan != nil {
		for _, f := range e.plan.Foreign {
			if f.Room == name {
				return f.Why
			}
		}
	}
	is, asked := e.answer(name)
	switch {
	case !asked || is.Existence == xmppadmin.Unknown:
		return "roomctl has neither made it nor taken it over; whether it exists was not found out"
	case is.Existence == xmppadmin.Present:
		return "it exists, and roomctl has neither made it nor taken it over"
	}
	return "it does not exist"
}

// fitness says whether sessions may be linked to a room now, and if not, why. That
// goes by what the registry has verified; what the server says now can only speak
// against it.
func (e *explainer) fitness(name string, want DesiredRoom) (fit bool, why string) {
	room, managed := e.known.Rooms[name]
	if !managed {
		return false, "the room is not ours, or not made yet"
	}
	if room.State.OutOfUse() {
		return false, fmt.Sprintf("a person has %s it", room.State)
	}
	needLogged := e.rules.needLogged()
	if is, asked := e.answer(name); asked {
		now, definite := verified(is, want, room, e.rules, false, e.snap.Time)
		if definite && !now.Sound(needLogged) {
			return false, unfitRoom(now, needLogged)
		}
	}
	switch {
	case e.rules.Fit(room, e.snap.Time):
		return true, ""
	case !room.Verified.Recent(e.snap.Time):
		return false, "it has not been verified within 24 hours"
	}
	return false, unfitRoom(room.Verified, needLogged)
}

// unfitRoom is unfit, said of the room and not of a session.
func unfitRoom(v registry.Verified, needLogged bool) string {
	return strings.Replace(unfit(v, needLogged), "its room", "the room", 1)
}

// answer is what the chat server said in this run; asked is false when it was not
// asked.
func (e *explainer) answer(name string) (is xmppadmin.Room, asked bool) {
	if e.observed == nil {
		return xmppadmin.Room{}, false
	}
	is, asked = e.observed.Rooms[name]
	return is, asked
}

// next is what the next sync would do about a room; nil when that is not known.
func (e *explainer) next(name string) *Next {
	if e.plan == nil || e.guarded == nil {
		return nil
	}
	n := &Next{Changes: []Change{}, Withheld: []Withheld{}, Problems: []string{}}
	of := func(c Change) bool { return c.Room == name }
	for _, c := range e.guarded.Changes {
		if of(c) {
			n.Changes = append(n.Changes, c)
		}
	}
	for _, w := range e.guarded.Withheld {
		if w.Changes = slices.DeleteFunc(slices.Clone(w.Changes), func(c Change) bool { return !of(c) }); len(w.Changes) > 0 {
			n.Withheld = append(n.Withheld, w)
		}
	}
	for _, list := range [][]Problem{e.desired.Problems, e.plan.Unknown, e.plan.Notices} {
		for _, p := range list {
			if p.Room == name {
				n.Problems = append(n.Problems, p.Text)
			}
		}
	}
	for _, f := range e.plan.Foreign {
		if f.Room == name {
			n.Problems = append(n.Problems, f.Why+", so it is left alone; to hand it over: roomctl rooms adopt "+name)
		}
	}
	return n
}
