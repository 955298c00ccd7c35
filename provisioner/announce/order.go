package announce

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// Order is what a person wants said.
type Order struct {
	Rooms   []string // by name; none: every user who is online is told
	Subject string   // for online users only; may be ""
	Text    string
}

// message is the order in one text, for the audit trail.
func (o Order) message() string {
	if o.Subject == "" {
		return o.Text
	}
	return o.Subject + ": " + o.Text
}

// Recipient is a room that an order is about.
type Recipient struct {
	Room   string
	People *int  // in it; nil: the server does not tell
	Err    error // why nothing can be, or was, said there; nil: nothing is wrong
}

// RoomReader looks at rooms, as xmppadmin.Reader does.
type RoomReader interface {
	Read(ctx context.Context, name string) xmppadmin.Room
}

// Chat is what carrying out an order needs of a chat server.
type Chat interface {
	RoomReader
	Say(ctx context.Context, room, text string) error
	Announce(ctx context.Context, subject, body string) (remark string, err error)
}

// Recipients looks at the rooms of an order. Nothing is said in a room that is not
// ours or is not there.
func Recipients(ctx context.Context, rooms RoomReader, known *registry.State, rules provisioner.Rules, names []string) []Recipient {
	list := make([]Recipient, len(names))
	for i, name := range names {
		list[i] = recipient(ctx, rooms, known, rules, name)
	}
	return list
}

func recipient(ctx context.Context, rooms RoomReader, known *registry.State, rules provisioner.Rules, name string) Recipient {
	r := Recipient{Room: name}
	if _, ours := known.Rooms[name]; !ours {
		r.Err = fmt.Errorf("room %s is not ours, so nothing is said in it; if it exists, `roomctl rooms adopt %[1]s` takes it over", name)
		return r
	}
	is := rooms.Read(ctx, name)
	r.People = is.Occupants
	if r.Err = provisioner.Untouchable(is, rules); r.Err == nil && is.Existence != xmppadmin.Present {
		r.Err = fmt.Errorf("room %s is %s, so nobody would hear it; `roomctl sync` makes the rooms that are to be there", name, is.Existence)
	}
	return r
}

// Outcome is what became of an order.
type Outcome struct {
	Rooms  []Recipient // in the order's order
	Remark string      // of the server, about users who are online; may be ""
}

// failed says whether something was not said.
func (o Outcome) failed() bool {
	for _, r := range o.Rooms {
		if r.Err != nil {
			return true
		}
	}
	return false
}

// CarryOut says what a person ordered, room by room, and writes it into the audit
// trail as a run: before it is sent, and what became of it. A room that fails does
// not stop the others. The error is for what kept anything from being said, or the
// end of the run from being written down: the outcome tells what was said. The
// caller holds the lock.
func CarryOut(ctx context.Context, reg *registry.Registry, chat Chat, rules provisioner.Rules, now func() time.Time, o Order) (out Outcome, err error) {
	known, err := reg.Load(ctx)
	if err != nil {
		return Outcome{}, err
	}
	run, err := reg.BeginRun(ctx, registry.Run{Command: string(provisioner.Announce), Began: now()})
	if err != nil {
		return Outcome{}, err
	}
	c := carrier{reg: reg, chat: chat, now: now, run: run, order: o}
	if len(o.Rooms) == 0 {
		out.Remark, err = c.toAll(ctx)
	}
	for _, name := range o.Rooms {
		r := recipient(ctx, chat, known, rules, name)
		if r.Err == nil {
			r.Err = c.toRoom(ctx, known.Rooms[name])
		}
		out.Rooms = append(out.Rooms, r)
	}
	outcome := registry.RunDone
	switch {
	case err != nil:
		outcome = registry.RunFailed
	case out.failed():
		outcome = registry.RunPartial
	}
	ended := registry.Persist(ctx, func(ctx context.Context) error { return reg.EndRun(ctx, run, outcome, now()) })
	if err == nil && ended != nil {
		err = fmt.Errorf("all was said that could be; that this is over could not be written down: %w", ended)
	}
	return out, err
}

// carrier carries out one order.
type carrier struct {
	reg   *registry.Registry
	chat  Chat
	now   func() time.Time
	run   int64
	order Order
}

func (c carrier) toRoom(ctx context.Context, room registry.Room) error {
	return c.send(ctx, registry.Change{Room: room.Name, GroupID: room.GroupID}, func() error {
		return c.chat.Say(ctx, room.Name, c.order.Text)
	})
}

func (c carrier) toAll(ctx context.Context) (remark string, err error) {
	err = c.send(ctx, registry.Change{}, func() error {
		remark, err = c.chat.Announce(ctx, c.order.Subject, c.order.Text)
		return err
	})
	return remark, err
}

// send sends something of which the audit trail has an entry, whatever becomes of
// it.
func (c carrier) send(ctx context.Context, entry registry.Change, send func() error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	entry.Run, entry.At, entry.Verb = c.run, c.now(), string(provisioner.Announce)
	entry.Field, entry.New = provisioner.FieldMessage, strings.TrimSpace(c.order.message())
	entry.Reasons = []string{"a person ordered it"}
	if err := c.reg.Begin(ctx, entry); err != nil {
		return err // nothing was sent
	}
	err := send()
	if unknown(err) {
		err = fmt.Errorf("nobody knows whether it arrived: %w", err)
	}
	if err != nil {
		entry.Error = err.Error()
	}
	noted := registry.Persist(ctx, func(ctx context.Context) error { return c.reg.Record(ctx, entry) })
	if err == nil && noted != nil {
		return fmt.Errorf("it was said, which could not be written down: %w", noted)
	}
	return err
}
