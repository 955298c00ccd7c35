package house

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"roomctl/xmppadmin"
	"roomctl/xmppadmin/xmpptest"
)

// alice is who makes rooms of her own.
const alice = "alice@localhost"

// Embedded is the chat server inside the process.
type Embedded struct {
	Server     *xmpptest.Server
	tombstones bool
}

// NewEmbedded starts a chat server for the length of the test.
func NewEmbedded(t testing.TB, o xmpptest.Options) *Embedded {
	t.Helper()
	server, err := xmpptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Embedded{Server: server, tombstones: o.Tombstones}
}

// A Dialect is a kind of server that roomctl has a way of its own to talk to, played by the one in the process.
type Dialect struct {
	Name    string
	Options xmpptest.Options
}

// HasCommands says whether rooms are made and read by ejabberd's commands.
func (d Dialect) HasCommands() bool {
	return d.Options.Kind == xmpptest.Ejabberd && !d.Options.NoAPICommands
}

// Dialects lists them all.
func Dialects() []Dialect {
	return []Dialect{
		{"generic", xmpptest.Options{Kind: xmpptest.Generic}},
		{"Prosody", xmpptest.Options{Kind: xmpptest.Generic, Software: "Prosody", Version: "0.12.3", Tombstones: true}},
		{"ejabberd without room commands", xmpptest.Options{Kind: xmpptest.Ejabberd, NoAPICommands: true}},
		{"ejabberd", xmpptest.Options{Kind: xmpptest.Ejabberd}},
	}
}

// Login is the administrator's.
func (e *Embedded) Login() xmppadmin.Options {
	return xmppadmin.Options{JID: e.Server.JID(), Password: e.Server.Password(), MUC: MUC}
}

// Address is where the server listens.
func (e *Embedded) Address() string { return e.Server.Addr() }

// Rooms copies the server's state.
func (e *Embedded) Rooms(context.Context) (map[string]Room, error) {
	rooms := make(map[string]Room)
	for _, r := range e.Server.Rooms() {
		if !r.Destroyed {
			rooms[r.Name] = room(r)
		}
	}
	return rooms, nil
}

// managed maps the settings of the configuration form to the fields that roomctl manages.
func managed() map[string]xmppadmin.Field {
	return map[string]xmppadmin.Field{
		xmpptest.FieldName:        xmppadmin.FieldName,
		xmpptest.FieldDescription: xmppadmin.FieldDescription,
		xmpptest.FieldLanguage:    xmppadmin.FieldLanguage,
		xmpptest.FieldPersistent:  xmppadmin.FieldPersistent,
		xmpptest.FieldPublic:      xmppadmin.FieldPublic,
		xmpptest.FieldLogging:     xmppadmin.FieldLogging,
	}
}

func isSwitch(f xmppadmin.Field) bool {
	return slices.Contains([]xmppadmin.Field{
		xmppadmin.FieldPersistent, xmppadmin.FieldPublic, xmppadmin.FieldLogging, xmppadmin.FieldModerated,
	}, f)
}

func room(r xmpptest.Room) Room {
	out := Room{
		Values:    make(map[xmppadmin.Field]string),
		Moderated: r.Config[xmpptest.FieldModerated] == "1", MembersOnly: r.Config[xmpptest.FieldMembersOnly] == "1",
		PasswordProtected: r.Config[xmpptest.FieldPassword] != "",
		Subject:           r.Subject,
	}
	config := maps.Clone(r.Config)
	for setting, field := range managed() {
		value := r.Config[setting]
		if isSwitch(field) {
			value = fmt.Sprint(value == "1")
		}
		out.Values[field] = value
		delete(config, setting)
	}
	delete(config, xmpptest.FieldModerated)
	others := maps.Clone(r.Affiliations)
	for _, who := range slices.Sorted(maps.Keys(r.Affiliations)) {
		switch r.Affiliations[who] {
		case xmppadmin.AffiliationOwner:
			out.Owners = append(out.Owners, who)
			delete(others, who)
		case xmppadmin.AffiliationAdmin:
			out.Admins = append(out.Admins, who)
			delete(others, who)
		}
	}
	out.Rest = fmt.Sprint(config, others, r.Locked, r.SubjectAuthor) // maps are printed in the order of their keys
	for _, o := range r.Occupants {
		out.Occupants = append(out.Occupants, o.Nick)
	}
	return out
}

// Make puts a room there that alice owns. Somebody is always in it.
func (e *Embedded) Make(_ context.Context, name string) error {
	e.Server.PutRoom(xmpptest.Room{
		Name:         name,
		Config:       map[string]string{xmpptest.FieldName: "Alice's", xmpptest.FieldPersistent: "1", xmpptest.FieldPublic: "1"},
		Affiliations: map[string]string{alice: "owner"},
		Subject:      "Alice's own",
		Occupants:    []xmpptest.Occupant{{Nick: "alice", JID: alice + "/home", Role: "moderator"}},
	})
	return nil
}

// Change edits a room.
func (e *Embedded) Change(_ context.Context, name string, set map[xmppadmin.Field]string) error {
	return e.edit(name, func(r *xmpptest.Room) {
		for setting, field := range managed() {
			value, ok := set[field]
			if !ok {
				continue
			}
			if isSwitch(field) {
				value = map[string]string{"true": "1", "false": "0"}[value]
			}
			r.Config[setting] = value
		}
		if value, ok := set[xmppadmin.FieldModerated]; ok {
			r.Config[xmpptest.FieldModerated] = map[string]string{"true": "1", "false": "0"}[value]
		}
	})
}

// Disown edits the affiliations.
func (e *Embedded) Disown(_ context.Context, name string) (bool, error) {
	err := e.edit(name, func(r *xmpptest.Room) {
		r.Affiliations[alice] = "owner"
		delete(r.Affiliations, e.Server.JID())
	})
	return err == nil, err
}

// Lose removes a room, and leaves a tombstone where the server has such.
func (e *Embedded) Lose(_ context.Context, name string) error {
	if e.tombstones {
		return e.edit(name, func(r *xmpptest.Room) { *r = xmpptest.Room{Destroyed: true} })
	}
	e.Server.RemoveRoom(name)
	return nil
}

// Forget forgets what was said in a room.
func (e *Embedded) Forget(name string) error {
	return e.edit(name, func(r *xmpptest.Room) { r.Said = nil })
}

func (e *Embedded) edit(name string, change func(*xmpptest.Room)) error {
	if !e.Server.Edit(name, change) {
		return fmt.Errorf("there is no room %s", name)
	}
	return nil
}
