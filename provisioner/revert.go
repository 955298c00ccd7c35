package provisioner

import (
	"errors"
	"fmt"
	"slices"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// earlierValues are the values that a room's managed fields had once a run was
// over, from the room's audit trail, oldest first. to is that run; 0: before the
// last run that changed any of them, other than by putting them back. point says
// what time that is. Fields of which the trail knows no earlier value have no key.
// Neither do entries of changes that failed count, nor the pointers of joint
// sessions, which come and go by the clock. It is pure.
//
// A value is the last that was set by then; else, as it was found when it was
// first changed after that. The trail goes back no further than to the making of
// a room.
func earlierValues(trail []registry.Change, to int64) (values map[xmppadmin.Field]string, point string, err error) {
	applied := unpointing(slices.DeleteFunc(slices.Clone(trail), func(c registry.Change) bool {
		return c.Error != "" || !slices.Contains(xmppadmin.Fields(), xmppadmin.Field(c.Field))
	}))
	if to == 0 {
		return valuesBeforeLast(applied)
	}
	point = fmt.Sprintf("run %d", to)
	values = map[xmppadmin.Field]string{}
	for _, c := range applied {
		field := xmppadmin.Field(c.Field)
		_, seen := values[field]
		switch {
		case c.Run <= to:
			values[field] = c.New
		case seen:
		case Verb(c.Verb).Makes():
			return nil, "", fmt.Errorf("roomctl made the room only in run %d, so there is nothing to go back to at %s", c.Run, point)
		default:
			values[field] = c.Old
		}
	}
	return values, point, missing(values)
}

// unpointing takes the pointers of joint sessions out of a trail: the entries that
// are about nothing else, and what the other descriptions end with.
func unpointing(trail []registry.Change) []registry.Change {
	trail = slices.DeleteFunc(trail, func(c registry.Change) bool {
		return pointing([]FieldChange{{Field: c.Field, Old: c.Old, New: c.New}})
	})
	for i, c := range trail {
		if c.Field == string(xmppadmin.FieldDescription) {
			trail[i].Old, trail[i].New = withoutPointer(c.Old), withoutPointer(c.New)
		}
	}
	return trail
}

// valuesBeforeLast are the values that the last run that changed any found.
func valuesBeforeLast(applied []registry.Change) (map[xmppadmin.Field]string, string, error) {
	values := map[xmppadmin.Field]string{}
	var last int64
	for _, c := range slices.Backward(applied) {
		if Verb(c.Verb) == Revert || last != 0 && c.Run != last {
			continue
		}
		if Verb(c.Verb).Makes() {
			return nil, "", fmt.Errorf("the last run that set anything is %d, which made the room, so there is nothing to go back to", c.Run)
		}
		last = c.Run
		values[xmppadmin.Field(c.Field)] = c.Old // the first entry of the run is the last one seen here
	}
	return values, fmt.Sprintf("what it was before run %d", last), missing(values)
}

func missing(values map[xmppadmin.Field]string) error {
	if len(values) == 0 {
		return errors.New("the audit trail has no earlier value of any of its fields, so there is nothing to go back to")
	}
	return nil
}
