package provisioner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"roomctl/agenda"
	"roomctl/datatracker"
)

// withLinks is testSnapshot with chat links by a pattern.
func withLinks(pattern string) *datatracker.Snapshot {
	s := testSnapshot()
	link := func(name string) string { return strings.ReplaceAll(pattern, agenda.Placeholder, name) }
	s.Meetings[0].ChatLinks = map[int]string{100: link("quic"), 101: link("plenary")}
	s.ChatSources = []datatracker.Source{{Name: "IETF 126 agenda data", Meeting: "126", Outcome: datatracker.Fresh}}
	return s
}

func TestWhereChatLinksLead(t *testing.T) {
	const (
		zulip = "https://zulip.ietf.org/#narrow/stream/{chat_room_name}"
		pages = "https://rooms.example.org/rooms/{chat_room_name}/"
		join  = "xmpp:{chat_room_name}@jabber.example.org?join"
		web   = "https://chat.example.org/#converse/room?jid={chat_room_name}@jabber.example.org"
	)
	ours := ChatPatterns(agenda.Patterns{Web: web}, "jabber.example.org", "https://rooms.example.org")
	tests := []struct {
		name    string
		snap    func() *datatracker.Snapshot
		here    string // "yes", "no" or ""
		pattern string
		unknown string
	}{
		{"the pages", func() *datatracker.Snapshot { return withLinks(pages) }, "yes", pages, ""},
		{"the rooms", func() *datatracker.Snapshot { return withLinks(join) }, "yes", join, ""},
		{"the web client", func() *datatracker.Snapshot { return withLinks(web) }, "yes", web, ""},
		{"another service", func() *datatracker.Snapshot { return withLinks(zulip) }, "no", zulip, ""},
		{"the same rooms on another service", func() *datatracker.Snapshot { return withLinks("xmpp:{chat_room_name}@jabber.ietf.org?join") },
			"no", "xmpp:{chat_room_name}@jabber.ietf.org?join", ""},
		{"a link with a name from before", func() *datatracker.Snapshot {
			s := withLinks(pages)
			s.Meetings[0].ChatLinks[100] = "https://rooms.example.org/rooms/old/"
			return s
		}, "yes", pages, ""},
		{"a setting that has just changed", func() *datatracker.Snapshot {
			s := withLinks(pages)
			s.Meetings[0].ChatLinks[100] = "https://zulip.ietf.org/#narrow/stream/quic"
			return s
		}, "", pages, "only 1 of the 2 chat links in its agenda data lead here"},
		{"names that stand twice in the link", func() *datatracker.Snapshot {
			s := withLinks("https://zulip.ietf.org/#narrow/stream/{chat_room_name}")
			s.Meetings[0].Agenda.Sessions[0].Acronym = "ietf"
			s.Meetings[0].ChatLinks[100] = "https://zulip.ietf.org/#narrow/stream/ietf"
			return s
		}, "no", zulip, ""},
		{"a longer path", func() *datatracker.Snapshot {
			return withLinks("https://rooms.example.org/rooms/{chat_room_name}/logs/")
		},
			"no", "https://rooms.example.org/rooms/{chat_room_name}/logs/", ""},
		{"no links", func() *datatracker.Snapshot {
			s := withLinks(pages)
			s.Meetings[0].ChatLinks = map[int]string{}
			return s
		}, "", "", "there is no agenda data with chat links"},
		{"nothing read", func() *datatracker.Snapshot {
			s := withLinks(pages)
			s.Meetings[0].ChatLinks = nil
			s.ChatSources[0].Outcome, s.ChatSources[0].Problem = datatracker.Missing, errors.New("no answer")
			return s
		}, "", "", "no answer"},
		{"only a copy from before", func() *datatracker.Snapshot {
			s := withLinks(pages)
			s.ChatSources[0].Outcome, s.ChatSources[0].Problem = datatracker.LastGood, errors.New("no answer")
			return s
		}, "", "", "no answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r DatatrackerReport
			r.seeLinks(tt.snap(), ours)
			here := ""
			if r.PointsHere != nil {
				here = map[bool]string{true: "yes", false: "no"}[*r.PointsHere]
			}
			if here != tt.here || r.Pattern != tt.pattern || !strings.Contains(r.Unknown, tt.unknown) || (r.Unknown == "") != (tt.unknown == "") {
				t.Errorf("here %q, pattern %q, unknown %q", here, r.Pattern, r.Unknown)
			}
		})
	}
}

func TestChatPatterns(t *testing.T) {
	got := ChatPatterns(agenda.Patterns{Chat: "https://x.example/{chat_room_name}"}, "jabber.example.org", "")
	want := []string{"xmpp:{chat_room_name}@jabber.example.org?join", "https://x.example/{chat_room_name}"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFollows(t *testing.T) {
	tests := []struct {
		name, link, pattern string
		want                bool
	}{
		{"a name", "https://x/rooms/tls/", "https://x/rooms/{chat_room_name}/", true},
		{"the name twice", "https://x/tls?jid=tls@y", "https://x/{chat_room_name}?jid={chat_room_name}@y", true},
		{"two names", "https://x/tls?jid=ssh@y", "https://x/{chat_room_name}?jid={chat_room_name}@y", false},
		{"no name", "https://x/rooms//", "https://x/rooms/{chat_room_name}/", false},
		{"a path for a name", "https://x/rooms/tls/logs/", "https://x/rooms/{chat_room_name}/", false},
		{"another beginning", "http://x/rooms/tls/", "https://x/rooms/{chat_room_name}/", false},
		{"a shorter link", "https://x/", "https://x/rooms/{chat_room_name}/", false},
		{"no placeholder", "https://x/chat", "https://x/chat", true},
		{"no placeholder, another link", "https://x/chat2", "https://x/chat", false},
		{"nothing", "", "{chat_room_name}", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := follows(tt.link, tt.pattern); got != tt.want {
				t.Errorf("%q by %q: %t", tt.link, tt.pattern, got)
			}
		})
	}
}
