package agenda

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRoomURI(t *testing.T) {
	for name, tt := range map[string]struct{ jid, want string }{
		"a plain name":                        {"dime@jabber.ietf.org", "xmpp:dime@jabber.ietf.org?join"},
		"the plus of a joint session stays":   {"fax+vpim@jabber.ietf.org", "xmpp:fax+vpim@jabber.ietf.org?join"},
		"an XEP-0106 escape keeps its slash":  {`d\20q@jabber.ietf.org`, "xmpp:d%5C20q@jabber.ietf.org?join"},
		"letters beyond ASCII":                {"żółw@jabber.ietf.org", "xmpp:%C5%BC%C3%B3%C5%82w@jabber.ietf.org?join"},
		"marks that would start another part": {"a?b#c%d@jabber.ietf.org", "xmpp:a%3Fb%23c%25d@jabber.ietf.org?join"},
		"markup and spaces":                   {`<"b c">@jabber.ietf.org`, "xmpp:%3C%22b%20c%22%3E@jabber.ietf.org?join"},
		"an IPv6 service":                     {"dime@[::1]", "xmpp:dime@[::1]?join"},
		"a service without a room":            {"jabber.ietf.org", "xmpp:jabber.ietf.org?join"},
	} {
		t.Run(name, func(t *testing.T) {
			got := roomURI(tt.jid)
			if got != tt.want {
				t.Errorf("roomURI(%q) = %q, want %q", tt.jid, got, tt.want)
			}
			if u, err := url.Parse(got); err != nil || u.Scheme != "xmpp" || u.RawQuery != "join" {
				t.Errorf("%q is read as %#v, %v", got, u, err)
			}
		})
	}
}

func TestLink(t *testing.T) {
	for name, tt := range map[string]struct {
		patterns Patterns
		logs     string
		want     SessionLink
	}{
		"without patterns there is the xmpp link": {
			want: SessionLink{URL: "xmpp:6lo@r.example?join"},
		},
		"the server names its logs": {
			logs: "https://r.example/logs/6lo/",
			want: SessionLink{URL: "xmpp:6lo@r.example?join", ArchiveURL: "https://r.example/logs/6lo/"},
		},
		"patterns win": {
			patterns: Patterns{
				Chat:    "https://zulip.example/#narrow/stream/{chat_room_name}",
				Web:     "https://chat.example/#converse/room?jid={chat_room_name}@r.example",
				Archive: "https://www.example/logs/{chat_room_name}?C=M;O=D&x={chat_room_name}",
			},
			logs: "https://r.example/logs/6lo/",
			want: SessionLink{
				URL:        "https://zulip.example/#narrow/stream/6lo",
				WebURL:     "https://chat.example/#converse/room?jid=6lo@r.example",
				ArchiveURL: "https://www.example/logs/6lo?C=M;O=D&x=6lo",
			},
		},
		"a server cannot plant a script": {
			logs: "javascript:alert(1)",
			want: SessionLink{URL: "xmpp:6lo@r.example?join"},
		},
		"a server's nonsense is left out": {
			logs: "https:///\x00",
			want: SessionLink{URL: "xmpp:6lo@r.example?join"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.want.Room, tt.want.JID = "6lo", "6lo@r.example"
			if got := tt.patterns.Link("6lo", "6lo@r.example", tt.logs, time.Time{}); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestExpandEscapesWhatCouldLeaveItsPlace(t *testing.T) {
	got := expand("https://www.example/logs/{chat_room_name}/", "../a b?c#d&fax+vpim_x")
	want := "https://www.example/logs/..%2Fa%20b%3Fc%23d%26fax+vpim_x/"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Logs of a session are looked for in the archive of its own day.
func TestLinkOfADay(t *testing.T) {
	const logs = "https://r.example/logs/6lo/"
	day := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	eras := []Era{
		{Until: day("2016-07-24T00:00:00Z"), Pattern: "https://a.example/{chat_room_name}/{date}.html"},
		{Until: day("2022-07-15T00:00:00Z"), Pattern: "https://b.example/{chat_room_name}?C=M;O=D"},
	}
	today := Patterns{Archive: "https://c.example/{chat_room_name}/{date}/", Eras: eras}
	undated := Patterns{Archive: "https://c.example/{chat_room_name}/", Eras: eras}
	for name, tt := range map[string]struct {
		patterns Patterns
		logs     string
		day      time.Time
		want     string
	}{
		"long ago, with its date": {
			patterns: today, day: day("2004-11-10T18:37:54Z"), want: "https://a.example/6lo/2004-11-10.html",
		},
		"the last second of an era": {
			patterns: today, day: day("2016-07-24T23:59:59Z"), want: "https://a.example/6lo/2016-07-24.html",
		},
		"the first second after it": {
			patterns: today, day: day("2016-07-25T00:00:00Z"), want: "https://b.example/6lo?C=M;O=D",
		},
		"the day is UTC's: it is the next one there already": {
			patterns: today, day: day("2016-07-24T20:00:00-07:00"), want: "https://b.example/6lo?C=M;O=D",
		},
		"the day is UTC's: it is still the day before there": {
			patterns: today, day: day("2016-07-25T08:00:00+09:00"), want: "https://a.example/6lo/2016-07-24.html",
		},
		"the last day of the last era": {
			patterns: today, day: day("2022-07-15T12:00:00Z"), want: "https://b.example/6lo?C=M;O=D",
		},
		"after all eras there is today's archive": {
			patterns: today, day: day("2022-07-16T00:00:00Z"), want: "https://c.example/6lo/2022-07-16/",
		},
		"today's archive may be without dates": {
			patterns: undated, day: day("2026-11-04T12:00:00Z"), want: "https://c.example/6lo/",
		},
		"the room as a whole is in today's archive": {
			patterns: undated, want: "https://c.example/6lo/",
		},
		"the room as a whole has no date, so the server says where": {
			patterns: today, logs: logs, want: logs,
		},
		"the room as a whole has no date, and the server says nothing": {
			patterns: today,
		},
		"an era wins over the server": {
			patterns: Patterns{Eras: eras}, logs: logs, day: day("2020-01-01T00:00:00Z"), want: "https://b.example/6lo?C=M;O=D",
		},
		"after all eras, without a pattern, the server says where": {
			patterns: Patterns{Eras: eras}, logs: logs, day: day("2026-11-04T12:00:00Z"), want: logs,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.patterns.Link("6lo", "6lo@r.example", tt.logs, tt.day).ArchiveURL; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWebAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://chat.example.org/#converse/room?jid=quic@jabber.example.org": "https://chat.example.org/#converse/room?jid=quic@jabber.example.org",
		"http://[2001:db8::1]:8080/logs/{room}":                               "http://[2001:db8::1]:8080/logs/%7Broom%7D",
		"https://logs.example.org/a%20b/\"ż\"":                                "https://logs.example.org/a%20b/%22%C5%BC%22",
		"https://logs.example.org/\r\nX: y":                                   "",
		"https://a\"b/":                                                       "",
		"https:///logs/":                                                      "",
		"//logs.example.org/":                                                 "",
		"javascript:alert(1)//https://x/":                                     "",
		"mailto:support@example.org":                                          "",
		"https://logs.example.org/" + strings.Repeat("x", maxAddress):         "",
		"": "",
	} {
		if got := webAddress(address); got != want || webAddress(got) != got {
			t.Errorf("%q gives %q, want %q", address, got, want)
		}
	}
}
