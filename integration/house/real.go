package house

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
	"roomctl/xmppadmin"
)

// atOnce is how many rooms of a real server are read at a time.
const atOnce = 16

// Real is a real chat server. Its rooms are read over connections of its own: as the administrator, and as alice where
// only she is told.
type Real struct {
	server       *servers.Server
	admin, alice *xmppadmin.Service
	suffix       string // of the rooms that count

	mu   sync.Mutex // guards seen
	seen map[string]bool
}

// Part is the same server over the same connections, with no rooms but those whose names have an end: several houses can
// share a server.
func (r *Real) Part(suffix string) *Real {
	return &Real{server: r.server, admin: r.admin, alice: r.alice, suffix: suffix, seen: make(map[string]bool)}
}

// NewReal connects to a server that lets every account create rooms, for the length of the test.
func NewReal(ctx context.Context, t testing.TB, server *servers.Server) *Real {
	t.Helper()
	r := &Real{server: server, seen: make(map[string]bool)}
	open := func(account string) *xmppadmin.Service {
		jid := account + "@" + server.Domain
		s, err := xmppadmin.Open(ctx, xmppadmin.Options{
			JID: jid, Password: server.Accounts[jid], Address: server.Addr, TLS: xmppadmin.TLSNone, MUC: server.MUC,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	r.admin, r.alice = open("roomctl"), open("alice")
	return r
}

// Login is the administrator's.
func (r *Real) Login() xmppadmin.Options {
	return xmppadmin.Options{JID: r.server.JID, Password: r.server.Password, MUC: r.server.MUC}
}

// Address is where the server listens.
func (r *Real) Address() string { return r.server.Addr }

// Rooms reads the rooms that are listed, and those that were seen before: hidden rooms are in no list.
func (r *Real) Rooms(ctx context.Context) (map[string]Room, error) {
	listing, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	for _, name := range listing.Names {
		if strings.HasSuffix(name, r.suffix) {
			r.seen[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(r.seen))
	r.mu.Unlock()

	answers := make([]xmppadmin.Room, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, name := range names {
		g.Go(func() (err error) {
			answers[i], err = r.read(ctx, name)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	rooms := make(map[string]Room)
	for i, name := range names {
		is := answers[i]
		if is.Existence == xmppadmin.Present {
			rooms[name] = Room{
				Values: is.Values, Owners: is.Owners, Admins: is.Admins,
				Moderated: is.Moderated, MembersOnly: is.MembersOnly, PasswordProtected: is.PasswordProtected,
			}
		}
	}
	return rooms, nil
}

// list asks for the whole list. While somebody else makes rooms its pages may not fit together.
func (r *Real) list(ctx context.Context) (xmppadmin.Listing, error) {
	for {
		listing, err := r.admin.List(ctx)
		if err != nil || listing.Complete {
			return listing, err
		}
		if ctx.Err() != nil {
			return listing, errors.New("the list of rooms is never complete")
		}
	}
}

// read asks as the administrator, and as alice what only an owner is told.
func (r *Real) read(ctx context.Context, name string) (xmppadmin.Room, error) {
	is := r.admin.Read(ctx, name)
	if is.Existence == xmppadmin.Present && is.Owners == nil {
		is = r.alice.Read(ctx, name)
	}
	if is.Err != nil {
		return is, fmt.Errorf("reading room %s: %w", name, is.Err)
	}
	return is, nil
}

// Make makes a room as alice.
func (r *Real) Make(ctx context.Context, name string) error {
	r.mu.Lock()
	r.seen[name] = true
	r.mu.Unlock()
	return r.alice.Create(ctx, name, xmppadmin.Spec{Values: map[xmppadmin.Field]string{
		xmppadmin.FieldName: "Alice's", xmppadmin.FieldPersistent: "true", xmppadmin.FieldPublic: "true",
	}})
}

// Change sets fields as the owner that has the room.
func (r *Real) Change(ctx context.Context, name string, set map[xmppadmin.Field]string) error {
	if is := r.admin.Read(ctx, name); !slices.Contains(is.Owners, r.server.JID) {
		return r.alice.Configure(ctx, name, set)
	}
	return r.admin.Configure(ctx, name, set)
}

// Disown has the administrator make alice an owner, and alice then act as one. Where administrators own every room,
// the server refuses to take one out (Prosody: component_admins_as_room_owners; ejabberd: access_admin).
func (r *Real) Disown(ctx context.Context, name string) (bool, error) {
	if err := r.admin.Grant(ctx, name, xmppadmin.AffiliationOwner, "alice@"+r.server.Domain, ""); err != nil {
		return false, err
	}
	room := name + "@" + r.server.MUC
	answer, err := peer.As(r.server, "alice").Affiliate(ctx, r.server.JID, "none", room)
	if err != nil {
		return false, err
	}
	switch answer[room].Error {
	case "":
		return true, nil
	case "not-acceptable", "not-allowed":
		return false, nil
	}
	return false, fmt.Errorf("taking %s out of the owners of %s: %s (%s)", r.server.JID, room, answer[room].Error, answer[room].Text)
}

// Lose destroys a room, as the owner that has it.
func (r *Real) Lose(ctx context.Context, name string) error {
	if is := r.admin.Read(ctx, name); !slices.Contains(is.Owners, r.server.JID) {
		return r.alice.Destroy(ctx, name, "", "")
	}
	return r.admin.Destroy(ctx, name, "by mistake", "")
}
