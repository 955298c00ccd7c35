package house

import (
	"context"

	"roomctl/xmppadmin"
)

// A Chat is a chat server as its people and its administrator have it: they look at rooms and change them by other means
// than the roomctl under test. Every call waits until the server has answered.
type Chat interface {
	// Login says how roomctl logs in, apart from the address and TLS: it goes through a Wire.
	Login() xmppadmin.Options

	// Address is the server's host:port for clients without TLS.
	Address() string

	// Rooms are all rooms that there are, by name, without tombstones.
	Rooms(ctx context.Context) (map[string]Room, error)

	// Make makes a room that belongs to alice and to nobody else.
	Make(ctx context.Context, name string) error

	// Change sets fields of any room, as one of its owners does.
	Change(ctx context.Context, name string, set map[xmppadmin.Field]string) error

	// Disown makes alice an owner of a room and has her take roomctl's account out of its owners. It is false when
	// the server does not let an owner do that.
	Disown(ctx context.Context, name string) (bool, error)

	// Lose ends a room, as an administrator does by mistake.
	Lose(ctx context.Context, name string) error
}

// Room is what a server keeps about one room. Two of them are compared with reflect.DeepEqual.
type Room struct {
	Values map[xmppadmin.Field]string // the managed fields that are known; booleans are "true" or "false"

	Moderated, MembersOnly, PasswordProtected bool

	Owners, Admins []string // bare JIDs, sorted

	// Subject, Rest and Occupants are known of the server in the process only. Rest stands for every other setting and
	// affiliation.
	Subject   string
	Rest      string
	Occupants []string // nicknames
}

// Ours says whether an account is among the owners.
func (r Room) Ours(jid string) bool {
	for _, owner := range r.Owners {
		if owner == jid {
			return true
		}
	}
	return false
}

// Unfit says what keeps a room from being linked: it must be persistent, public, logged and owned by an account. It is
// empty when nothing does.
func (r Room) Unfit(jid string) string {
	if !r.Ours(jid) {
		return "is not owned by " + jid
	}
	for _, f := range []xmppadmin.Field{xmppadmin.FieldPersistent, xmppadmin.FieldPublic, xmppadmin.FieldLogging} {
		if value, known := r.Values[f]; known && value != "true" {
			return "is not " + string(f)
		}
	}
	return ""
}
