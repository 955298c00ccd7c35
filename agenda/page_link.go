package agenda

import (
	"cmp"
	"html/template"
	"net/mail"
	"net/url"
	"strings"
)

// Root leads from the page to the tree's folder: "../../", or "" at the top.
// Pages link to each other relatively, so that the tree may be served anywhere.
func (p page) Root() string { return strings.Repeat("../", strings.Count(p.Path, "/")) }

// Home leads from the page to the first page.
func (p page) Home() string { return cmp.Or(p.Root(), "./") }

// Room leads from the page to the page of a room.
func (p page) Room(name string) string { return p.Root() + roomFolder(name) }

// Agenda leads from the page to the page of a meeting.
func (p page) Agenda(m Meeting) string { return p.Root() + m.folder() }

// roomFolder is where everything about a room stands in the tree, as part of an
// address.
func roomFolder(name string) string { return "rooms/" + url.PathEscape(name) + "/" }

// folder is where everything about the meeting stands in the tree.
func (m Meeting) folder() string { return "meeting/" + m.Number + "/" }

// hasPage says whether the meeting has a page: it is written now, or stays as it
// is because the meeting's links are withheld.
func (m Meeting) hasPage() bool { return m.Agenda != nil || len(m.Sessions) > 0 }

// navLink is one entry of the navigation.
type navLink struct {
	Label, Href string
	Current     string // value of aria-current: "page", "true" for a page below it, or ""
}

// Nav is the navigation as it stands on the page.
func (p page) Nav() []navLink {
	agenda := ""
	if p.Meeting.Number != "" {
		agenda = p.Meeting.folder()
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

// roomLink is the name of a room and, unless URL is empty, a link to it.
type roomLink struct {
	Name string
	URL  template.URL
}

// linker links the name of a room, if there is something to link to.
type linker func(name string) roomLink

// linkTo links the names of rooms to their pages.
func (p page) linkTo(rooms map[string]Room) linker {
	return func(name string) roomLink {
		link := roomLink{Name: plain(name, maxName)}
		if _, ok := rooms[name]; ok {
			link.URL = template.URL(p.Room(name))
		}
		return link
	}
}

// jointLinks are the rooms of a joint session's other groups.
func jointLinks(s Session, link linker) []roomLink {
	var links []roomLink
	for _, room := range s.Joint {
		links = append(links, link(room))
	}
	return links
}

// roomsByName are the rooms that have a page.
func roomsByName(rooms []Room) map[string]Room {
	named := make(map[string]Room, len(rooms))
	for _, room := range rooms {
		if pathName.MatchString(room.Name) {
			named[room.Name] = room
		}
	}
	return named
}

// contact is whom to ask, for people, and a link to them if there is one.
type contact struct {
	Text string
	Href string // "", a web address or a mailto: URI
}

func newContact(text string) contact {
	c := contact{Text: strings.TrimPrefix(plain(text, maxName), "mailto:")}
	if c.Href = webAddress(c.Text); c.Href != "" {
		return c
	}
	if a, err := mail.ParseAddress(c.Text); err == nil && a.Address == c.Text {
		c.Href = "mailto:" + url.PathEscape(c.Text)
	}
	return c
}
