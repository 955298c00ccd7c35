package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"roomctl/provisioner"
	"roomctl/provisioner/pause"
)

// document is what plan, sync and publish print with --json. Members are only
// ever added; a change of meaning moves version.
type document struct {
	Version    int       `json:"version"`
	Command    string    `json:"command"` // "plan", "sync" or "publish"
	ExitStatus int       `json:"exit_status"`
	Began      time.Time `json:"began"`
	Ended      time.Time `json:"ended"`

	Sources  []sourceDocument       `json:"sources"`
	Changes  []provisioner.Change   `json:"changes"`
	Withheld []provisioner.Withheld `json:"withheld"`
	NotOurs  []provisioner.Foreign  `json:"not_ours"`
	Problems []provisioner.Problem  `json:"problems"`

	Results   []resultDocument  `json:"results"`  // sync only
	Meetings  []meetingDocument `json:"meetings"` // not for plan
	NoAgenda  []string          `json:"no_agenda"`
	Published []string          `json:"published"` // files that changed, under publish.dir

	Datatracker *datatrackerDocument `json:"datatracker,omitempty"` // absent: publish.datatracker is off

	Paused *pause.Pause `json:"paused,omitempty"` // plan only: the pause that is in force
	Saved  string       `json:"saved,omitempty"`  // plan only: the file of the saved plan

	Rooms int `json:"rooms"` // that are ours and in service
	Fit   int `json:"fit"`   // of these, that may be linked
}

// sourceDocument is one document of the Datatracker and its age.
type sourceDocument struct {
	Name    string    `json:"name"`
	URL     string    `json:"url"`
	Meeting string    `json:"meeting,omitempty"`
	Outcome string    `json:"outcome"` // "fresh", "unchanged", "last good copy" or "missing"
	Read    time.Time `json:"read,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	Problem string    `json:"problem,omitempty"`
}

// resultDocument is what became of one change.
type resultDocument struct {
	Verb  provisioner.Verb `json:"verb"`
	Room  string           `json:"room"`
	Error string           `json:"error,omitempty"` // absent: applied and read back
}

// meetingDocument is the links of one meeting's sessions.
type meetingDocument struct {
	Number  string                    `json:"number"`
	Title   string                    `json:"title"`
	Asking  int                       `json:"asking"` // sessions whose status asks for a room
	Linked  map[int]string            `json:"linked"` // session id -> room
	Lacking []provisioner.LackingRoom `json:"lacking"`
	Removed []int                     `json:"removed"`
}

func reportDocument(command string, r *provisioner.Report, status int) document {
	d := document{
		Version: 1, Command: command, ExitStatus: status, Began: r.Began, Ended: r.Ended,
		Sources: []sourceDocument{}, Changes: listed(r.Changes), Withheld: listed(r.Withheld),
		NotOurs: listed(r.Foreign), Problems: listed(r.Problems),
		Results: []resultDocument{}, Meetings: []meetingDocument{}, NoAgenda: listed(r.NoAgenda),
		Published: listed(r.Published), Datatracker: writeBackDocument(r.Datatracker), Rooms: r.Rooms, Fit: r.Fit,
	}
	for _, s := range r.Sources {
		out := sourceDocument{Name: s.Name, URL: s.URL, Meeting: s.Meeting, Outcome: s.Outcome.String(), Read: s.Read, Changed: s.Changed}
		if s.Problem != nil {
			out.Problem = s.Problem.Error()
		}
		d.Sources = append(d.Sources, out)
	}
	for _, res := range r.Results {
		out := resultDocument{Verb: res.Change.Verb, Room: res.Change.Room}
		if res.Err != nil {
			out.Error = res.Err.Error()
		}
		d.Results = append(d.Results, out)
	}
	for _, m := range r.Meetings {
		d.Meetings = append(d.Meetings, meetingDocument{
			Number: m.Number, Title: m.Title, Asking: m.Asking, Linked: m.Links,
			Lacking: listed(m.Lacking), Removed: listed(m.Removed),
		})
		if m.Withheld != nil {
			d.Withheld = append(d.Withheld, *m.Withheld)
		}
	}
	return d
}

// listed is a list that is never null in JSON.
func listed[T any](list []T) []T { return append([]T{}, list...) }

// writeJSON writes one document on stdout. Beside what JSON escapes anyway that is
// what a terminal would obey: the document may be printed on one.
func (p *program) writeJSON(doc any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // addresses stay readable
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := p.stdout.Write(escapeControls(text.Bytes()))
	return err
}

// escapeControls writes as JSON escapes what inert would replace. All of that stands
// inside of strings, but for the line ends.
func escapeControls(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		switch {
		case r == '\n', !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r):
			out = utf8.AppendRune(out, r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
	}
	return out
}
