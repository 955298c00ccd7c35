package agenda

import (
	"bytes"
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
		"mailto:support@example.org":    {"support@example.org", "mailto:support@example.org"},
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

// Every page has a place for the banner, and agendas one for what is on now. No
// text from outside makes another.
func TestMarkers(t *testing.T) {
	p := house()
	p.Meetings[0].Sessions[0].Note = BannerMarker + "<!--now UTC-->"
	for _, f := range contentsOf(t, p) {
		if !strings.HasSuffix(f.path, ".html") {
			continue
		}
		before, after, zone, found := CutNow(f.data)
		if bytes.Count(f.data, []byte("\n"+BannerMarker+"\n")) != 1 || found != strings.HasPrefix(f.path, "meeting/") {
			t.Errorf("%s has the markers of another page", f.path)
		}
		if !found {
			continue
		}
		if _, _, _, again := CutNow(append(before[:len(before):len(before)], after...)); again {
			t.Errorf("%s has two places for what is on now", f.path)
		}
		if want := map[string]string{"meeting/126/index.html": "Europe/Vienna", "meeting/interim-2026-quic-01/index.html": "UTC"}[f.path]; zone.String() != want {
			t.Errorf("the time zone of %s is %s, want %s", f.path, zone, want)
		}
	}
}

func TestAssetsAskNobodyElse(t *testing.T) {
	outside := regexp.MustCompile(`//[a-z]|@import|\burl\(|data:`)
	paths := []string{}
	files, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
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
	files := contentsOf(t, programmeAtHouse())
	css := string(fileAt(t, files, "assets/site.css").data)
	for _, f := range files {
		if !strings.HasSuffix(f.path, ".html") {
			continue
		}
		for _, attribute := range regexp.MustCompile(` class="([^"]*)"`).FindAllStringSubmatch(string(f.data), -1) {
			for _, class := range strings.Fields(attribute[1]) {
				if !regexp.MustCompile(`\.` + class + `\b`).MatchString(css) {
					t.Errorf("%s: site.css has no .%s", f.path, class)
				}
			}
		}
	}
}
