package datatrackertest

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// sessionForm is SessionEditForm with the values of a session, or with those
// that were sent (Datatracker ietf/meeting/forms.py, SessionDetailsForm).
type sessionForm struct {
	values url.Values
	errors map[string]string // by the field's name
}

// formField is one field as it is shown.
type formField struct {
	Name, Label string
	Kind        string // select, text, number, checkbox or textarea
	Value       string
	MaxLength   int
	Choices     []formChoice
	Required    bool
	Checked     bool
	Error       string
}

// formChoice is one option of a select element.
type formChoice struct {
	Value, Label string
	Selected     bool
}

// timeslotTypes are the slugs of timeslottypename.
var timeslotTypes = []string{"break", "lead", "offagenda", "other", "plenary", "reg", "regular", "reserved", "unavail"}

// sessionPage is ietf/templates/meeting/edit_session.html with the markup of
// django-bootstrap5.
var sessionPage = template.Must(template.New("session").Parse(`<!DOCTYPE html>
<html lang="en"><head><title>Edit session "{{.Title}}"</title></head><body>
<form action="/doc/search/" method="get"><input type="search" name="name" placeholder="Document search"></form>
<h1>Edit session "{{.Title}}"</h1>
<form class="session-details-form" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="{{.Token}}">
{{range .Fields -}}
<div class="mb-3">
{{if ne .Kind "checkbox"}}<label class="form-label" for="id_{{.Name}}">{{.Label}}</label>
{{end -}}
{{if eq .Kind "select" -}}
<select name="{{.Name}}" class="form-select"{{if .Required}} required{{end}} id="id_{{.Name}}">
{{range .Choices}}  <option value="{{.Value}}"{{if .Selected}} selected{{end}}>{{.Label}}</option>
{{end}}</select>
{{- else if eq .Kind "checkbox" -}}
<div class="form-check"><input type="checkbox" name="{{.Name}}" class="form-check-input" id="id_{{.Name}}"{{if .Checked}} checked{{end}}>
<label class="form-check-label" for="id_{{.Name}}">{{.Label}}</label></div>
{{- else if eq .Kind "textarea" -}}
<textarea name="{{.Name}}" cols="40" rows="10" class="form-control" placeholder="{{.Label}}" id="id_{{.Name}}">
{{.Value}}</textarea>
{{- else -}}
<input type="{{.Kind}}" name="{{.Name}}"{{with .Value}} value="{{.}}"{{end}}{{with .MaxLength}} maxlength="{{.}}"{{end}} class="form-control" placeholder="{{.Label}}" id="id_{{.Name}}">
{{- end}}
{{with .Error}}<div class="invalid-feedback">{{.}}</div>{{end}}
</div>
{{end -}}
<button type="submit" class="btn btn-primary">Save</button>
<a class="btn btn-primary" href="{{.Editor}}">Cancel</a>
</form>
</body></html>
`))

// sessionAnswer is the answer to a request for a session's form.
type sessionAnswer struct {
	Status int
	Title  string
	Editor string // address of the editor of the meeting's schedule
	Token  string
	Fields []formField
}

// editSession shows and takes the form of a session (Datatracker
// ietf/meeting/views.py, edit_session).
func (s *Server) editSession(w http.ResponseWriter, r *http.Request, id int) {
	answer := s.takeSession(r, id)
	switch answer.Status {
	case http.StatusOK:
		answer.Token = csrfToken(w, r)
		showPage(w, sessionPage, answer)
	case http.StatusFound:
		w.Header().Set("Location", answer.Editor)
		w.WriteHeader(http.StatusFound)
	default:
		writeHTML(w, answer.Status, http.StatusText(answer.Status))
	}
}

// takeSession saves what was sent, if anything was, and says what to answer.
func (s *Server) takeSession(r *http.Request, id int) sessionAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.world.Session(id)
	if session == nil {
		return sessionAnswer{Status: http.StatusNotFound}
	}
	m := s.world.meetingOf(session)
	if m.Type != "ietf" || session.Group == nil {
		// The address of the schedule's editor takes numbers only, and the form
		// asks the group what it may do.
		return sessionAnswer{Status: http.StatusInternalServerError}
	}
	answer := sessionAnswer{
		Status: http.StatusOK,
		Title:  fmt.Sprintf("%s: %s %s", m.Number, session.GroupThen.Acronym, session.Name),
		Editor: "/meeting/" + m.Number + "/agenda/edit/",
	}
	f := sessionForm{values: session.formValues()}
	features := s.world.features(session.Group.Type)
	if r.Method == http.MethodPost {
		f.values = r.PostForm
		saved := *session
		if f.errors = f.clean(&saved, features); len(f.errors) == 0 {
			saved.Modified = moved(session.Modified, s.now().UTC().Truncate(time.Second))
			*session = saved
			answer.Status = http.StatusFound
			return answer
		}
	}
	answer.Fields = f.fields(features)
	return answer
}

// formValues are the session's own values, as the form shows them.
func (s *Session) formValues() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"purpose": s.Purpose, "name": s.Name, "short": s.Short, "type": s.Type,
		"requested_duration": strconv.Itoa(int(s.RequestedDuration / time.Second)),
		"agenda_note":        s.Note, "chat_room": s.ChatRoom, "remote_instructions": s.RemoteInstructions, "comments": s.Comments,
	} {
		v.Set(name, value)
	}
	if s.Attendees != 0 {
		v.Set("attendees", strconv.Itoa(s.Attendees))
	}
	if s.OnAgenda {
		v.Set("on_agenda", "on")
	}
	if s.HasOnsiteTool {
		v.Set("has_onsite_tool", "on")
	}
	return v
}

// fields are the fields in the order in which they are shown.
func (f sessionForm) fields(features *GroupFeatures) []formField {
	text := func(name, label, kind string, maxLength int) formField {
		return formField{Name: name, Label: label, Kind: kind, MaxLength: maxLength, Value: f.values.Get(name), Error: f.errors[name]}
	}
	choose := func(name, label, none string, slugs []string, word func(string) string) formField {
		field := formField{Name: name, Label: label, Kind: "select", Required: true, Error: f.errors[name]}
		for _, slug := range append([]string{""}, slugs...) {
			c := formChoice{Value: slug, Label: none, Selected: slug == f.values.Get(name)}
			if slug != "" {
				c.Label = word(slug)
			}
			field.Choices = append(field.Choices, c)
		}
		return field
	}
	check := func(name, label string) formField {
		return formField{Name: name, Label: label, Kind: "checkbox", Checked: f.values.Has(name)}
	}
	return []formField{
		choose("purpose", "Purpose", "---------", features.SessionPurposes, titleOf),
		text("name", "Name", "text", 255),
		text("short", "Short", "text", 32),
		choose("type", "Type", "---------", timeslotTypes, titleOf),
		choose("requested_duration", "Length", "--Please select", durations(features), hours),
		check("on_agenda", "On agenda"),
		text("agenda_note", "Agenda note", "text", 512),
		check("has_onsite_tool", "Has onsite tool"),
		text("chat_room", "Chat room", "text", 32),
		text("remote_instructions", "Remote instructions", "text", 1024),
		text("attendees", "Attendees", "number", 0),
		text("comments", "Comments", "textarea", 0),
	}
}

// durations are the lengths that may be chosen, in seconds.
func durations(features *GroupFeatures) []string {
	shortest, longest, step := 1800, 14400, 1800
	if features.Flags["acts_like_wg"] {
		shortest, longest = 3600, 7200
	}
	var seconds []string
	for n := shortest; n <= longest; n += step {
		seconds = append(seconds, strconv.Itoa(n))
	}
	return seconds
}

// hours words a number of seconds.
func hours(seconds string) string {
	n, err := strconv.Atoi(seconds)
	if err != nil {
		return seconds
	}
	return (time.Duration(n) * time.Second).String()
}

// titleOf words a slug.
func titleOf(slug string) string {
	return strings.ToUpper(slug[:1]) + strings.ReplaceAll(slug[1:], "_", " ")
}

// clean puts the values that were sent into a session, or says by field why
// not. A field that was not sent is emptied: the form is a whole row
// (django.forms.ModelForm).
func (f sessionForm) clean(s *Session, features *GroupFeatures) map[string]string {
	errs := map[string]string{}
	choose := func(name string, allowed []string) string {
		value := f.values.Get(name)
		switch {
		case value == "":
			errs[name] = "This field is required."
		case !slices.Contains(allowed, value):
			errs[name] = fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", value)
		}
		return value
	}
	text := func(name string, maxLength int) string {
		value := strings.TrimFunc(f.values.Get(name), unicode.IsSpace)
		if n := len([]rune(value)); maxLength > 0 && n > maxLength {
			errs[name] = fmt.Sprintf("Ensure this value has at most %d characters (it has %d).", maxLength, n)
		}
		return value
	}
	purpose := choose("purpose", features.SessionPurposes)
	if purpose != s.Purpose {
		s.OnAgenda = purpose != "closed_meeting" // else what was sent is ignored
	}
	s.Purpose = purpose
	s.Type = choose("type", timeslotTypes)
	if seconds, err := strconv.Atoi(choose("requested_duration", durations(features))); err == nil {
		s.RequestedDuration = time.Duration(seconds) * time.Second
	}
	s.Name, s.Short, s.Note = text("name", 255), text("short", 32), text("agenda_note", 512)
	s.ChatRoom, s.RemoteInstructions, s.Comments = text("chat_room", 32), text("remote_instructions", 1024), text("comments", 0)
	s.HasOnsiteTool = f.values.Has("has_onsite_tool")
	s.Attendees = 0
	if given := text("attendees", 0); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 0 {
			errs["attendees"] = "Enter a whole number."
		}
		s.Attendees = n
	}
	return errs
}

// meetingOf is the meeting that a session belongs to.
func (w *World) meetingOf(session *Session) *Meeting {
	i := slices.IndexFunc(w.Meetings, func(m *Meeting) bool { return slices.Contains(m.Sessions, session) })
	return w.Meetings[i]
}

// features are what the groups of a type may do: nothing, where the table has no
// row.
func (w *World) features(groupType string) *GroupFeatures {
	i := slices.IndexFunc(w.GroupFeatures, func(f *GroupFeatures) bool { return f.Type == groupType })
	if i < 0 {
		return &GroupFeatures{Type: groupType}
	}
	return w.GroupFeatures[i]
}
