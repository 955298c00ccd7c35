package provisioner

import (
	"cmp"
	"fmt"
	"strings"
	"text/template"
)

// Texts are the templates of what a room says about itself.
type Texts struct {
	Name        *template.Template
	Description *template.Template
	Subject     *template.Template

	Contact    string // whom to ask; "" leaves it out
	NoteWell   string // URL of the Note Well
	LogPattern string // with {chat_room_name}; "" leaves the log link out
}

// Default templates. They are executed with a RoomText.
const (
	DefaultName = `{{if .Group}}{{.GroupName}} ({{.Acronym}}{{if .BOF}} BOF{{end}}){{else if .Meeting}}{{.Meeting}}: {{.Room}}{{else}}IETF {{.Room}}{{end}}`

	DefaultDescription = `{{if .Successor}}This room is no longer in use. Please go to {{.Successor}}. ` +
		`{{else if .Retired}}The group {{.Acronym}} has ended; its room stays open. {{end}}` +
		`{{if .Group}}{{if not .Retired}}Chat room of the {{.GroupName}} {{.Kind}}{{if .Area}} ({{.Area}}){{end}}. {{end}}{{.GroupURL}} {{end}}` +
		`{{if not .Group}}{{if not .Retired}}Chat room of {{with .Meeting}}{{.}}{{else}}the IETF{{end}}. {{end}}{{end}}` +
		`{{if .Logged}}Everything said here is logged publicly and permanently{{if .LogURL}}: {{.LogURL}} {{else}}. {{end}}{{end}}` +
		`The Note Well applies: {{.NoteWell}}{{if .Contact}} Questions: {{.Contact}}{{end}}`

	DefaultSubject = `{{if .Successor}}This room is no longer in use, please go to {{.Successor}}{{else if .Group}}{{.GroupName}}{{if .Retired}} (ended){{end}} | {{.GroupURL}}{{else if .Meeting}}{{.Meeting}}: {{.Room}}{{else}}IETF {{.Room}}{{end}}` +
		` | Note Well: {{.NoteWell}}`
)

// RoomText is what the templates of Texts see.
type RoomText struct {
	Room string // localpart
	JID  string

	Group     bool   // false for standing and session-only rooms; then the next six are empty
	Acronym   string // as the Datatracker has it now
	GroupName string
	Kind      string // "working group", "BOF", "research group", …
	BOF       bool   // now; one that has ended is a BOF by its Kind only
	Area      string // acronym of the parent; "" when none or unknown
	GroupURL  string

	Meeting string // "IETF 126" for one of that meeting's own rooms (rooms.meeting); "" for others

	Retired   bool
	Successor string // JID of the room that took over; "" when none

	Logged   bool // every room is: rooms.logging is required
	LogURL   string
	NoteWell string
	Contact  string
}

// ParseTexts compiles the templates; an empty one is the default. Each is tried
// on a sample so that a wrong field name is found now and not in a room.
func ParseTexts(name, description, subject string) (Texts, error) {
	var t Texts
	sample := RoomText{Room: "sample", Group: true, Acronym: "sample"}
	for _, p := range []struct {
		key, text, fallback string
		into                **template.Template
	}{
		{"name", name, DefaultName, &t.Name},
		{"description", description, DefaultDescription, &t.Description},
		{"subject", subject, DefaultSubject, &t.Subject},
	} {
		var err error
		if *p.into, err = parseText(p.key, cmp.Or(p.text, p.fallback), sample); err != nil {
			return Texts{}, fmt.Errorf("template for the room's %s: %w", p.key, err)
		}
	}
	return t, nil
}

// parseText compiles one template and tries it on a sample.
func parseText(name, text string, sample any) (*template.Template, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	return t, t.Execute(new(strings.Builder), sample)
}

// render executes one template to one line.
func render(t *template.Template, data RoomText) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return oneLine(b.String()), nil
}
