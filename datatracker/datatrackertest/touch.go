package datatrackertest

import "time"

// memory is the state of the groups and sessions before an update.
type memory struct {
	groups   map[*Group]Group
	sessions map[*Session]Session
}

// remember takes down the state of the groups and sessions.
func (w *World) remember() memory {
	m := memory{groups: make(map[*Group]Group), sessions: make(map[*Session]Session)}
	for _, g := range w.Groups {
		m.groups[g] = *g
	}
	for _, meeting := range w.Meetings {
		for _, s := range meeting.Sessions {
			m.sessions[s] = *s
		}
	}
	return m
}

// touch gives what differs from before a new time of modification, as Django's
// auto_now does. A time that the update itself set stays.
func (w *World) touch(before memory) {
	now := w.now().UTC().Truncate(time.Second)
	for _, g := range w.Groups {
		if was, old := before.groups[g]; old && was != *g && was.Time.Equal(g.Time) {
			g.Time = moved(g.Time, now)
		}
	}
	for _, meeting := range w.Meetings {
		for _, s := range meeting.Sessions {
			if was, old := before.sessions[s]; old && was != *s && was.Modified.Equal(s.Modified) {
				s.Modified = moved(s.Modified, now)
			}
		}
	}
}

// moved is now, or a second after last where the clock has not gone on since:
// two changes within a second stay apart.
func moved(last, now time.Time) time.Time {
	if now.After(last) {
		return now
	}
	return last.Add(time.Second)
}
