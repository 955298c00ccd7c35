package xmppadmin

import (
	"context"

	"mellium.im/xmpp/jid"
)

// dialect is how one kind of server is talked to. Its two halves are kept
// apart so that a Reader holds nothing that writes.
type dialect interface {
	reading
	writing
	// name is for people.
	name() string
	// operations tells how each thing is done.
	operations() []Operation
	// rights tells which rights the account lacks, and which it has without need.
	rights() (missing, unneeded []Right)
}

// reading is the half of a dialect that changes nothing.
type reading interface {
	// list lists the rooms of the service.
	list(ctx context.Context) (Listing, error)
	// logged tells whether disco#info alone proves that a room is logged.
	logged(said info) bool
	// complete fills in what disco#info left open, and the owner and admin lists.
	complete(ctx context.Context, room jid.JID, said info, r *Room) error
}

// writing is the half that changes things. None of it checks names or JIDs
// from outside; Service does.
type writing interface {
	// create makes a room that disco#info said is absent or a tombstone.
	create(ctx context.Context, room jid.JID, spec Spec) error
	configure(ctx context.Context, room jid.JID, set map[Field]string) error
	grant(ctx context.Context, room jid.JID, affiliation string, who jid.JID, reason string) error
	// speak sends a subject or a message to a room that disco#info said is present.
	speak(ctx context.Context, room jid.JID, said speech) error
	// destroy ends a room that disco#info said is present.
	destroy(ctx context.Context, room jid.JID, reason, alternate string) error
}
