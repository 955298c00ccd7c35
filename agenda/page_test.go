package agenda

import (
	"regexp"
	"strings"
	"testing"
)

func TestNavigationKnowsWhereItStands(t *testing.T) {
	for path, want := range map[string]string{
		"index.html":                 `<a href="./" aria-current="page">IETF chat rooms</a>`,
		"rooms/index.html":           `<a href="../rooms/" aria-current="page">Rooms</a>`,
		"rooms/quic/index.html":      `<a href="../../rooms/" aria-current="true">Rooms</a>`,
		"news/index.html":            `<a href="../news/" aria-current="page">News</a>`,
		"join/index.html":            `<a href="../join/" aria-current="page">How to join</a>`,
		"meeting/126/index.html":     `<a href="../../meeting/126/" aria-current="page">Agenda</a>`,
		"meeting/1260/index.html":    ``,
		"meeting/126/more/then.html": `<a href="../../../meeting/126/" aria-current="true">Agenda</a>`,
	} {
		f, err := render("rooms.html", house().page(path, "Title", directoryBody{}))
		if err != nil {
			t.Fatal(err)
		}
		marked := regexp.MustCompile(`<a [^>]*aria-current.*?</a>`).FindAllString(string(f.data), -1)
		if got := strings.Join(marked, ""); got != want {
			t.Errorf("on %s the links marked are %q, want %q", path, got, want)
		}
	}
}

func TestContact(t *testing.T) {
	for text, want := range map[string]contact{
		"support@example.org":           {"support@example.org", "mailto:support@example.org"},
		"a?subject=x@example.org":       {"a?subject=x@example.org", "mailto:a%3Fsubject=x@example.org"},
		"https://example.org/help":      {"https://example.org/help", "https://example.org/help"},
		"the desk\n in the lobby":       {"the desk in the lobby", ""},
		"Help <support@example.org>":    {"Help <support@example.org>", ""},
		"javascript:alert(1)@x":         {"javascript:alert(1)@x", ""},
		"xmpp:support@example.org?join": {"xmpp:support@example.org?join", ""},
	} {
		if got := newContact(text); got != want {
			t.Errorf("%q gives %+v, want %+v", text, got, want)
		}
	}
}

// Every page has the places that the HTTP handler fills, and only the agenda has
// the one for what is on now.
func TestMarkers(t *testing.T) {
	p := house()
	agenda := string(agendaPage(t, p).data)
	index, err := indexPage(p)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]int{agenda: {1, 1}, string(index.data): {1, 0}} {
		if got := [2]int{strings.Count(text, "\n"+bannerMarker+"\n"), strings.Count(text, "\n"+nowMarker+"\n")}; got != want {
			t.Errorf("%v markers, want %v", got, want)
		}
	}
}

func TestFrontPagesHoldTogether(t *testing.T) {
	p := house()
	p.Meetings = append(p.Meetings[:1:1], append(programme().Meetings, p.Meetings[1])...)
	p.Meetings[1].Number, p.Meetings[1].Current = "127", false
	var pages []file
	for _, one := range []func(Publication) (file, error){indexPage, directoryPage} {
		f, err := one(p)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, f)
	}
	agendas, err := agendaPages(p)
	if err != nil {
		t.Fatal(err)
	}
	calendars, err := calendars(p)
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, agendas...)
	known := map[string]seenPage{
		"rooms.json": {}, "agenda.json": {}, "news.atom": {},
		"rooms/can/index.html": {}, "rooms/plenary/index.html": {}, // linked by sessions, and not in this list of rooms
	}
	for _, m := range p.Meetings {
		known[m.Path()] = seenPage{}
	}
	for _, f := range append(append(calendars, assets()...), append(pages, pagesOf(t, p)...)...) {
		if known[f.path] = (seenPage{}); strings.HasSuffix(f.path, ".html") {
			known[f.path] = see(t, f)
		}
	}
	for _, f := range pages {
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

func TestAssetsAskNobodyElse(t *testing.T) {
	outside := regexp.MustCompile(`//[a-z]|@import|\burl\(|data:`)
	paths := []string{}
	for _, f := range assets() {
		paths = append(paths, f.path)
		if len(f.data) == 0 {
			t.Errorf("%s is empty", f.path)
		}
		text := strings.ReplaceAll(string(f.data), "http://www.w3.org/2000/svg", "")
		if found := outside.FindString(text); found != "" {
			t.Errorf("%s has %q", f.path, found)
		}
	}
	if want := "assets/icon.svg assets/site.css assets/site.js"; strings.Join(paths, " ") != want {
		t.Errorf("assets are %v", paths)
	}
}

// A class that no style sheet knows is a mistake in one of the two.
func TestClassesOfPagesHaveAStyle(t *testing.T) {
	p := house()
	p.Meetings[0] = programme().Meetings[0]
	pages := pagesOf(t, p)
	for _, one := range []func(Publication) (file, error){indexPage, directoryPage} {
		f, err := one(p)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, f)
	}
	pages = append(pages, agendaPage(t, p))
	css := string(fileAt(t, assets(), "assets/site.css").data)
	for _, f := range pages {
		for _, attribute := range regexp.MustCompile(` class="([^"]*)"`).FindAllStringSubmatch(string(f.data), -1) {
			for _, class := range strings.Fields(attribute[1]) {
				if !regexp.MustCompile(`\.` + class + `\b`).MatchString(css) {
					t.Errorf("%s: site.css has no .%s", f.path, class)
				}
			}
		}
	}
}
