package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/config"
	"roomctl/provisioner"
	"roomctl/provisioner/announce"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// crier is an announcer over the real wire, with everything a house has.
type crier struct {
	*announce.Announcer
	server *xmpptest.Server
	house  *house
	chat   *xmppadmin.Service // nil: not connected
	down   error              // why no connection comes about; nil: one does
}

// newCrier announces when sessions start, in every room but art.
func newCrier(t *testing.T, kind xmpptest.Kind) *crier {
	t.Helper()
	server, err := xmpptest.Start(xmpptest.Options{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(server.Password()), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := config.Parse([]byte(fmt.Sprintf(`datatracker: {url: "https://datatracker.example.org"}
xmpp: {jid: %q, password_file: %q, address: %q, tls: none, muc: conference.localhost, rate: 0, timeout: 5s}
state_dir: %q
publish: {dir: %q}
announce: {start: true, except: [art]}
`, server.JID(), password, server.Addr(), filepath.Join(dir, "state"), filepath.Join(dir, "www"))))
	if err != nil {
		t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(io.Discard)
	c := &crier{server: server}
	p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: func() time.Time { return epoch }}
	if c.house, err = newHouse(settings, p, log); err != nil {
		t.Fatal(err)
	}
	texts, err := provisioner.ParseSessionTexts("", "", "Now: {{.Title}}", "", "")
	if err != nil {
		t.Fatal(err)
	}
	c.Announcer = c.house.announcements(texts, c.connect, c.store, p.now)
	t.Cleanup(func() {
		if c.chat != nil {
			c.chat.Close()
		}
		server.Close()
	})
	for _, name := range []string{"art", "quic"} {
		server.PutRoom(xmpptest.Room{
			Name: name, Config: map[string]string{xmpptest.FieldPersistent: "1"}, Affiliations: map[string]string{server.JID(): "owner"},
		})
	}
	return c
}

// connect is the connection that is kept, or a new one when that has ended.
func (c *crier) connect(ctx context.Context) (speaker, error) {
	if c.down != nil {
		return nil, c.down
	}
	if c.chat != nil {
		select {
		case <-c.chat.Ended():
			c.chat.Close()
		default:
			return c.chat, nil
		}
	}
	options, err := c.house.chat("")
	if err != nil {
		return nil, err
	}
	c.chat, err = xmppadmin.Open(ctx, options)
	return c.chat, err
}

func (c *crier) store(ctx context.Context, do func(*registry.Registry) error) error {
	reg, err := registry.Open(ctx, c.house.registryPath(), c.house.identity())
	if err != nil {
		return err
	}
	return errors.Join(do(reg), reg.Close())
}

// said is what was said in a room.
func (c *crier) said(room string) (texts []string) {
	r, _ := c.server.Room(room)
	for _, m := range r.Said {
		texts = append(texts, m.Body)
	}
	return texts
}

func TestAnnouncementsOverTheWire(t *testing.T) {
	down := errors.New("no route to host")
	message := xmpptest.Fault{Name: "message", Nth: 1, Room: "quic"}
	with := func(change func(*xmpptest.Fault)) *xmpptest.Fault {
		f := message
		change(&f)
		return &f
	}
	tests := map[string]struct {
		down  error
		fault *xmpptest.Fault
		err   string // of the first attempt; "" for none
		first int    // times that it was heard after that
		later int    // and after all attempts
	}{
		"nothing is wrong":                    {first: 1, later: 1},
		"there is no connection at first":     {down: down, err: "nothing was sent: no route to host", later: 1},
		"the server refuses at first":         {fault: with(func(f *xmpptest.Fault) { f.Condition = "forbidden" }), err: "forbidden", later: 1},
		"cut before the message is passed on": {fault: with(func(f *xmpptest.Fault) { f.Disconnect = xmpptest.BeforeExecuting }), err: "it is not said again"},
		"cut after the message is passed on":  {fault: with(func(f *xmpptest.Fault) { f.Disconnect = xmpptest.AfterExecuting }), err: "it is not said again", first: 1, later: 1},
		"cut when the room is asked for": {
			fault: &xmpptest.Fault{Name: "iq", Room: "quic", Nth: 1, Disconnect: xmpptest.BeforeExecuting}, err: "nothing was sent", later: 1,
		},
		"the room does not answer for itself at first": {
			fault: &xmpptest.Fault{Name: "iq", Room: "quic", Nth: 1, Condition: "internal-server-error"}, err: "internal-server-error", later: 1,
		},
	}
	for _, kind := range []xmpptest.Kind{xmpptest.Generic, xmpptest.Ejabberd} {
		for name, test := range tests {
			t.Run(fmt.Sprintf("kind %d: %s", kind, name), func(t *testing.T) {
				c := newCrier(t, kind)
				c.down = test.down
				if test.fault != nil {
					defer c.server.Fault(*test.fault)()
				}
				slot := func(id int, room string) provisioner.Slot {
					return provisioner.Slot{Session: id, Room: room, Acronym: room, GroupName: "QUIC", Start: epoch, End: epoch.Add(time.Hour)}
				}
				slots := []provisioner.Slot{slot(1, "quic"), slot(2, "art")}
				_, err := c.Step(t.Context(), epoch, slots)
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				want := slices.Repeat([]string{"Now: QUIC"}, test.first)
				if got := c.said("quic"); !slices.Equal(got, want) {
					t.Errorf("at first the room heard %q, want %q", got, want)
				}
				c.down = nil
				c.house.program.now = func() time.Time { return epoch.Add(time.Minute) }
				c.Now = c.house.program.now
				for range 2 {
					if _, err := c.Step(t.Context(), c.Now(), slots); err != nil {
						t.Error(err)
					}
				}
				want = slices.Repeat([]string{"Now: QUIC"}, test.later)
				if got := c.said("quic"); !slices.Equal(got, want) {
					t.Errorf("in the end the room heard %q, want %q", got, want)
				}
				if got := c.said("art"); len(got) > 0 {
					t.Errorf("the other room heard %q", got)
				}
			})
		}
	}
}
