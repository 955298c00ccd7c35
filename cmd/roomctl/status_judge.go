package main

import (
	"fmt"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner"
)

// A good sync may be so old before it is missed: three of the usual ones, and two
// of those while an IETF meeting is on.
const (
	maxAge          = 45 * time.Minute
	maxAgeInMeeting = 10 * time.Minute
)

// judge says whether all is well, and what needs a person. problems are what could
// not be read.
func (d *statusDocument) judge(problems []string, now time.Time) {
	limit := maxAge
	if d.Meeting != "" {
		limit = maxAgeInMeeting
	}
	d.MaxAge = int(limit.Seconds())
	d.Needs = append([]string{}, problems...)
	d.Well = d.readable
	if d.readable {
		ill := d.illness(limit, now)
		d.Needs = append(d.Needs, ill...)
		d.Well = len(ill) == 0 || d.pauseEnds
	}
	d.Needs = append(d.Needs, d.wants()...)
	if !d.Well {
		d.ExitStatus = exitFailed
	}
}

// illness is what is not well about the runs.
func (d *statusDocument) illness(limit time.Duration, now time.Time) []string {
	var list []string
	if r := d.LastSync; r != nil {
		switch {
		case r.Outcome == "failed":
			list = append(list, fmt.Sprintf("the last sync (run %d) failed%s", r.Run, d.whyFailed()))
		case r.Outcome == "" && d.Running == nil:
			list = append(list, fmt.Sprintf("the last sync (run %d) did not end: it was killed; roomctl sync goes on where it stopped", r.Run))
		}
	}
	switch age := now.Sub(d.GoodSync); {
	case d.GoodSync.IsZero():
		list = append(list, "no sync has succeeded yet: roomctl sync")
	case age < -time.Minute:
		list = append(list, "the last good sync is in the future: was the clock set back?")
	case age > limit:
		list = append(list, fmt.Sprintf("the last good sync was %s ago, and every %s there should be one: roomctl sync, or see whether it is still scheduled",
			inWords(age), inWords(limit)))
	}
	return list
}

// whyFailed is the first problem of a run that failed, as status.json tells it.
func (d *statusDocument) whyFailed() string {
	if s := d.Published; s != nil && s.Outcome == "failed" && len(s.Problems) > 0 {
		return ": " + s.Problems[0]
	}
	return ""
}

// wants is what else a person should look at: it makes nothing unwell.
func (d *statusDocument) wants() []string {
	var list []string
	if d.Paused != "" {
		list = append(list, "roomctl is paused "+d.Paused+"; to end that: roomctl resume")
	}
	s := d.Published
	if s == nil {
		return list
	}
	for _, w := range s.Withheld {
		switch {
		case deferred(w) || w.Rule == provisioner.RulePause:
		case w.Rule == provisioner.RulePlan:
			list = append(list, "the saved plan was not carried out: "+w.Why)
		default:
			list = append(list, fmt.Sprintf("the guard %s withholds something: %s", w.Rule, w.Why))
		}
	}
	if n := s.Counts.NotOurs; n > 0 {
		list = append(list, fmt.Sprintf("%s wanted and not roomctl's: roomctl plan shows them, roomctl rooms adopt --all takes them over", areRooms(n)))
	}
	if n := s.Counts.Failed; n > 0 {
		list = append(list, fmt.Sprintf("changes that failed: %d; roomctl history --limit 20 says why", n))
	}
	if n := s.Counts.Sessions - s.Counts.Linked; n > 0 {
		list = append(list, fmt.Sprintf("sessions without a link to their room: %d of %d; roomctl preflight says which and why", n, s.Counts.Sessions))
	}
	if d.Rooms.Unfit > 0 {
		list = append(list, fmt.Sprintf("rooms that no session can be linked to: %d; roomctl rooms list --not-fit shows them, roomctl explain NAME says why", d.Rooms.Unfit))
	}
	for _, source := range s.Sources {
		if tooOld(source, s.Written) {
			list = append(list, fmt.Sprintf("%s: not read for over an hour; roomctl check tries it", source.Name))
		}
	}
	return list
}

// deferred says whether what a guard withholds only waits: for a day that is
// known, or because a person wants it so.
func deferred(w agenda.WithheldStatus) bool {
	return !w.Until.IsZero() || w.Rule == provisioner.RuleHold
}

// tooOld says whether a document was too old to go by when the last run ended.
func tooOld(s agenda.SourceStatus, written time.Time) bool {
	return written.Sub(s.Read) > provisioner.StaleAfter
}

func areRooms(n int) string {
	if n == 1 {
		return "1 room is"
	}
	return fmt.Sprintf("%d rooms are", n)
}

// inWords is a duration for people, to the minute, or to the hour when it is long.
func inWords(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes < 1:
		return "less than a minute"
	case minutes < 2*60:
		return plural(minutes, "minute")
	case minutes < 2*24*60:
		return plural(minutes/60, "hour")
	default:
		return plural(minutes/60/24, "day")
	}
}
