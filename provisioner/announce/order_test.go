package announce

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

const self = "roomctl@accounts.example.org"

var testRules = provisioner.Rules{MUC: "conference.localhost", Self: self}

// chat is a chat server that has some rooms.
type chat struct {
	rooms map[string]xmppadmin.Room
	sent  []string
	err   error // of what is sent
}

func (c *chat) Read(_ context.Context, name string) xmppadmin.Room {
	if r, ok := c.rooms[name]; ok {
		return r
	}
	return xmppadmin.Room{Name: name, Existence: xmppadmin.Absent}
}

func (c *chat) Say(_ context.Context, room, text string) error {
	c.sent = append(c.sent, room+": "+text)
	return c.err
}

func (c *chat) Announce(_ context.Context, subject, body string) (string, error) {
	c.sent = append(c.sent, "all: "+subject+"/"+body)
	return "told 3 users", c.err
}

// house is a registry that has the rooms quic, tls, lost, gone and vague, and the
// chat server they are on.
func house(t *testing.T) (*registry.Registry, *chat) {
	t.Helper()
	reg, err := registry.Open(t.Context(), t.TempDir()+"/registry.sqlite", testIdentity)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reg.Close(); err != nil {
			t.Error(err)
		}
	})
	for i, name := range []string{"quic", "tls", "lost", "gone", "vague"} {
		room := registry.Room{Name: name, GroupID: 100 + i, State: registry.Active, Origin: registry.Created, Since: ten}
		if err := reg.Own(t.Context(), room); err != nil {
			t.Fatal(err)
		}
	}
	three := 3
	present := func(name string, owners ...string) xmppadmin.Room {
		return xmppadmin.Room{Name: name, Existence: xmppadmin.Present, Owners: owners, Occupants: &three}
	}
	return reg, &chat{rooms: map[string]xmppadmin.Room{
		"quic": present("quic", self), "tls": present("tls", self), "strange": present("strange", self),
		"lost":  present("lost", "chair@accounts.example.org"),
		"vague": {Name: "vague", Existence: xmppadmin.Unknown, Err: errors.New("no answer")},
	}}
}

func TestNothingIsSaidInRoomsThatAreNotOurs(t *testing.T) {
	reg, server := house(t)
	known, err := reg.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"quic", "strange", "lost", "gone", "vague", "nowhere"}
	want := map[string]string{
		"quic":    "",
		"strange": "room strange is not ours, so nothing is said in it",
		"lost":    "room lost is left alone, as " + self + " is not among its owners",
		"gone":    "room gone is absent, so nobody would hear it",
		"vague":   "room vague is left alone, as the server gave no definite answer: no answer",
		"nowhere": "room nowhere is not ours",
	}
	check := func(list []Recipient) {
		t.Helper()
		if len(list) != len(all) {
			t.Fatalf("%d rooms are told, want %d", len(list), len(all))
		}
		for i, r := range list {
			switch text := want[r.Room]; {
			case r.Room != all[i]:
				t.Errorf("room %d is %s, want %s", i, r.Room, all[i])
			case text == "" && (r.Err != nil || r.People == nil || *r.People != 3):
				t.Errorf("%s: %v", r.Room, r.Err)
			case text != "" && (r.Err == nil || !strings.HasPrefix(r.Err.Error(), text)):
				t.Errorf("%s: error %v, want %q", r.Room, r.Err, text)
			}
		}
	}
	check(Recipients(t.Context(), server, known, testRules, all))
	if len(server.sent) > 0 {
		t.Errorf("a preview sent %q", server.sent)
	}
	out, err := CarryOut(t.Context(), reg, server, testRules, time.Now, Order{Rooms: all, Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	check(out.Rooms)
	if !slices.Equal(server.sent, []string{"quic: hello"}) {
		t.Errorf("sent %q", server.sent)
	}
}

func TestOrdersAreInTheAuditTrail(t *testing.T) {
	tests := map[string]struct {
		order   Order
		answer  error
		sent    []string
		entries []registry.Change // newest first
		outcome string
		problem string // of the whole
	}{
		"in two rooms": {
			Order{Rooms: []string{"quic", "tls"}, Text: "hello"}, nil, []string{"quic: hello", "tls: hello"},
			[]registry.Change{{Room: "tls", GroupID: 101, New: "hello"}, {Room: "quic", GroupID: 100, New: "hello"}}, "done", "",
		},
		"refused": {
			Order{Rooms: []string{"quic"}, Text: "hello"}, errRefused, []string{"quic: hello"},
			[]registry.Change{{Room: "quic", GroupID: 100, New: "hello", Error: errRefused.Error()}}, "partial", "",
		},
		"with an unknown outcome": {
			Order{Rooms: []string{"quic"}, Text: "hello"}, xmppadmin.ErrDisconnected, []string{"quic: hello"},
			[]registry.Change{{Room: "quic", GroupID: 100, New: "hello", Error: "nobody knows whether it arrived: " + xmppadmin.ErrDisconnected.Error()}}, "partial", "",
		},
		"to everybody": {
			Order{Subject: "Restart", Text: "at six"}, nil, []string{"all: Restart/at six"},
			[]registry.Change{{New: "Restart: at six"}}, "done", "",
		},
		"to everybody, which is not permitted": {
			Order{Text: "at six"}, xmppadmin.ErrNotPermitted, []string{"all: /at six"},
			[]registry.Change{{New: "at six", Error: xmppadmin.ErrNotPermitted.Error()}}, "failed", xmppadmin.ErrNotPermitted.Error(),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			reg, server := house(t)
			server.err = test.answer
			out, err := CarryOut(t.Context(), reg, server, testRules, func() time.Time { return ten }, test.order)
			if (err == nil) != (test.problem == "") || err != nil && err.Error() != test.problem {
				t.Errorf("error %v, want %q", err, test.problem)
			}
			if !slices.Equal(server.sent, test.sent) {
				t.Errorf("sent %q, want %q", server.sent, test.sent)
			}
			if len(test.order.Rooms) == 0 && err == nil && out.Remark != "told 3 users" {
				t.Errorf("the remark is %q", out.Remark)
			}
			trail, err := reg.Changes(t.Context(), registry.ChangeFilter{})
			if err != nil {
				t.Fatal(err)
			}
			if len(trail) != len(test.entries) {
				t.Fatalf("%d entries, want %d", len(trail), len(test.entries))
			}
			for i, got := range trail {
				want := test.entries[i]
				if got.Room != want.Room || got.GroupID != want.GroupID || got.New != want.New || got.Error != want.Error ||
					got.Verb != "announce" || got.Field != "message" || !got.At.Equal(ten) || !slices.Equal(got.Reasons, []string{"a person ordered it"}) {
					t.Errorf("entry %d is %+v, want %+v", i, got, want)
				}
			}
			runs, err := reg.Runs(t.Context(), 0)
			if err != nil || len(runs) != 1 || runs[0].Command != "announce" || runs[0].Outcome != test.outcome || runs[0].Ended.IsZero() {
				t.Errorf("the runs are %+v (%v), want one that ended as %s", runs, err, test.outcome)
			}
		})
	}
}

func TestAnOrderThatIsInterruptedSaysNoMore(t *testing.T) {
	reg, server := house(t)
	ctx, stop := context.WithCancelCause(t.Context())
	told := errors.New("told to stop")
	interrupting := interruption{server, func() { stop(told) }}
	out, err := CarryOut(ctx, reg, interrupting, testRules, time.Now, Order{Rooms: []string{"quic", "tls"}, Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(server.sent, []string{"quic: hello"}) || out.Rooms[0].Err != nil || !errors.Is(out.Rooms[1].Err, told) {
		t.Errorf("sent %q, and the outcome is %+v", server.sent, out)
	}
}

// interruption is a chat server while a command is being stopped.
type interruption struct {
	*chat
	stop func()
}

func (i interruption) Say(ctx context.Context, room, text string) error {
	i.stop()
	return i.chat.Say(ctx, room, text)
}

func TestAnOrderThatWasKilledIsInTheAuditTrail(t *testing.T) {
	reg, server := house(t)
	func() {
		defer func() { _ = recover() }()
		killed := interruption{server, func() { panic("killed") }}
		_, _ = CarryOut(t.Context(), reg, killed, testRules, time.Now, Order{Rooms: []string{"quic"}, Text: "hello"})
	}()
	if _, err := reg.BeginRun(t.Context(), registry.Run{Command: "sync", Began: ten}); err != nil {
		t.Fatal(err)
	}
	trail, err := reg.Changes(t.Context(), registry.ChangeFilter{Room: "quic"})
	if err != nil || len(trail) != 1 || trail[0].Error != registry.CutOff || trail[0].New != "hello" {
		t.Errorf("the trail is %+v (%v)", trail, err)
	}
}

// diskFull is a chat server that accepts what is said, after which nothing can be
// written any more.
type diskFull struct {
	*chat
	fill func()
}

func (f diskFull) Say(ctx context.Context, room, text string) error {
	f.fill()
	return f.chat.Say(ctx, room, text)
}

func (f diskFull) Announce(ctx context.Context, subject, body string) (string, error) {
	f.fill()
	return f.chat.Announce(ctx, subject, body)
}

// Who is not told that it was said says it again.
func TestWhatWasSaidIsToldWhenItCannotBeWrittenDown(t *testing.T) {
	for name, rooms := range map[string][]string{"in a room": {"quic"}, "to all": nil} {
		t.Run(name, func(t *testing.T) {
			reg, server := house(t)
			full := diskFull{server, func() { reg.Close() }} // a closed registry stands for a full disk
			out, err := CarryOut(t.Context(), reg, full, testRules, func() time.Time { return ten }, Order{Rooms: rooms, Text: "hello"})
			if len(server.sent) != 1 {
				t.Fatalf("sent %q", server.sent)
			}
			told := err
			if rooms != nil {
				if len(out.Rooms) != 1 || err == nil {
					t.Fatalf("rooms %v, error %v", out.Rooms, err)
				}
				told = out.Rooms[0].Err
			}
			if told == nil || !strings.Contains(told.Error(), "it was said, which could not be written down") {
				t.Errorf("told %v", told)
			}
		})
	}
}
