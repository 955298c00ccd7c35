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
<li><a href="#row-{{.ID}}"><bdi>{{.Label}}</bdi></a>
{{- with .Location}}, <bdi>{{.}}</bdi>{{end}}, until <time datetime="{{.Until.Machine}}">{{.Until.UTC.Format "15:04 MST"}}</time>
{{- if .Chat}}: <a href="{{.Chat}}">Chat room for <bdi>{{.Group}}</bdi></a>{{end}}</li>
{{- end}}
</ul>
</section>`))

// running is a session that is on now.
type running struct {
	agenda.Session
	Label string
	Until moment
	Group string // whose chat room it is
	Chat  string // where it is; "": there is no link
}

// onNow lists the sessions that run now, on the page of their meeting. They are
// those of the agenda that was published with the page.
func (h *handler) onNow(root *os.Root, page string, now time.Time) ([]byte, error) {
	meeting, name := path.Split(page)
	if ok, _ := path.Match("meeting/*/", meeting); !ok || name != "index.html" {
		return nil, nil
	}
	schedule, _, err := h.schedules.get(root, meeting+"agenda.json")
	var on []running
	for _, s := range schedule.On(now) {
		on = append(on, running{
			Session: s,
			Label:   label(s),
			Until:   moment{s.End()},
			Group:   cmp.Or(s.Acronym, s.Link.Room),
			Chat:    chat(s.Link),
		})
	}
	if len(on) == 0 {
		return nil, err
	}
	return execute(nowPart, on)
}

// label is what the agenda calls the session: its group, and its own name where
// that says more.
func label(s agenda.Session) string {
	if s.Acronym == "" || s.Name == "" {
		return cmp.Or(s.Acronym, s.Name, "Session")
	}
	return s.Acronym + " - " + s.Name
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
