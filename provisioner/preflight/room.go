package preflight

import (
	"errors"
	"fmt"
	"slices"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// roomFaults are those of one room. Of a room that is not there nothing else is
// told.
func (e *evidence) roomFaults(name string) []fault {
	is := e.rooms[name]
	ours, managed := e.known.Rooms[name]
	_, begun := e.known.Intents[name]
	switch {
	case managed && ours.State.OutOfUse():
		return []fault{{CauseClosed, NoGo, "a person has " + string(ours.State) + " the room", "roomctl rooms restore " + allRooms + " && roomctl sync"}}
	case is.Existence == xmppadmin.Unknown:
		return []fault{{CauseUnknown, NotTested, "the chat server did not say whether the room is there" + because(is.Err), "roomctl check"}}
	case is.Existence != xmppadmin.Present:
		return []fault{{CauseAbsent, NoGo, "the room does not exist", e.repair(ours)}}
	}
	faults := e.doorFaults(name, is)
	switch {
	case !managed && begun:
		faults = append(faults, fault{CauseNotOurs, NoGo, "the room is only half made", e.syncCommand()})
	case !managed:
		faults = append(faults, fault{CauseNotOurs, NoGo, "somebody else made the room", "roomctl rooms adopt " + allRooms})
	case is.Owners == nil && !errors.Is(is.Err, xmppadmin.ErrNotOwner):
		faults = append(faults, fault{CauseUntold, NotTested, "the chat server did not say who owns the room" + because(is.Err), "roomctl check"})
	case !slices.Contains(is.Owners, e.rules.Self):
		faults = append(faults, fault{CauseLost, NoGo, e.rules.Self + " is no longer among the owners of the room", "roomctl rooms adopt " + allRooms})
	default:
		faults = append(faults, e.publicFaults(is, ours)...)
	}
	return faults
}

// because tells the reason for a missing answer, where there is one.
func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// repair is how the next sync is brought to put a room right.
func (e *evidence) repair(ours registry.Room) string {
	if ours.Held.Since.IsZero() {
		return e.syncCommand()
	}
	return "roomctl rooms hold --release " + allRooms + " && " + e.syncCommand()
}

// doorFaults are what keeps people out of a room that is there, or silent in it.
func (e *evidence) doorFaults(name string, is xmppadmin.Room) []fault {
	var faults []fault
	const owner = "an owner of the room changes that, in a chat client's room settings"
	if is.MembersOnly {
		faults = append(faults, fault{CauseMembers, NoGo, "only members may come in", owner})
	}
	if is.PasswordProtected {
		faults = append(faults, fault{CausePassword, NoGo, "the room wants a password", owner})
	}
	err, tried := e.visits[name]
	var refusal *xmppadmin.StanzaError
	switch {
	case !tried && e.noVisitor != "":
		faults = append(faults, fault{CauseNotTried, NotTested, "no ordinary account has tried to come in: " + e.noVisitor, e.joinCommand()})
	case !tried:
		faults = append(faults, fault{CauseNotTried, NotTested, "no ordinary account has tried to come in", e.joinCommand()})
	case err == nil:
		return faults // whether moderated or not: newcomers speak
	case errors.Is(err, xmppadmin.ErrNoVoice):
	case errors.Is(err, xmppadmin.ErrDisconnected):
		faults = append(faults, fault{CauseNotTried, NotTested, "no ordinary account could try to come in: the connection was lost", e.joinCommand()})
	case !errors.As(err, &refusal):
		faults = append(faults, fault{CauseRefused, NoGo, "an ordinary account did not come in: " + err.Error(), owner})
	case len(faults) == 0: // otherwise the reason has been told
		faults = append(faults, fault{CauseRefused, NoGo, "an ordinary account was not let in: " + refusalText(refusal), owner})
	}
	if is.Moderated {
		faults = append(faults, fault{CauseModerated, Go, "only people with voice speak: the room is moderated", "none if that is meant; else " + owner})
	}
	return faults
}

// refusalText says why a room does not let somebody in (XEP-0045 sections 7.2.5
// to 7.2.10), without naming the room: many may have the same reason.
func refusalText(refusal *xmppadmin.StanzaError) string {
	switch refusal.Condition {
	case "registration-required":
		return "only members may come in"
	case "not-authorized":
		return "the room wants a password"
	case "forbidden":
		return "the account is banned from the room"
	case "service-unavailable", "resource-constraint":
		return "the room is full"
	case "conflict":
		return "every nick that was tried is taken"
	case "item-not-found":
		return "the room is locked until it is configured"
	}
	return refusal.Condition + " " + refusal.Text
}

// publicFaults are what keeps a room of ours from being linked.
func (e *evidence) publicFaults(is xmppadmin.Room, ours registry.Room) []fault {
	var faults []fault
	for _, want := range []struct {
		field xmppadmin.Field
		cause Cause
		what  string
	}{
		{xmppadmin.FieldPersistent, CauseTemporary, "the room is not persistent: it vanishes when the last one leaves"},
		{xmppadmin.FieldPublic, CauseHidden, "the room is not public"},
	} {
		switch is.Values[want.field] {
		case "true":
		case "":
			faults = append(faults, fault{CauseUntold, NotTested, fmt.Sprintf("the chat server did not say whether the room is %s", want.field), "roomctl check"})
		default:
			faults = append(faults, fault{want.cause, NoGo, want.what, e.repair(ours)})
		}
	}
	if e.rules.Logging == provisioner.LoggingOff || is.Values[xmppadmin.FieldLogging] == "true" {
		return faults
	}
	f := fault{CauseUnlogged, NoGo, "the room is not logged", e.repair(ours)}
	switch _, told := is.Values[xmppadmin.FieldLogging]; {
	case is.CannotLog && !ours.HasLogged:
		f.what, f.do = "the chat server cannot log the room", "roomctl check"
	case !told:
		f = fault{CauseUntold, NotTested, "the chat server did not say whether the room is logged", "roomctl check"}
	}
	if e.rules.Logging == provisioner.LoggingWanted {
		f.verdict = Go
	}
	return append(faults, f)
}
