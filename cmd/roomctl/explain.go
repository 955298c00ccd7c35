package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

func (p *program) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "why a room is as it is",
		UsageText: "roomctl explain [--json] NAME | JID | SESSION-ID | MEETING/ACRONYM …",
		Description: `Tells of a room whose it is, which groups, sessions and decisions of people
want it and what says so, what the chat server says, which sessions are
linked to it, what was done to it, and what the next sync would do or what
withholds that. Of a session it tells which room it has and by which rule,
and then all about that room.

It changes nothing: as plan, it holds no client that can write. Where a
server does not answer, the registry and the last good copies stand in, and
the status is 4. A name that nobody has heard of is 1.

EXAMPLES:
   roomctl explain quic                       a room
   roomctl explain 'xmpp:quic@jabber.ietf.org?join'
   roomctl explain 29302                      a session, by its number
   roomctl explain 126/quic 126/tls           sessions of two groups
   roomctl explain --json quic | jq '.rooms[0].next'

` + exitStatusHelp,
		Flags:  []cli.Flag{jsonFlag()},
		Action: p.explain,
	}
}

func (p *program) explain(c *cli.Context) error {
	given, err := words(c)
	if err != nil {
		return err
	}
	if len(given) == 0 {
		return usageError{errors.New("explain: nothing is named; give a room, a session or MEETING/ACRONYM, as in roomctl explain --help")}
	}
	h, err := p.house(c)
	if err != nil {
		return err
	}
	var targets []provisioner.Target
	for _, word := range given {
		target, err := provisioner.ParseTarget(word, h.rules.MUC)
		if err != nil {
			return usageError{err}
		}
		targets = append(targets, target)
	}
	doc, err := h.explain(c.Context, targets)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return finish(p.writeJSON(doc), doc.ExitStatus)
	}
	p.printer(c).explanation(doc, p.now())
	var unknown []error
	for _, u := range doc.Unknown {
		unknown = append(unknown, errors.New(notHeardOf(u)))
	}
	return cmp.Or(errors.Join(unknown...), asError(doc.ExitStatus))
}

// notHeardOf is what is said of a target that nobody has heard of.
func notHeardOf(u provisioner.UnknownTarget) string {
	text := fmt.Sprintf("%q is unknown: %s", u.Target, u.Why)
	if len(u.Near) > 0 {
		text += "; did you mean " + strings.Join(u.Near, ", ") + "?"
	}
	return text
}

// explainDocument is what `explain --json` prints. Members are only ever added; a
// change of meaning moves version.
type explainDocument struct {
	Version    int `json:"version"`
	ExitStatus int `json:"exit_status"`

	*provisioner.Explanation

	Paused string `json:"paused,omitempty"` // since when, until when, by whom and why no run writes; absent: they do
}

// explain asks everybody who may know. What did not answer is among the gaps.
func (h *house) explain(ctx context.Context, targets []provisioner.Target) (explainDocument, error) {
	defer h.progress.clear()
	planner, err := h.planner()
	if err != nil {
		return explainDocument{}, err
	}
	reg, err := registry.OpenReader(ctx, h.registryPath(), h.identity())
	if err != nil {
		return explainDocument{}, err
	}
	defer reg.Close()
	known, err := reg.Load(ctx)
	if err != nil {
		return explainDocument{}, err
	}
	options, err := h.chat(known.Mechanism)
	if err != nil {
		return explainDocument{}, err
	}
	h.progress.step("connecting to the chat server", 0, 0)
	var rooms provisioner.RoomReader // nil: it did not answer
	reader, down := xmppadmin.OpenReader(ctx, options)
	if down == nil {
		defer reader.Close()
		rooms = reader
	}
	found, err := planner.Explain(ctx, rooms, known, reg, targets...)
	if err != nil {
		return explainDocument{}, err
	}
	if down != nil {
		found.Gaps = append(found.Gaps, provisioner.Gap{What: "the chat server", Why: down.Error()})
	}
	doc := explainDocument{Version: 1, Explanation: found, ExitStatus: statusOfExplanation(found)}
	if by, paused := h.paused(); paused {
		doc.Paused = by.String()
	}
	return doc, nil
}

// statusOfExplanation is 1 where nobody has heard of a target, and 4 where something
// that was asked gave no answer.
func statusOfExplanation(x *provisioner.Explanation) int {
	if len(x.Unknown) > 0 {
		return exitFailed
	}
	for _, room := range x.Rooms {
		if room.Server.Asked && room.Server.Existence == xmppadmin.Unknown.String() {
			return exitPartial
		}
	}
	if len(x.Gaps) > 0 {
		return exitPartial
	}
	return exitDone
}
