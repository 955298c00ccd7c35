package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// nsCommands is the namespace of XEP-0050 ad-hoc commands, and the disco#items
// node under which an entity lists them.
const nsCommands = "http://jabber.org/protocol/commands"

// The actions and states of XEP-0050 sections 2.4 and 3.4 that are used here.
const (
	actionExecute  = "execute"
	actionNext     = "next"
	actionComplete = "complete"
	actionCancel   = "cancel"

	statusExecuting = "executing"
	statusCompleted = "completed"
	statusCanceled  = "canceled"
)

// maxStages ends a conversation with a service that asks for ever. The longest
// command of XEP-0133 has two stages.
const maxStages = 8

// cancelTimeout bounds the farewell to a command that is given up.
const cancelTimeout = 5 * time.Second

// command is the one element of XEP-0050, in both directions.
type command struct {
	XMLName   xml.Name      `xml:"http://jabber.org/protocol/commands command"`
	Node      string        `xml:"node,attr"`
	SessionID string        `xml:"sessionid,attr,omitempty"`
	Action    string        `xml:"action,attr,omitempty"`
	Status    string        `xml:"status,attr,omitempty"`
	Actions   *stageActions `xml:"actions"`
	Notes     []commandNote `xml:"note"`
	Form      *form         `xml:"jabber:x:data x"`
}

// stageActions says which ways lead on from a stage (XEP-0050 section 3.4).
type stageActions struct {
	Next     *struct{} `xml:"next"`
	Complete *struct{} `xml:"complete"`
}

// commandNote is a remark of the service (XEP-0050 section 3.3).
type commandNote struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

// CommandError is an ad-hoc command that was answered but did not do what it
// was sent for. Servers report that in four ways, none of them a stanza error:
// an error note (XEP-0050 section 3.3), an unasked-for status canceled
// (Prosody), a field named error in the result and a result code (ejabberd).
type CommandError struct {
	Node string // the command
	To   string // the entity that ran it
	Text string // the server's own words
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("command %s on %s failed: %s", e.Node, e.To, e.Text)
}

// runOnce runs a command whose form is known beforehand: the filled-in form
// travels with the first request, which both ejabberd and Prosody accept.
func runOnce(ctx context.Context, s *session, to jid.JID, node string, filled form) (command, error) {
	answer, err := step(ctx, s, to, command{Node: node, Action: actionExecute, Form: &filled})
	if err != nil {
		return command{}, err
	}
	if answer.Status != statusCompleted {
		abandon(ctx, s, to, answer)
		return command{}, &CommandError{Node: node, To: to.String(), Text: "it asked for more: status " + answer.Status}
	}
	return answer, nil
}

// converse runs a command stage by stage. fill answers each form that the
// service shows; if it cannot, the command is canceled so that the service
// does not keep it, and fill's error is returned.
func converse(ctx context.Context, s *session, to jid.JID, node string, fill func(*form) (form, error)) (command, error) {
	answer, err := step(ctx, s, to, command{Node: node, Action: actionExecute})
	for stage := 0; err == nil && answer.Status == statusExecuting; stage++ {
		if stage == maxStages {
			abandon(ctx, s, to, answer)
			return command{}, &CommandError{Node: node, To: to.String(), Text: fmt.Sprintf("still asking after %d stages", maxStages)}
		}
		next := command{Node: node, SessionID: answer.SessionID, Action: answer.onward()}
		if answer.Form != nil {
			filled, ferr := fill(answer.Form)
			if ferr != nil {
				abandon(ctx, s, to, answer)
				return command{}, fmt.Errorf("filling in the form of command %s: %w", node, ferr)
			}
			next.Form = &filled
		}
		answer, err = step(ctx, s, to, next)
	}
	if err != nil {
		return command{}, err
	}
	return answer, nil
}

// step sends one request of a command and returns the answer, whose status is
// executing or completed. It is the only place from where commands are sent,
// and it refuses those that roomctl must never send.
func step(ctx context.Context, s *session, to jid.JID, request command) (command, error) {
	if !mayBeSent(request.Node) {
		return command{}, fmt.Errorf("command %s is not one that roomctl may send: %w", request.Node, ErrNotPermitted)
	}
	var answer command
	if err := s.query(ctx, stanza.SetIQ, to, request, &answer); err != nil {
		return command{}, notPermitted(fmt.Errorf("running command %s: %w", request.Node, err))
	}
	if text, failed := answer.failure(); failed {
		return command{}, &CommandError{Node: request.Node, To: to.String(), Text: text}
	}
	return answer, nil
}

// abandon cancels a command half-way (XEP-0050 section 3.5). It is a courtesy
// to the service: the command is given up whatever the answer is.
func abandon(ctx context.Context, s *session, to jid.JID, at command) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer cancel()
	request := command{Node: at.Node, SessionID: at.SessionID, Action: actionCancel}
	_ = s.query(ctx, stanza.SetIQ, to, request, nil)
}

// onward chooses the action for the next request. Without a list of actions
// the stage is the last one (XEP-0050 section 3.4).
func (c *command) onward() string {
	if c.Actions != nil && c.Actions.Complete == nil && c.Actions.Next != nil {
		return actionNext
	}
	return actionComplete
}

// failure tells whether the answer reports a failure, and in what words.
func (c *command) failure() (string, bool) {
	for _, n := range c.Notes {
		if n.Type == "error" {
			return strings.TrimSpace(n.Text), true
		}
	}
	if c.Form != nil {
		if fd, ok := c.Form.field("error"); ok && c.Status != statusExecuting {
			return strings.TrimSpace(strings.Join(append([]string{fd.Label}, fd.Values...), " ")), true
		}
		if code, ok := c.Form.text("res"); ok && c.Status == statusCompleted && code != "" && code != "0" {
			return "result code " + code, true
		}
	}
	switch c.Status {
	case statusExecuting, statusCompleted:
		return "", false
	case statusCanceled:
		return "the service canceled it", true
	}
	return fmt.Sprintf("unknown status %q", c.Status), true
}

// remark joins what the service said beside the result.
func (c *command) remark() string {
	var said []string
	for _, n := range c.Notes {
		if text := strings.TrimSpace(n.Text); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "\n")
}

// notPermitted marks refusals for lack of a right with ErrNotPermitted, so
// that callers need not know the stanza error conditions (RFC 6120 section
// 8.3.3) that servers use for it.
func notPermitted(err error) error {
	var refused *StanzaError
	if !errors.As(err, &refused) || errors.Is(err, ErrNotPermitted) {
		return err
	}
	if slices.Contains([]string{"forbidden", "not-allowed", "not-authorized"}, refused.Condition) {
		return fmt.Errorf("%w: %w", ErrNotPermitted, err)
	}
	return err
}
