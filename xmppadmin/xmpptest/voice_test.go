package xmpptest

import (
	"slices"
	"testing"
)

func TestRolesOnArrival(t *testing.T) {
	tests := []struct {
		name, affiliation string
		kind              Kind
		config            map[string]string
		role              string
	}{
		{"a stranger in a moderated room of Prosody", "", Generic, map[string]string{FieldModerated: "1"}, "visitor"},
		{"a stranger in a room of Prosody", "", Generic, nil, "participant"},
		{"a stranger in a moderated room of ejabberd", "", Ejabberd, map[string]string{FieldModerated: "1"}, "participant"},
		{"a stranger in a room of ejabberd that gives no voice", "", Ejabberd, map[string]string{FieldModerated: "0", FieldVoiced: "0"}, "visitor"},
		{"a member", "member", Generic, map[string]string{FieldModerated: "1"}, "participant"},
		{"a member of a room of ejabberd that gives no voice", "member", Ejabberd, map[string]string{FieldVoiced: "0"}, "participant"},
		{"an admin", "admin", Generic, map[string]string{FieldModerated: "1"}, "moderator"},
		{"an owner", "owner", Ejabberd, map[string]string{FieldModerated: "1", FieldVoiced: "0"}, "moderator"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, Options{Kind: test.kind})
			s.PutRoom(Room{Name: "quic", Config: test.config, Affiliations: map[string]string{"other@localhost": test.affiliation}})
			item := user(t, s, "other").join("quic", "u").child(nsMUCUser, "x").child(nsMUCUser, "item")
			want(t, "role", item.attr("role"), test.role)
		})
	}
}

func TestWhoHasVoice(t *testing.T) {
	const message = "<message to='quic@conference.localhost' type='groupchat' id='m'><body>hello</body></message>"
	silent := map[string]string{FieldModerated: "1", FieldVoiced: "0"}
	tests := []struct {
		name, affiliation string
		kind              Kind
		config            map[string]string
		refusal           string
	}{
		{"a stranger in an open room", "", Generic, nil, ""},
		{"a stranger in a moderated room of Prosody", "", Generic, silent, "auth/forbidden"},
		{"a stranger in a moderated room of ejabberd", "", Ejabberd, silent,
			"auth/forbidden: Visitors are not allowed to send messages to all occupants"},
		{"a visitor in a room of ejabberd that is not moderated", "", Ejabberd, map[string]string{FieldModerated: "0", FieldVoiced: "0"}, ""},
		{"a member of a moderated room", "member", Ejabberd, silent, ""},
		{"an owner of a moderated room", "owner", Generic, silent, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, Options{Kind: test.kind})
			s.PutRoom(Room{Name: "quic", Config: test.config, Affiliations: map[string]string{"other@localhost": test.affiliation}})
			p := user(t, s, "other")
			p.join("quic", "u")
			p.take()
			p.send(message)
			p.sync()
			want(t, "refusal", failure(p.seen[0]), test.refusal)
			var said []Message
			if test.refusal == "" {
				said = []Message{{Nick: "u", Body: "hello"}}
			}
			if r, _ := s.Room("quic"); !slices.Equal(r.Said, said) {
				t.Errorf("said: %v, want %v", r.Said, said)
			}
		})
	}
}
