package web

import (
	"cmp"
	"html/template"
	"net/url"
	"os"
	"path"
	"time"

	"roomctl/agenda"
)

var nowPart = template.Must(template.New("now").Parse(
	`<section class="on-now" aria-labelledby="on-now">
<h2 id="on-now">On now</h2>
<ul>
{{- range .}}
<li><a href="#row-{{.ID}}"><bdi>{{.Summary}}</bdi></a>
{{- with .Location}}, <bdi>{{.}}</bdi>{{end}}, until <time datetime="{{.Until.Machine}}">{{.Until.Format "15:04 MST"}}</time>
{{- if .Chat}}: <a href="{{.Chat}}">Chat room for <bdi>{{.For}}</bdi></a>{{end}}</li>
{{- end}}
</ul>
</section>`))

// running is a session that is on now.
type running struct {
	agenda.Session
	Until moment // in the time zone of the page
	For   string // whose chat room it is
	Chat  string // where it is; "": there is no link
}

// onNow lists the sessions that run now, for the page of their meeting in that
// folder. They are those of the agenda that was published with the page.
func (h *handler) onNow(root *os.Root, folder string, zone *time.Location, now time.Time) ([]byte, error) {
	schedule, _, err := h.schedules.get(root, path.Join(folder, "agenda.json"))
	var on []running
	for _, s := range schedule.On(now) {
		on = append(on, running{
			Session: s,
			Until:   moment{s.End().In(zone)},
			For:     cmp.Or(s.Acronym, s.Link.Room),
			Chat:    chat(s.Link),
		})
	}
	if len(on) == 0 {
		return nil, err
	}
	return execute(nowPart, on)
}

// chat is where the session's room opens: in the web client, else on the room's
// own page. Seen from meeting/<number>/ that is two folders up.
func chat(link agenda.SessionLink) string {
	switch {
	case link.Room == "":
		return ""
	case link.WebURL != "":
		return link.WebURL
	}
	return "../../rooms/" + url.PathEscape(link.Room) + "/"
}
