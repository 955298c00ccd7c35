package datatracker

import "testing"

func TestGroupKind(t *testing.T) {
	tests := []struct{ groupType, state, want string }{
		{"wg", "active", "working group"},
		{"wg", "bof", "BOF"},
		{"rg", "bof-conc", "BOF"},
		{"review", "active", "directorate"},
		{"edwg", "active", "editorial stream working group"},
		{"team", "", "team"},
		{"iabasg", "active", "group"},
		{"", "", "group"},
	}
	for _, test := range tests {
		if got := GroupKind(test.groupType, test.state); got != test.want {
			t.Errorf("%q, %q: %q, want %q", test.groupType, test.state, got, test.want)
		}
	}
}
