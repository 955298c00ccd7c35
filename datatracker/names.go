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

// GroupKind is what people call a group of that type (grouptypename) and state. A
// BOF is one by its state, and remains one when it has ended. Most directorates
// are of the type for those that review drafts.
func GroupKind(groupType, state string) string {
	if state == "bof" || state == "bof-conc" {
		return "BOF"
	}
	switch groupType {
	case "wg":
		return "working group"
	case "edwg":
		return "editorial stream working group"
	case "rg":
		return "research group"
	case "ag":
		return "area group"
	case "rag":
		return "research area group"
	case "dir", "review":
		return "directorate"
	case "area", "program", "team":
		return groupType
	}
	return "group"
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
