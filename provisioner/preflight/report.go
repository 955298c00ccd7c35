package preflight

import (
	"slices"
	"time"
)

// Report is what people go by before a meeting.
type Report struct {
	Began, Ended time.Time

	Meeting  string // number; "" when there is none
	Title    string // of the meeting: "IETF 126"
	TimeZone string // IANA name; "" when not known

	Verdict  Verdict
	Findings []Finding // what is wrong first, then what was not tested, then what is worth knowing
	Sessions []Session // those that ask for a room, by start
	Rooms    int       // distinct rooms of these sessions
	Joined   bool      // an ordinary account tried the doors
}

// Verdict says whether people can meet.
type Verdict string

const (
	Go        Verdict = "go"
	NotTested Verdict = "not tested" // nothing wrong was found, and not everything was tried
	NoGo      Verdict = "no-go"
)

// worse is the graver of two verdicts.
func (v Verdict) worse(other Verdict) Verdict {
	if v.rank() < other.rank() {
		return other
	}
	return v
}

func (v Verdict) rank() int {
	return slices.Index([]Verdict{Go, NotTested, NoGo}, v)
}

// Finding is one cause, and everything that it concerns.
type Finding struct {
	Cause   Cause   `json:"cause"`
	Verdict Verdict `json:"verdict"` // what comes of it: go is a warning
	What    string  `json:"what"`
	Do      string  `json:"do"` // the command to type, or what a person can do

	Rooms    []string `json:"rooms"`    // sorted
	Sessions []int    `json:"sessions"` // in the order in which they start
}

// Session is what was found out about one session.
type Session struct {
	ID      int       `json:"id"`
	Acronym string    `json:"acronym"`
	Name    string    `json:"name,omitempty"`
	Start   time.Time `json:"start"`
	Room    string    `json:"room,omitempty"` // "": none can be named
	URL     string    `json:"url,omitempty"`  // into the room
	Verdict Verdict   `json:"verdict"`
	Causes  []Cause   `json:"causes"` // why it is not go, and warnings; in the order of Causes
}
