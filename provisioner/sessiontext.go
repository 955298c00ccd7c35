package provisioner

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"
)

// SessionTexts are the templates of what a room is told about its sessions. They
// are executed with a SessionText.
type SessionTexts struct {
	Subject *template.Template // while one is on

	// What is said in the room.
	Before    *template.Template // some time before one starts
	Start     *template.Template // when it starts
	Moved     *template.Template // when it is moved to another time
	Cancelled *template.Template // when it does not take place

	MUC         string         // domain of the MUC service
	Datatracker string         // base URL, without a slash at the end
	BaseURL     string         // where the pages are published, likewise; "": the Datatracker's are named
	NoteWell    string         // URL
	Zone        *time.Location // of the times in texts; nil: UTC
}

// Default templates of SessionTexts.
const (
	DefaultSessionSubject = `Now: {{.Title}}, until {{.End.Format "15:04 MST"}}` + sessionLinks

	DefaultBefore = `In {{.Before}}, at {{.Start.Format "15:04 MST"}}: {{.Title}}` + sessionLinks

	DefaultStart = `Starting now: {{.Title}}, until {{.End.Format "15:04 MST"}}` + sessionLinks

	DefaultMoved = `Moved: {{.Title}} is on {{.Start.Format "Mon 2 Jan, 15:04 MST"}}, not on {{.OldStart.Format "Mon 2 Jan, 15:04 MST"}} | {{.AgendaURL}}`

	DefaultCancelled = `Cancelled: {{.Title}} on {{.Start.Format "Mon 2 Jan, 15:04 MST"}} does not take place | {{.AgendaURL}}`

	sessionLinks = ` | {{.AgendaURL}} | Note Well: {{.NoteWell}}`
)

// SessionText is what the templates of SessionTexts see.
type SessionText struct {
	Room string // localpart
	JID  string

	Meeting   string // "IETF 126", or the number of an interim
	Title     string // what is on: the group's name, and the session's own if it has one
	Acronym   string // of the group; "" when it has none
	GroupName string // "" likewise
	Session   string // the session's own name; may be ""

	Start    time.Time // in SessionTexts.Zone, as the next two
	End      time.Time
	OldStart time.Time // of a session that was moved; else zero
	Before   string    // how long it is until it starts: "15 minutes"; "" unless announced before

	AgendaURL string // the meeting's agenda; never ""
	NoteWell  string
}

// Of texts about sessions, no more than this is used, in characters: what is
// longer ends in "…". Neither XEP-0045 nor the servers have a limit for subjects;
// people have.
const (
	maxSessionTitle = 200
	maxSessionText  = 1000
	maxTogether     = 4 // sessions that are named when more of them are on at once
)

// ParseSessionTexts compiles the templates; an empty one is the default. Each is
// tried on a sample so that a wrong field name is found now and not in a room.
func ParseSessionTexts(subject, before, start, moved, cancelled string) (SessionTexts, error) {
	var t SessionTexts
	sample := SessionText{Room: "sample", Title: "sample", Start: time.Unix(0, 0).UTC(), End: time.Unix(0, 0).UTC()}
	for _, p := range []struct {
		key, text, fallback string
		into                **template.Template
	}{
		{"subject", subject, DefaultSessionSubject, &t.Subject},
		{"before", before, DefaultBefore, &t.Before},
		{"start", start, DefaultStart, &t.Start},
		{"moved", moved, DefaultMoved, &t.Moved},
		{"cancelled", cancelled, DefaultCancelled, &t.Cancelled},
	} {
		var err error
		if *p.into, err = parseText(p.key, cmp.Or(p.text, p.fallback), sample); err != nil {
			return SessionTexts{}, fmt.Errorf("template for a session's text %q: %w", p.key, err)
		}
	}
	return t, nil
}

// Of is what the templates see of a session, or of several that are on in one
// room at the same time: then the first is the one that Acronym, GroupName,
// Session and AgendaURL are about. Texts from the agenda are made inert: one line
// of limited length, without control characters. There must be at least one slot.
func (t SessionTexts) Of(slots ...Slot) SessionText {
	zone := cmp.Or(t.Zone, time.UTC)
	first := slots[0]
	text := SessionText{
		Room:      first.Room,
		JID:       first.Room + "@" + t.MUC,
		Meeting:   first.Title,
		Acronym:   first.Acronym,
		GroupName: bounded(oneLine(first.GroupName), maxSessionTitle),
		Session:   bounded(oneLine(first.Name), maxSessionTitle),
		Start:     first.Start.In(zone),
		End:       first.End.In(zone),
		AgendaURL: t.agendaURL(first),
		NoteWell:  t.NoteWell,
	}
	for _, s := range slots[1:] {
		if s.Start.Before(text.Start) {
			text.Start = s.Start.In(zone)
		}
		if s.End.After(text.End) {
			text.End = s.End.In(zone)
		}
	}
	text.Title = bounded(titles(slots, text.End), maxSessionTitle)
	return text
}

// Render executes one of the templates to one line. That it is empty is an error.
func (t SessionText) Render(text *template.Template) (string, error) {
	var b strings.Builder
	if err := text.Execute(&b, t); err != nil {
		return "", fmt.Errorf("text %q about %s: %w", text.Name(), t.Title, err)
	}
	line := bounded(oneLine(b.String()), maxSessionText)
	if line == "" {
		return "", fmt.Errorf("text %q about %s: the template gives nothing", text.Name(), t.Title)
	}
	return line, nil
}

// titles names the sessions that are on at once, the group that they share once,
// and of those that end before the others until when.
func titles(slots []Slot, end time.Time) string {
	group := oneLine(slots[0].GroupName) + ": "
	if len(slots) == 1 || slices.ContainsFunc(slots, func(s Slot) bool { return !strings.HasPrefix(title(s), group) }) {
		group = ""
	}
	var names []string
	for _, s := range slots {
		name := strings.TrimPrefix(title(s), group)
		if !s.End.Equal(end) {
			name += " (until " + s.End.In(end.Location()).Format("15:04") + ")"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if more := len(names) - maxTogether; more > 0 {
		names = append(names[:maxTogether], fmt.Sprintf("%d more", more))
	}
	text := names[0]
	if last := len(names) - 1; last > 0 {
		text = strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return group + text
}

// title is the name of the session's group, and the session's own. Many agendas
// repeat the one in the other: then that is enough.
func title(s Slot) string {
	group, own := oneLine(s.GroupName), oneLine(s.Name)
	if own == "" || group == "" || beginsWith(own, group) {
		return cmp.Or(own, group, s.Acronym, s.Room)
	}
	return group + ": " + own
}

// beginsWith says whether a name begins with another, whatever the case, and not
// just with the same letters.
func beginsWith(name, other string) bool {
	if len(name) < len(other) || !strings.EqualFold(name[:len(other)], other) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(name[len(other):])
	return !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

// agendaURL is the page of the session's meeting: the published one, else the
// Datatracker's. There an interim has no agenda page, but its group has one of
// its sessions (ietf/meeting/urls.py).
func (t SessionTexts) agendaURL(s Slot) string {
	number := url.PathEscape(s.Meeting)
	switch {
	case t.BaseURL != "":
		return t.BaseURL + "/meeting/" + number + "/"
	case s.IETF:
		return t.Datatracker + "/meeting/" + number + "/agenda/"
	case s.Acronym != "":
		return t.Datatracker + "/meeting/" + number + "/session/" + url.PathEscape(s.Acronym) + "/"
	}
	return t.Datatracker + "/meeting/upcoming"
}

// bounded cuts a line that has more than limit characters.
func bounded(line string, limit int) string {
	if len(line) <= limit {
		return line
	}
	if runes := []rune(line); len(runes) > limit {
		return strings.TrimRight(string(runes[:limit-1]), " ") + "…"
	}
	return line
}
