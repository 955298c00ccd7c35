package xmppadmin

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestAdminCommandsTable(t *testing.T) {
	table := AdminCommands()
	if len(table) != 31 {
		t.Fatalf("%d commands, XEP-0133 has 31", len(table))
	}
	var allowed []string
	seen := make(map[string]bool)
	for _, c := range table {
		name, ok := strings.CutPrefix(c.Node, "http://jabber.org/protocol/admin#")
		if !ok || name == "" || seen[c.Node] || c.Title == "" || !strings.HasPrefix(c.Section, "4.") {
			t.Errorf("a bad row: %+v", c)
		}
		seen[c.Node] = true
		if c.Allowed {
			allowed = append(allowed, name)
		}
	}
	want := []string{
		"get-registered-users-num", "get-disabled-users-num", "get-online-users-num", "get-active-users-num", "get-idle-users-num",
		"announce", "set-motd", "edit-motd",
	}
	if !slices.Equal(allowed, want) {
		t.Errorf("allowed are %q, want %q", allowed, want)
	}
}

// Every command off the allow-list is refused before anything is sent.
func TestForbiddenCommandsAreNeverSent(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	s := openService(t, srv)
	nodes := []string{
		"api-commands/set_password", "api-commands/stop", "api-commands/destroy_rooms_file", "api-commands/unregister",
		"http://prosody.im/protocol/muc#destroy", "announce", "", nsAdmin, nsAdmin + "#announce-all",
	}
	for _, c := range AdminCommands() {
		if !c.Allowed {
			nodes = append(nodes, c.Node)
		}
	}
	srv.ResetStanzas()
	for _, node := range nodes {
		s.link.hostNodes[node] = true // that the host offers it changes nothing
		_, err := s.execute(t.Context(), node, func(asked *form) (form, error) { return asked.submit(nil) })
		if !errors.Is(err, ErrNotPermitted) {
			t.Errorf("%q: %v", node, err)
		}
		_, err = runOnce(t.Context(), s.link.session, s.link.host, node, form{Type: formSubmits})
		if !errors.Is(err, ErrNotPermitted) {
			t.Errorf("%q, in one request: %v", node, err)
		}
	}
	if sent := srv.Stanzas(); len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFillMessage(t *testing.T) {
	text := func(name string) field { return field{Var: name, Type: "text-multi"} }
	subject := field{Var: "subject", Type: "text-single"}
	kind := field{Var: formTypeVar, Type: "hidden", Values: []string{nsAdmin}}
	for _, c := range []struct {
		name   string
		fields []field
		want   map[string]string // nil: refused
	}{
		{"XEP-0133", []field{kind, text("announcement")}, map[string]string{"announcement": "Hear\none\ntwo"}},
		{"Prosody", []field{kind, subject, {Var: "announcement", Type: "text-multi", Required: new(struct{})}},
			map[string]string{"subject": "Hear", "announcement": "one\ntwo"}},
		{"ejabberd", []field{kind, subject, text("body")}, map[string]string{"subject": "Hear", "body": "one\ntwo"}},
		{"message of the day", []field{kind, text("motd")}, map[string]string{"motd": "Hear\none\ntwo"}},
		{"some other service", []field{subject, text("words")}, map[string]string{"subject": "Hear", "words": "one\ntwo"}},
		{"two fields that could be it", []field{text("words"), text("more")}, nil},
		{"no field that could be it", []field{subject}, nil},
		{"another required field", []field{text("body"), {Var: "domain", Type: "jid-single", Required: new(struct{})}}, nil},
		{"another required field with a value", []field{text("body"), {Var: "domain", Required: new(struct{}), Values: []string{"a"}}},
			map[string]string{"body": "Hear\none\ntwo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			filled, err := fillMessage(&form{Type: "form", Fields: c.fields}, "Hear", "one\ntwo")
			if (err == nil) != (c.want != nil) {
				t.Fatalf("the error is %v", err)
			}
			got := make(map[string]string)
			for _, fd := range filled.Fields {
				if fd.Var != formTypeVar {
					got[fd.Var] = strings.Join(fd.Values, "\n")
				}
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("filled in as %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnnounceAndCount(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	s := openService(t, srv)
	srv.ResetStanzas()
	if _, err := s.Announce(t.Context(), "rooms", "one\ntwo"); err != nil {
		t.Error(err)
	}
	if err := s.SetMessageOfTheDay(t.Context(), "rooms", "today"); err != nil {
		t.Error(err)
	}
	written := 0
	for _, sent := range srv.Stanzas() {
		if sent.Writing {
			written++
		}
	}
	if written != 2 {
		t.Errorf("%d stanzas that write, want 2", written)
	}
	if n, err := s.OnlineUsers(t.Context()); err != nil || n != 1 {
		t.Errorf("%d users are online (%v), want 1", n, err)
	}
}

func TestCommandsThatAreNotOfferedAreNotSent(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd, Denied: true})
	s := openService(t, srv)
	srv.ResetStanzas()
	if _, err := s.Announce(t.Context(), "a", "b"); !errors.Is(err, ErrNotPermitted) {
		t.Errorf("announcing: %v", err)
	}
	if _, err := s.OnlineUsers(t.Context()); !errors.Is(err, ErrNotPermitted) {
		t.Errorf("counting: %v", err)
	}
	if sent := srv.Stanzas(); len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
}
