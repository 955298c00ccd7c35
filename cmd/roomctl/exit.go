package main

import (
	"errors"

	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
)

// Exit statuses. Where several apply, the first of 64, 75, 1, 3, 4, 2 counts.
const (
	exitDone     = 0  // done, nothing needs you
	exitFailed   = 1  // failed; check, status: not well
	exitPending  = 2  // plan: changes are pending
	exitWithheld = 3  // a guard withheld something, the rest is done
	exitPartial  = 4  // a room failed, a session has no link, or a source is over an hour old; preflight: no-go, or not tested
	exitUsage    = 64 // wrong usage or configuration
	exitLocked   = 75 // another run holds the state folder
)

const exitStatusHelp = `EXIT STATUS:
   0   done, nothing needs you
   1   failed (check, status: not well)
   2   plan: changes are pending
   3   a guard withheld something, the rest is done
   4   partial: a room failed, a session has no link,
       or a source is over 1 h old (preflight: no-go, or not tested)
   64  wrong usage or configuration
   75  another run holds the state folder`

// statusError is an exit status that has nothing more to say: what there was to
// say has been printed.
type statusError int

func (e statusError) Error() string { return "" }

// usageError is a mistake on the command line.
type usageError struct{ error }

// statusOf maps an error to the exit status.
func statusOf(err error) int {
	var (
		status   statusError
		usage    usageError
		settings *config.Error
		identity *registry.IdentityError
		held     *lock.HeldError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage), errors.As(err, &settings), errors.As(err, &identity):
		return exitUsage
	case errors.As(err, &held):
		return exitLocked
	}
	return exitFailed
}

// statusOfReport is the exit status of a run that walked the line to its end.
func statusOfReport(r *provisioner.Report, preview bool) int {
	switch {
	case r.Held() > 0:
		return exitWithheld
	case r.Failures() > 0:
		return exitPartial
	case preview && len(r.Changes)+r.Datatracker.Pending() > 0:
		return exitPending
	}
	return exitDone
}

// asError is the status as the error of a command; nil for 0.
func asError(status int) error {
	if status == exitDone {
		return nil
	}
	return statusError(status)
}
