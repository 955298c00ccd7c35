package xmpptest

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
)

// Nodes of the commands of XEP-0133 and of ejabberd's API.
const (
	nodeAdmin = "http://jabber.org/protocol/admin#"
	nodeAPI   = "api-commands/"

	formAdmin = "http://jabber.org/protocol/admin"
)

// command is an ad-hoc command of the host (XEP-0050). Commands keep nothing
// between stages; neither server checks the session id either.
type command struct {
	node, title string
	fields      []formField                      // of its form; none: it runs at once
	run         func(*turn, submission) *element // returns the children of <command/> in one element
}

// commands lists what the host offers to administrators.
func (s *Server) commands() []command {
	if s.opts.Kind == Generic {
		return []command{
			{nodeAdmin + "announce", "Send Announcement to Online Users", announcement("announcement"), (*turn).announce},
			{nodeAdmin + "get-online-users-num", "Get Number of Online Users", nil, (*turn).countOnline},
		}
	}
	list := []command{
		{nodeAdmin + "announce", "Send announcement to all online users", announcement("body"), (*turn).announce},
		{nodeAdmin + "set-motd", "Set message of the day and send to online users", announcement("body"), (*turn).setMOTD},
		{nodeAdmin + "edit-motd", "Update message of the day (don't send)", announcement("body"), (*turn).editMOTD},
		{nodeAdmin + "delete-motd", "Delete message of the day", []formField{formType(formAdmin),
			{name: "confirm", kind: "boolean", label: "Really delete message of the day?", values: []string{"true"}}},
			(*turn).deleteMOTD},
		{nodeAdmin + "get-online-users-num", "Get Number of Online Users", nil, (*turn).countOnline},
	}
	if s.opts.NoAPICommands {
		return list
	}
	for _, c := range apiCommands() {
		list = append(list, command{nodeAPI + c.name, c.name, c.form(s), c.execute})
	}
	return list
}

// announcement is the form of the messages of XEP-0133; the field of the text
// has a name of its own on every server, and ejabberd requires none.
func announcement(text string) []formField {
	return []formField{
		formType(formAdmin),
		{name: "subject", kind: "text-single", label: "Subject"},
		{name: text, kind: "text-multi", label: "Message body", required: text == "announcement"},
	}
}

// command runs one stage of a command.
func (t *turn) command(p *element) {
	var cmd *command
	for _, c := range t.s.commands() {
		if c.node == p.attr("node") {
			cmd = &c
			break
		}
	}
	switch {
	case cmd == nil && strings.HasPrefix(p.attr("node"), nodeAPI):
		t.noHook()
		return
	case cmd == nil:
		t.fail("cancel", "service-unavailable", "")
		return
	case !t.isAdmin() && !strings.HasPrefix(cmd.node, nodeAPI):
		t.forbidCommand(p)
		return
	}
	x := p.child(nsData, "x")
	switch action := p.attr("action"); {
	case action == "cancel":
		t.commandReply(p, "canceled", nil)
	case action != "" && action != "execute" && action != "complete" && action != "next":
		t.fail("modify", "bad-request", "Unexpected action")
	case x == nil && len(cmd.fields) > 0:
		actions := el(nsCommands, "actions", el(nsCommands, "complete")).with("execute", "complete")
		t.commandReply(p, "executing", el("", "", actions, form("form", cmd.title, cmd.fields...)))
	default:
		if done := cmd.run(t, readForm(x)); done != nil {
			t.commandReply(p, "completed", done)
		}
	}
}

// commandReply answers with the children of content, which may be nil.
func (t *turn) commandReply(p *element, status string, content *element) {
	session := p.attr("sessionid")
	if session == "" {
		session = rand.Text()
	}
	reply := el(nsCommands, "command").with("node", p.attr("node")).with("sessionid", session).with("status", status)
	if content != nil {
		reply.add(content.kids...)
	}
	t.result(reply)
}

// forbidCommand refuses a command to everybody but administrators.
func (t *turn) forbidCommand(p *element) {
	if t.s.opts.Kind == Ejabberd {
		t.fail("auth", "forbidden", "Access denied by service policy")
		return
	}
	// Prosody puts the canceled command beside the error.
	const text = "You don't have permission to execute this command"
	t.fail("auth", "forbidden", text)
	reply := t.out[len(t.out)-1].e
	reply.add(el(nsCommands, "command", el(nsCommands, "note").with("type", "error").say(text)).
		with("node", p.attr("node")).with("status", "canceled"))
}

// noHook is what is left of a command that crashed inside ejabberd.
func (t *turn) noHook() {
	t.fail("cancel", "item-not-found", "No hook has processed this command")
}

func note(kind, text string) *element {
	return el("", "", el(nsCommands, "note").with("type", kind).say(text))
}

// announce sends a headline to everybody online (XEP-0133 section 4.23).
func (t *turn) announce(sub submission) *element {
	body := sub.text("body")
	if t.s.opts.Kind == Generic {
		body = sub.text("announcement")
		if body == "" {
			// "completed" with an error note is Prosody's way to say no.
			return note("error", "announcement: Required value missing")
		}
	}
	sent := 0
	for _, c := range t.s.online() {
		if c.available {
			t.send(c, t.headline(sub.text("subject"), body))
			sent++
		}
	}
	if t.s.opts.Kind == Ejabberd {
		return el("", "")
	}
	return note("info", fmt.Sprintf("Announcement sent to %d online users", sent))
}

func (t *turn) headline(subject, body string) *element {
	m := el(nsClient, "message", el(nsClient, "body").say(body)).with("type", "headline").with("from", t.s.opts.Domain)
	if subject != "" {
		m.add(el(nsClient, "subject").say(subject))
	}
	return m
}

func (t *turn) setMOTD(sub submission) *element {
	t.s.motd = sub.text("body")
	return t.announce(sub)
}

func (t *turn) editMOTD(sub submission) *element {
	t.s.motd = sub.text("body")
	return el("", "")
}

func (t *turn) deleteMOTD(sub submission) *element {
	if c := sub.text("confirm"); c == "1" || c == "true" {
		t.s.motd = ""
	}
	return el("", "")
}

// countOnline is XEP-0133 section 4.18. ejabberd sends its results in a form
// of type "form".
func (t *turn) countOnline(submission) *element {
	typ := "result"
	if t.s.opts.Kind == Ejabberd {
		typ = "form"
	}
	return el("", "", form(typ, "", formType(formAdmin), formField{
		name: "onlineusersnum", kind: "text-single", label: "Number of online users",
		values: []string{strconv.Itoa(len(t.s.clients))},
	}))
}
