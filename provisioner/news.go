package provisioner

import (
	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// newsworthy lists the verbs of the audit trail that may be news.
func newsworthy() []string {
	verbs := []Verb{Create, Finish, Recreate, Adopt, Retire, Restore, Close, Destroy}
	names := make([]string, len(verbs))
	for i, v := range verbs {
		names[i] = string(v)
	}
	return names
}

// news is what the audit trail, oldest first, tells about rooms. The trail only
// grows, and what is told of an entry depends on nothing after it but the rest
// of its own change: news that was once told stays, in the same words. It is
// pure.
func news(trail []registry.Change) []agenda.NewsItem {
	type change struct {
		run  int64
		room string
	}
	successors := map[change]string{}
	for _, c := range trail {
		if c.Field == FieldSuccessor && c.Error == "" {
			successors[change{c.Run, c.Room}] = c.New
		}
	}
	var items []agenda.NewsItem
	last := map[string]agenda.NewsItem{}
	for _, c := range trail {
		if c.Error != "" {
			continue
		}
		to := successors[change{c.Run, c.Room}]
		kind := newsKind(c, last[c.Room], to)
		if kind == "" {
			continue
		}
		if kind != agenda.Renamed {
			to = ""
		}
		item := agenda.NewsItem{Time: c.At.UTC(), Kind: kind, Room: c.Room, To: to}
		items = append(items, item)
		last[c.Room] = item
	}
	return items
}

// newsKind says what one entry of the trail means for a room, of which last was
// told before; "" when it is no news. A change has an entry per field: one of
// them counts.
//
// A room that is made again because it was lost, or finished by a second run, or
// adopted again because it lost our ownership, is no news: readers have it. But
// one that was made again because its group is back, after it was retired and
// then lost, is back. A retired room to which a person gives a successor is
// news, although it was told that it is retired.
func newsKind(c registry.Change, last agenda.NewsItem, to string) agenda.NewsKind {
	retired := last.Kind == agenda.Retired || last.Kind == agenda.Renamed
	out := retired || last.Kind == agenda.Closed || last.Kind == agenda.Destroyed
	switch Verb(c.Verb) {
	case Create, Finish, Recreate:
		switch {
		case out:
			return agenda.Restored
		case last.Kind == "":
			return agenda.Created
		}
	case Adopt:
		if last.Kind == "" {
			return agenda.Adopted
		}
	case Retire:
		switch {
		case c.Field == FieldSuccessor && retired && to != last.To:
			return agenda.Renamed
		case c.Field != FieldState || out:
		case to != "":
			return agenda.Renamed
		default:
			return agenda.Retired
		}
	case Restore:
		if c.Field == FieldState && out {
			return agenda.Restored
		}
	case Close, Destroy:
		return endedKind(c, last.Kind)
	}
	return ""
}

// endedKind says what a person's end of a room means. A room is closed before it
// is destroyed, in the registry if nowhere else: that is no news of its own.
func endedKind(c registry.Change, last agenda.NewsKind) agenda.NewsKind {
	switch {
	case c.Field != FieldState:
	case c.New == string(registry.Destroyed) && last != agenda.Destroyed:
		return agenda.Destroyed
	case Verb(c.Verb) == Close && last != agenda.Closed:
		return agenda.Closed
	}
	return ""
}

// history is what the news have about one room.
func history(room string, items []agenda.NewsItem) []agenda.NewsItem {
	var of []agenda.NewsItem
	for _, item := range items {
		if item.Room == room {
			of = append(of, item)
		}
	}
	return of
}

// successor is the room that took over from a renamed one; "" when none did, or
// none that is known. A group that was renamed twice is found where it is now.
func successor(room string, items []agenda.NewsItem, rooms map[string]registry.Room) string {
	to := map[string]string{}
	for _, item := range items {
		if item.Kind != agenda.Closed && item.Kind != agenda.Destroyed {
			to[item.Room] = item.To // the last word about each, while people could walk in
		}
	}
	next := to[room]
	for range to { // no chain is longer
		if to[next] == "" {
			break
		}
		next = to[next]
	}
	if _, known := rooms[next]; !known {
		return ""
	}
	return next
}
