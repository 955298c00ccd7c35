package preflight

// Cause names what keeps sessions from being go. The names do not change: other
// programs go by them.
type Cause string

// Causes about a meeting.
const (
	CauseNothing  Cause = "nothing-to-check" // no meeting, or no session that asks for a room
	CauseNoAgenda Cause = "no-agenda"        // the Datatracker has none yet, or it is unknown
	CauseSource   Cause = "source"           // what the Datatracker says now is unknown: an earlier copy was gone by
	CauseOutdated Cause = "outdated"         // the published agenda is of another document than the Datatracker's
	CauseFile     Cause = "file"             // a published file is not there, or damaged
	CausePaused   Cause = "paused"           // no sync does anything until a person resumes
)

// Causes about a session's room.
const (
	CauseUnnamed    Cause = "unnamed"      // no room can be named for the session
	CauseUndecided  Cause = "undecided"    // two groups claim the room
	CauseClosed     Cause = "closed"       // a person closed or destroyed it
	CauseAbsent     Cause = "absent"       // it does not exist
	CauseUnknown    Cause = "unknown"      // the server gave no definite answer
	CauseNotOurs    Cause = "not-ours"     // roomctl neither made it nor took it over
	CauseLost       Cause = "lost"         // our account is not among its owners any more
	CauseMembers    Cause = "members-only" // only members may come in
	CausePassword   Cause = "password"     // it wants a password
	CauseRefused    Cause = "refused"      // an ordinary account was not let in
	CauseNotTried   Cause = "not-tried"    // no ordinary account tried to come in
	CauseTemporary  Cause = "temporary"    // it is not persistent
	CauseHidden     Cause = "hidden"       // it is not public
	CauseUnlogged   Cause = "unlogged"     // it is not logged
	CauseUntold     Cause = "untold"       // the server does not say whether it is persistent, public or logged
	CauseModerated  Cause = "moderated"    // only people with voice speak
	CauseLogMissing Cause = "log-missing"  // the page of the log of a session that has begun was not there
)

// Causes about the links to a session's room.
const (
	CauseAgendaLink   Cause = "agenda-link"   // in agenda.json
	CauseCalendarLink Cause = "calendar-link" // in agenda.ics
	CausePageLink     Cause = "page-link"     // on the agenda page
)

// Causes lists every cause in the order in which findings of one verdict are
// shown: what others may be a consequence of comes first.
func Causes() []Cause {
	return []Cause{
		CauseNothing, CauseNoAgenda, CauseSource, CausePaused, CauseUnnamed, CauseUndecided,
		CauseClosed, CauseAbsent, CauseUnknown, CauseNotOurs, CauseLost,
		CauseMembers, CausePassword, CauseRefused, CauseNotTried,
		CauseTemporary, CauseHidden, CauseUnlogged, CauseUntold, CauseModerated, CauseLogMissing,
		CauseOutdated, CauseFile, CauseAgendaLink, CauseCalendarLink, CausePageLink,
	}
}
