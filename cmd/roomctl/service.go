package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"roomctl/provisioner/lock"
)

// serviceFolder is where, in the state folder, serve holds the lock by which there
// is one at a time. Other commands look at it and never take it.
const serviceFolder = "worker"

// service is roomctl serve, as its lock tells.
type service struct {
	Running bool      `json:"running"`        // false: it was killed, or the machine went down
	PID     int       `json:"pid,omitempty"`  // absent: it began a moment ago
	Host    string    `json:"host,omitempty"` // likewise
	Began   time.Time `json:"began,omitzero"` // likewise
}

// service looks for roomctl serve; nil when there never was one, or it ended in
// order.
func (h *house) service() (*service, error) {
	holder, held, err := lock.Look(filepath.Join(h.config.StateDir, serviceFolder))
	if err != nil || !held && holder == (lock.Holder{}) {
		return nil, err
	}
	return &service{Running: held, PID: holder.PID, Host: holder.Host, Began: holder.Began}, nil
}

// servesAlready is why a second serve does not begin.
type servesAlready struct{ held *lock.HeldError }

// beside is the error of taking the lock of serve, in the words of somebody who
// wanted to begin one.
func beside(err error) error {
	var held *lock.HeldError
	if errors.As(err, &held) {
		return servesAlready{held}
	}
	return err
}

func (e servesAlready) Error() string {
	who := ""
	if by := e.held.Holder; by != (lock.Holder{}) {
		who = fmt.Sprintf(": process %d since %s", by.PID, by.Began.Local().Format("2006-01-02 15:04:05 MST"))
	}
	return "roomctl serve already runs here" + who + "; roomctl control status asks it"
}

// Unwrap makes the exit status that of a state folder in use.
func (e servesAlready) Unwrap() error { return e.held }
