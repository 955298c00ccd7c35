package provisioner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// judged are the cases of TestPreflightJudges: the first finding of each, or none.
var judged = map[string]struct {
	change  func(*evidence)
	cause   Cause // "": nothing is found
	verdict Verdict
	what    string // in the finding
	do      string // in what to do
}{
	"everything is as it should be": {func(*evidence) {}, "", VerdictGo, "", ""},

	"the room is absent": {
		func(e *evidence) {
			e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Absent}
			e.visits = map[string]error{}
		},
		CauseAbsent, VerdictNoGo, "does not exist", "roomctl sync",
	},
	"a held room is absent": {
		func(e *evidence) {
			e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Tombstone}
			e.registered(func(r *registry.Room) { r.Held.Since = noon })
		},
		CauseAbsent, VerdictNoGo, "does not exist", "roomctl rooms hold --release quic, then roomctl sync",
	},
	"the server says nothing about the room": {
		func(e *evidence) { e.rooms["quic"] = xmppadmin.Room{Err: errors.New("no answer")} },
		CauseUnknown, VerdictNotTested, "no answer", "roomctl check",
	},
	"a person closed the room": {
		func(e *evidence) {
			e.registered(func(r *registry.Room) { r.State = registry.Closed })
			e.sessions[0].Held = true
		},
		CauseClosed, VerdictNoGo, "a person has closed", "roomctl rooms restore quic",
	},
	"somebody else made the room": {
		func(e *evidence) { delete(e.known.Rooms, "quic") },
		CauseNotOurs, VerdictNoGo, "somebody else", "roomctl rooms adopt quic",
	},
	"the room is half made": {
		func(e *evidence) {
			delete(e.known.Rooms, "quic")
			e.known.Intents["quic"] = registry.Intent{Room: "quic"}
		},
		CauseNotOurs, VerdictNoGo, "half made", "roomctl sync",
	},
	"our account was taken off the owners": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Owners = []string{"chair@example.org"} }) },
		CauseLost, VerdictNoGo, "no longer among the owners", "roomctl rooms adopt quic",
	},
	"the room itself says that we are no owner": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.Owners, r.Err = nil, fmt.Errorf("reading: %w", xmppadmin.ErrNotOwner) })
		},
		CauseLost, VerdictNoGo, "no longer among the owners", "roomctl rooms adopt quic",
	},
	"the owners could not be read": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Owners, r.Err = nil, errors.New("too slow") }) },
		CauseUntold, VerdictNotTested, "too slow", "roomctl check",
	},

	"only members may come in": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.MembersOnly = true })
			e.visits["quic"] = refused("registration-required")
		},
		CauseMembers, VerdictNoGo, "only members", "an owner of the room",
	},
	"the room wants a password": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.PasswordProtected = true }) },
		CausePassword, VerdictNoGo, "password", "an owner of the room",
	},
	"the visitor is banned": {
		func(e *evidence) { e.visits["quic"] = refused("forbidden") },
		CauseRefused, VerdictNoGo, "banned", "an owner of the room",
	},
	"the room is full": {
		func(e *evidence) { e.visits["quic"] = refused("service-unavailable") },
		CauseRefused, VerdictNoGo, "full", "an owner of the room",
	},
	"the visitor waits in vain": {
		func(e *evidence) { e.visits["quic"] = errors.New("no answer within 20s") },
		CauseRefused, VerdictNoGo, "no answer within 20s", "an owner of the room",
	},
	"the visitor lost the connection": {
		func(e *evidence) { e.visits["quic"] = fmt.Errorf("visiting: %w", xmppadmin.ErrDisconnected) },
		CauseNotTried, VerdictNotTested, "connection was lost", "roomctl preflight --join",
	},
	"nobody tried": {
		func(e *evidence) { e.visits = nil },
		CauseNotTried, VerdictNotTested, "no ordinary account has tried", "roomctl preflight --join",
	},
	"the visitor could not log in": {
		func(e *evidence) { e.visits, e.noVisitor = nil, "wrong password" },
		CauseNotTried, VerdictNotTested, "wrong password", "roomctl preflight --join",
	},
	"newcomers have no voice": {
		func(e *evidence) {
			e.room(func(r *xmppadmin.Room) { r.Moderated = true })
			e.visits["quic"] = fmt.Errorf("visiting: %w", xmppadmin.ErrNoVoice)
		},
		CauseModerated, VerdictGo, "only people with voice", "none if that is meant",
	},
	"the room is moderated, and newcomers have voice": {
		func(e *evidence) { e.room(func(r *xmppadmin.Room) { r.Moderated = true }) },
		"", VerdictGo, "", "",
	},

	"the room is not persistent": {
		func(e *evidence) { e.set(xmppadmin.FieldPersistent, "false") },
		CauseTemporary, VerdictNoGo, "not persistent", "roomctl sync",
	},
	"the room is hidden": {
		func(e *evidence) { e.set(xmppadmin.FieldPublic, "false") },
		CauseHidden, VerdictNoGo, "not public", "roomctl sync",
	},
	"the room is not logged": {
		func(e *evidence) { e.set(xmppadmin.FieldLogging, "false") },
		CauseUnlogged, VerdictNoGo, "not logged", "roomctl sync",
	},
	"the service cannot log": {
		func(e *evidence) {
			e.unset(xmppadmin.FieldLogging)
			e.room(func(r *xmppadmin.Room) { r.CannotLog = true })
		},
		CauseUnlogged, VerdictNoGo, "cannot log", "roomctl check",
	},
	"the form lacks the field of a room that was logged": {
		func(e *evidence) {
			e.unset(xmppadmin.FieldLogging)
			e.room(func(r *xmppadmin.Room) { r.CannotLog = true })
			e.registered(func(r *registry.Room) { r.HasLogged = true })
		},
		CauseUntold, VerdictNotTested, "did not say whether the room is logged", "roomctl check",
	},
	"logs are only wanted": {
		func(e *evidence) { e.rules.Logging = LoggingWanted; e.set(xmppadmin.FieldLogging, "false") },
		CauseUnlogged, VerdictGo, "not logged", "roomctl sync",
	},
	"logs are nobody's business": {
		func(e *evidence) { e.rules.Logging = LoggingOff; e.set(xmppadmin.FieldLogging, "false") },
		"", VerdictGo, "", "",
	},
	"nobody knows whether the room is public": {
		func(e *evidence) { e.unset(xmppadmin.FieldPublic) },
		CauseUntold, VerdictNotTested, "did not say whether the room is public", "roomctl check",
	},
	"the log was not there": {
		func(e *evidence) {
			e.known.Archives = map[string]registry.Archive{"https://logs.example.org/quic": {Checked: noon}}
			e.patterns.Archive, e.now = "https://logs.example.org/{chat_room_name}", e.sessions[0].Start.Add(time.Minute)
		},
		CauseLogMissing, VerdictGo, "page of its log was not there", "nobody has spoken",
	},
	"the log of a session to come is not there": {
		func(e *evidence) {
			e.known.Archives = map[string]registry.Archive{"https://logs.example.org/quic": {Checked: noon}}
			e.patterns.Archive = "https://logs.example.org/{chat_room_name}"
		},
		"", VerdictGo, "", "",
	},

	"no room can be named": {
		func(e *evidence) { e.sessions[0].Room, e.rooms = "", nil },
		CauseUnnamed, VerdictNoGo, "no room can be named", "set chat_room",
	},
	"two groups claim the room": {
		func(e *evidence) { e.sessions[0].Held = true },
		CauseUndecided, VerdictNoGo, "two groups", "roomctl explain quic",
	},
	"another room is asked for since": {
		func(e *evidence) {
			e.sessions[0].Room, e.known = "quick", state(managedRoom("quick", 20))
			e.rooms, e.visits = map[string]xmppadmin.Room{"quick": e.rooms["quic"]}, map[string]error{"quick": nil}
		},
		CauseAgendaLink, VerdictNoGo, "meeting/126/agenda.json has a link to another room", "roomctl sync",
	},
	"the session was moved": {
		func(e *evidence) { e.sessions[0].Start = e.sessions[0].Start.Add(time.Hour) },
		CauseAgendaLink, VerdictNoGo, "at another time", "roomctl sync",
	},
	"the session is new": {
		func(e *evidence) { e.sessions[0].ID = 101 },
		CauseAgendaLink, VerdictNoGo, "does not have the session", "roomctl sync",
	},
	"the agenda changed upstream": {
		func(e *evidence) { e.meeting.Agenda.Raw = append(e.meeting.Agenda.Raw, '\n') },
		CauseOutdated, VerdictNoGo, "not the one that the Datatracker has now", "roomctl sync",
	},
	"nothing is published": {
		func(e *evidence) { e.files = agenda.ReadPublished(fstest.MapFS{}, "126", true) },
		CauseFile, VerdictNoGo, "meeting/126/agenda.json is not published", "roomctl sync",
	},

	"a person has paused roomctl": {
		func(e *evidence) { e.paused = "since noon" },
		CausePaused, VerdictGo, "paused since noon", "roomctl resume",
	},
	"the Datatracker did not answer": {
		func(e *evidence) {
			e.sources[0].Outcome, e.sources[0].Problem = datatracker.LastGood, errors.New("502 Bad Gateway")
		},
		CauseSource, VerdictNotTested, "IETF 126 agenda: gone by the last good copy: 502", "roomctl check",
	},
	"the Datatracker was not believed": {
		func(e *evidence) {
			e.sources[0].Problem = &datatracker.LimitError{Rule: datatracker.RuleSessionsShrank, Before: 150, Now: 3, What: "sessions"}
		},
		CauseSource, VerdictNotTested, "from 150 to 3", "roomctl sync --allow sessions-shrank",
	},
	"no meeting is announced": {
		func(e *evidence) { e.meeting, e.sessions, e.rooms = datatracker.Meeting{}, nil, nil },
		CauseNothing, VerdictNoGo, "no IETF meeting is announced", "again",
	},
	"the agenda is empty": {
		func(e *evidence) { e.meeting.Agenda.Sessions, e.sessions, e.rooms = nil, nil, nil },
		CauseNoAgenda, VerdictNoGo, "IETF 126: no agenda yet", "again",
	},
	"the agenda is unknown": {
		func(e *evidence) {
			e.meeting.Agenda, e.sessions, e.rooms = nil, nil, nil
			e.sources[0].Problem = errors.New("404 Not Found")
		},
		CauseNoAgenda, VerdictNoGo, "unknown: 404", "roomctl check",
	},
	"the meeting is over": {
		func(e *evidence) { e.now, e.sessions, e.rooms = noon.AddDate(0, 1, 0), nil, nil },
		CauseNothing, VerdictNoGo, "IETF 126 is over", "nothing to check",
	},
	"every session is cancelled": {
		func(e *evidence) { e.sessions, e.rooms = nil, nil },
		CauseNothing, VerdictNoGo, "no session of IETF 126 asks", "again",
	},
}

func TestPreflightJudges(t *testing.T) {
	for name, tt := range judged {
		t.Run(name, func(t *testing.T) {
			e := readyEvidence(t)
			tt.change(e)
			got := e.judge()
			if got.Verdict != tt.verdict {
				t.Errorf("verdict %q, want %q", got.Verdict, tt.verdict)
			}
			if tt.cause == "" {
				if len(got.Findings) > 0 {
					t.Errorf("found %+v", got.Findings)
				}
				return
			}
			if len(got.Findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := got.Findings[0]
			if f.Cause != tt.cause || f.Verdict != tt.verdict || !strings.Contains(f.What, tt.what) || !strings.Contains(f.Do, tt.do) {
				t.Errorf("found %+v, want %s (%s): %s, and to do %s", f, tt.cause, tt.verdict, tt.what, tt.do)
			}
			if len(f.Sessions) > 0 && !slices.Contains(got.Sessions[0].Causes, tt.cause) {
				t.Errorf("the session's causes are %q", got.Sessions[0].Causes)
			}
		})
	}
}

// Every cause that there is can be found.
func TestPreflightCausesAreAllTried(t *testing.T) {
	tried := map[Cause]bool{CauseCalendarLink: true, CausePageLink: true} // beside CauseAgendaLink, which comes first
	for _, tt := range judged {
		tried[tt.cause] = true
	}
	for _, cause := range Causes() {
		if !tried[cause] {
			t.Errorf("no case finds %s", cause)
		}
	}
}

func TestPreflightFindingsAreGrouped(t *testing.T) {
	e := readyEvidence(t)
	again := e.sessions[0]
	again.ID, again.Start = 102, again.Start.Add(2*time.Hour)
	tls := SessionRoom{ID: 101, Acronym: "tls", Start: again.Start.Add(time.Hour), Room: "tls", Asks: true}
	e.sessions = append(e.sessions, again, tls)
	e.known.Rooms["tls"] = managedRoom("tls", 30)
	e.rooms["tls"] = xmppadmin.Room{Existence: xmppadmin.Absent}
	e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Absent}
	e.visits = map[string]error{}
	e.publish(t)
	got := e.judge()
	if len(got.Findings) != 1 {
		t.Fatalf("found %+v, want one thing", got.Findings)
	}
	f := got.Findings[0]
	if !slices.Equal(f.Rooms, []string{"quic", "tls"}) || !slices.Equal(f.Sessions, []int{100, 102, 101}) {
		t.Errorf("about rooms %v and sessions %v", f.Rooms, f.Sessions)
	}
}
