package provisioner

import (
	"slices"
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	tests := map[string]struct {
		want Target // without Given
		err  string
	}{
		"quic":                              {want: Target{Room: "quic"}},
		" QUIC ":                            {want: Target{Room: "quic"}},
		"3gpp-ietf":                         {want: Target{Room: "3gpp-ietf"}},
		"quic@jabber.example.org":           {want: Target{Room: "quic"}},
		"quic@JABBER.example.org/somebody":  {want: Target{Room: "quic"}},
		"xmpp:quic@jabber.example.org?join": {want: Target{Room: "quic"}},
		"quic@example.net":                  {err: `"quic@example.net" is on another service than jabber.example.org`},
		"@jabber.example.org":               {err: "names no room"},
		"29302":                             {want: Target{Room: "29302", Session: 29302}},
		"99999999999999999999":              {want: Target{Room: "99999999999999999999"}}, // no session, but a name
		"126/quic":                          {want: Target{Meeting: "126", Acronym: "quic"}},
		"interim-2026-quic-01/QUIC":         {want: Target{Meeting: "interim-2026-quic-01", Acronym: "quic"}},
		"126/":                              {err: "is not a meeting and a group, as in 126/quic"},
		"../quic":                           {err: "is not a meeting and a group"},
		"":                                  {err: "names no room"},
	}
	for given, test := range tests {
		t.Run(given, func(t *testing.T) {
			got, err := ParseTarget(given, "jabber.example.org")
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q in it", err, test.err)
				}
				return
			}
			test.want.Given = given
			if err != nil || got != test.want {
				t.Errorf("got %+v (%v), want %+v", got, err, test.want)
			}
		})
	}
}

func TestNearMisses(t *testing.T) {
	names := []string{"quic", "tls", "tls2", "mls", "suit", "secdispatch", "dispatch", "oauth", "quic", "rats", "rtg", "raw"}
	tests := map[string]struct {
		given string
		want  []string
	}{
		"a letter wrong":              {"quik", []string{"quic", "suit"}},
		"two letters swapped":         {"qiuc", []string{"quic"}},
		"a letter missing":            {"oath", []string{"oauth", "rats"}},
		"a letter too many":           {"ttls", []string{"tls", "mls", "tls2"}},
		"short names bear one letter": {"tsl", []string{"tls"}},
		"a long name":                 {"secdispach", []string{"secdispatch"}},
		"nothing like it":             {"webtrans", nil},
		"far too long":                {strings.Repeat("quic", 1000), nil},
		"nothing":                     {"", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := nearest(test.given, names); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	many := []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7"}
	if got := nearest("a", many); len(got) != maxNear {
		t.Errorf("%d near misses: %q, want %d", len(got), got, maxNear)
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"tls", "tls", 0}, {"tls", "tsl", 1}, {"tls", "slt", 2}, {"kitten", "sitting", 3},
		{"quic", "quiche", 2}, {"abcdefgh", "a", 4}, // more than most
	}
	for _, test := range tests {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := editDistance(pair[0], pair[1], 3); got != test.want {
				t.Errorf("%q to %q: %d, want %d", pair[0], pair[1], got, test.want)
			}
		}
	}
}
