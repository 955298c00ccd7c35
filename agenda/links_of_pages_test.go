package agenda

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A page as a browser sees it.
type seenPage struct {
	ids       map[string]int
	links     []string // href and src
	headings  int      // of level 1
	bareHeads int      // cells of class th that do not say what they head
	scripts   int      // that are not files
	styled    int      // elements with a style or event attribute
}

func see(t *testing.T, f file) seenPage {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(f.data))
	if err != nil {
		t.Fatalf("%s: %v", f.path, err)
	}
	seen := seenPage{ids: map[string]int{}}
	for node := range doc.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				seen.styled++
			}
		}
		if id, ok := attributes["id"]; ok {
			seen.ids[id]++
		}
		for _, key := range []string{"href", "src"} {
			if link, ok := attributes[key]; ok {
				seen.links = append(seen.links, link)
			}
		}
		switch node.Data {
		case "h1":
			seen.headings++
		case "th":
			if attributes["scope"] == "" {
				seen.bareHeads++
			}
		case "script", "style":
			if attributes["src"] == "" {
				seen.scripts++
			}
		}
	}
	return seen
}

// contentsOf are the files of a publication.
func contentsOf(t *testing.T, p Publication) []file {
	t.Helper()
	files, err := contents(openTree(t), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Meetings {
		agendas, err := m.agendas()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, agendas...)
	}
	return files
}

// programmeAtHouse has every kind of session and every kind of room.
func programmeAtHouse() Publication {
	p := programme()
	p.Meetings = append(p.Meetings, house().Meetings...)
	p.Meetings[1].Number, p.Meetings[1].Title, p.Meetings[1].Current = "127", "IETF 127", false
	for _, name := range []string{"can", "plenary"} {
		p.Rooms = append(p.Rooms, Room{Name: name, JID: name + "@jabber.example.org", State: "active", Fit: true})
	}
	return p
}

// Every page is well formed, and every link within the tree leads somewhere.
func TestPagesHoldTogether(t *testing.T) {
	files := contentsOf(t, programmeAtHouse())
	known := map[string]seenPage{}
	for _, f := range files {
		if known[f.path] = (seenPage{}); strings.HasSuffix(f.path, ".html") {
			known[f.path] = see(t, f)
		}
	}
	for _, f := range files {
		if !strings.HasSuffix(f.path, ".html") {
			continue
		}
		t.Run(f.path, func(t *testing.T) {
			seen := known[f.path]
			if seen.headings != 1 || seen.bareHeads+seen.scripts+seen.styled != 0 {
				t.Errorf("%d main headings, %d cells th without scope, %d scripts and %d styles inside", seen.headings, seen.bareHeads, seen.scripts, seen.styled)
			}
			for id, n := range seen.ids {
				if n > 1 {
					t.Errorf("%d elements have the id %s", n, id)
				}
			}
			for _, link := range seen.links {
				checkLink(t, f.path, link, known)
			}
		})
	}
}

// checkLink follows a link that stands on the page at from.
func checkLink(t *testing.T, from, link string, known map[string]seenPage) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Errorf("link %q: %v", link, err)
		return
	}
	switch u.Scheme {
	case "https", "mailto", "xmpp":
		return
	case "":
	default:
		t.Errorf("link %q has the scheme %s", link, u.Scheme)
		return
	}
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
		if strings.HasSuffix(u.Path, "/") {
			to = path.Join(to, "index.html")
		}
	}
	page, ok := known[to]
	if !ok {
		t.Errorf("link %q leads to %s, which is not there", link, to)
	}
	if u.Fragment != "" && page.ids[u.Fragment] == 0 {
		t.Errorf("link %q: %s has no such place", link, to)
	}
}
