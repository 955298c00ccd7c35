package agenda

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"roomctl/datatracker"
)

// Schedule is when the sessions of a published agenda take place. It is read
// back from the annotated document by whoever serves the tree: pages on disk
// cannot know what the time is.
type Schedule struct {
	// Sessions have an id, group acronym and name, name, start, duration, location,
	// status, and of their link the room and the web address. Texts are inert and
	// one line long; there may be sessions without group, location or link.
	Sessions []Session
}

// ReadSchedule reads an annotated agenda.json. A session without a start or a
// duration that can be read is left out. The only error is ErrNotJSON.
func ReadSchedule(annotated []byte) (Schedule, error) {
	if !json.Valid(annotated) {
		return Schedule{}, fmt.Errorf("reading a schedule: %w", ErrNotJSON)
	}
	objects, err := sessionObjects(annotated)
	if err != nil {
		return Schedule{}, fmt.Errorf("reading a schedule: %w", err)
	}
	var schedule Schedule
	for _, object := range objects {
		if s, err := object.session(); err == nil {
			schedule.Sessions = append(schedule.Sessions, s)
		}
	}
	slices.SortStableFunc(schedule.Sessions, func(a, b Session) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Acronym, b.Acronym), cmp.Compare(a.ID, b.ID))
	})
	return schedule, nil
}

// On gives the sessions that run at that moment, by start and acronym. One that
// is cancelled does not run.
func (s Schedule) On(now time.Time) []Session {
	var on []Session
	for _, session := range s.Sessions {
		if !session.Cancelled() && !now.Before(session.Start) && now.Before(session.End()) {
			on = append(on, session)
		}
	}
	return on
}

// InMeetingWeek says whether the meeting is on: from a day before the day of the
// first session until a day after the end of the last. Days are UTC's, and so
// the margin is there for both sides of the earth.
func (s Schedule) InMeetingWeek(now time.Time) bool {
	const day = 24 * time.Hour
	var first, last time.Time
	for _, session := range s.Sessions {
		if session.Cancelled() {
			continue
		}
		if first.IsZero() || session.Start.Before(first) {
			first = session.Start
		}
		if session.End().After(last) {
			last = session.End()
		}
	}
	return !first.IsZero() && !now.Before(first.Truncate(day).Add(-day)) && now.Before(last.Add(day))
}

// session is what a schedule needs of a session object. A member of another
// type than the Datatracker's counts as missing.
func (o *sessionObject) session() (Session, error) {
	start, err := datatracker.ParseDateTime(o.member("start"))
	if err != nil {
		return Session{}, err
	}
	duration, err := datatracker.ParseTimedelta(o.member("duration"))
	if err != nil {
		return Session{}, err
	}
	var group struct {
		Acronym string `json:"acronym"`
		Name    string `json:"name"`
	}
	_ = json.Unmarshal(o.members["group"], &group) // without one the session has none
	return Session{
		ID:        o.sessionID,
		Acronym:   plain(group.Acronym, maxName),
		GroupName: plain(group.Name, maxName),
		Name:      plain(o.member("name"), maxName),
		Start:     start,
		Duration:  duration,
		Location:  plain(o.member("location"), maxName),
		Status:    o.member("status"),
		Link: SessionLink{
			Room:   plain(o.member("chat_room"), maxName),
			WebURL: webAddress(o.member("chat_web_url")),
		},
	}, nil
}

// member is a member that is a text; "" when it is anything else.
func (o *sessionObject) member(name string) string {
	var s string
	_ = json.Unmarshal(o.members[name], &s)
	return s
}
