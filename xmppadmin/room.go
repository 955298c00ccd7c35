package xmppadmin

import "errors"

// Room is what the chat service said about one room. Only what it definitely
// said is filled in: a missing key in Values or a nil list is "not known".
type Room struct {
	Name      string // localpart
	Existence Existence

	// Values of the managed fields that are known. Booleans are "true" or
	// "false"; text is as the server gave it.
	Values map[Field]string

	// Owners and Admins are bare JIDs, sorted; nil until read (see
	// Reader.Read), empty when read and empty.
	Owners []string
	Admins []string

	// What decides whether anybody can walk in; reported, never repaired.
	MembersOnly       bool
	PasswordProtected bool
	Moderated         bool

	// CannotLog says that the service has no logs at all, as far as this
	// connection has found out.
	CannotLog bool

	Occupants *int   // how many people are in it; nil: not said
	LogsURL   string // muc#roominfo_logs; "" when not said
	Alternate string // of a tombstone: the JID or URI it points to; "" when none

	// Err is why Existence is Unknown, or why a definite room could not be
	// read in full; nil otherwise.
	Err error
}

// Empty says whether there is definitely nobody in the room.
func (r Room) Empty() bool { return r.Occupants != nil && *r.Occupants == 0 }

// Existence is the answer to "is there such a room?". It is settled by
// disco#info alone (XEP-0045 section 6.4); a listing never settles it.
type Existence int

const (
	Unknown   Existence = iota // no definite answer: never to be taken for absent
	Present                    // disco#info answered
	Absent                     // item-not-found
	Tombstone                  // gone: destroyed, and the name is still held by the server
)

func (e Existence) String() string {
	switch e {
	case Present:
		return "present"
	case Absent:
		return "absent"
	case Tombstone:
		return "tombstone"
	}
	return "unknown"
}

// Field is a room setting that roomctl manages. The set is closed.
type Field string

const (
	FieldName        Field = "name"        // muc#roomconfig_roomname
	FieldDescription Field = "description" // muc#roomconfig_roomdesc
	FieldLanguage    Field = "language"    // muc#roomconfig_lang
	FieldPersistent  Field = "persistent"  // muc#roomconfig_persistentroom
	FieldPublic      Field = "public"      // muc#roomconfig_publicroom
	FieldLogging     Field = "logging"     // per dialect: archive or log
)

// FieldModerated is set when a room is made, closed and opened again, and never
// compared: chairs may need it. Only voiced occupants of a moderated room speak.
const FieldModerated Field = "moderated" // muc#roomconfig_moderatedroom

// Fields lists every managed field in the order they are shown and applied.
func Fields() []Field {
	return []Field{FieldName, FieldDescription, FieldLanguage, FieldPersistent, FieldPublic, FieldLogging}
}

// Listing is the set of rooms that the service lists.
type Listing struct {
	Names []string // localparts, sorted

	// Complete is true only when the service's own count says so (XEP-0059
	// <count/>, or a service that is known to answer whole). Hidden rooms may
	// be missing even then.
	Complete bool
}

// Spec is what a new room is to be.
type Spec struct {
	Values map[Field]string
	Owners []string // bare JIDs beside our own, which is always made owner
	Admins []string // bare JIDs

	// RequireLogging makes Create undo and fail with ErrCannotLog on a
	// service that offers no logging.
	RequireLogging bool
}

// Affiliations of XEP-0045 section 5.2 that roomctl gives.
const (
	AffiliationOwner = "owner"
	AffiliationAdmin = "admin"
)

var (
	// ErrExists: the room that was to be created exists already, made by
	// somebody else; it was left untouched.
	ErrExists = errors.New("the room exists already")
	// ErrCannotLog: the service offers no logging for rooms; nothing was left behind.
	ErrCannotLog = errors.New("the service cannot log rooms")
	// ErrNotOwner: the room itself refused to tell its owners, so we are not
	// among them.
	ErrNotOwner = errors.New("not an owner of the room")
	// ErrNotPermitted: the account lacks a right; the error text names it.
	ErrNotPermitted = errors.New("not permitted")
	// ErrDisconnected: the stream ended before the answer came. Whether the
	// request took effect is unknown.
	ErrDisconnected = errors.New("connection to the chat server lost")
)
