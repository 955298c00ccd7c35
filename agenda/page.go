package agenda

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"regexp"
	"time"
)

// file is one file of a publication.
type file struct {
	path string // relative to the tree's folder, with slashes
	data []byte
}

//go:embed templates
var templates embed.FS

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
	made := page{Site: p.Site, Path: path, Title: title, Body: body}
	for _, m := range p.Meetings {
		if m.Current && m.hasPage() {
			made.Meeting = m
		}
	}
	return made
}

// pageTemplate makes pages of one kind.
type pageTemplate struct{ *template.Template }

// parsePage reads the template of a kind of page, for as many pages as there
// are: to read it takes longer than to make a page.
func parsePage(name string) (pageTemplate, error) {
	t, err := template.New("layout.html").Funcs(functions()).
		ParseFS(templates, "templates/layout.html", "templates/part_*.html", "templates/"+name)
	if err != nil {
		return pageTemplate{}, fmt.Errorf("reading the template %s: %w", name, err)
	}
	return pageTemplate{t}, nil
}

// render makes one page.
func (t pageTemplate) render(p page) (file, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	return file{path: p.Path, data: b.Bytes()}, nil
}

// render makes the one page of its kind.
func render(name string, p page) (file, error) {
	t, err := parsePage(name)
	if err != nil {
		return file{}, err
	}
	return t.render(p)
}

// functions are what templates have beside html/template's own. Every text from
// outside passes name or note, and every address from outside web or xmpp:
// html/template would let an address of scheme mailto pass as well.
func functions() template.FuncMap {
	return template.FuncMap{
		"name":    func(text string) string { return plain(text, maxName) },
		"note":    func(text string) string { return plain(text, maxNote) },
		"web":     webAddress,
		"xmpp":    func(jid string) template.URL { return template.URL(roomURI(jid)) },
		"contact": newContact,
		"utc":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"days":    days,
		// Comments that stand in a template do not reach the page.
		"banner": func() template.HTML { return BannerMarker },
		"now":    func(m Meeting) template.HTML { return template.HTML("<!--now " + m.zone().String() + "-->") },
	}
}

// BannerMarker stands in every page where whoever serves it may say that it is
// old.
const BannerMarker = "<!--banner-->"

// nowMarker stands in the page of an agenda where whoever serves it may say what
// is on now. It names the time zone of the page.
var nowMarker = regexp.MustCompile(`<!--now ([A-Za-z0-9_/+-]+)-->`)

// CutNow cuts the page of an agenda at the place for what is on now. The times
// on the page are those of zone. Other pages have no such place.
func CutNow(page []byte) (before, after []byte, zone *time.Location, found bool) {
	at := nowMarker.FindSubmatchIndex(page)
	if at == nil {
		return nil, nil, nil, false
	}
	zone = Meeting{TimeZone: string(page[at[2]:at[3]])}.zone()
	return page[:at[0]], page[at[1]:], zone, true
}
