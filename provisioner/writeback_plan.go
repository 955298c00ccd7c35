package provisioner

import (
	"fmt"
	"slices"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// WriteChatRoom is the verb of setting a session's chat_room in the
// Datatracker. It is in no plan of rooms: it changes none.
const WriteChatRoom Verb = "write-back"

// FieldChatRoom is the field of a WriteChatRoom change.
const FieldChatRoom = "chat_room"

// change is the difference as guards show it and as the audit trail keeps it.
func (d Difference) change() Change {
	return Change{
		Verb:    WriteChatRoom,
		Room:    d.Room,
		Fields:  []FieldChange{{Field: FieldChatRoom, Old: d.ChatRoom, New: d.Room}},
		Reasons: []string{fmt.Sprintf("session %d (%s) of %s", d.Session, d.Acronym, d.Title), d.Why},
	}
}

// plan decides which differences are to be written: those that are possible, if
// the Datatracker's links undoubtedly lead here, and not more of one meeting than
// the limit. As with other guards, rooms that a person named are not limited.
func (r *DatatrackerReport) plan(snap *datatracker.Snapshot, known *registry.State, rules Rules, o Options) []Withheld {
	if r.Mode != WriteBackForm || r.PointsHere == nil || !*r.PointsHere {
		return nil
	}
	allowed := slices.Contains(o.Allow, RuleWriteBack)
	hold := unexpected(known)
	var withheld []Withheld
	for _, m := range snap.Meetings {
		writes := r.possible(m.Number, o.Only)
		if len(writes) == 0 {
			continue
		}
		why := hold
		if limit := rules.Limits.WriteBack.Of(len(m.Agenda.Sessions)); why == "" && len(o.Only) == 0 && len(writes) > limit {
			why = fmt.Sprintf("sessions of %s to set the chat_room of: %d; the limit is %d, of %d sessions", m.Title(), len(writes), limit, len(m.Agenda.Sessions))
		}
		if why != "" && !allowed {
			w := Withheld{Rule: RuleWriteBack, Why: why, Allow: "roomctl sync --allow " + RuleWriteBack}
			for _, d := range writes {
				w.Changes = append(w.Changes, d.change())
			}
			withheld = append(withheld, w)
			continue
		}
		for _, d := range writes {
			d.Planned = true
		}
	}
	return withheld
}

// unexpected says what changed beside the chat_room of the last session that was
// written, "" when nothing did. No run goes on with another session before a
// person has looked.
func unexpected(known *registry.State) string {
	last, written := known.Last[string(WriteChatRoom)]
	if !written || last.Field == FieldChatRoom {
		return ""
	}
	session := "a session"
	if len(last.Reasons) > 0 {
		session = last.Reasons[0]
	}
	return fmt.Sprintf("when the chat_room of %s was set, its %s changed too; look at it first", session, last.Field)
}

// possible are the differences of a meeting that the form can mend; only those
// that concern the named rooms, if any are named.
func (r *DatatrackerReport) possible(meeting string, only []string) []*Difference {
	var out []*Difference
	for i := range r.Differences {
		d := &r.Differences[i]
		if d.Meeting == meeting && d.Possible && (len(only) == 0 || slices.Contains(only, d.Room)) {
			out = append(out, d)
		}
	}
	return out
}
