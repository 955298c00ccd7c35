//go:build integration

package integration

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/proxy"
	"roomctl/integration/servers"
)

// What keeps roomctl from making rooms at all: each ends with a message that says what to do, and without a room.
func TestRefusals(t *testing.T) {
	usual := servers.Options{}
	tests := []struct {
		name   string
		server servers.Options
		change func(t *testing.T, s *stage)
		status int
		says   []string
	}{
		{"the password is wrong", usual, func(t *testing.T, s *stage) { s.setPassword(t, "guessed") }, 1,
			[]string{"wrong password, or no such account", "check xmpp.jid and the password"}},
		{"there is no such MUC service", usual, func(t *testing.T, s *stage) { s.MUC = "rooms.localhost" }, 1,
			[]string{"asking the MUC service rooms.localhost what it is", "check xmpp.muc"}},
		{"the host is named in place of the MUC service", usual, func(t *testing.T, s *stage) { s.MUC = "localhost" }, 64,
			[]string{"xmpp.muc", "it must be the name of the MUC service"}},
		{"the certificate is not trusted", usual, func(t *testing.T, s *stage) { s.CAFile = "" }, 1,
			[]string{"the server's certificate is not trusted", "xmpp.ca_file"}},
		{"the certificate is for another name", servers.Options{CertName: "elsewhere.example"}, nil, 1,
			[]string{"certificate is valid for elsewhere.example, not localhost"}},
		{"STARTTLS is not offered", servers.Options{NoTLS: true}, nil, 1,
			[]string{"the server does not offer STARTTLS", "xmpp.tls"}},
		{"the account has no rights", servers.Options{NoAdmin: true}, nil, 4,
			[]string{"not permitted", "`roomctl check` tells which rights the account lacks"}},
		{"rooms cannot be logged, and must be", servers.Options{NoLogging: true}, nil, 3,
			[]string{"Withheld by rule logging", "rooms.logging is required", "muc_mam", "mod_muc_log:"}},
	}
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		running := make(map[servers.Options]*servers.Server)
		for _, test := range tests {
			server, ok := running[test.server]
			if !ok {
				server = start(ctx, t, name, test.server)
				running[test.server] = server
			}
			t.Run(test.name, func(t *testing.T) {
				s := newStage(t, server)
				s.keepOnly(t, "quic", "tls")
				if test.change != nil {
					test.change(t, s)
				}
				run := s.run(ctx, t, "sync").expect(t, test.status)
				for _, text := range test.says {
					if !strings.Contains(run.stdout+run.stderr, text) {
						t.Errorf("%q is not said:\n%s%s", text, run.stdout, run.stderr)
					}
				}
				if said := run.stdout + run.stderr; strings.Contains(said, server.Password) {
					t.Errorf("the password is told:\n%s", said)
				}
				expectNoRooms(ctx, t, peer.As(server, "roomctl").WithoutTLS(), server.MUC)
			})
		}
	})
}

// Where logs are only wanted, rooms are made without.
func TestLogsAreOnlyWanted(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{NoLogging: true})
		s := newStage(t, server)
		s.keepOnly(t, "quic", "tls")
		s.Logging = "wanted"
		made := s.run(ctx, t, "sync", "--json").expect(t, 0).document(t)
		rooms, err := peer.As(server, "roomctl").Look(ctx, jids(server, roomNames(made.Changes))...)
		if err != nil {
			t.Fatal(err)
		}
		for address, room := range rooms {
			if room.Error != "" || !slices.Contains(room.Features, "muc_persistent") || isLogged(server, room) {
				t.Errorf("%s is %+v, want a persistent room without a log", address, room)
			}
		}
		s.run(ctx, t, "plan").expect(t, 0)
	})
}

// The connection breaks again and again while rooms are made. The same run, or the next one, makes the rest.
func TestConnectionLostInMidApply(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		planned := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)

		cuts := 0
		w.reset(func(is seen) proxy.Action {
			if is.isWrite && is.writes == 100*(cuts+1) && cuts < 3 {
				cuts++
				return proxy.Halve
			}
			return proxy.Forward
		})
		first := s.run(ctx, t, "sync")
		w.reset(nil)
		if cuts != 3 {
			t.Errorf("the connection broke %d times, want 3", cuts)
		}
		if first.status != 0 {
			first.expect(t, 4)
			s.run(ctx, t, "sync").expect(t, 0)
		}
		expectAsPlanned(ctx, t, server, planned.Changes, server.JID)
		s.run(ctx, t, "plan").expect(t, 0)
	})
}

// A server that falls silent costs one time limit, and whatever was asked of it is not taken for done.
func TestSilentServer(t *testing.T) {
	onEachServer(t, func(ctx context.Context, t *testing.T, name servers.Name) {
		server := start(ctx, t, name, servers.Options{})
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		s.keepOnly(t, "quic", "tls")
		s.Timeout = time.Second

		for _, answers := range []int{1, 4} {
			w.reset(silentAfter(answers))
			run := s.run(ctx, t, "sync").expect(t, 1)
			if !strings.Contains(run.stderr, "no answer within 1s") {
				t.Errorf("silent after %d answers: nothing says so:\n%s", answers, run.stderr)
			}
			w.expectNoWrites(t)
			expectNoRooms(ctx, t, peer.As(server, "roomctl"), server.MUC)
		}

		// One request about one room gets lost on its way.
		w.reset(func(is seen) proxy.Action {
			if is.isWrite && is.writes == 1 {
				return proxy.Drop
			}
			return proxy.Forward
		})
		run := s.run(ctx, t, "sync", "--only", "quic").expect(t, 4)
		if !strings.Contains(run.stdout, "Failed to create quic: ") || !strings.Contains(run.stdout, "no answer within 1s") {
			t.Errorf("nothing says which room failed, and why:\n%s", run.stdout)
		}

		// The server falls silent in the middle of applying.
		w.reset(func(is seen) proxy.Action {
			if is.From == proxy.Server && is.writes > 0 {
				return proxy.Stall
			}
			return proxy.Forward
		})
		run = s.run(ctx, t, "sync").expect(t, 4)
		if !strings.Contains(run.stdout, "no answer within 1s") {
			t.Errorf("silent in mid-apply: nothing says so:\n%s", run.stdout)
		}
		w.reset(nil)
		s.Timeout = 20 * time.Second
		s.run(ctx, t, "sync").expect(t, 0)
		s.run(ctx, t, "plan").expect(t, 0)
	})
}

// silentAfter lets the server give so many answers on the connection and no more.
func silentAfter(answers int) func(seen) proxy.Action {
	given := 0
	return func(is seen) proxy.Action {
		if is.From == proxy.Client {
			return proxy.Forward
		}
		if given++; given > answers {
			return proxy.Stall
		}
		return proxy.Forward
	}
}
