package health

import (
	"fmt"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/worker"
)

// The limits of the rules.
const (
	// A good sync may be so old before it is missed: three of the usual ones, and two
	// of those while a meeting is on (Facts.Meeting).
	MaxAge          = 45 * time.Minute
	MaxAgeInMeeting = 10 * time.Minute

	// StuckAfter is how long a run may last. The first of all, of some 200 rooms,
	// takes less than a minute.
	StuckAfter = 10 * time.Minute

	// FailedRuns is how many runs in a row may not fail.
	FailedRuns = 3

	// DownAfter is how long there may be no connection to the chat server.
	DownAfter = 10 * time.Minute

	// ExpiresSoon is how long before its end a certificate is told of.
	ExpiresSoon = 14 * 24 * time.Hour
)

// Facts are what is known. What is not known is left out.
type Facts struct {
	Registry   string   // why the registry cannot be read; "": it can
	Unreadable []string // what else could not be read, and why

	Good  time.Time // when a sync last ran to its end with no change failing; zero: never
	Syncs []Sync    // the last ones in the registry, the newest first; FailedRuns of them are enough
	Busy  bool      // somebody writes now: a sync that has not ended may still do so
	Why   string    // why the last one failed; may be ""

	// Worker is what runs syncs by itself; nil: a person or cron does.
	Worker *worker.State
	Stuck  bool // it is behind its own time limits: something does not end although it was cancelled
	Failed int  // runs of the worker that failed in a row, those included that never came to the registry

	// Meeting is the meeting that is on, "" when none is: for serve an IETF meeting or
	// an interim, as its schedule for meetings has it. For `roomctl status` it is an
	// IETF meeting only: who syncs from cron would have to do so every few minutes all
	// year.
	Meeting      string
	MeetingSince time.Time // since when one or another has been on; zero: for long

	Chat Connection

	Refused Refusal // of the configuration that the worker read last

	Pause     string // since when, until when, by whom and why; "": roomctl is not paused
	PauseEnds bool   // by itself

	Published *agenda.Status // what the last run published; nil: nothing, or it cannot be read
	Unfit     int            // rooms that no session can be linked to

	Notify []Silent // ways to tell operators that do not work
}

// Sync is a sync in the registry.
type Sync struct {
	Run     int64
	Outcome string // registry.RunFailed is what counts; "": it did not end
}

// Connection is the worker's connection to the chat server.
type Connection struct {
	Down time.Time // since when there is none; zero: there is one, or nobody keeps one
	Why  string

	CertificateEnds time.Time // of the server's certificate; zero: not known, or it has none
}

// Refusal is why the worker goes on with a configuration that is not the one in its
// file.
type Refusal struct {
	At  time.Time // when the file was read again
	Why string    // "": it was not refused
}

// Silent is a way to tell operators that does not work.
type Silent struct {
	Way string // "webhook"
	Why string
}

// Limit is how old the last good sync may be now.
func (f Facts) Limit(now time.Time) time.Duration {
	// When a meeting begins the last sync may be as old as the usual schedule lets
	// it become.
	const settling = 5 * time.Minute
	if f.Meeting == "" || now.Sub(f.MeetingSince) < settling {
		return MaxAge
	}
	return MaxAgeInMeeting
}

// InWords is a duration for people, to the minute, or to the hour when it is long.
func InWords(d time.Duration) string {
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

// Minute is a time for people, to the minute.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
