package agenda

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// file is one file of a publication.
type file struct {
	path string // relative to the tree's folder, with slashes
	data []byte
}

//go:embed templates
var templates embed.FS

// Markers stand in pages where the HTTP handler puts what only the moment of a
// request tells.
const (
	bannerMarker = "<!--banner-->" // that the data is old
	nowMarker    = "<!--now-->"    // which sessions are on now
)

// page is what a template sees. Every page is templates/layout.html, whose
// block "main" is defined by the page's own template.
type page struct {
	Site  Site
	Path  string // in the tree: rooms/quic/index.html
	Title string // "quic", without the name of the site; "" on the first page
	Body  any    // what the page's own template needs

	// Meeting is the current one; its number is "" when none is current or
	// nothing is known of its agenda.
	Meeting Meeting
}

// page is a page of the publication.
func (p Publication) page(path, title string, body any) page {
	page := page{Site: p.Site, Path: path, Title: title, Body: body}
	for _, m := range p.Meetings {
		if m.Current && m.hasPage() {
			page.Meeting = m
		}
	}
	return page
}

// Root leads from the page to the tree's folder: "../../", or "" at the top.
// Pages link to each other relatively, so that the tree may be served anywhere.
func (p page) Root() string { return strings.Repeat("../", strings.Count(p.Path, "/")) }

// Home leads from the page to the first page.
func (p page) Home() string { return cmp.Or(p.Root(), "./") }

// Room leads from the page to the page of a room.
func (p page) Room(name string) string { return p.Root() + "rooms/" + url.PathEscape(name) + "/" }

// navLink is one entry of the navigation.
type navLink struct {
	Label, Href string
	Current     string // value of aria-current: "page", "true" for a page below it, or ""
}

// Nav is the navigation as it stands on the page.
func (p page) Nav() []navLink {
	agenda := ""
	if p.Meeting.Number != "" {
		agenda = "meeting/" + p.Meeting.Number + "/"
	}
	links := []navLink{
		{Label: "Agenda", Href: agenda},
		{Label: "Rooms", Href: "rooms/"},
		{Label: "News", Href: "news/"},
		{Label: "How to join", Href: "join/"},
	}
	for i, link := range links {
		switch {
		case link.Href == "": // no current meeting
			links[i].Href = p.Home() + "#meetings"
			continue
		case p.Path == link.Href+"index.html":
			links[i].Current = "page"
		case strings.HasPrefix(p.Path, link.Href):
			links[i].Current = "true"
		}
		links[i].Href = p.Root() + link.Href
	}
	return links
}

// functions are what templates have beside html/template's own. Every text from
// outside passes name or note, and every address from outside web or xmpp:
// html/template would let an address of scheme mailto pass as well.
func functions() template.FuncMap {
	return template.FuncMap{
		"name":    func(text string) string { return plain(text, maxName) },
		"note":    func(text string) string { return plain(text, maxNote) },
		"web":     webAddress,
		"xmpp":    func(jid string) template.URL { return template.URL(RoomURI(jid)) },
		"contact": newContact,
		"utc":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"days":    days,
		// Comments that stand in a template do not reach the page.
		"banner": func() template.HTML { return bannerMarker },
		"now":    func() template.HTML { return nowMarker },
	}
}

// webAddress is address if it is one of the web, else "": the operator, the
// Datatracker and the chat server are not trusted to name other schemes.
func webAddress(address string) string {
	if isWebAddress(address) {
		return address
	}
	return ""
}

// contact is whom to ask, for people, and a link to them if there is one.
type contact struct {
	Text string
	Href string // "", a web address or a mailto: URI
}

func newContact(text string) contact {
	c := contact{Text: plain(text, maxName)}
	if isWebAddress(c.Text) {
		c.Href = c.Text
		return c
	}
	if a, err := mail.ParseAddress(c.Text); err == nil && a.Address == c.Text {
		c.Href = "mailto:" + url.PathEscape(c.Text)
	}
	return c
}

// span is a stretch of time: from Start up to End.
type span struct{ Start, End time.Time }

// days are the days of a meeting, from midnight to midnight.
func days(m Meeting) span {
	return span{m.Date, m.Date.AddDate(0, 0, max(m.Days, 1))}
}

// render executes one page's template inside the layout.
func render(name string, p page) (file, error) {
	sources, err := fs.Sub(templates, "templates")
	if err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	t, err := template.New("layout.html").Funcs(functions()).ParseFS(sources, "layout.html", "part_*.html", name)
	if err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	return file{path: p.Path, data: b.Bytes()}, nil
}
