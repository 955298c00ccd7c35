package datatrackertest

import (
	"slices"
	"time"
)

// The verbs are the changes that tests and the demo make to a World. They have
// no results to check: what one of them could not do, such as naming a group
// that is not there, is returned by the Update around it.

// SetGroupState gives a group another state, such as "conclude". The agendas
// of meetings that are not over follow.
func (w *World) SetGroupState(acronym, state string) {
	g := w.Group(acronym)
	if g == nil {
		w.fail("setting the state of group %q: no such group", acronym)
		return
	}
	g.State = state
	w.followGroup(g, func(then *GroupThen) { then.State = state })
}

// RenameGroup gives a group another acronym; its id stays. The agendas of
// meetings that are not over follow, those of past ones keep the old acronym.
func (w *World) RenameGroup(old, acronym string) {
	g := w.Group(old)
	switch {
	case g == nil:
		w.fail("renaming group %q: no such group", old)
		return
	case w.Group(acronym) != nil:
		w.fail("renaming group %q to %q: the acronym is taken", old, acronym)
		return
	}
	g.Acronym = acronym
	w.followGroup(g, func(then *GroupThen) { then.Acronym = acronym })
}

// followGroup carries a change of a group to the agendas still to come.
func (w *World) followGroup(g *Group, change func(*GroupThen)) {
	for _, m := range w.Meetings {
		if w.over(m) {
			continue
		}
		for _, s := range m.Sessions {
			if s.Group == g {
				change(&s.GroupThen)
			}
		}
	}
}

// AddGroup adds a group and returns it; nil when its acronym is taken. An id of
// 0 becomes the next free one, a zero time the present.
func (w *World) AddGroup(group Group) *Group {
	if w.Group(group.Acronym) != nil {
		w.fail("adding group %q: the acronym is taken", group.Acronym)
		return nil
	}
	if group.ID == 0 {
		for _, g := range w.Groups {
			group.ID = max(group.ID, g.ID)
		}
		group.ID++
	}
	if group.Time.IsZero() {
		group.Time = w.now().UTC().Truncate(time.Second)
	}
	w.Groups = append(w.Groups, &group)
	return &group
}

// RemoveGroup deletes the row of a group, which the Datatracker itself never
// does: it looks like a list that lost an entry. Its sessions stay, and their
// reference to the group leads nowhere.
func (w *World) RemoveGroup(acronym string) {
	before := len(w.Groups)
	w.Groups = slices.DeleteFunc(w.Groups, func(g *Group) bool { return g.Acronym == acronym })
	if len(w.Groups) == before {
		w.fail("removing group %q: no such group", acronym)
	}
}

// MoveSession gives a session another start.
func (w *World) MoveSession(id int, start time.Time) {
	if s := w.findSession("moving", id); s != nil {
		s.Start = start.UTC()
	}
}

// CancelSession sets a session's status to canceled; it stays on the agenda.
func (w *World) CancelSession(id int) {
	if s := w.findSession("canceling", id); s != nil {
		s.Status = "canceled"
	}
}

// SetChatRoom gives a session a chat room of its own; "" takes it away.
func (w *World) SetChatRoom(id int, name string) {
	if s := w.findSession("setting the chat room of", id); s != nil {
		s.ChatRoom = name
	}
}

// DropSession deletes a session from the agenda and from the REST sessions.
func (w *World) DropSession(id int) {
	if w.findSession("dropping", id) == nil {
		return
	}
	for _, m := range w.Meetings {
		m.Sessions = slices.DeleteFunc(m.Sessions, func(s *Session) bool { return s.ID == id })
	}
}

// findSession returns a session, or nil after noting what could not be done.
func (w *World) findSession(doing string, id int) *Session {
	s := w.Session(id)
	if s == nil {
		w.fail("%s session %d: no such session", doing, id)
	}
	return s
}
