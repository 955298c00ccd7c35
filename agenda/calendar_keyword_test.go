package agenda

import (
	"slices"
	"strings"
	"testing"
)

func TestKeywords(t *testing.T) {
	for name, tt := range map[string]struct {
		session Session
		token   string
		want    string
	}{
		"a working group": {
			Session{Acronym: "quic", GroupName: "QUIC", Name: "QUIC", Area: "wit", Type: "regular", GroupState: "active"}, "",
			"quic regular wit",
		},
		"a BOF, written in capitals": {
			Session{Acronym: "CAN", GroupName: "Networking", Name: "Networking", Area: "RTG", GroupState: "bof"}, "",
			"bof can rtg",
		},
		"one of several sessions": {
			Session{Acronym: "quic", GroupName: "QUIC", Name: "QUIC"}, "quic-sessb",
			"quic quic-sessb",
		},
		"office hours": {
			Session{Acronym: "iesg", GroupName: "IESG", Name: "SEC AD Office Hours", Type: "other"}, "",
			"iesg officehours other sec-ad-office-hours",
		},
		"a plenary": {
			Session{Acronym: "ietf", GroupName: "IETF", Name: "IETF Plenary", Type: "plenary"}, "",
			"ietf ietf-plenary plenary",
		},
		"a session without a group": {
			Session{Name: "Café / Break: (in Gather)"}, "",
			"cafe-break-in-gather",
		},
		"letters beyond ASCII lose their marks or go": {
			Session{Acronym: "x", Name: "Żółć 北京!?", GroupName: "X"}, "",
			"x zoc",
		},
		"nothing known": {Session{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(tt.session.keywords(tt.token), " "); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSessionTokens(t *testing.T) {
	m := Meeting{Sessions: []Session{
		{ID: 9, Acronym: "quic"}, {ID: 5, Acronym: "QUIC"}, {ID: 7, Acronym: "tls"}, {ID: 8}, {ID: 6}, {ID: 9, Acronym: "quic"},
	}}
	got := m.sessionTokens()
	if len(got) != 2 || got[5] != "quic-sessa" || got[9] != "quic-sessb" {
		t.Errorf("got %v", got)
	}
}

func TestLetters(t *testing.T) {
	var got []string
	for _, i := range []int{0, 1, 25, 26, 51, 52, 701, 702} {
		got = append(got, letters(i))
	}
	if want := []string{"a", "b", "z", "aa", "az", "ba", "zz", "aaa"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
