package agenda

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const (
	// StatusPath is where the status file stands in a Tree.
	StatusPath = "status.json"

	statusVersion = 1
)

// Status is status.json: how the last run went and how old everything is. It is
// the one published file that is rewritten by every run.
type Status struct {
	Version int       `json:"version"` // set by PutStatus
	Written time.Time `json:"written"` // when this file was written

	// Outcome is how the run ended: "done", "withheld", "partial" or "failed".
	Outcome string `json:"outcome"`

	LastPoll time.Time `json:"last_poll,omitzero"` // when every source last answered well; absent: never
	LastSync time.Time `json:"last_sync,omitzero"` // when a sync last ran to its end with no change failing; absent: never

	Sources  []SourceStatus   `json:"sources"`
	Counts   Counts           `json:"counts"`
	Withheld []WithheldStatus `json:"withheld"` // changes that a guard held back
	Problems []string         `json:"problems"` // for people
}

// SourceStatus is one document that was asked of the Datatracker.
type SourceStatus struct {
	Name    string    `json:"name"` // "groups", "IETF 126 agenda"
	URL     string    `json:"url"`
	Meeting string    `json:"meeting,omitempty"` // number of the meeting it is about
	Outcome string    `json:"outcome"`           // "fresh", "unchanged", "last good copy" or "missing"
	Read    time.Time `json:"read,omitzero"`     // when the copy in use was last confirmed; absent: never
	Changed time.Time `json:"changed,omitzero"`  // when its content last changed; absent: unknown
	Problem string    `json:"problem,omitempty"` // why the last answer was not used

	// AgeSeconds is the time from Read to Written, set by PutStatus; absent
	// when the document was never read.
	AgeSeconds *int64 `json:"age_seconds,omitempty"`
}

// Counts are the numbers of one run.
type Counts struct {
	Rooms    int `json:"rooms"`    // that are ours and in service
	Fit      int `json:"fit"`      // of these, that may be linked
	Changed  int `json:"changed"`  // by this run
	Failed   int `json:"failed"`   // changes that did not succeed
	NotOurs  int `json:"not_ours"` // rooms that are wanted but belong to somebody else
	Sessions int `json:"sessions"` // on the published agendas
	Linked   int `json:"linked"`   // of these, that have a link
}

// WithheldStatus is one class of changes that a guard held back.
type WithheldStatus struct {
	Rule  string    `json:"rule"`           // the name that `sync --allow` takes, where it lifts the guard
	Why   string    `json:"why"`            // with numbers
	Rooms []string  `json:"rooms"`          // names; empty for a guard over input
	Until time.Time `json:"until,omitzero"` // when the guard ends by itself; absent: not at a time that is known
}

// ReadStatus reads a status file that PutStatus wrote.
func ReadStatus(doc []byte) (Status, error) {
	var s Status
	if err := json.Unmarshal(doc, &s); err != nil {
		return Status{}, fmt.Errorf("reading %s: %w", StatusPath, err)
	}
	if s.Version != statusVersion {
		return Status{}, fmt.Errorf("reading %s: version %d of the format is not known", StatusPath, s.Version)
	}
	return s, nil
}

// Oldest is when the source that has waited longest was last read; zero when
// none ever was.
func (s Status) Oldest() time.Time {
	var oldest time.Time
	for _, source := range s.Sources {
		if !source.Read.IsZero() && (oldest.IsZero() || source.Read.Before(oldest)) {
			oldest = source.Read
		}
	}
	return oldest
}

// PutStatus writes status.json. The lists of s may be nil.
func PutStatus(t *Tree, s Status) error {
	s.Version = statusVersion
	s.Written = s.Written.UTC().Truncate(time.Second)
	s.LastPoll, s.LastSync = s.LastPoll.UTC(), s.LastSync.UTC()
	s.Sources = told(s.Sources, s.Written)
	s.Withheld = append([]WithheldStatus{}, s.Withheld...) // [] in the file, never null
	for i, w := range s.Withheld {
		s.Withheld[i].Why = sentence(w.Why)
		s.Withheld[i].Rooms = append([]string{}, w.Rooms...)
		s.Withheld[i].Until = w.Until.UTC()
	}
	s.Problems = append([]string{}, s.Problems...)
	for i, problem := range s.Problems {
		s.Problems[i] = sentence(problem)
	}
	doc, err := encode(s)
	if err != nil {
		return fmt.Errorf("publishing %s: %w", StatusPath, err)
	}
	_, err = t.Put(StatusPath, doc)
	return err
}

// sentence is what went wrong, on one line. It may quote what came from outside.
func sentence(text string) string {
	return plain(strings.ReplaceAll(text, "\n", "; "), maxNote)
}

// told is a copy of sources as the file tells of them: in UTC, with their ages at
// the given time. A source read later than that, because a clock was set back, is
// of age 0.
func told(sources []SourceStatus, at time.Time) []SourceStatus {
	all := append([]SourceStatus{}, sources...)
	for i, source := range all {
		all[i].Read, all[i].Changed = source.Read.UTC(), source.Changed.UTC()
		all[i].Problem = sentence(source.Problem)
		if source.Read.IsZero() {
			all[i].AgeSeconds = nil
			continue
		}
		age := max(0, int64(at.Sub(source.Read)/time.Second))
		all[i].AgeSeconds = &age
	}
	return all
}
