package datatrackertest

import (
	"cmp"
	"slices"
)

// spoil applies the fault to the entries of a REST list or an agenda; f may be
// nil.
func (f *Fault) spoil(objects []map[string]any) []map[string]any {
	if f == nil || len(objects) == 0 {
		return objects
	}
	switch f.Kind {
	case EmptyList:
		return objects[:0]
	case HalfList:
		return objects[:len(objects)/2]
	case DuplicateAcronym:
		if i := slices.IndexFunc(objects, f.isGroup); i >= 0 {
			objects[(i+1)%len(objects)]["acronym"] = objects[i]["acronym"]
		}
	case BadAcronym:
		f.spoilAcronyms(objects)
	case SessionWithoutGroup:
		if i := slices.IndexFunc(objects, f.isSession); i >= 0 {
			dropGroup(objects[i])
		}
	case SessionWithoutRow:
		i := slices.IndexFunc(objects, f.isSession)
		if i >= 0 && objects[i]["objtype"] == nil {
			return slices.Delete(objects, i, i+1)
		}
	case WrongTypes:
		swapTypes(objects[0])
	}
	return objects
}

// shiftPage moves the offset of a page that repeats or skips; f may be nil.
func (f *Fault) shiftPage(offset, limit int) int {
	switch {
	case f.is(RepeatPage):
		return max(offset-limit, 0)
	case f.is(SkipPage):
		return offset + limit
	}
	return offset
}

// isGroup says whether an entry is the row of the group that the fault is about.
func (f *Fault) isGroup(o map[string]any) bool {
	acronym, ok := o["acronym"].(string)
	return ok && (f.Acronym == "" || f.Acronym == acronym)
}

// isSession says whether an entry is the session that the fault is about: an
// object of an agenda, or a REST row, which has no objtype.
func (f *Fault) isSession(o map[string]any) bool {
	id := o["session_id"]
	if _, row := o["chat_room"]; row {
		id = o["id"]
	}
	number, ok := id.(int)
	return ok && (f.Session == 0 || f.Session == number)
}

// spoilAcronyms gives one group an acronym that cannot name a room: in its own
// row, and in every session of it on an agenda.
func (f *Fault) spoilAcronyms(objects []map[string]any) {
	bad := cmp.Or(f.Value, "not a room")
	acronym := f.Acronym
	for _, o := range objects {
		if f.isGroup(o) {
			o["acronym"] = bad
			return
		}
		then, ok := o["group"].(GroupThen)
		if !ok {
			continue
		}
		acronym = cmp.Or(acronym, then.Acronym)
		if then.Acronym == acronym {
			then.Acronym = bad
			o["group"] = then
		}
	}
}

// dropGroup takes the group from a session: an agenda leaves the member out, a
// row has null.
func dropGroup(o map[string]any) {
	if o["objtype"] == nil {
		o["group"] = nil
		return
	}
	delete(o, "group")
}

// swapTypes gives every member of an entry a type that it must not have. The
// objtype stays, so that the entry is still taken for what it was.
func swapTypes(o map[string]any) {
	for name, value := range o {
		if name == "objtype" {
			continue
		}
		switch value.(type) {
		case string:
			o[name] = 42
		case nil, bool, int:
			o[name] = "forty-two"
		default:
			o[name] = true
		}
	}
}
