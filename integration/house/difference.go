package house

import (
	"fmt"
	"slices"
	"strings"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Difference is one value of a room before and after, in the words of the audit trail.
type Difference struct{ Field, Was, Is string }

// Differences lists what was changed about a room. Before a room was made it is the zero Room.
func Differences(was, is Room) []Difference {
	var list []Difference
	for _, f := range xmppadmin.Fields() {
		now, known := is.Values[f]
		before, knew := was.Values[f]
		if known && (knew || was.Values == nil) && OneLine(before) != OneLine(now) {
			list = append(list, Difference{string(f), before, now})
		}
	}
	if was.Subject != is.Subject {
		list = append(list, Difference{"subject", was.Subject, is.Subject})
	}
	if was.Moderated != is.Moderated && was.Values != nil {
		list = append(list, Difference{string(xmppadmin.FieldModerated), fmt.Sprint(was.Moderated), fmt.Sprint(is.Moderated)})
	}
	for _, l := range []struct {
		field   string
		was, is []string
	}{{"owner", was.Owners, is.Owners}, {"admin", was.Admins, is.Admins}} {
		for _, jid := range l.is {
			if !slices.Contains(l.was, jid) {
				list = append(list, Difference{l.field, "", jid})
			}
		}
		for _, jid := range l.was {
			if !slices.Contains(l.is, jid) {
				list = append(list, Difference{l.field, jid, ""})
			}
		}
	}
	return list
}

// ExplainedBy says whether one of the entries of an audit trail is about the difference in a room. made says that the room
// was not there before; when it was cut off half made, its fields may have any value.
func (d Difference) ExplainedBy(room string, made bool, trail []registry.Change) bool {
	return slices.ContainsFunc(trail, func(c registry.Change) bool {
		if c.Room != room || c.Field != d.Field {
			return false
		}
		if made {
			return c.Error != "" || OneLine(c.New) == OneLine(d.Is)
		}
		return OneLine(c.New) == OneLine(d.Is) && (c.Old == "" || OneLine(c.Old) == OneLine(d.Was))
	})
}

// OneLine is a value as roomctl compares it: white space collapsed.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
