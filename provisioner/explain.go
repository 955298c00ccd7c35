package provisioner

import (
	"context"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Trail is what explaining needs of the registry beside its state: the audit
// trail. It cannot write.
type Trail interface {
	Changes(ctx context.Context, f registry.ChangeFilter) ([]registry.Change, error)
	RunsByID(ctx context.Context, ids []int64) ([]registry.Run, error)
}

// Explanation says why rooms are as they are: every reason with its evidence.
type Explanation struct {
	Time     time.Time          `json:"time"`
	Sessions []ExplainedSession `json:"sessions"` // of the targets that name sessions
	Rooms    []ExplainedRoom    `json:"rooms"`    // those that were named, and those of the sessions
	Unknown  []UnknownTarget    `json:"unknown"`  // targets that nobody has heard of
	Gaps     []Gap              `json:"gaps"`     // where older knowledge stands in
}

// Gap is something that did not answer, or was not believed.
type Gap struct {
	What string `json:"what"` // "the chat server", "IETF 126 agenda"
	Why  string `json:"why"`
}

// Explain says why rooms, and the rooms of sessions, are as they are, and what the
// next sync would do about them. It walks the same line as Preview, up to guard.
//
// rooms is nil when the chat server could not be reached: then the registry's last
// definite answers stand in, and what the next sync would do is left out. When
// the Datatracker does not answer its last good copies stand in, and without them
// the registry alone. An error means that nothing can be said: the registry cannot
// be read, or ctx has ended.
func (p *Planner) Explain(ctx context.Context, rooms RoomReader, known *registry.State, trail Trail, targets ...Target) (*Explanation, error) {
	q := p.query(known, Options{Meetings: meetingsOf(targets, known)})
	q.Trial = true // what is only looked at serves no later run
	q.ChatLinks = q.ChatLinks || slices.ContainsFunc(targets, func(t Target) bool { return t.Session != 0 || t.Meeting != "" })
	snap, down := p.poll(ctx, q)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if down != nil {
		snap = &datatracker.Snapshot{Time: p.Now()}
	}
	e := &explainer{
		planner: p, query: q, trail: trail, rules: p.Rules, known: known, snap: snap, blind: down != nil,
		desired: Desire(snap, known, p.Rules), seen: known,
	}
	if err := e.look(ctx, rooms, targets); err != nil {
		return nil, err
	}
	if e.observed != nil && down == nil {
		e.plan = Diff(e.desired, e.observed, known, p.Rules)
		guarded := p.guard(e.plan, snap, known, rooms.Profile(), Options{})
		e.guarded = &guarded
		e.seen = e.witnessed()
	}
	out := &Explanation{Time: snap.Time, Sessions: []ExplainedSession{}, Rooms: []ExplainedRoom{}, Unknown: []UnknownTarget{}}
	for _, t := range targets {
		if err := e.explain(ctx, t, out); err != nil {
			return nil, err
		}
	}
	out.Gaps = e.gaps(down)
	return out, nil
}

// explain adds what is known of one target. A room that is there already is not
// told twice.
func (e *explainer) explain(ctx context.Context, t Target, out *Explanation) error {
	sessions, names, err := e.find(ctx, t)
	if err != nil {
		return err
	}
	if len(sessions)+len(names) == 0 {
		out.Unknown = append(out.Unknown, e.unknown(t))
	}
	out.Sessions = append(out.Sessions, sessions...)
	for _, name := range names {
		if slices.ContainsFunc(out.Rooms, func(r ExplainedRoom) bool { return r.Name == name }) {
			continue
		}
		room, err := e.room(ctx, name)
		if err != nil {
			return err
		}
		out.Rooms = append(out.Rooms, room)
	}
	return nil
}

// explainer is everything that one explanation goes by.
type explainer struct {
	planner *Planner
	query   datatracker.Query
	trail   Trail

	rules    Rules
	known    *registry.State
	seen     *registry.State // the same, with what the chat server says now, if it was asked
	snap     *datatracker.Snapshot
	blind    bool // the Datatracker said nothing at all, and there is no copy
	desired  *Desired
	observed *Observed // nil: the chat server was not asked
	plan     *Plan     // nil: what the next sync would do is not known
	guarded  *Guarded  // likewise
}

// look reads the rooms: all that a plan is about, because limits count them all,
// and those that are asked for.
func (e *explainer) look(ctx context.Context, rooms RoomReader, targets []Target) (err error) {
	if rooms == nil {
		return nil
	}
	if e.observed, err = e.planner.observe(ctx, rooms, e.desired, e.known, Options{}); err != nil {
		return err
	}
	for _, t := range targets {
		if _, read := e.observed.Rooms[t.Room]; !read && ValidName(t.Room) {
			e.observed.Rooms[t.Room] = rooms.Look(ctx, t.Room)
		}
	}
	return ctx.Err()
}

// gaps lists what did not answer or was not believed. down is why nothing of the
// Datatracker is known at all; nil when something is.
func (e *explainer) gaps(down error) []Gap {
	list := []Gap{}
	if down != nil {
		list = append(list, Gap{What: "the Datatracker", Why: down.Error()})
	}
	silent := down == nil && !slices.ContainsFunc(e.snap.Sources, confirmed)
	for _, s := range e.snap.Sources {
		switch {
		case s.Problem == nil || confirmed(s):
		case silent: // one problem tells it all
			return append(list, Gap{What: "the Datatracker", Why: s.Problem.Error()})
		default:
			list = append(list, Gap{What: s.Name, Why: s.Problem.Error()})
		}
	}
	return list
}

// find says which sessions and which rooms a target stands for; none when nobody
// has heard of it.
func (e *explainer) find(ctx context.Context, t Target) (sessions []ExplainedSession, names []string, err error) {
	switch {
	case t.Meeting != "":
		sessions = e.sessionsAt(t.Meeting, t.Acronym)
	case t.Session != 0:
		sessions = e.session(t.Session)
	}
	for _, s := range sessions {
		for _, name := range []string{s.Room, s.Linked} {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	mapped, err := e.rules.roomFor(t.Room)
	if len(sessions) > 0 || err != nil { // what cannot be the name of a room is none
		return sessions, names, nil
	}
	for _, name := range slices.Compact([]string{t.Room, mapped}) {
		heard, err := e.heardOf(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if heard {
			return nil, []string{name}, nil
		}
	}
	return nil, nil, nil
}

// heardOf says whether anybody knows of a room: the registry, the Datatracker or
// the chat server.
func (e *explainer) heardOf(ctx context.Context, name string) (bool, error) {
	_, ours := e.known.Rooms[name]
	_, begun := e.known.Intents[name]
	_, desired := e.desired.Room(name)
	_, group := groupsByRoom(e.snap, e.rules)[name]
	if ours || begun || desired || group {
		return true, nil
	}
	if e.observed != nil {
		if is := e.observed.Rooms[name].Existence; is == xmppadmin.Present || is == xmppadmin.Tombstone {
			return true, nil
		}
	}
	if slices.ContainsFunc(e.desired.Problems, func(p Problem) bool { return p.Room == name }) {
		return true, nil
	}
	past, err := e.trail.Changes(ctx, registry.ChangeFilter{Room: name, Limit: 1})
	if err != nil || len(past) > 0 {
		return true, err
	}
	return e.askFor(ctx, name)
}

// askFor asks the Datatracker for a group that is out of scope and that nobody has
// named so far. What it says comes after everything is decided, so that an
// explanation goes by nothing that a sync would not see.
func (e *explainer) askFor(ctx context.Context, name string) (found bool, err error) {
	if e.blind {
		return false, nil
	}
	q := e.query
	q.Acronyms = []string{name}
	quiet := *e.planner
	quiet.Progress = nil // the Datatracker was read, as has been told
	snap, err := quiet.poll(ctx, q)
	if err != nil {
		return false, err
	}
	for _, g := range snap.Groups {
		if room, err := e.rules.roomFor(g.Acronym); err == nil && room == name {
			e.snap.Groups = append(e.snap.Groups, g)
			e.snap.Sources = append(e.snap.Sources, named(snap.Sources, datatracker.AcronymsSource)...)
			return true, nil
		}
	}
	return false, nil
}

// named are the documents of that name.
func named(sources []datatracker.Source, name string) []datatracker.Source {
	return slices.DeleteFunc(slices.Clone(sources), func(s datatracker.Source) bool { return s.Name != name })
}

// Document is something that the Datatracker said, as evidence.
type Document struct {
	Name    string    `json:"name"`    // "groups", "IETF 126 agenda"
	Outcome string    `json:"outcome"` // as of datatracker.Outcome: "fresh", "last good copy"
	Read    time.Time `json:"read,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	Problem string    `json:"problem,omitempty"` // why the last answer was not used
}

// documents are those whose names or meetings match.
func (e *explainer) documents(matches func(datatracker.Source) bool) []Document {
	var list []Document
	for _, s := range e.snap.Sources {
		if !matches(s) {
			continue
		}
		d := Document{Name: s.Name, Outcome: s.Outcome.String(), Read: s.Read, Changed: s.Changed}
		if s.Problem != nil {
			d.Problem = s.Problem.Error()
		}
		list = append(list, d)
	}
	return list
}

// groupDocuments are those that a group is read from: the list of groups in
// scope, or else what was asked for by name.
func (e *explainer) groupDocuments(g datatracker.Group) []Document {
	inScope := e.rules.wants(g.Type, g.State, e.snap.DefaultChat)
	return e.documents(func(s datatracker.Source) bool {
		return strings.HasPrefix(s.Name, datatracker.GroupsSource) && (s.Name == datatracker.GroupsSource) == inScope
	})
}

// meetingDocuments are those that the sessions of a meeting are read from. The
// REST sessions of interims stand together in one.
func (e *explainer) meetingDocuments(number string) []Document {
	interim := strings.HasPrefix(number, "interim-")
	return e.documents(func(s datatracker.Source) bool {
		return s.Meeting == number || interim && s.Name == datatracker.InterimSessionsSource
	})
}
