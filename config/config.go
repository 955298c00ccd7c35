// Package config reads roomctl's configuration: one YAML file, decoded
// strictly, filled up with defaults and checked as a whole, so that every
// problem is told at once. It holds no secret: passwords are read on their own.
package config

import "time"

// Config is a checked configuration. JIDs and host names are in their canonical
// form (RFC 7622), base URLs have no slash at the end.
type Config struct {
	Datatracker Datatracker `yaml:"datatracker"`
	XMPP        XMPP        `yaml:"xmpp"`

	// StateDir is the folder of the registry and of the last good copies. It
	// belongs to one MUC service and one Datatracker.
	StateDir string `yaml:"state_dir"`

	Publish Publish `yaml:"publish"`
	Rooms   Rooms   `yaml:"rooms"`
	Guards  Guards  `yaml:"guards"`

	Preflight Preflight `yaml:"preflight"`

	Schedule Schedule `yaml:"schedule"`
	HTTP     HTTP     `yaml:"http"`
	Announce Announce `yaml:"announce"`
	Notify   Notify   `yaml:"notify"`
}

// Datatracker is the source of groups, meetings and agendas.
type Datatracker struct {
	URL     string `yaml:"url"`     // https, or any on a loopback address
	Contact string `yaml:"contact"` // told in the User-Agent; "" leaves it out

	// The Secretariat's account with which rooms are written back; used with
	// WriteBackForm only.
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"` // "": see Config.DatatrackerPassword
}

// XMPP is the account that roomctl uses and the service whose rooms it keeps.
type XMPP struct {
	JID          string        `yaml:"jid"`           // bare JID
	PasswordFile string        `yaml:"password_file"` // "": see Config.Password
	Address      string        `yaml:"address"`       // host:port; "": the DNS SRV records of the JID's domain
	TLS          TLS           `yaml:"tls"`
	CAFile       string        `yaml:"ca_file"`    // PEM file with one more trust anchor; "": none
	MUC          string        `yaml:"muc"`        // domain of the MUC service
	AdminHost    string        `yaml:"admin_host"` // where admin commands go; after Parse never empty
	Window       int           `yaml:"window"`     // requests in flight
	Rate         float64       `yaml:"rate"`       // requests per second; 0: no limit
	Timeout      time.Duration `yaml:"timeout"`    // for one request
}

// TLS says how the connection to the chat server is secured.
type TLS string

const (
	TLSStart  TLS = "starttls" // RFC 6120 section 5; never without
	TLSDirect TLS = "direct"   // XEP-0368
	TLSNone   TLS = "none"     // loopback addresses only
)

// Publish is where the published files go and what their links look like.
type Publish struct {
	Dir     string `yaml:"dir"`
	BaseURL string `yaml:"base_url"` // where Dir is served; "": links are relative

	// The patterns have {chat_room_name} in place of the room's name, as the
	// Datatracker's own settings do; each may be "".
	ChatURLPattern        string `yaml:"chat_url_pattern"`
	ChatWebURLPattern     string `yaml:"chat_web_url_pattern"`
	ChatArchiveURLPattern string `yaml:"chat_archive_url_pattern"` // may have {date}, too

	ChatArchiveEras []Era `yaml:"chat_archive_eras"` // earlier archives, by ascending date
	CheckArchive    bool  `yaml:"check_archive"`     // link only logs that are there

	Contact string `yaml:"contact"` // whom people ask about the rooms; may be ""

	// JoinPageFile is a file of HTML in place of the join page's built-in text;
	// "" keeps that. See Config.JoinPage.
	JoinPageFile string `yaml:"join_page"`

	Datatracker WriteBack `yaml:"datatracker"`
}

// Era is a time whose logs are kept elsewhere than today's.
type Era struct {
	Until   time.Time `yaml:"until"`   // its last day; midnight in UTC
	Pattern string    `yaml:"pattern"` // as ChatArchiveURLPattern
}

// WriteBack says what becomes of sessions for which the Datatracker computes
// another room than the one that is linked.
type WriteBack string

const (
	WriteBackOff    WriteBack = "off"    // nothing
	WriteBackReport WriteBack = "report" // they are listed
	WriteBackForm   WriteBack = "form"   // their chat_room is set by the Secretariat's form
)

// Rooms are the house rules: which rooms exist and what they are like.
type Rooms struct {
	GroupTypes  []string `yaml:"group_types"`  // beside those with default chat; slugs of grouptypename
	GroupStates []string `yaml:"group_states"` // of active, bof, proposed, dormant
	Fixed       []string `yaml:"fixed"`        // standing rooms of no group

	// Overrides map a name that the Datatracker gives, in lower case, to the
	// room's name.
	Overrides map[string]string `yaml:"overrides"`

	// Sessions name the room of sessions that share a group with others: the first
	// rule that matches counts, after the session's own chat_room.
	Sessions []SessionRule `yaml:"sessions"`

	// Meeting are the names of rooms that every IETF meeting gets beside those of
	// its sessions: templates over NameText.
	Meeting []string `yaml:"meeting"`

	Joint Joint `yaml:"joint"`

	Language string   `yaml:"language"` // BCP 47
	Logging  Logging  `yaml:"logging"`
	Owners   []string `yaml:"owners"` // bare JIDs, beside roomctl's own
	Admins   []string `yaml:"admins"` // bare JIDs

	// Templates in the language of text/template over RoomText; "" is the
	// built-in text.
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Subject     string `yaml:"subject"`

	// SessionSubject is a template over SessionText: what a room's subject is
	// while a session is on there; "" is the built-in text. FollowSessions says
	// whether subjects follow the sessions at all.
	SessionSubject string `yaml:"session_subject"`
	FollowSessions bool   `yaml:"follow_sessions"`

	NoteWell string `yaml:"note_well"` // URL
}

// SessionRule names the room of the sessions that it matches. A key that is not
// set matches every session; one of the first four is set.
type SessionRule struct {
	Group   string `yaml:"group"`   // acronym, in lower case
	Name    string `yaml:"name"`    // a regular expression (RE2) that is found in the session's name, whatever the case
	Type    string `yaml:"type"`    // slug of timeslottypename
	Purpose string `yaml:"purpose"` // slug of sessionpurposename
	Room    string `yaml:"room"`    // template over NameText
}

// Joint says what becomes of joint sessions, which agenda notes tell of.
type Joint string

const (
	JointPointer Joint = "pointer" // while one runs, its rooms' descriptions name each other
	JointOff     Joint = "off"     // nothing
)

// Logging says how much it matters that rooms are logged.
type Logging string

const (
	LoggingRequired Logging = "required" // no room is made or linked without a log
	LoggingWanted   Logging = "wanted"   // logged where the service can
	LoggingOff      Logging = "off"      // left alone
)

// Guards are the limits beyond which a class of changes is withheld.
type Guards struct {
	MinGroups   int   `yaml:"min_groups"` // a shorter list of groups is not believed
	Retire      Limit `yaml:"retire"`
	Reconfigure Limit `yaml:"reconfigure"`
	Create      Limit `yaml:"create"`
	WriteBack   Limit `yaml:"write_back"` // sessions of one meeting, not rooms
}

// Limit is the larger of a number and a percentage: of the rooms that are ours,
// or with WriteBack of a meeting's sessions.
type Limit struct {
	Count   int `yaml:"count"`
	Percent int `yaml:"percent"`
}

// Preflight is the ordinary account that tries to walk into rooms. It is one of
// the same chat server, and no other than XMPP's: what holds for an owner says
// nothing about everybody else.
type Preflight struct {
	JID          string `yaml:"jid"`           // bare JID; "": nobody tries
	PasswordFile string `yaml:"password_file"` // "": see Config.PreflightPassword
}

// Default returns the configuration of an empty file. It is not complete:
// datatracker.url, xmpp.jid, xmpp.muc, state_dir and publish.dir have no default.
func Default() Config {
	return Config{
		XMPP: XMPP{
			TLS:     TLSStart,
			Window:  16,
			Rate:    500,
			Timeout: 20 * time.Second,
		},
		Publish: Publish{
			CheckArchive: true,
			Datatracker:  WriteBackOff,
		},
		Rooms: Rooms{
			GroupTypes:  []string{"ag", "area", "dir", "iab", "iabasg", "irtf", "program", "rag", "review", "team"},
			GroupStates: []string{"active", "bof", "proposed", "dormant"},
			Fixed:       []string{"hallway", "plenary", "wgchairs"},
			Joint:       JointPointer,
			Language:    "en",
			Logging:     LoggingRequired,
			NoteWell:    "https://www.ietf.org/about/note-well/",

			FollowSessions: true,
		},
		Guards: Guards{
			MinGroups:   50,
			Retire:      Limit{Count: 10, Percent: 10},
			Reconfigure: Limit{Count: 20, Percent: 20},
			Create:      Limit{Count: 50, Percent: 25},
			WriteBack:   Limit{Count: 20, Percent: 20},
		},
		Schedule: Schedule{
			Sync:     "*/15 * * * *",
			Meeting:  "*/5 * * * *",
			Full:     "@hourly",
			Timezone: "UTC",
			Jitter:   30 * time.Second,
		},
		HTTP: HTTP{
			Listen:      "127.0.0.1:8080",
			AdminListen: "127.0.0.1:9180",
		},
		Notify: Notify{Remind: 24 * time.Hour},
	}
}
