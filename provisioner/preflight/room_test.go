package preflight

import (
	"errors"
	"fmt"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// roomCases are about whose a room is, and whether it is there.
var roomCases = map[string]judgeCase{
	"the room is absent": {
		func(e *evidence) {
			e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Absent}
			e.visits = map[string]error{}
		},
		CauseAbsent, NoGo, "does not exist", "roomctl sync",
	},
	"a held room is absent": {
		func(e *evidence) {
			e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Tombstone}
			e.registered(func(r *registry.Room) { r.Held.Since = noon })
		},
		CauseAbsent, NoGo, "does not exist", "roomctl rooms hold --release quic && roomctl sync",
	},
	"the server says nothing about the room": {
		func(e *evidence) { e.rooms["quic"] = xmppadmin.Room{Err: errors.New("no answer")} },
		CauseUnknown, NotTested, "no answer", "roomctl check",
	},
	"a person closed the room": {
		func(e *evidence) {
			e.registered(func(r *registry.Room) { r.State = registry.Closed })
			e.sessions[0].Disputed = true
		},
		CauseClosed, NoGo, "a person has closed", "roomctl rooms restore quic",
	},
	"somebody else made the room": {
		func(e *evidence) { delete(e.known.Rooms, "quic") },
		CauseNotOurs, NoGo, "somebody else", "roomctl rooms adopt quic",
	},
	"the room is half made": {
		func(e *evidence) {
			delete(e.known.Rooms, "quic")
			e.known.Intents["quic"] = registry.Intent{Room: "quic"}
		},
		CauseNotOurs, NoGo, "half made", "roomctl sync",
	},
	"our account was taken off the owners": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Owners = []string{"chair@example.org"} }) },
		CauseLost, NoGo, "no longer among the owners", "roomctl rooms adopt quic",
	},
	"the room itself says that we are no owner": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.Owners, r.Err = nil, fmt.Errorf("reading: %w", xmppadmin.ErrNotOwner) })
		},
		CauseLost, NoGo, "no longer among the owners", "roomctl rooms adopt quic",
	},
	"the owners could not be read": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Owners, r.Err = nil, errors.New("too slow") }) },
		CauseUntold, NotTested, "too slow", "roomctl check",
	},
}

// doorCases are about what keeps people out of a room, or silent in it.
var doorCases = map[string]judgeCase{
	"only members may come in": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.MembersOnly = true })
			e.visits["quic"] = refused("registration-required")
		},
		CauseMembers, NoGo, "only members", "an owner of the room",
	},
	"the room wants a password": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.PasswordProtected = true }) },
		CausePassword, NoGo, "password", "an owner of the room",
	},
	"the visitor is banned": {
		func(e *evidence) { e.visits["quic"] = refused("forbidden") },
		CauseRefused, NoGo, "banned", "an owner of the room",
	},
	"the room is full": {
		func(e *evidence) { e.visits["quic"] = refused("service-unavailable") },
		CauseRefused, NoGo, "full", "an owner of the room",
	},
	"the visitor waits in vain": {
		func(e *evidence) { e.visits["quic"] = errors.New("no answer within 20s") },
		CauseRefused, NoGo, "no answer within 20s", "an owner of the room",
	},
	"the visitor lost the connection": {
		func(e *evidence) { e.visits["quic"] = fmt.Errorf("visiting: %w", xmppadmin.ErrDisconnected) },
		CauseNotTried, NotTested, "connection was lost", "roomctl preflight --join",
	},
	"nobody tried": {
		func(e *evidence) { e.visits = nil },
		CauseNotTried, NotTested, "no ordinary account has tried", "roomctl preflight --join",
	},
	"the visitor could not log in": {
		func(e *evidence) { e.visits, e.noVisitor = nil, "wrong password" },
		CauseNotTried, NotTested, "wrong password", "roomctl preflight --join",
	},
	"newcomers have no voice": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.Moderated = true })
			e.visits["quic"] = fmt.Errorf("visiting: %w", xmppadmin.ErrNoVoice)
		},
		CauseModerated, Go, "only people with voice", "none if that is meant",
	},
	"the room is moderated, and newcomers have voice": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Moderated = true }) },
		"", Go, "", "",
	},
}

// publicityCases are about what keeps a room of ours from being linked.
var publicityCases = map[string]judgeCase{
	"the room is not persistent": {
		func(e *evidence) { e.set(xmppadmin.FieldPersistent, "false") },
		CauseTemporary, NoGo, "not persistent", "roomctl sync",
	},
	"the room is hidden": {
		func(e *evidence) { e.set(xmppadmin.FieldPublic, "false") },
		CauseHidden, NoGo, "not public", "roomctl sync",
	},
	"the room is not logged": {
		func(e *evidence) { e.set(xmppadmin.FieldLogging, "false") },
		CauseUnlogged, NoGo, "not logged", "roomctl sync",
	},
	"the service cannot log": {
		func(e *evidence) {
			e.unset(xmppadmin.FieldLogging)
			e.room(func(r *xmppadmin.Room) { r.CannotLog = true })
		},
		CauseUnlogged, NoGo, "cannot log", "roomctl check",
	},
	"the form lacks the field of a room that was logged": {
		func(e *evidence) {
			e.unset(xmppadmin.FieldLogging)
			e.room(func(r *xmppadmin.Room) { r.CannotLog = true })
			e.registered(func(r *registry.Room) { r.HasLogged = true })
		},
		CauseUntold, NotTested, "did not say whether the room is logged", "roomctl check",
	},
	"logs are only wanted": {
		func(e *evidence) { e.rules.Logging = provisioner.LoggingWanted; e.set(xmppadmin.FieldLogging, "false") },
		CauseUnlogged, Go, "not logged", "roomctl sync",
	},
	"logs are nobody's business": {
		func(e *evidence) { e.rules.Logging = provisioner.LoggingOff; e.set(xmppadmin.FieldLogging, "false") },
		"", Go, "", "",
	},
	"nobody knows whether the room is public": {
		func(e *evidence) { e.unset(xmppadmin.FieldPublic) },
		CauseUntold, NotTested, "did not say whether the room is public", "roomctl check",
	},
	"the log was not there": {
		func(e *evidence) {
			e.known.Archives = map[string]registry.Archive{"https://logs.example.org/quic": {Checked: noon}}
			e.patterns.Archive, e.now = "https://logs.example.org/{chat_room_name}", e.sessions[0].Start.Add(time.Minute)
		},
		CauseLogMissing, Go, "page of its log was not there", "nobody has spoken",
	},
	"the log of a session to come is not there": {
		func(e *evidence) {
			e.known.Archives = map[string]registry.Archive{"https://logs.example.org/quic": {Checked: noon}}
			e.patterns.Archive = "https://logs.example.org/{chat_room_name}"
		},
		"", Go, "", "",
	},
}
