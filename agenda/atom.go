package agenda

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

const (
	newsFeedPath = "news.atom" // in the tree

	// maxEntries bounds the feed; the News page has everything.
	maxEntries = 100
)

// newsEpoch is the date in the feed's own id, since when roomctl's feeds exist
// (RFC 4151 wants one at which the domain was in the same hands). A feed
// without entries was updated then: any time of the run would rewrite an empty
// feed again and again.
var newsEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// The documents of RFC 4287, as far as they are used here.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomPerson  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Published string      `xml:"published"`
		Updated   string      `xml:"updated"`
		Links     []atomLink  `xml:"link"`
		Content   atomContent `xml:"content"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// newsFeed is the News as an Atom feed (RFC 4287): an entry for each kind of
// thing that happened on a day, the newest first. Ids are tag: URIs (RFC 4151)
// of the MUC domain and stay the same wherever the tree is served. Without a
// base URL the feed has no links of its own and names rooms by their xmpp:
// URIs; an entry has its content, so that it needs no link (section 4.1.2).
func newsFeed(p Publication) (file, error) {
	lines := newsLines(p.News)
	slices.SortStableFunc(lines, func(a, b newsLine) int { return b.Updated().Compare(a.Updated()) })
	lines = lines[:min(len(lines), maxEntries)]

	domain := plain(p.Site.MUC, maxName)
	feed := atomFeed{
		Lang:    "en",
		ID:      tagURI(domain, newsEpoch, "news"),
		Title:   "News of the chat rooms at " + domain,
		Updated: atomTime(newsEpoch),
		Author:  atomPerson{Name: domain},
	}
	if p.Site.BaseURL != "" {
		feed.Links = []atomLink{
			{"self", "application/atom+xml", p.Site.BaseURL + "/" + newsFeedPath},
			{"alternate", "text/html", p.Site.BaseURL + "/news/"},
		}
	}
	if len(lines) > 0 {
		feed.Updated = atomTime(lines[0].Updated())
	}
	t, err := parsePage("news.html")
	if err != nil {
		return file{}, err
	}
	link := p.feedLinks()
	for _, line := range lines {
		entry, err := line.entry(p.Site, link, t)
		if err != nil {
			return file{}, fmt.Errorf("writing %s: %w", newsFeedPath, err)
		}
		feed.Entries = append(feed.Entries, entry)
	}
	doc, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return file{}, fmt.Errorf("writing %s: %w", newsFeedPath, err)
	}
	doc = append([]byte(xml.Header), doc...)
	return file{path: newsFeedPath, data: append(doc, '\n')}, nil
}

// entry is the line in the feed.
func (l newsLine) entry(site Site, link linker, t pageTemplate) (atomEntry, error) {
	sentence := l.sentence(link)
	content, err := sentence.html(t)
	if err != nil {
		return atomEntry{}, err
	}
	entry := atomEntry{
		ID:        tagURI(plain(site.MUC, maxName), l.day, "news/"+string(l.kind)),
		Title:     sentence.title(),
		Published: atomTime(l.Published()),
		Updated:   atomTime(l.Updated()),
		Content:   atomContent{Type: "html", Text: content},
	}
	if site.BaseURL != "" {
		entry.Links = []atomLink{{"alternate", "text/html", site.BaseURL + "/news/#" + l.Anchor()}}
	}
	return entry, nil
}

// feedLinks link the names of rooms for the feed, which is read far from the
// tree: to the room's page at the base URL, or else by its xmpp: URI. Nobody is
// invited into a room that was destroyed.
func (p Publication) feedLinks() linker {
	rooms := roomsByName(p.Rooms)
	return func(name string) roomLink {
		link := roomLink{Name: plain(name, maxName)}
		room, ok := rooms[name]
		switch {
		case !ok:
		case p.Site.BaseURL != "":
			link.URL = template.URL(p.Site.BaseURL + "/" + roomFolder(name))
		case room.State != "destroyed":
			link.URL = template.URL(roomURI(room.JID))
		}
		return link
	}
}

// html is the sentence as one paragraph, by the template of the pages.
func (s newsSentence) html(t pageTemplate) (string, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "news sentence", s); err != nil {
		return "", err
	}
	return "<p>" + b.String() + "</p>", nil
}

// title is the sentence without links, cut where a list of titles would become
// unreadable.
func (s newsSentence) title() string {
	s = s.short()
	var names []string
	for _, room := range s.Rooms {
		name := room.Name.Name
		if room.To != nil {
			name += " to " + room.To.Name
		}
		names = append(names, name)
	}
	more := ""
	if s.More > 0 {
		more = fmt.Sprintf(" and %d more", s.More)
	}
	return s.Lead + " " + strings.Join(names, ", ") + more
}

// tagURI is tag:domain,2026-11-04:what (RFC 4151). An id need not be looked up:
// it only has to be this entry's and no other's, for ever.
func tagURI(domain string, day time.Time, what string) string {
	return "tag:" + domain + "," + day.UTC().Format(time.DateOnly) + ":" + what
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
