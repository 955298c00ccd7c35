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
	window  int // requests in flight; 0: the client's own choice
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

// A Room is what the server answers about one room, or did for it.
type Room struct {
	Error string `json:"error"` // the stanza error condition, "exists", "not-offered" or "timeout"; empty: none
	Text  string `json:"text"`  // of the error

	Name     string            `json:"name"`     // Look: of the disco#info identity
	Features []string          `json:"features"` // Look
	Values   map[string]string `json:"values"`   // Look: of the extended form (XEP-0128); Form; several values are lines

	JIDs []string `json:"jids"` // Listed, Owners

	Occupants []string `json:"occupants"` // Visit: nicks, our own included
	Subject   string   `json:"subject"`   // Visit

	Heard []string `json:"heard"` // Listen: bodies of messages
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

// request is what client.py reads.
type request struct {
	Host      string         `json:"host"`
	Port      int            `json:"port"`
	JID       string         `json:"jid"`
	Password  string         `json:"password"`
	CA        string         `json:"ca"`
	Do        string         `json:"do"`
	Window    int            `json:"window"`
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

// run fills in who and where, and gives the request to the Python client.
func (p Peer) run(ctx context.Context, r request) (map[string]Room, error) {
	host, port, err := net.SplitHostPort(p.server.Addr)
	if err != nil {
		return nil, err
	}
	r.Host, r.JID, r.Password = host, p.jid, p.server.Accounts[p.jid]
	if r.Port, err = strconv.Atoi(port); err != nil {
		return nil, err
	}
	if p.withTLS {
		ca, err := os.ReadFile(p.server.CAFile)
		if err != nil {
			return nil, err
		}
		r.CA = string(ca)
	}
	var answer struct {
		Result map[string]Room `json:"result"`
		Error  string          `json:"error"`
	}
	if err := installed.Python(ctx, "bookworm", script, r, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.Result, nil
}
