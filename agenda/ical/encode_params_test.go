package ical

import (
	"reflect"
	"testing"
)

// What a parameter holds comes back, whatever a list or the line's own marks
// would make of it.
func TestParametersComeBack(t *testing.T) {
	for name, values := range map[string][]string{
		"plain":              {"Chat room for quic"},
		"a comma":            {"Web, desktop"},
		"a semicolon":        {"Web; desktop"},
		"a colon":            {"xmpp:quic@jabber.example.org"},
		"a list":             {"CHAT", "FEED"},
		"a list with commas": {"a,b", "c"},
		"nothing":            {""},
	} {
		t.Run(name, func(t *testing.T) {
			want := Component{Name: "VEVENT"}
			want.Add("CONFERENCE", "xmpp:quic@jabber.example.org?join", Param{"LABEL", values}, Param{"FEATURE", []string{"CHAT"}})
			encoded := Encode(want)
			if got, err := Decode(encoded); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s is read as %+v, %v", encoded, got, err)
			}
		})
	}
}
