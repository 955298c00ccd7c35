package provisioner

import (
	"fmt"
	"slices"
	"strings"
)

// keepTo holds what there is to do against a saved plan. If the two differ, all
// of it is withheld, with what differs, and false is returned. saved may be nil.
func (r *Report) keepTo(saved *SavedPlan) bool {
	if saved == nil {
		return true
	}
	moved := saved.moved(r)
	if len(moved) == 0 {
		return true
	}
	w := Withheld{
		Rule:    RulePlan,
		Why:     fmt.Sprintf("what there is to do differs in %d places from the plan that was saved at %s, so nothing is done", len(moved), minute(saved.Made)),
		Details: moved,
		Allow:   "roomctl plan --out FILE",
	}
	held := slices.ContainsFunc(saved.Changes, func(c Change) bool { return heldBy(c.Room, r.Withheld) != "" })
	if len(r.Changes) == 0 && r.Datatracker.Pending() == 0 && !held {
		w.Why = fmt.Sprintf("nothing of the plan that was saved at %s is left to do: it was applied already, or is not needed any more", minute(saved.Made))
	}
	r.withholdRest(w)
	return false
}

// moved says how what is to be done now differs from what was saved, a line for
// each difference. Compared are verb, room, group, and the old and the new value
// of every field; reasons are not. It is pure.
func (s *SavedPlan) moved(r *Report) []string {
	var lines []string
	now := make(map[string]Change, len(r.Changes))
	for _, c := range r.Changes {
		now[c.Room] = c
	}
	was := make(map[string]Change, len(s.Changes))
	for _, c := range s.Changes {
		was[c.Room] = c
		if is, ok := now[c.Room]; !ok {
			gone := "is no longer planned"
			if rule := heldBy(c.Room, r.Withheld); rule != "" {
				gone = "is held back now by rule " + rule
			}
			lines = append(lines, fmt.Sprintf("- %s %s %s", c.Verb, c.Room, gone))
		} else if different := differing(c, is); len(different) > 0 {
			lines = append(lines, fmt.Sprintf("~ %s %s: %s", is.Verb, c.Room, strings.Join(different, "; ")))
		}
	}
	for _, c := range r.Changes {
		if _, ok := was[c.Room]; !ok {
			lines = append(lines, fmt.Sprintf("+ %s %s is new", c.Verb, c.Room))
		}
	}
	return append(lines, s.movedWrites(r.Datatracker.writes())...)
}

// heldBy names the rule that holds back what there is to do to a room; "" when
// none does.
func heldBy(room string, withheld []Withheld) string {
	for _, w := range withheld {
		if slices.ContainsFunc(w.Changes, func(c Change) bool { return c.Room == room && c.Verb != WriteChatRoom }) {
			return w.Rule
		}
	}
	return ""
}

// differing says how a change differs from the one that was saved for the same
// room.
func differing(was, is Change) []string {
	var list []string
	if was.Verb != is.Verb {
		list = append(list, fmt.Sprintf("it was %s", was.Verb))
	}
	if was.GroupID != is.GroupID {
		list = append(list, fmt.Sprintf("its group was %d and is %d", was.GroupID, is.GroupID))
	}
	before, after := byField(was), byField(is)
	for _, f := range was.Fields {
		key := fieldKey(f)
		now, ok := after[key]
		switch {
		case !ok:
			list = append(list, fmt.Sprintf("its %s is not to be changed any more", key))
		case now.Old != f.Old:
			was, is := excerpts(f.Old, now.Old)
			list = append(list, fmt.Sprintf("its %s was %q and is %q", key, was, is))
		case now.New != f.New:
			was, is := excerpts(f.New, now.New)
			list = append(list, fmt.Sprintf("its %s was to become %q and is to become %q", key, was, is))
		}
	}
	for _, f := range is.Fields {
		if _, ok := before[fieldKey(f)]; !ok {
			value, _ := excerpts(f.New, f.Old)
			list = append(list, fmt.Sprintf("its %s is to become %q", fieldKey(f), value))
		}
	}
	return list
}

// byField are the field changes of a change. A change has each only once.
func byField(c Change) map[string]FieldChange {
	fields := make(map[string]FieldChange, len(c.Fields))
	for _, f := range c.Fields {
		fields[fieldKey(f)] = f
	}
	return fields
}

// fieldKey tells the field changes of a change apart: there may be several new
// owners and admins.
func fieldKey(f FieldChange) string {
	if f.Field == FieldOwner || f.Field == FieldAdmin {
		return f.Field + " " + f.New
	}
	return f.Field
}

// excerpts cut two values to where they begin to differ, and to what a line has
// room for.
func excerpts(one, two string) (string, string) {
	const most, lead = 60, 20
	a, b := []rune(one), []rune(two)
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	cut := func(letters []rune) string {
		if len(letters) <= most {
			return string(letters)
		}
		text, start := "", 0
		if same > lead {
			text, start = "…", same-lead
		}
		if end := start + most; end < len(letters) {
			return text + string(letters[start:end]) + "…"
		}
		return text + string(letters[start:])
	}
	return cut(a), cut(b)
}

// movedWrites says how the writes to the Datatracker differ from those that were
// saved.
func (s *SavedPlan) movedWrites(now []SavedWrite) []string {
	var lines []string
	for _, was := range s.WriteBacks {
		i := slices.IndexFunc(now, func(w SavedWrite) bool { return w.Session == was.Session })
		switch {
		case i < 0:
			lines = append(lines, fmt.Sprintf("- chat_room %s of session %d is no longer to be set", was.New, was.Session))
		case now[i] != was:
			lines = append(lines, fmt.Sprintf("~ chat_room of session %d: from %q to %q, and now from %q to %q", was.Session, was.Old, was.New, now[i].Old, now[i].New))
		}
	}
	for _, w := range now {
		if !slices.ContainsFunc(s.WriteBacks, func(was SavedWrite) bool { return was.Session == w.Session }) {
			lines = append(lines, fmt.Sprintf("+ chat_room %s of session %d is new", w.New, w.Session))
		}
	}
	return lines
}
