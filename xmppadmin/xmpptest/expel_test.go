package xmpptest

import (
	"strings"
	"testing"
)

func affiliate(affiliation, bare string) string {
	return "<query xmlns='" + nsMUCAdmin + "'><item jid='" + bare + "' affiliation='" + affiliation + "'><reason>because</reason></item></query>"
}

func TestWhoIsSentOut(t *testing.T) {
	const kick = "<query xmlns='" + nsMUCAdmin + "'><item nick='u' role='none'><reason>because</reason></item></query>"
	const room = "quic@conference.localhost"
	tests := []struct {
		name   string
		out    func(t *testing.T, s *Server, boss *peer)
		status string
		stays  bool
	}{
		{"one who is kicked", func(t *testing.T, _ *Server, boss *peer) {
			want(t, "kicking", failure(boss.ask("set", room, kick)), "")
		}, "307", false},
		{"one who is banned", func(t *testing.T, _ *Server, boss *peer) {
			want(t, "banning", failure(boss.ask("set", room, affiliate("outcast", "other@localhost"))), "")
		}, "301", false},
		{"a stranger, when the room becomes one for members", func(t *testing.T, _ *Server, boss *peer) {
			want(t, "configuring", failure(boss.configure("quic", FieldMembersOnly, "1")), "")
		}, "322", false},
		{"one who is no longer a member", func(t *testing.T, _ *Server, boss *peer) {
			boss.ask("set", room, affiliate("member", "other@localhost"))
			boss.configure("quic", FieldMembersOnly, "1")
			want(t, "taking the affiliation", failure(boss.ask("set", room, affiliate("none", "other@localhost"))), "")
		}, "321", false},
		{"no member of a room for members", func(t *testing.T, _ *Server, boss *peer) {
			boss.ask("set", room, affiliate("member", "other@localhost"))
			boss.configure("quic", FieldMembersOnly, "1")
		}, "", true},
		{"everybody, when the service shuts down", func(t *testing.T, s *Server, _ *peer) {
			want(t, "somebody to expel", s.Expel("quic", "u", StatusShuttingDown, "because"), true)
			want(t, "nobody to expel", s.Expel("quic", "u", StatusShuttingDown, "because"), false)
		}, "332", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			anyKind(t, Options{}, func(t *testing.T, s *Server) {
				s.PutRoom(quic(s.JID()))
				boss, other := admin(t, s), user(t, s, "other")
				boss.join("quic", "bot")
				other.join("quic", "u")
				other.take()
				test.out(t, s, boss)
				told := strings.Join(other.take(), "")
				seen := strings.Join(boss.take(), "")
				if test.stays {
					want(t, "sent out", strings.Contains(told, "unavailable"), false)
					return
				}
				for what, text := range map[string]string{
					"their nick": "from='quic@conference.localhost/u'", "the status": "<status code='" + test.status + "'/>", "the word self": "<status code='110'/>",
				} {
					if !strings.Contains(told, text) {
						t.Errorf("they were not told %s: %s", what, told)
					}
					if there := strings.Contains(seen, text); there != (what != "the word self") {
						t.Errorf("whether others were told %s is %v: %s", what, there, seen)
					}
				}
				r, _ := s.Room("quic")
				want(t, "occupants", len(r.Occupants), 1)
			})
		})
	}
}

func TestWhoMayKick(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(quic(s.JID()))
		boss, other := admin(t, s), user(t, s, "other")
		other.join("quic", "u")
		kick := func(nick, role string) string {
			return "<query xmlns='" + nsMUCAdmin + "'><item nick='" + nick + "' role='" + role + "'/></query>"
		}
		const room = "quic@conference.localhost"
		if got := failure(boss.ask("set", room, kick("u", "none"))); !strings.HasPrefix(got, "cancel/not-allowed") {
			t.Errorf("somebody outside kicks: %q", got)
		}
		boss.join("quic", "bot")
		if got := failure(other.ask("set", room, kick("bot", "none"))); !strings.HasPrefix(got, "cancel/not-allowed") {
			t.Errorf("a participant kicks: %q", got)
		}
		want(t, "one who is not there", failure(boss.ask("set", room, kick("nobody", "none"))), "cancel/item-not-found")
		want(t, "another role", failure(boss.ask("set", room, kick("u", "visitor"))), "cancel/feature-not-implemented")
		r, _ := s.Room("quic")
		want(t, "occupants", len(r.Occupants), 2)
	})
}

// An account may be in a room twice under one nick: each server has its own way
// to show it, and neither takes the one's end for the other's.
func TestOneNickTwice(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(quic(s.JID()))
		first := admin(t, s)
		second := login(t, s, adminAccount, s.Password(), "second")
		first.join("quic", "bot")
		first.take()
		want(t, "joining again", failure(second.join("quic", "bot")), "")
		seen := strings.Join(first.take(), "")
		want(t, "the first is told of itself", strings.Contains(seen, "code='110'"), s.opts.Kind == Generic)
		r, _ := s.Room("quic")
		want(t, "occupants", len(r.Occupants), 2)

		second.send("<presence to='quic@conference.localhost/bot' type='unavailable'/>")
		if left := strings.Join(second.take(), ""); !strings.Contains(left, "type='unavailable'") || !strings.Contains(left, "code='110'") {
			t.Errorf("the second is told %s", left)
		}
		seen = strings.Join(first.take(), "")
		want(t, "the first is told of an end", strings.Contains(seen, "unavailable"), false)
		want(t, "the first is told anything", seen != "", s.opts.Kind == Generic)
		r, _ = s.Room("quic")
		want(t, "occupants left", len(r.Occupants), 1)
	})
}

func TestSubjects(t *testing.T) {
	anyKind(t, Options{}, func(t *testing.T, s *Server) {
		s.PutRoom(quic(s.JID()))
		p, other := admin(t, s), user(t, s, "other")
		p.join("quic", "bot")
		other.join("quic", "u")
		p.take()
		for _, step := range []struct {
			name, inner string
			subject     string
			id          bool // of the message that everybody gets
			silent      bool
		}{
			{"a subject", "<subject>one</subject>", "one", s.opts.Kind == Ejabberd, false},
			{"the same again", "<subject>one</subject>", "one", s.opts.Kind == Ejabberd, s.opts.Kind == Generic},
			{"one with a body", "<subject>two</subject><body>x</body>", "one", true, false},
			{"one with a thread", "<subject>two</subject><thread>x</thread>", "one", true, false},
			{"an empty one", "<subject/>", "", s.opts.Kind == Ejabberd, false},
		} {
			p.send("<message type='groupchat' id='m' to='quic@conference.localhost'>" + step.inner + "</message>")
			got := strings.Join(p.take(), "")
			want(t, step.name+": silence", got == "", step.silent)
			want(t, step.name+": the id", strings.Contains(got, "id='m'"), step.id && !step.silent)
			r, _ := s.Room("quic")
			want(t, step.name, r.Subject, step.subject)
		}
		other.take()
		want(t, "somebody sets it", s.SetSubject("quic", "u", "theirs"), true)
		want(t, "in no room", s.SetSubject("tls", "u", "theirs"), false)
		for _, got := range [][]string{p.take(), other.take()} {
			if len(got) != 1 || !strings.Contains(got[0], "/u'") || !strings.Contains(got[0], "<subject>theirs</subject>") {
				t.Errorf("told of it: %v", got)
			}
		}
		late := user(t, s, "late")
		late.join("quic", "l")
		got := strings.Join(late.take(), "")
		want(t, "told on arrival", strings.Contains(got, "<subject>theirs</subject>"), true)
		want(t, "told how old it is", strings.Contains(got, "urn:xmpp:delay"), s.opts.Kind == Generic)
	})
}
