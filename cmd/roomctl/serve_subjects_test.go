package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/pause"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// newSubjectHouse is a house with a room quic that is ours, the chat server, and a
// connection to that. rooms is what the configuration has under rooms.
func newSubjectHouse(t *testing.T, rooms string) (*house, *xmpptest.Server, *xmppadmin.Service) {
	t.Helper()
	server, err := xmpptest.Start(xmpptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(server.Password()), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := config.Parse([]byte(fmt.Sprintf(`datatracker: {url: "https://datatracker.example.org"}
xmpp: {jid: %q, password_file: %q, address: %q, tls: none, muc: conference.localhost, rate: 0, timeout: 5s}
state_dir: %q
publish: {dir: %q, base_url: "https://rooms.example.org"}
schedule: {timezone: Europe/Vienna}
rooms: {%s}
`, server.JID(), password, server.Addr(), filepath.Join(dir, "state"), filepath.Join(dir, "www"), rooms)))
	if err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: func() time.Time { return epoch }}
	h, err := newHouse(settings, p, log)
	if err != nil {
		t.Fatal(err)
	}
	server.PutRoom(xmpptest.Room{
		Name: "quic", Subject: "QUIC", Config: map[string]string{xmpptest.FieldPersistent: "1"}, Affiliations: map[string]string{server.JID(): "owner"},
	})
	err = h.store(t.Context(), func(reg *registry.Registry) error {
		return errors.Join(
			reg.Own(t.Context(), registry.Room{Name: "quic", State: registry.Active, Origin: registry.Created, Since: epoch, Subject: "QUIC"}),
			reg.SetVerified(t.Context(), "quic", registry.Verified{At: epoch, Exists: true, Ours: true}))
	})
	if err != nil {
		t.Fatal(err)
	}
	options, err := h.chat("")
	if err != nil {
		t.Fatal(err)
	}
	chat, err := xmppadmin.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chat.Close() })
	return h, server, chat
}

func TestSubjectsAsConfigured(t *testing.T) {
	const builtIn = "Now: QUIC, until 14:00 CET | https://rooms.example.org/meeting/125/ | Note Well: https://www.ietf.org/about/note-well/"
	down := errors.New("no route to host")
	tests := []struct {
		name   string
		rooms  string // of the configuration
		paused bool
		down   error
		want   string
	}{
		{"the built-in text, in the zone of the schedule", "", false, nil, builtIn},
		{"another text", `session_subject: "{{.Acronym}} {{.Meeting}} {{.JID}}"`, false, nil, "quic IETF 125 quic@conference.localhost"},
		{"no text", "follow_sessions: false", false, nil, "QUIC"},
		{"a pause", "", true, nil, "QUIC"},
		{"no connection", "", false, down, "QUIC"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, server, chat := newSubjectHouse(t, test.rooms)
			texts, err := h.sessionTexts()
			if err != nil {
				t.Fatal(err)
			}
			connect := func(context.Context) (*xmppadmin.Service, error) { return chat, test.down }
			clock := h.subjects(texts, connect, h.store)
			if test.paused {
				if err := pause.Set(h.config.StateDir, pause.Pause{Since: epoch}); err != nil {
					t.Fatal(err)
				}
			}
			slots := []provisioner.Slot{{
				Meeting: "125", Title: "IETF 125", IETF: true, Session: 1, Acronym: "quic", GroupName: "QUIC",
				Start: epoch, End: epoch.Add(time.Hour), Room: "quic",
			}}
			if _, err := clock.Step(t.Context(), epoch, slots); !errors.Is(err, test.down) {
				t.Errorf("error %v, want %v", err, test.down)
			}
			if room, _ := server.Room("quic"); room.Subject != test.want {
				t.Errorf("the subject is %q, want %q", room.Subject, test.want)
			}
			clock.Close(t.Context())
			if room, _ := server.Room("quic"); len(room.Occupants) > 0 {
				t.Errorf("still in the room: %+v", room.Occupants)
			}
		})
	}
}
