package provisioner

import "context"

// RoomDestroyer can end a room on the chat server. Sync is never given one.
type RoomDestroyer interface {
	Destroy(ctx context.Context, name, reason, alternate string) error
	Close() error
}

// Decision is what a person decides about one room.
type Decision struct {
	Verb Verb // Retire, Restore, Close, Destroy, Hold, Release or Revert
	Room string
	Why  string // in the person's words; "" when none were given

	// To is the run after which Revert finds the values to put back; 0: before
	// the last run that changed any.
	To int64
}

// Decided is what became of one decision.
type Decided struct {
	Verb   Verb
	Room   string
	Fields []FieldChange // what was changed
	Note   string        // what a person should know, why nothing had to be done for one
	Err    error         // nil: carried out
}
