package datatracker

// What the Datatracker's slugs mean (ietf/name/fixtures/names.json), where more
// than one package asks.

// GroupEnded says whether a group in that state is no more (groupstatename). An
// empty or unknown state says nothing of the kind.
func GroupEnded(state string) bool {
	switch state {
	case "conclude", "bof-conc", "abandon", "replaced":
		return true
	}
	return false
}

// SessionCancelled says whether a session of that status does not take place, or
// not then (sessionstatusname). One of an empty or unknown status does.
func SessionCancelled(status string) bool {
	switch status {
	case "canceled", "canceledpa", "resched", "notmeet", "deleted", "disappr":
		return true
	}
	return false
}
