package provisioner_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// cutOff is a decision that is cut off at some stanza, and the state that its room
// must get all the same.
type cutOff struct {
	name  string
	first []provisioner.Verb // what is ordered before
	order order
	state registry.RoomState
}

var cutOffs = []cutOff{
	{"retire", nil, order{Verb: provisioner.Retire, Successor: "mls"}, registry.Retired},
	{"close", nil, order{Verb: provisioner.Close}, registry.Closed},
	{"open again", []provisioner.Verb{provisioner.Close}, order{Verb: provisioner.Restore}, registry.Active},
	{"destroy", []provisioner.Verb{provisioner.Close}, order{Verb: provisioner.Destroy}, registry.Destroyed},
}

// cut does something when the server gets the nth of the stanzas about a room,
// before it carries it out. reached says whether there were so many.
func (h *house) cut(room string, nth int, do func()) (reached func() bool) {
	seen := make(chan struct{}, 1)
	n := 0 // counted by one connection at a time
	remove := h.chat.Fault(xmpptest.Fault{Hook: func(s xmpptest.Stanza) {
		if s.Room != room && !strings.Contains(s.XML, ">"+room+"<") {
			return
		}
		if n++; n == nth {
			seen <- struct{}{}
			do()
		}
	}})
	return func() bool {
		remove()
		return len(seen) > 0
	}
}

// TestDecisionsThatAreCutOff cuts each decision off at each of its stanzas. When
// the connection is lost, it is carried out all the same; when it is interrupted,
// then once it is given again.
func TestDecisionsThatAreCutOff(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds[:2] {
		for _, c := range cutOffs {
			t.Run(kind.name+", "+c.name, func(t *testing.T) {
				t.Parallel()
				h := newDecidingHouse(t, setup{chat: kind.chat, groups: []string{"mls"}})
				c.prepare(t, h)
				whole := c.whole(t, h)
				nth := 0
				for reached := true; reached; {
					nth++
					reached = c.lose(t, h, nth)
					c.require(t, h, fmt.Sprintf("lost%d", nth), whole)
					c.interrupt(t, h, nth)
					c.require(t, h, fmt.Sprintf("broken%d", nth), whole)
				}
				if nth < 4 || nth > mostStanzas {
					t.Errorf("to %s a room takes %d stanzas", c.name, nth-1)
				}
			})
		}
	}
}

// mostStanzas is more than any decision takes.
const mostStanzas = 24

// prepare makes the rooms and gives the orders that come before.
func (c cutOff) prepare(t *testing.T, h *house) {
	t.Helper()
	rooms := []string{"whole"}
	for nth := range mostStanzas {
		rooms = append(rooms, fmt.Sprintf("lost%d", nth+1), fmt.Sprintf("broken%d", nth+1))
	}
	h.update(t, func(w *datatrackertest.World) {
		for _, room := range rooms {
			w.AddGroup(datatrackertest.Group{Acronym: room, Name: "Cut", Type: "wg", State: "active"})
		}
	})
	requireDone(t, h.sync(t, provisioner.Options{Allow: []string{provisioner.RuleCreate}}))
	for _, v := range c.first {
		var orders []provisioner.Decision
		for _, room := range rooms {
			orders = append(orders, order{Verb: v, Room: room})
		}
		decided, err := h.Decide(t.Context(), orders)
		if err != nil || slices.ContainsFunc(decided, func(d provisioner.Decided) bool { return d.Err != nil }) {
			t.Fatalf("%v, %+v", err, decided)
		}
	}
}

// of is the order for one room.
func (c cutOff) of(room string) order {
	o := c.order
	o.Room, o.Why = room, "because"
	return o
}

// whole is a room to which nothing happens on the way.
func (c cutOff) whole(t *testing.T, h *house) xmpptest.Room {
	t.Helper()
	h.ordered(t, c.of("whole"))
	r, _ := h.chat.Room("whole")
	return r
}

// lose loses the connection at the nth stanza; reached says whether there were so
// many.
func (c cutOff) lose(t *testing.T, h *house, nth int) (reached bool) {
	t.Helper()
	room := fmt.Sprintf("lost%d", nth)
	isCut := h.cut(room, nth, h.chat.Disconnect)
	if got := h.decide(t, c.of(room)); got.Err != nil {
		t.Errorf("lost at stanza %d: %v", nth, got.Err)
	}
	return isCut()
}

// interrupt interrupts the decision at the nth stanza, and gives it again.
func (c cutOff) interrupt(t *testing.T, h *house, nth int) {
	t.Helper()
	room := fmt.Sprintf("broken%d", nth)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	isCut := h.cut(room, nth, cancel)
	decided, err := h.Decide(ctx, []provisioner.Decision{c.of(room)})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted at stanza %d: %+v, %v", nth, decided, err)
	}
	isCut()
	h.ordered(t, c.of(room))
}

// require fails unless a room is as one to which nothing happened on the way,
// nobody in it was told anything twice, and the audit trail has it once.
func (c cutOff) require(t *testing.T, h *house, room string, whole xmpptest.Room) {
	t.Helper()
	is, _ := h.chat.Room(room)
	for field, want := range whole.Config {
		if got := is.Config[field]; got != strings.ReplaceAll(want, "whole", room) {
			t.Errorf("%s of %s is %q, want %q", field, room, got, want)
		}
	}
	if is.Destroyed != whole.Destroyed || is.Subject != strings.ReplaceAll(whole.Subject, "whole", room) || len(is.Said) > 1 {
		t.Errorf("room %s is %+v, want %+v", room, is, whole)
	}
	known := h.state(t).Rooms[room]
	if known.State != c.state || c.order.Successor != known.Told {
		t.Errorf("the registry has %+v", known)
	}
	changes, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Room: room, Verbs: []string{string(c.order.Verb)}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, change := range changes {
		if change.Field == provisioner.FieldState && change.Error == "" && change.New == string(c.state) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the trail has it %d times: %+v", n, changes)
	}
}

// TestALostAnswerToTheMessage is no reason to say it again.
func TestALostAnswerToTheMessage(t *testing.T) {
	t.Parallel()
	for name, moment := range map[string]xmpptest.Moment{"before it is said": xmpptest.BeforeExecuting, "after it was said": xmpptest.AfterExecuting} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newDecidingHouse(t, setup{})
			remove := h.chat.Fault(xmpptest.Fault{Name: "message", Room: "sframe", Nth: 2, Disconnect: moment}) // the first is the subject
			got := h.decide(t, order{Verb: provisioner.Retire, Room: "sframe", Successor: "tls"})
			remove()
			if got.Err != nil || !strings.Contains(got.Note, "whether those inside got the message is not known") {
				t.Errorf("%+v", got)
			}
			said := len(h.said("sframe"))
			if moment == xmpptest.AfterExecuting && said != 1 || moment == xmpptest.BeforeExecuting && said != 0 {
				t.Fatalf("it was said %d times", said)
			}
			changes, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Run: h.lastRun(t)})
			if err != nil || !slices.ContainsFunc(changes, func(c registry.Change) bool { return c.Field == provisioner.FieldMessage && c.Error != "" }) {
				t.Errorf("the trail has %+v (%v)", changes, err)
			}
			h.requireState(t, "sframe", registry.Retired, true)
			h.idle(t, order{Verb: provisioner.Retire, Room: "sframe", Successor: "tls"}, "it is retired already")
			h.sync(t)
			if again := len(h.said("sframe")); again != said {
				t.Errorf("it was said %d times, then %d", said, again)
			}
		})
	}
}

// TestASyncThatIsCutOffTellsPeopleOnce renames one group after the other, and
// interrupts the sync at each stanza about the old room.
func TestASyncThatIsCutOffTellsPeopleOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds[:2] {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: []string{"mls"}})
			h.settle(t)
			h.update(t, func(w *datatrackertest.World) {
				for nth := range mostStanzas {
					w.AddGroup(datatrackertest.Group{Acronym: fmt.Sprintf("old%d", nth+1), Name: "Cut", Type: "wg", State: "active"})
				}
			})
			requireDone(t, h.sync(t))
			told, nth := 0, 0
			for reached := true; reached; {
				nth++
				old := fmt.Sprintf("old%d", nth)
				h.update(t, func(w *datatrackertest.World) { w.RenameGroup(old, "new"+old) })
				ctx, cancel := context.WithCancel(t.Context())
				isCut := h.cut(old, nth, cancel)
				_, err := h.Sync(ctx, provisioner.Options{})
				cancel()
				if reached = isCut(); reached != errors.Is(err, context.Canceled) {
					t.Fatalf("cut off at stanza %d: %t, %v", nth, reached, err)
				}
				h.sync(t)
				h.requireState(t, old, registry.Retired, false)
				n := len(h.said(old))
				if n > 1 || !reached && n != 1 || h.state(t).Rooms[old].Told != "new"+old {
					t.Errorf("cut off at stanza %d: it was said %d times: %+v", nth, n, h.state(t).Rooms[old])
				}
				told += n
				if subject := h.rooms()[old].Subject; !strings.Contains(subject, "please go to new"+old+"@"+muc) {
					t.Errorf("its subject is %q", subject)
				}
			}
			if told < nth-2 || nth < 5 {
				t.Errorf("of %d rooms %d were told", nth, told)
			}
			h.requireQuiet(t)
		})
	}
}
