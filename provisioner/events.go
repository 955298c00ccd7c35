package provisioner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// sequenced gives each session the SEQUENCE and LAST-MODIFIED of its calendar
// event, and says what is to be remembered of them. It is pure.
//
//	compared with what calendars remember | SEQUENCE | LAST-MODIFIED
//	first seen                            | 0        | upstream's, else now
//	the same                              | stays    | stays
//	other content                         | stays    | now
//	other time, location or status        | + 1      | now
//
// shared is what all events of the meeting show beside their session. upstream
// says when the Datatracker last changed each session. Neither value ever goes
// back, and a session that leaves the agenda is remembered in case it returns. A
// registry that is lost takes them with it: SEQUENCE begins again at 0, and a
// client that goes by it (RFC 5546 section 2.1.4) may hold on to what it has.
func sequenced(sessions []agenda.Session, shared string, upstream map[int]time.Time, before map[int]registry.Event, now time.Time) ([]agenda.Session, map[int]registry.Event) {
	now = now.UTC().Truncate(time.Second) // as calendars write it
	events := maps.Clone(before)
	if events == nil {
		events = map[int]registry.Event{}
	}
	slots, contents := map[int]string{}, map[int]string{}
	for _, s := range sessions { // one session may have several slots, and has one event all the same
		slots[s.ID] += slot(s)
		contents[s.ID] += content(s, shared)
	}
	for id := range slots {
		e := registry.Event{Slot: fingerprint(slots[id]), Content: fingerprint(contents[id])}
		was, known := before[id]
		switch {
		case !known:
			e.Modified = now
			if at := upstream[id].UTC().Truncate(time.Second); !upstream[id].IsZero() && at.Before(now) {
				e.Modified = at
			}
		case e.Slot == was.Slot && e.Content == was.Content:
			e = was
		default:
			e.Sequence, e.Modified = was.Sequence, now
			if e.Slot != was.Slot {
				e.Sequence++
			}
			if was.Modified.After(now) { // the clock was set back
				e.Modified = was.Modified
			}
		}
		events[id] = e
	}
	out := make([]agenda.Session, len(sessions))
	for i, s := range sessions {
		s.Sequence, s.Modified = events[s.ID].Sequence, events[s.ID].Modified
		out[i] = s
	}
	return out, events
}

// slot is when and where a session is, and whether it takes place: what makes
// people look at their calendar again.
func slot(s agenda.Session) string {
	return fmt.Sprintf("%s %s %q %q\n", s.Start.UTC().Format(time.RFC3339), s.Duration, s.Location, s.Status)
}

// content is everything else that an event may show.
func content(s agenda.Session, shared string) string {
	return fmt.Sprintf("%q\n", append([]string{
		shared, s.Acronym, s.GroupName, s.GroupType, s.GroupState, s.Area, s.Name, s.Type, s.Note, s.Document,
		s.Link.Room, s.Link.JID, s.Link.URL, s.Link.WebURL, s.Link.ArchiveURL,
	}, s.Joint...))
}

// fingerprint stands for a text.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
