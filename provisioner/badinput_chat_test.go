package provisioner_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

const (
	discoInfo  = "http://jabber.org/protocol/disco#info"
	discoItems = "http://jabber.org/protocol/disco#items"
	mucAdmin   = "http://jabber.org/protocol/muc#admin"
)

// TestUnknownIsNeverAbsent spoils what the server says about rooms. A room
// about which nothing definite is known stays as it is, in the chat and on the
// agenda, and so do all others.
func TestUnknownIsNeverAbsent(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	for _, test := range []struct {
		name  string
		fault xmpptest.Fault
		says  []string
	}{
		{"a room that does not answer", xmpptest.Fault{Namespace: discoInfo, Room: "quic", NoReply: true},
			[]string{"room quic left alone", "no answer within"}},
		{"a room that answers from elsewhere", xmpptest.Fault{Namespace: discoInfo, Room: "quic", ReplyFrom: "mallory@localhost"},
			[]string{"room quic left alone", "no answer within"}},
		{"an error that settles nothing", xmpptest.Fault{Namespace: discoInfo, Room: "quic", Condition: "internal-server-error"},
			[]string{"room quic left alone", "internal-server-error"}},
		{"a service that is overloaded", xmpptest.Fault{Namespace: discoInfo, Room: "quic", Condition: "resource-constraint", ErrorType: "wait"},
			[]string{"room quic left alone", "resource-constraint"}},
		{"owners that are not told", xmpptest.Fault{Namespace: mucAdmin, Room: "quic", Condition: "internal-server-error"},
			[]string{"room quic left alone", "internal-server-error"}},
		{"a connection lost while reading", xmpptest.Fault{Namespace: discoInfo, Room: "quic", Disconnect: xmpptest.BeforeExecuting},
			[]string{"room quic left alone", "connection to the chat server lost"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rooms, files := h.rooms(), h.files(t)
			h.chat.ResetStanzas()
			remove := h.chat.Fault(test.fault)
			h.place.Chat.Timeout = time.Second
			report := h.sync(t)
			h.place.Chat.Timeout = patience
			remove()
			requirePlanned(t, report)
			requireComplaint(t, report, test.says...)
			if report.Failures() == 0 || h.outcome(t) != "partial" {
				t.Errorf("%d failures, the run ended %q", report.Failures(), h.outcome(t))
			}
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
			h.requireUntouched(t, files)
			h.requireQuiet(t)
		})
	}
}

// TestASyncThatHearsNothingIsNoGoodOne: a chat server that lets roomctl in and
// answers for no room would else look well for ever.
func TestASyncThatHearsNothingIsNoGoodOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	before := h.state(t).Synced
	var all []string
	for _, room := range h.chat.Rooms() {
		all = append(all, room.Name)
	}
	for _, test := range []struct {
		name   string
		silent []string
		good   bool
	}{
		{"no room answers", all, false},
		{"all rooms but one do not answer", all[1:], true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.travel(h.time().Add(time.Minute))
			for _, room := range test.silent {
				defer h.chat.Fault(xmpptest.Fault{Namespace: discoInfo, Room: room, Condition: "internal-server-error"})()
			}
			h.sync(t)
			if good := h.state(t).Synced.After(before); good != test.good {
				t.Errorf("it counts as a good sync: %t", good)
			}
		})
	}
}

// TestAListingProvesNothing cuts the list of rooms short in all the ways that
// servers have: rooms that are missing from it are still there.
func TestAListingProvesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		if kind.chat.Kind == xmpptest.Ejabberd && !kind.chat.NoAPICommands {
			continue // its listing is no disco#items
		}
		h := newHouse(t, setup{chat: kind.chat})
		h.settle(t)
		for name, damage := range map[string]xmpptest.Damage{
			"half of it": xmpptest.Short, "none of it": xmpptest.Empty, "the first page again and again": xmpptest.Repeated,
		} {
			t.Run(kind.name+", "+name, func(t *testing.T) {
				defer h.chat.Fault(xmpptest.Fault{Namespace: discoItems, Listing: damage})()
				h.requireQuiet(t)
				rooms, files := h.rooms(), h.files(t)
				requireNothingToReport(t, h.sync(t, provisioner.Options{Quick: true}))
				h.requireNoWriting(t)
				h.requireRooms(t, rooms)
				h.requireUntouched(t, files)
			})
		}
		t.Run(kind.name+", no answer", func(t *testing.T) {
			defer h.chat.Fault(xmpptest.Fault{Namespace: discoItems, Condition: "internal-server-error"})()
			rooms := h.rooms()
			h.sync(t)
			h.requireRooms(t, rooms)
		})
	}
}

// TestNoRights logs in with an account that may not make rooms.
func TestNoRights(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			chat := kind.chat
			chat.Denied, chat.RestrictCreation = true, true
			h := newHouse(t, setup{chat: chat})
			report := h.sync(t)
			if report.Applied() > 0 || len(report.Results) == 0 {
				t.Errorf("%d of %d changes were applied", report.Applied(), len(report.Results))
			}
			for _, r := range report.Results {
				if !errors.Is(r.Err, xmppadmin.ErrNotPermitted) {
					t.Errorf("%s %s: %v", r.Change.Verb, r.Change.Room, r.Err)
				}
			}
			requireComplaint(t, report, "failed create quic", "not permitted")
			if h.outcome(t) != "partial" || len(h.rooms()) > 0 {
				t.Errorf("the run ended %q with %d rooms", h.outcome(t), len(h.rooms()))
			}
			if known := h.state(t); len(known.Intents) > 0 || len(known.Rooms) > 0 {
				t.Errorf("the registry knows %d rooms and %d intents", len(known.Rooms), len(known.Intents))
			}
			if links := h.links(t, "113"); len(links) > 0 {
				t.Errorf("links: %v", links)
			}
		})
	}
}

// TestSomebodyIsFaster makes a room in the time between roomctl's look and its
// deed.
func TestSomebodyIsFaster(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			alices := xmpptest.Room{
				Name:         "quic",
				Config:       map[string]string{xmpptest.FieldName: "Alice's", xmpptest.FieldPersistent: "1"},
				Affiliations: map[string]string{"alice@localhost": "owner"},
			}
			made := false
			h.chat.Fault(xmpptest.Fault{Writing: true, Hook: func(s xmpptest.Stanza) {
				if !made && (s.Room == "quic" || strings.Contains(s.XML, ">quic<")) {
					made = true
					h.chat.PutRoom(alices)
				}
			}})
			report := h.sync(t)
			requireComplaint(t, report, "failed create quic", "left to them", "the room exists already")
			if report.Applied() != len(report.Changes)-1 {
				t.Errorf("%d of %d changes were applied", report.Applied(), len(report.Changes))
			}
			is, _ := h.chat.Room("quic")
			if !slices.Equal(is.Owners(), []string{"alice@localhost"}) {
				t.Errorf("the owners of quic are %v", is.Owners())
			}
			// Without room commands ejabberd takes the form of a creation for
			// a configuration; nothing but the owner list tells.
			if !kind.chat.NoAPICommands && is.Config[xmpptest.FieldName] != "Alice's" {
				t.Errorf("quic is now called %q", is.Config[xmpptest.FieldName])
			}
			known := h.state(t)
			if _, ours := known.Rooms["quic"]; ours || len(known.Intents) > 0 {
				t.Errorf("ours: %t, intents %v", ours, known.Intents)
			}

			rooms := h.rooms()
			h.chat.ResetStanzas()
			report = h.sync(t)
			requirePlanned(t, report)
			requireComplaint(t, report, "foreign quic")
			h.requireNoWriting(t)
			h.requireRooms(t, rooms)
		})
	}
}

// TestAReplyThatNeverComes loses the answers to everything that is done to one
// room.
func TestAReplyThatNeverComes(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat})
			h.settle(t)
			rooms := h.rooms()
			h.chat.RemoveRoom("sframe")
			h.place.Chat.Timeout = time.Second
			remove := h.chat.Fault(lostReply(kind.chat))
			report := h.sync(t)
			requireComplaint(t, report, "failed recreate sframe", "no answer within 1s")
			if h.outcome(t) != "partial" {
				t.Errorf("the run ended %q", h.outcome(t))
			}
			h.requireRooms(t, rooms, "sframe")
			h.place.Chat.Timeout = patience
			remove()

			rooms = h.rooms()
			report = h.sync(t)
			requireDone(t, report)
			h.requireRooms(t, rooms, "sframe")
			requireOurs(t, h, "sframe")
			h.requireQuiet(t)
		})
	}
}

// lostReply loses the answers to what makes or changes the room sframe.
func lostReply(o xmpptest.Options) xmpptest.Fault {
	if o.Kind == xmpptest.Ejabberd && !o.NoAPICommands {
		return xmpptest.Fault{Writing: true, Node: "api-commands/create_room_with_opts", NoReply: true}
	}
	return xmpptest.Fault{Writing: true, Room: "sframe", NoReply: true}
}

// requireOurs fails unless a room is complete: ours in the registry, owned by
// us alone, persistent, public, logged, and fit to be linked.
func requireOurs(t *testing.T, h *house, name string) {
	t.Helper()
	r, ok := h.chat.Room(name)
	if !ok || r.Locked || !slices.Equal(r.Owners(), []string{h.chat.JID()}) {
		t.Errorf("room %s: there %t, locked %t, owners %v", name, ok, r.Locked, r.Owners())
	}
	for _, f := range []string{xmpptest.FieldPersistent, xmpptest.FieldPublic, xmpptest.FieldLogging} {
		if r.Config[f] != "1" {
			t.Errorf("room %s has %s %q", name, f, r.Config[f])
		}
	}
	if r.Config[xmpptest.FieldDescription] == "" || r.Subject == "" {
		t.Errorf("room %s has the description %q and the subject %q", name, r.Config[xmpptest.FieldDescription], r.Subject)
	}
	known := h.state(t)
	if v := known.Rooms[name].Verified; !v.Fit(h.time(), true) {
		t.Errorf("room %s is verified as %+v", name, v)
	}
	if _, begun := known.Intents[name]; begun {
		t.Errorf("the intent to make room %s is still there", name)
	}
}

// TestACreationRefusedHalfWay has the server refuse each of the steps of a
// creation in turn. What was made until then is not forgotten: the next run
// finishes it.
func TestACreationRefusedHalfWay(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: []string{"quic"}})
			h.Rules.Admins = []string{"helper@localhost"}
			h.settle(t)
			step := 0
			for refused := true; refused; {
				step++
				name := fmt.Sprintf("refused%d", step)
				h.update(t, func(w *datatrackertest.World) {
					w.AddGroup(datatrackertest.Group{Acronym: name, Name: "Refused", Type: "wg", State: "active"})
				})
				before := h.rooms()
				var hit atomic.Bool
				remove := h.chat.Fault(xmpptest.Fault{
					Writing: true, Nth: step, Condition: "not-allowed", Hook: func(xmpptest.Stanza) { hit.Store(true) },
				})
				report := h.sync(t)
				remove()
				if refused = hit.Load(); refused {
					requireComplaint(t, report, "failed create "+name, "not-allowed")
				}
				requireDone(t, h.sync(t))
				requireOurs(t, h, name)
				h.requireRooms(t, before, name)
			}
			if step < 3 {
				t.Errorf("a creation has only %d steps", step-1)
			}
			h.requireQuiet(t)
		})
	}
}
