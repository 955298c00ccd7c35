package xmppadmin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"
)

// prosody is Prosody 0.12 and 13. Rooms are made and configured as on any
// XEP-0045 service; joins of administrators also revive destroyed rooms, whose
// names it keeps for a month. From version 13 on an administrator is no owner
// of rooms that others made, but may become one by a command.
type prosody struct{ generic }

func (p prosody) name() string { return "Prosody" }

func (p prosody) operations() []Operation {
	by := map[string]string{"list": "disco#items, whole"}
	if p.mucNodes[nodeSetAffiliation] {
		by["grant"] = "command " + nodeSetAffiliation
	}
	return differing(p.generic.operations(), by)
}

func (p prosody) rights() (missing, unneeded []Right) {
	if !p.mucNodes[nodeSetAffiliation] {
		missing = append(missing, Right{
			What: fmt.Sprintf("%s is no administrator of %s: it cannot create rooms where creation is restricted, nor adopt rooms", p.account, p.muc),
			Do:   fmt.Sprintf("in the section Component %q \"muc\" set admins = { %q }", p.muc, p.account),
		})
	}
	if extra := notNeeded(p.hostNodes); len(extra) > 0 {
		unneeded = append(unneeded, Right{
			What: fmt.Sprintf("commands on %s: %s", p.host, strings.Join(extra, ", ")),
			Do:   fmt.Sprintf("take %q out of the global admins, and mod_admin_adhoc out of the modules of VirtualHost %q", p.account, p.host),
		})
	}
	return missing, unneeded
}

// list: Prosody takes no notice of XEP-0059 and answers whole. Hidden rooms
// are missing, for administrators too.
func (p prosody) list(ctx context.Context) (Listing, error) {
	items, complete, err := p.session.discoItems(ctx, p.muc, "")
	if err != nil {
		return Listing{}, notPermitted(fmt.Errorf("listing the rooms of %s: %w", p.muc, err))
	}
	return p.listing(items, complete), nil
}

// logged: mod_muc_mam gives a room the feature exactly while it archives it.
func (p prosody) logged(said info) bool { return said.has(nsArchive) }

func (p prosody) create(ctx context.Context, room jid.JID, spec Spec) error {
	direct := spec
	direct.Owners, direct.Admins = nil, nil
	if err := p.generic.create(ctx, room, direct); err != nil {
		return err
	}
	return p.grantAll(ctx, room, spec, p.grant)
}

// grant uses the administrators' command where there is one: it works in rooms
// that we do not own, and so is how we come to own them.
func (p prosody) grant(ctx context.Context, room jid.JID, affiliation string, who jid.JID, reason string) error {
	if !p.mucNodes[nodeSetAffiliation] {
		return p.generic.grant(ctx, room, affiliation, who, reason)
	}
	filled := form{Type: formSubmits, Fields: []field{
		{Var: formTypeVar, Type: "hidden", Values: []string{nodeSetAffiliation}},
		{Var: "room", Values: []string{room.String()}},
		{Var: "jid", Values: []string{who.String()}},
		{Var: "affiliation", Values: []string{affiliation}},
		{Var: "reason", Values: []string{reason}},
	}}
	if _, err := runOnce(ctx, p.session, p.muc, nodeSetAffiliation, filled); err != nil {
		return fmt.Errorf("making %s %s of %s: %w", who, affiliation, room, err)
	}
	return nil
}

// notNeeded lists, sorted and without their prefix, the commands of XEP-0133
// that are shown to us but never sent. Those that come with announcements
// cannot be had or refused one by one and are left out.
func notNeeded(nodes map[string]bool) []string {
	var extra []string
	for _, c := range AdminCommands() {
		if nodes[c.Node] && !c.Allowed && !strings.HasSuffix(c.Node, "-motd") {
			extra = append(extra, strings.TrimPrefix(c.Node, nsAdmin+"#"))
		}
	}
	slices.Sort(extra)
	return extra
}
