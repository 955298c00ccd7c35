package registry

import "time"

// State is one consistent reading of everything a plan needs. It is a value:
// nothing in it writes.
type State struct {
	Rooms   map[string]Room   // by room name: every room ever managed
	Intents map[string]Intent // by room name: creations begun and not known to be finished

	// Links are the session links now published, by meeting number and
	// session id; the value is the room's name.
	Links map[string]map[int]string

	Events   map[string]map[int]Event // by meeting number and session id
	Archives map[string]Archive       // by URL: what is known of pages of logs

	// Last is the newest entry of the audit trail for each verb.
	Last map[string]Change

	// Flaps are the fields that were lately set to the same value three times.
	Flaps []Flap

	// Synced is when a sync last ran to its end with no change failing; zero:
	// never, so this is the first sync and the create guard does not count.
	Synced time.Time

	// Mechanism is the strongest SASL mechanism ever seen offered; "" when
	// none was.
	Mechanism string
}

// Room is a room that is ours: roomctl made it or a person adopted it.
type Room struct {
	Name    string
	GroupID int // Datatracker group id; 0 for a standing or session-only room
	State   RoomState
	Origin  Origin
	Since   time.Time // when it was made or adopted

	// Subject is the last one set by roomctl; "" when none was.
	Subject string

	// Configured is false from adoption until the first configuration has
	// been applied: that one does not count for the reconfigure guard.
	Configured bool

	// HasLogged is true once a definite answer said that logging is on; a form
	// without the field is then "unknown", not "off".
	HasLogged bool

	// Altered holds, per managed field, a value that the server did not take
	// as it was given.
	Altered map[string]Altered

	// Pinned says that a person chose the State: only a person changes it.
	Pinned bool

	// Held rooms are left as they are by every sync until a person lets go.
	Held Hold

	// Linked says that some session was ever published with a link to it.
	Linked bool

	// Told is the room that the people in this one were told to go to; "" when
	// they were not.
	Told string

	Verified Verified
}

// RoomState is a step of a room's life.
type RoomState string

const (
	Active    RoomState = "active"
	Retired   RoomState = "retired"
	Closed    RoomState = "closed"
	Destroyed RoomState = "destroyed"
)

// OutOfUse says whether a person took a room out of use: no sync touches it.
func (s RoomState) OutOfUse() bool { return s == Closed || s == Destroyed }

// Origin is how a room became ours.
type Origin string

const (
	Created Origin = "created"
	Adopted Origin = "adopted"
)

// Altered is a value that the server altered (clamped, trimmed, ignored). It is
// planned again only when Wanted or Got changes.
type Altered struct {
	Wanted string
	Got    string
}

// Verified is the last definite answer about a room. A failed read never
// replaces it.
type Verified struct {
	At          time.Time // zero: never
	Exists      bool
	Ours        bool // our bare JID was among its owners
	Persistent  bool
	Public      bool
	Logged      bool
	LogsURL     string // muc#roominfo_logs; "" when not said
	Fingerprint string // of the desired values it was compared with; "" unless they all matched
}

// FitFor is how long a definite answer may carry a link.
const FitFor = 24 * time.Hour

// Fit says whether a link may be set to the room now: a definite answer, no
// older than FitFor, that it exists, is ours, persistent, public and logged
// (the last only if logging is required).
func (v Verified) Fit(now time.Time, needLogged bool) bool {
	return v.Recent(now) && v.Sound(needLogged)
}

// Recent says whether the last definite answer is no older than FitFor. An
// answer from the future (the clock was set back) is not recent.
func (v Verified) Recent(now time.Time) bool {
	age := now.Sub(v.At)
	return !v.At.IsZero() && age <= FitFor && age >= -time.Minute
}

// Sound says whether the last definite answer, however old, was a good one.
func (v Verified) Sound(needLogged bool) bool {
	return v.Exists && v.Ours && v.Persistent && v.Public && (v.Logged || !needLogged)
}

// Intent is written before the first stanza of a creation and removed when the
// room is ours: what a crash between the two leaves behind.
type Intent struct {
	Room    string
	GroupID int
	Run     int64     // that began it; later attempts do not count
	At      time.Time // when it did
}

// Run is one run of a command that may write.
type Run struct {
	ID      int64
	Command string // "sync", "rooms adopt"
	Began   time.Time
	Ended   time.Time // zero: it never ended (killed, or still running)
	Outcome string    // one of the next four; "" while running, or when it was killed
	Allowed []string  // guard rules lifted by hand for this run
}

// How a run ends. The words are published, and shown to people, as they are.
const (
	RunDone     = "done"
	RunWithheld = "withheld" // a guard or a pause held something back
	RunPartial  = "partial"  // some of what there was to do did not succeed
	RunFailed   = "failed"   // it could not do its work
)

// Change is one entry of the audit trail: one managed field (or the room's
// state) that a run changed or failed to change.
type Change struct {
	Run     int64
	At      time.Time
	Room    string
	GroupID int
	Verb    string // of a provisioner.Verb: create, finish, adopt, configure, retire, …
	Field   string // "" when the change is about the whole room
	Old     string
	New     string
	Reasons []string
	Error   string // "" when it was applied
}
