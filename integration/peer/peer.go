// Package peer is an XMPP client that shares no code with roomctl: Python's slixmpp, run in the Debian 12 tree. Tests
// use it to look at rooms independently, and to make, change and destroy rooms by hand as another account.
package peer

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"roomctl/integration/installed"
	"roomctl/integration/servers"
)

//go:embed client.py
var script string

// A Peer is an account of a server. Every call logs in over STARTTLS, does its work and logs out.
type Peer struct {
	server  *servers.Server
	jid     string
	withTLS bool
	window  int    // requests in flight; 0: the client's own choice
	nick    string // in rooms; "": the account's name
}

// As returns the client for an account of the server: roomctl, alice or mallory.
func As(s *servers.Server, account string) Peer {
	return Peer{server: s, jid: account + "@" + s.Domain, withTLS: true}
}

// WithoutTLS returns the same client, logging in without TLS.
func (p Peer) WithoutTLS() Peer {
	p.withTLS = false
	return p
}

// OneByOne returns the same client, doing one room after the other.
func (p Peer) OneByOne() Peer {
	p.window = 1
	return p
}

// Named returns the same client, with another nick in rooms.
func (p Peer) Named(nick string) Peer {
	p.nick = nick
	return p
}

// A Room is what the server answers about one room, or did for it.
type Room struct {
	Error string `json:"error"` // the stanza error condition, "exists", "not-offered" or "timeout"; empty: none
	Text  string `json:"text"`  // of the error

	Name     string            `json:"name"`     // Look: of the disco#info identity
	Features []string          `json:"features"` // Look
	Values   map[string]string `json:"values"`   // Look: of the extended form (XEP-0128); Form; several values are lines

	JIDs []string `json:"jids"` // Listed, Owners

	Occupants []string `json:"occupants"` // Visit, Watch: nicks, our own included
	Subject   string   `json:"subject"`   // Visit, Watch

	Heard []string `json:"heard"` // Listen, Receive: bodies of messages
	Said  []Said   `json:"said"`  // Watch
}

// Said is a message in a room.
type Said struct {
	Nick string `json:"nick"`
	Body string `json:"body"`
}

// Look asks for the disco#info of rooms and does nothing else. Rooms are named in full (room@service), here and below;
// answers are by room. An error is of the whole call; that of one room is in its answer.
func (p Peer) Look(ctx context.Context, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "look", rooms, nil)
}

// Listed asks a MUC service for its rooms. The answer, by the service's name, holds their JIDs. Prosody leaves out
// those that are not public.
func (p Peer) Listed(ctx context.Context, service string) (map[string]Room, error) {
	return p.call(ctx, "listed", []string{service}, nil)
}

// Form reads all values of the rooms' owner form. Not for rooms that may be missing: ejabberd would start them.
func (p Peer) Form(ctx context.Context, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "form", rooms, nil)
}

// Create makes rooms by joining them, as people do, and sets fields of their owner form.
func (p Peer) Create(ctx context.Context, fields map[string]string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "create", rooms, map[string]any{"fields": fields})
}

// Configure sets fields of the rooms' owner form.
func (p Peer) Configure(ctx context.Context, fields map[string]string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "configure", rooms, map[string]any{"fields": fields})
}

// Destroy destroys rooms.
func (p Peer) Destroy(ctx context.Context, reason string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "destroy", rooms, map[string]any{"reason": reason})
}

// Affiliate sets the affiliation of a bare JID in rooms.
func (p Peer) Affiliate(ctx context.Context, jid, affiliation string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "affiliate", rooms, map[string]any{"jid": jid, "affiliation": affiliation})
}

// Kick joins rooms, sends the occupant with that nick out, and leaves.
func (p Peer) Kick(ctx context.Context, nick string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "kick", rooms, map[string]any{"nick": nick})
}

// Owners asks for the owners of rooms.
func (p Peer) Owners(ctx context.Context, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "owners", rooms, nil)
}

// Visit joins rooms, tells who is there and what the subject is, says something unless it is empty, and leaves.
func (p Peer) Visit(ctx context.Context, say string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "visit", rooms, map[string]any{"say": say})
}

// Listen joins rooms, tells what is said there until somebody says a certain thing, that included, and leaves.
func (p Peer) Listen(ctx context.Context, until string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "listen", rooms, map[string]any{"until": until})
}

// Receive becomes available and waits for one chat message from each of some bare JIDs; answers are by JID.
func (p Peer) Receive(ctx context.Context, jids ...string) (map[string]Room, error) {
	return p.call(ctx, "receive", jids, nil)
}

// Subject joins rooms, sets their subject, and leaves.
func (p Peer) Subject(ctx context.Context, text string, rooms ...string) (map[string]Room, error) {
	return p.call(ctx, "subject", rooms, map[string]any{"text": text})
}

// request is what client.py reads.
type request struct {
	Host      string         `json:"host"`
	Port      int            `json:"port"`
	JID       string         `json:"jid"`
	Password  string         `json:"password"`
	CA        string         `json:"ca"`
	Do        string         `json:"do"`
	Window    int            `json:"window"`
	Nick      string         `json:"nick"`
	Arguments map[string]any `json:"arguments"`
}

func (p Peer) call(ctx context.Context, do string, rooms []string, arguments map[string]any) (map[string]Room, error) {
	all := map[string]any{"rooms": rooms}
	for name, value := range arguments {
		all[name] = value
	}
	answer, err := p.run(ctx, request{Do: do, Window: p.window, Arguments: all})
	if err != nil {
		return nil, fmt.Errorf("%s of %d rooms on %s as %s by slixmpp: %w", do, len(rooms), p.server.Name, p.jid, err)
	}
	return answer, nil
}

// run gives a request to the Python client.
func (p Peer) run(ctx context.Context, r request) (map[string]Room, error) {
	r, err := p.address(r)
	if err != nil {
		return nil, err
	}
	var a answer
	if err := installed.Python(ctx, "bookworm", script, r, &a); err != nil {
		return nil, err
	}
	return a.rooms()
}

// address fills in who and where.
func (p Peer) address(r request) (request, error) {
	host, port, err := net.SplitHostPort(p.server.Addr)
	if err != nil {
		return r, err
	}
	r.Host, r.JID, r.Password, r.Nick = host, p.jid, p.server.Accounts[p.jid], p.nick
	if r.Port, err = strconv.Atoi(port); err != nil {
		return r, err
	}
	if p.withTLS {
		ca, err := os.ReadFile(p.server.CAFile)
		if err != nil {
			return r, err
		}
		r.CA = string(ca)
	}
	return r, nil
}

// answer is what client.py writes.
type answer struct {
	Result map[string]Room `json:"result"`
	Error  string          `json:"error"`
}

func (a answer) rooms() (map[string]Room, error) {
	if a.Error != "" {
		return nil, errors.New(a.Error)
	}
	return a.Result, nil
}
