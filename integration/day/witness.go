package day

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roomctl/integration/house"
	"roomctl/integration/peer"
	"roomctl/integration/servers"
	"roomctl/xmppadmin/xmpptest"
)

// nick is roomctl's name in rooms.
const nick = "roomctl"

// A Witness is somebody in the rooms who is not roomctl.
type Witness interface {
	// Look tells what there was to see and to hear in the rooms until now.
	Look(ctx context.Context) (map[string]Seen, error)

	// SetSubject sets the subject of a room, as somebody who may.
	SetSubject(ctx context.Context, room, subject string) error

	// Close leaves the rooms. It may be called twice.
	Close() error
}

// insider sees what the server in the process has sent to everybody.
type insider struct{ server *xmpptest.Server }

// Inside is the witness of a server in the process. It sees all rooms.
func Inside(chat *house.Embedded) Witness { return insider{chat.Server} }

func (i insider) Look(context.Context) (map[string]Seen, error) {
	rooms := map[string]Seen{}
	for _, r := range i.server.Rooms() {
		seen := Seen{Subject: r.Subject}
		for _, m := range r.Said {
			if m.Nick == nick {
				seen.Heard = append(seen.Heard, m.Body)
			}
		}
		seen.Roomctl = slices.ContainsFunc(r.Occupants, func(o xmpptest.Occupant) bool { return strings.HasPrefix(o.JID, i.server.JID()+"/") })
		rooms[r.Name] = seen
	}
	return rooms, nil
}

func (i insider) SetSubject(_ context.Context, room, subject string) error {
	if !i.server.SetSubject(room, "alice", subject) {
		return fmt.Errorf("there is no room %s", room)
	}
	return nil
}

func (i insider) Close() error { return nil }

// occupant is an ordinary account that sits in rooms of a real server, and alice, who comes in to set subjects.
type occupant struct {
	*peer.Watch
	alice peer.Peer
}

// Enter has an ordinary account enter rooms of a real server.
func Enter(ctx context.Context, server *servers.Server, rooms ...string) (Witness, error) {
	var jids []string
	for _, room := range rooms {
		jids = append(jids, room+"@"+server.MUC)
	}
	w, err := peer.As(server, "mallory").Watch(ctx, jids...)
	if err != nil {
		return nil, err
	}
	return &occupant{w, peer.As(server, "alice")}, nil
}

func (o *occupant) Look(context.Context) (map[string]Seen, error) {
	watched, err := o.Watch.Look()
	if err != nil {
		return nil, err
	}
	rooms := map[string]Seen{}
	for jid, r := range watched {
		if r.Error != "" {
			return nil, fmt.Errorf("watching %s: %s", jid, r.Error)
		}
		room, _, _ := strings.Cut(jid, "@")
		seen := Seen{Subject: r.Subject, Roomctl: slices.Contains(r.Occupants, nick)}
		for _, said := range r.Said {
			if said.Nick == nick {
				seen.Heard = append(seen.Heard, said.Body)
			}
		}
		rooms[room] = seen
	}
	return rooms, nil
}

func (o *occupant) SetSubject(ctx context.Context, room, subject string) error {
	jid := room + "@" + house.MUC
	answer, err := o.alice.Subject(ctx, subject, jid)
	if err == nil && answer[jid].Error != "" {
		err = fmt.Errorf("alice sets the subject of %s: %s (%s)", jid, answer[jid].Error, answer[jid].Text)
	}
	return err
}
