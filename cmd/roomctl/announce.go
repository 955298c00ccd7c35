package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner/announce"
	"roomctl/xmppadmin"
)

func (p *program) announceCommand() *cli.Command {
	return &cli.Command{
		Name:  "announce",
		Usage: "say something in rooms, or to all users who are online",
		UsageText: "roomctl announce --room NAME… [--yes] [--json] TEXT\n" +
			"roomctl announce --all-users [--subject S] [--yes] [--json] TEXT",
		Description: `Without --yes it shows what would be said, where, and how many would hear
it, and sends nothing. With --yes it sends it, and tells for each room what
came of it. Only rooms that are ours are spoken in. What is said there stands
in the log for good, and in roomctl history.

--all-users sends a message to every user of the server's host who is online,
in whatever room or none (XEP-0133). A pause (roomctl pause) holds up
neither.

EXAMPLES:
   roomctl announce --room quic 'The remote participants cannot hear you.'
   roomctl announce --room quic --room tls --yes 'We start ten minutes late.'
   roomctl announce --all-users --subject Maintenance 'Restart at 18:00 UTC.'

` + exitStatusHelp,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "room", Usage: "say it in room `NAME`; may be given several times"},
			&cli.BoolFlag{Name: "all-users", Usage: "send it to all users who are online", DisableDefaultText: true},
			&cli.StringFlag{Name: "subject", Usage: "with --all-users: the message's subject `S`"},
			&cli.BoolFlag{Name: "yes", Usage: "really send it", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: p.announce,
	}
}

// announceDocument is what `announce --json` prints. Members are only ever added;
// a change of meaning moves version.
type announceDocument struct {
	Version    int                 `json:"version"`
	Command    string              `json:"command"`
	ExitStatus int                 `json:"exit_status"`
	Sent       bool                `json:"sent"` // false: a preview
	Subject    string              `json:"subject,omitempty"`
	Text       string              `json:"text"`
	Rooms      []announcedDocument `json:"rooms"`           // empty with --all-users
	Users      *usersDocument      `json:"users,omitempty"` // with --all-users
}

// announcedDocument is one room.
type announcedDocument struct {
	Room   string `json:"room"`
	JID    string `json:"jid"`
	People *int   `json:"people,omitempty"` // in it; absent: the server does not tell
	Error  string `json:"error,omitempty"`  // why nothing is, or was, said there
}

// usersDocument is the users who are online.
type usersDocument struct {
	Host   string `json:"host"`
	Online *int   `json:"online,omitempty"` // how many there are, before it is sent; absent: the server does not tell
	Remark string `json:"remark,omitempty"` // of the server, after it was sent
}

func (p *program) announce(c *cli.Context) error {
	given, err := words(c)
	if err != nil {
		return err
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	order, err := announceOrder(c, given, h.rules.MUC)
	if err != nil {
		return err
	}
	doc := announceDocument{
		Version: 1, Command: "announce", Sent: c.Bool("yes"), Subject: order.Subject, Text: order.Text, Rooms: []announcedDocument{},
	}
	switch {
	case doc.Sent:
		err = h.announce(c.Context, order, &doc)
	case len(order.Rooms) > 0:
		err = h.previewInRooms(c.Context, order, &doc)
	default:
		err = h.previewToUsers(c.Context, &doc)
	}
	if err != nil && len(doc.Rooms) == 0 {
		return err
	}
	for _, r := range doc.Rooms {
		if r.Error != "" {
			doc.ExitStatus = exitPartial
		}
	}
	if err != nil { // what was said is told all the same: nobody should say it again
		doc.ExitStatus = statusOf(err)
	}
	if c.Bool("json") {
		return finish(errors.Join(err, p.writeJSON(doc)), doc.ExitStatus)
	}
	p.printer(c).announced(doc)
	return finish(err, doc.ExitStatus)
}

// announceOrder is what the command line orders.
func announceOrder(c *cli.Context, given []string, muc string) (o announce.Order, err error) {
	usage := func(problem string) (announce.Order, error) {
		return o, usageError{fmt.Errorf("announce: %s; see roomctl announce --help", problem)}
	}
	if o.Rooms, err = roomNames(c.StringSlice("room"), muc); err != nil {
		return o, err
	}
	o.Subject, o.Text = oneLine(c.String("subject")), strings.TrimSpace(strings.Join(given, " "))
	switch all := c.Bool("all-users"); {
	case o.Text == "":
		return usage("there is nothing to say")
	case all && len(o.Rooms) > 0:
		return usage("--all-users goes without --room")
	case !all && len(o.Rooms) == 0:
		return usage("to whom? give --room NAME, or --all-users")
	case !all && o.Subject != "":
		return usage("--subject is for --all-users only")
	case !all:
		o.Text = oneLine(o.Text) // as rooms get it
	}
	return o, nil
}

// announce sends what was ordered, and fills in what came of it.
func (h *house) announce(ctx context.Context, o announce.Order, doc *announceDocument) error {
	defer h.progress.clear()
	w, err := h.writer(ctx, "announce", nil)
	if err != nil {
		return err
	}
	defer w.close()
	chat, err := h.connect(ctx, w.Registry, nil)
	if err != nil {
		return err
	}
	defer chat.Close()
	outcome, err := announce.CarryOut(ctx, w.Registry, chat, h.rules, h.program.now, o)
	doc.recipients(outcome.Rooms, h.rules.MUC)
	if len(o.Rooms) == 0 && err == nil {
		doc.Users = &usersDocument{Host: h.config.XMPP.AdminHost, Remark: outcome.Remark}
	}
	return err
}

// previewInRooms fills in who would hear it, over a connection that cannot write.
func (h *house) previewInRooms(ctx context.Context, o announce.Order, doc *announceDocument) error {
	defer h.progress.clear()
	known, rooms, err := h.reader(ctx)
	if err != nil {
		return err
	}
	defer rooms.Close()
	doc.recipients(announce.Recipients(ctx, rooms, known, h.rules, o.Rooms), h.rules.MUC)
	return nil
}

// previewToUsers fills in how many would hear it. Nothing else is asked.
func (h *house) previewToUsers(ctx context.Context, doc *announceDocument) error {
	defer h.progress.clear()
	chat, err := h.users(ctx)
	if err != nil {
		return err
	}
	defer chat.Close()
	offered := func(node string) bool { return strings.HasSuffix(node, "#announce") } // XEP-0133 section 4.23
	if !slices.ContainsFunc(chat.Profile().AdminNodes, offered) {
		return fmt.Errorf("announcing to the online users of %s: %w: it does not offer that to roomctl's account; see the chat server's lines in the README",
			h.config.XMPP.AdminHost, xmppadmin.ErrNotPermitted)
	}
	doc.Users = &usersDocument{Host: h.config.XMPP.AdminHost}
	switch n, err := chat.OnlineUsers(ctx); {
	case err == nil:
		doc.Users.Online = &n
	case !errors.Is(err, xmppadmin.ErrNotPermitted): // Prosody has no such command
		return err
	}
	return nil
}

// userCounter counts users. It cannot write.
type userCounter interface {
	Profile() xmppadmin.Profile
	OnlineUsers(ctx context.Context) (int, error)
	Close() error
}

// users opens a connection that counts users, without the lock and without noting
// anything.
func (h *house) users(ctx context.Context) (userCounter, error) {
	known, err := h.known(ctx)
	if err != nil {
		return nil, err
	}
	options, err := h.chat(known.Mechanism)
	if err != nil {
		return nil, err
	}
	h.progress.step("connecting to the chat server", 0, 0)
	chat, err := xmppadmin.Open(ctx, options)
	if err != nil {
		return nil, chatError{err}
	}
	return chat, nil
}

// recipients fills in the rooms.
func (d *announceDocument) recipients(list []announce.Recipient, muc string) {
	for _, r := range list {
		d.Rooms = append(d.Rooms, announcedDocument{Room: r.Room, JID: r.Room + "@" + muc, People: r.People, Error: textOf(r.Err)})
	}
}
