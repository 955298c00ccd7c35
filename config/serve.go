package config

import "time"

// Schedule says when serve runs.
type Schedule struct {
	// Cron expressions of five fields, or descriptors such as @hourly or @every
	// 5s (robfig/cron).
	Sync    string `yaml:"sync"`    // quick runs
	Meeting string `yaml:"meeting"` // quick runs while a meeting is on
	Full    string `yaml:"full"`    // runs that read every room

	Timezone string        `yaml:"timezone"` // IANA name in which the expressions are meant
	Jitter   time.Duration `yaml:"jitter"`   // runs begin later by a time drawn once, at most this
}

// HTTP is what serve listens on.
type HTTP struct {
	Listen      string `yaml:"listen"`       // host:port of the published pages; "": none
	AdminListen string `yaml:"admin_listen"` // of metrics and health, on a loopback address; "": none
}

// Announce says what is said in rooms about their sessions.
type Announce struct {
	Before    []time.Duration `yaml:"before"`    // so long before a session starts; none: nothing
	Start     bool            `yaml:"start"`     // when it starts
	Moved     bool            `yaml:"moved"`     // when it is moved to another time
	Cancelled bool            `yaml:"cancelled"` // when it does not take place
	Except    []string        `yaml:"except"`    // rooms in which nothing is said
	Texts     AnnounceTexts   `yaml:"texts"`
}

// AnnounceTexts are templates over SessionText; "" is the built-in text.
type AnnounceTexts struct {
	Before    string `yaml:"before"`
	Start     string `yaml:"start"`
	Moved     string `yaml:"moved"`
	Cancelled string `yaml:"cancelled"`
}

// Notify says how operators hear of problems. All of them that are set are used.
type Notify struct {
	JID              string        `yaml:"jid"`                // bare JID of a person; "": none
	Room             string        `yaml:"room"`               // bare JID of a room, on any service; "": none
	Webhook          string        `yaml:"webhook"`            // https, or any on a loopback address; "": none
	WebhookTokenFile string        `yaml:"webhook_token_file"` // sent as a bearer token; "": see Config.WebhookToken
	Remind           time.Duration `yaml:"remind"`             // a problem that lasts is told again; 0: never
}
