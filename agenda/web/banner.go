package web

import (
	"errors"
	"fmt"
	"html/template"
	"os"
	"time"

	"roomctl/agenda"
)

// How old the data may be. A sync runs every quarter of an hour, and in the week
// of a meeting agendas change from one to the next.
const (
	maxAge            = 6 * time.Hour
	maxAgeMeetingWeek = 30 * time.Minute
)

var bannerPart = template.Must(template.New("banner").Parse(
	`<div class="banner" role="status"><p>This page may be out of date: what it shows was last read from the Datatracker on ` +
		`<time datetime="{{.Read.Machine}}">{{.Read.UTC.Format "2006-01-02 15:04 MST"}}</time>, {{.Age}} ago.</p></div>`))

// banner says that the data is old, if it is: status.json tells when the source
// that has waited longest was read. Without a status file it claims nothing.
func (h *handler) banner(root *os.Root, now time.Time) ([]byte, error) {
	status, ok, err := h.statuses.get(root, agenda.StatusPath)
	read := status.Oldest()
	if !ok || read.IsZero() {
		return nil, err
	}
	current, _, damaged := h.schedules.get(root, agenda.CurrentPath)
	allowed := maxAge
	if current.InMeetingWeek(now) {
		allowed = maxAgeMeetingWeek
	}
	if now.Sub(read) <= allowed {
		return nil, damaged
	}
	text, err := execute(bannerPart, struct {
		Read moment
		Age  string
	}{moment{read}, age(now.Sub(read))})
	return text, errors.Join(err, damaged)
}

// age is a duration as people say it.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
