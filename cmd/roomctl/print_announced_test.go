package main

import (
	"strings"
	"testing"
)

func TestAnAnnouncementIsShownAsItGoesOut(t *testing.T) {
	three := 3
	tests := map[string]struct {
		doc  announceDocument
		want string
	}{
		"nobody knows how many hear it": {
			announceDocument{Text: "Restart.\nBack at \x1b[1msix.", Users: &usersDocument{Host: "localhost"}},
			"To everybody who is online on localhost: the server does not tell how many\n    Restart.\n    Back at \ufffd[1msix.\n" +
				"Nothing has been sent. With --yes it is.\n",
		},
		"a room that does not tell who is in it": {
			announceDocument{Text: "Hello", Rooms: []announcedDocument{{Room: "quic", JID: "quic@localhost"}, {Room: "tls", JID: "tls@localhost", People: &three}}},
			"To quic@localhost: not told\nTo tls@localhost: 3 people are in it\n    Hello\nNothing has been sent. With --yes it is.\n",
		},
		"what came of it": {
			announceDocument{Sent: true, Text: "Hello", Rooms: []announcedDocument{
				{Room: "quic", JID: "quic@localhost", Error: "refused: \x1b[1mno"}, {Room: "tls", JID: "tls@localhost", People: &three}}},
			"Failed: quic: refused: \ufffd[1mno\nSaid in tls@localhost: 3 people are in it\n",
		},
		"what the server says": {
			announceDocument{Sent: true, Text: "Hello", Users: &usersDocument{Host: "localhost", Remark: "told 3\x1b"}},
			"Sent to everybody who is online on localhost.\nThe server says: told 3\ufffd\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			printer{w: &out}.announced(test.doc)
			if out.String() != test.want {
				t.Errorf("printed\n%s\nwant\n%s", out.String(), test.want)
			}
		})
	}
}
