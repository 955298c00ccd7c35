package provisioner

import (
	"context"
	"slices"
	"time"

	"roomctl/provisioner/registry"
)

// Entry is one change in the audit trail with all its fields, which the registry
// keeps one by one.
type Entry struct {
	Run     int64         `json:"run"`
	Command string        `json:"command"` // of the run; "" when the run is not known
	At      time.Time     `json:"at"`
	Room    string        `json:"room"`
	GroupID int           `json:"group_id,omitempty"`
	Verb    Verb          `json:"verb"`
	Fields  []FieldChange `json:"fields"`
	Reasons []string      `json:"reasons"`
	Error   string        `json:"error,omitempty"` // absent: it was carried out
}

// Entries puts a trail, newest first, together again: what one run did to one room
// in one go is one entry. runs are the runs that are known, in any order.
func Entries(trail []registry.Change, runs []registry.Run) []Entry {
	commands := make(map[int64]string, len(runs))
	for _, r := range runs {
		commands[r.ID] = r.Command
	}
	list := []Entry{}
	for i, c := range trail {
		if i == 0 || !together(trail[i-1], c) {
			list = append(list, Entry{
				Run: c.Run, Command: commands[c.Run], At: c.At, Room: c.Room, GroupID: c.GroupID, Verb: Verb(c.Verb),
				Fields: []FieldChange{}, Reasons: append([]string{}, c.Reasons...), Error: c.Error,
			})
		}
		if e := &list[len(list)-1]; c.Field != "" {
			e.Fields = append(e.Fields, FieldChange{Field: c.Field, Old: c.Old, New: c.New})
		}
	}
	for _, e := range list {
		slices.Reverse(e.Fields) // the trail has the last one first
	}
	return list
}

// withoutBegun leaves out what was begun where the outcome follows: it tells the
// same and more. list is newest first.
func withoutBegun(list []Entry) []Entry {
	kept := []Entry{}
	for _, e := range list {
		if n := len(kept); n == 0 || !outcomeOf(kept[n-1], e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// outcomeOf says whether later tells what became of a change that earlier says was
// begun.
func outcomeOf(later, earlier Entry) bool {
	return (earlier.Error == begun || earlier.Error == destroying) &&
		later.Run == earlier.Run && later.Room == earlier.Room && later.Verb == earlier.Verb
}

// together says whether two neighbours in the trail are of the same change: its
// fields are written down in one go.
func together(a, b registry.Change) bool {
	return a.Run == b.Run && a.Room == b.Room && a.Verb == b.Verb && a.Error == b.Error && slices.Equal(a.Reasons, b.Reasons) &&
		a.Field != "" && b.Field != "" && a.At.Sub(b.At).Abs() < time.Second
}

// History reads the newest entries that a filter chooses, at most so many; 0: all
// of them, without those that an outcome follows. more says that there are earlier
// ones. The filter's own limit does not count.
func History(ctx context.Context, trail Trail, f registry.ChangeFilter, entries int) (list []Entry, more bool, err error) {
	f.Limit = 16 * entries // most changes have fewer fields
	for {
		changes, err := trail.Changes(ctx, f)
		if err != nil {
			return nil, false, err
		}
		all := f.Limit == 0 || len(changes) < f.Limit
		runs, err := trail.RunsByID(ctx, runsOf(changes))
		if err != nil {
			return nil, false, err
		}
		list = withoutBegun(Entries(changes, runs))
		switch {
		case entries > 0 && len(list) > entries: // the last one may lack fields, and is left out
			return list[:entries], true, nil
		case all:
			return list, false, nil
		}
		f.Limit *= 2
	}
}

// runsOf lists the runs that made changes, each once.
func runsOf(changes []registry.Change) []int64 {
	ids := make([]int64, len(changes))
	for i, c := range changes {
		ids[i] = c.Run
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
