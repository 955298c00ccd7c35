package agenda

import (
	"strings"
	"testing"
	"time"
)

func TestJoinPage(t *testing.T) {
	f, err := joinPage(house())
	if err != nil {
		t.Fatal(err)
	}
	if f.path != "join/index.html" {
		t.Errorf("the page stands at %s", f.path)
	}
	goldenMain(t, "testdata/join.html", f)
}

func TestJoinPageSaysWhatIsTrue(t *testing.T) {
	const nothing, log, hallway = "With nothing installed", "The log is public and permanent", "go to <a href=\"../rooms/hallway/\">hallway</a>"
	for name, tt := range map[string]struct {
		change    func(*testing.T, *Publication)
		has, lack []string
	}{
		"with a web client": {
			func(*testing.T, *Publication) {}, []string{nothing, log, hallway, "Join hallway in the browser"}, nil,
		},
		"without a web client": {
			func(_ *testing.T, p *Publication) {
				for i := range p.Rooms {
					p.Rooms[i].WebURL = ""
				}
			},
			[]string{hallway, "Join hallway in an XMPP app", "Three things are needed"}, []string{nothing, "in the browser"},
		},
		"with a web link that is none": {
			func(t *testing.T, p *Publication) { roomOf(t, p, "hallway").WebURL = hostileURL },
			[]string{hallway, "Join hallway in an XMPP app"}, []string{nothing, "javascript:"},
		},
		"without a hallway": {
			func(t *testing.T, p *Publication) { roomOf(t, p, "hallway").State = "closed" },
			[]string{"Before your session, go to its room"}, []string{nothing, "hallway"},
		},
		"with a hallway that nobody could confirm": {
			func(t *testing.T, p *Publication) { roomOf(t, p, "hallway").Fit = false },
			[]string{"Before your session, go to its room"}, []string{nothing, "hallway"},
		},
		"with a room for plenaries": {
			func(t *testing.T, p *Publication) {
				roomOf(t, p, "hostile").Name = "plenary"
			},
			[]string{"is for talk about anything, and <a href=\"../rooms/plenary/\">plenary</a> is for the plenary sessions."}, nil,
		},
		"without logs": {
			func(_ *testing.T, p *Publication) { p.Site.Logged = false },
			[]string{"may keep it"}, []string{log, "and logs"},
		},
		"without anybody to ask": {
			func(_ *testing.T, p *Publication) { p.Site.Contact = "" },
			[]string{"its chairs."}, []string{"About the rooms and the chat service"},
		},
		"without any room": {
			func(_ *testing.T, p *Publication) { p.Rooms = nil },
			[]string{"official abbreviation of its group."}, []string{"hallway", "plenary is"},
		},
		"with a text of the operator's own": {
			func(_ *testing.T, p *Publication) { p.Site.JoinPage = "<p>Ask <b>us</b>.</p>" },
			[]string{"<h1>How to join</h1>\n<p>Ask <b>us</b>.</p>"}, []string{"Overview", "conversejs"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := house()
			tt.change(t, &p)
			f, err := joinPage(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range tt.has {
				if !strings.Contains(string(f.data), part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			for _, part := range tt.lack {
				if strings.Contains(string(f.data), part) {
					t.Errorf("the page has %q", part)
				}
			}
		})
	}
}

// A client has all of day, version and result, or none of them.
func TestClientsClaimNothingUntried(t *testing.T) {
	for _, c := range clients {
		if webAddress(c.URL) == "" || c.Platforms == "" {
			t.Errorf("%s has no address or no platform", c.Name)
		}
		if c.Tried == "" {
			if c.Version+c.Result != "" {
				t.Errorf("%s was not tried and has a result", c.Name)
			}
			continue
		}
		if _, err := time.Parse(time.DateOnly, c.Tried); err != nil || c.Version == "" || c.Result == "" {
			t.Errorf("%s was tried, and does not say when, what and how it went", c.Name)
		}
	}
	for _, p := range providers {
		if webAddress(p.URL) == "" {
			t.Errorf("%s has no address", p.Name)
		}
	}
}
