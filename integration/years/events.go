package years

import (
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// The events of history. Each does nothing when the world has nothing for it.

// A teller takes down what happened.
type teller = func(format string, args ...any)

// has says whether a group is a WG or RG in one of some states.
func has(states ...string) func(*datatrackertest.Group) bool {
	return func(g *datatrackertest.Group) bool {
		return (g.Type == "wg" || g.Type == "rg") && slices.Contains(states, g.State)
	}
}

// birth: a BOF, or now and then a research group that is proposed.
func (h *history) birth(w *datatrackertest.World, _ time.Time, tell teller) {
	area := h.pick(w, func(g *datatrackertest.Group) bool { return g.Type == "area" })
	n := 0
	for _, g := range w.Groups {
		if meets(g) {
			n++
		}
	}
	if n > 2*livingGroups {
		return
	}
	acronym := h.acronym()
	g := datatrackertest.Group{Acronym: acronym, Name: "Group called " + acronym, Type: "wg", State: "bof", Parent: area}
	if h.rng.IntN(5) == 0 {
		g.Type, g.State = "rg", "proposed"
	}
	w.AddGroup(g)
	tell("%s is born, a %s in state %s", acronym, g.Type, g.State)
}

// charter: a BOF becomes a WG, or comes to nothing.
func (h *history) charter(w *datatrackertest.World, _ time.Time, tell teller) {
	if g := h.pick(w, has("bof", "proposed")); g != nil {
		state := "active"
		if h.rng.IntN(3) == 0 {
			state = "bof-conc"
		}
		tell("%s goes from %s to %s", g.Acronym, g.State, state)
		w.SetGroupState(g.Acronym, state)
	}
}

// conclude: a group ends. Its sessions may be forgotten on the agendas.
func (h *history) conclude(w *datatrackertest.World, now time.Time, tell teller) {
	g := h.pick(w, has("active", "dormant"))
	if g == nil {
		return
	}
	state := []string{"conclude", "conclude", "conclude", "replaced", "abandon"}[h.rng.IntN(5)]
	w.SetGroupState(g.Acronym, state)
	if h.rng.IntN(3) == 0 {
		tell("%s ends (%s), and its sessions stay", g.Acronym, state)
		return
	}
	for _, m := range w.Meetings {
		if m.Date.After(now) && h.spare(m) {
			m.Sessions = slices.DeleteFunc(m.Sessions, func(s *datatrackertest.Session) bool { return s.Group == g })
		}
	}
	tell("%s ends (%s), and its sessions go", g.Acronym, state)
}

// spare says whether a meeting can lose a session without looking as if its list had shrunk: an interim's goes with it.
func (h *history) spare(m *datatrackertest.Meeting) bool {
	return m.Type == "ietf" && len(m.Sessions) > 15
}

// reopen: a group that ended is back.
func (h *history) reopen(w *datatrackertest.World, _ time.Time, tell teller) {
	if g := h.pick(w, has("conclude", "replaced", "bof-conc", "abandon")); g != nil {
		w.SetGroupState(g.Acronym, "active")
		tell("%s is back", g.Acronym)
	}
}

func (h *history) dormant(w *datatrackertest.World, _ time.Time, tell teller) {
	if g := h.pick(w, has("active")); g != nil {
		w.SetGroupState(g.Acronym, "dormant")
		tell("%s is dormant", g.Acronym)
	}
}

// rename: a group gets another acronym, or its earlier one back.
func (h *history) rename(w *datatrackertest.World, _ time.Time, tell teller) {
	g := h.pick(w, meets)
	if g == nil {
		return
	}
	h.remember(w)
	to := h.acronym()
	if earlier := h.names[g.ID][0]; h.rng.IntN(3) == 0 && w.Group(earlier) == nil {
		to = earlier
	}
	tell("%s is now called %s", g.Acronym, to)
	w.RenameGroup(g.Acronym, to)
	h.remember(w)
}

// reuse: an acronym goes to a new group; who had it gets another.
func (h *history) reuse(w *datatrackertest.World, _ time.Time, tell teller) {
	g := h.pick(w, has("conclude", "replaced"))
	if g == nil {
		return
	}
	old := g.Acronym
	w.RenameGroup(old, h.acronym())
	w.AddGroup(datatrackertest.Group{Acronym: old, Name: "Another group called " + old, Type: "wg", State: "bof", Parent: g.Parent})
	tell("%s is another group now; the one that ended is called %s", old, g.Acronym)
	h.remember(w)
}

// swap: two groups exchange their acronyms, by mistake.
func (h *history) swap(w *datatrackertest.World, _ time.Time, tell teller) {
	a := h.pick(w, meets)
	b := h.pick(w, func(g *datatrackertest.Group) bool { return g != a && meets(g) })
	if a == nil || b == nil {
		return
	}
	first, second := a.Acronym, b.Acronym
	between := h.acronym()
	w.RenameGroup(first, between)
	w.RenameGroup(second, first)
	w.RenameGroup(between, second)
	tell("%s and %s exchange their acronyms", first, second)
	h.remember(w)
}

// retitle: a group gets another name.
func (h *history) retitle(w *datatrackertest.World, _ time.Time, tell teller) {
	if g := h.pick(w, meets); g != nil {
		g.Name = fmt.Sprintf("%s as of %d", g.Acronym, h.rng.IntN(1000))
		tell("%s has the name %q", g.Acronym, g.Name)
	}
}

// reorganize: an area gets another acronym, which every room of it shows.
func (h *history) reorganize(w *datatrackertest.World, _ time.Time, tell teller) {
	area := h.pick(w, func(g *datatrackertest.Group) bool { return g.Type == "area" })
	if area != nil {
		to := h.acronym()
		tell("area %s is now called %s", area.Acronym, to)
		w.RenameGroup(area.Acronym, to)
		h.remember(w)
	}
}

// interim: one is announced, now and then of a group without a room of its own.
func (h *history) interim(w *datatrackertest.World, now time.Time, tell teller) {
	g := h.pick(w, meets)
	if h.rng.IntN(8) == 0 {
		g = w.AddGroup(datatrackertest.Group{Acronym: h.acronym(), Name: "Coordination", Type: "adm", State: "active"})
	}
	if g == nil {
		return
	}
	date := now.Truncate(day).Add(time.Duration(3+h.rng.IntN(70)) * day)
	m := w.AddInterim(g.Acronym, date, 1+h.rng.IntN(2))
	tell("%s is announced for %s", m.Number, date.Format(time.DateOnly))
}

// coming returns a session that is still to come of a meeting of some type, and its meeting; nil when there is none.
func (h *history) coming(w *datatrackertest.World, now time.Time, kind string) (*datatrackertest.Meeting, *datatrackertest.Session) {
	for _, i := range h.rng.Perm(len(w.Meetings)) {
		m := w.Meetings[i]
		if m.Type != kind || m.Schedule == 0 || len(m.Sessions) == 0 || !m.Date.After(now.Add(-day*time.Duration(m.Days))) {
			continue
		}
		if s := m.Sessions[h.rng.IntN(len(m.Sessions))]; s.Start.After(now) {
			return m, s
		}
	}
	return nil, nil
}

func (h *history) cancelInterim(w *datatrackertest.World, now time.Time, tell teller) {
	if m, s := h.coming(w, now, "interim"); m != nil {
		w.CancelSession(s.ID)
		tell("session %d of %s is canceled", s.ID, m.Number)
	}
}

// editAgenda: the agenda of a meeting changes until the last minute.
func (h *history) editAgenda(w *datatrackertest.World, now time.Time, tell teller) {
	kind := "ietf"
	if h.rng.IntN(4) == 0 {
		kind = "interim"
	}
	m, s := h.coming(w, now, kind)
	if m == nil {
		return
	}
	switch h.rng.IntN(8) {
	case 0:
		w.MoveSession(s.ID, s.Start.Add(time.Duration(h.rng.IntN(5)-2)*time.Hour))
		tell("session %d of %s moves", s.ID, m.Number)
	case 1:
		w.CancelSession(s.ID)
		tell("session %d of %s is canceled", s.ID, m.Number)
	case 2:
		s.Status = "sched"
		tell("session %d of %s takes place", s.ID, m.Number)
	case 3:
		if h.spare(m) {
			w.DropSession(s.ID)
			tell("session %d of %s is gone", s.ID, m.Number)
		}
	case 4:
		if g := h.pick(w, meets); g != nil && kind == "ietf" {
			h.hold(m, g, slot{Session: *s, after: s.Start.Sub(m.Date)})
			tell("%s gets a session at IETF %s", g.Acronym, m.Number)
		}
	default:
		room := h.chatRoom(w)
		w.SetChatRoom(s.ID, room)
		tell("session %d of %s has the chat_room %q", s.ID, m.Number, room)
	}
}

// chatRoom is what somebody might put into a session's chat_room.
func (h *history) chatRoom(w *datatrackertest.World) string {
	switch h.rng.IntN(6) {
	case 0:
		return "hackathon"
	case 1:
		return "Not a room"
	case 2:
		return "HALLWAY"
	case 3:
		if g := h.pick(w, func(*datatrackertest.Group) bool { return true }); g != nil {
			return g.Acronym
		}
	}
	return ""
}
