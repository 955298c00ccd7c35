package xmppadmin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mellium.im/xmpp/jid"
)

// undoTimeout bounds the retreat from a room that could not be made.
const undoTimeout = 10 * time.Second

// generic speaks to any XEP-0045 service: a room is made by joining it, and
// everything else is the owner's and the admin's protocol. The other dialects
// build on it.
type generic struct{ *link }

func (g generic) name() string { return "any XEP-0045 service" }

func (g generic) operations() []Operation {
	return []Operation{
		{"list", "disco#items, page by page (XEP-0059)"},
		{"read", "disco#info; the owner form for what it leaves open; owner and admin lists"},
		{"create", "join, owner form, leave"},
		{"configure", "owner form"},
		{"grant", "muc#admin"},
		{"subject", "join, subject, leave"},
		{"destroy", "muc#owner"},
	}
}

func (g generic) rights() (missing, unneeded []Right) { return nil, nil }

// list trusts a listing only when the service's own count confirms it.
func (g generic) list(ctx context.Context) (Listing, error) {
	items, complete, err := g.session.discoItemsPaged(ctx, g.muc)
	if err != nil {
		return Listing{}, notPermitted(fmt.Errorf("listing the rooms of %s: %w", g.muc, err))
	}
	return g.listing(items, complete), nil
}

// listing turns disco items into room names. The name in an item is no help:
// ejabberd adds the number of occupants to it.
func (g generic) listing(items []item, complete bool) Listing {
	names := make([]string, 0, len(items))
	for _, it := range items {
		room, err := jid.Parse(it.JID)
		if err == nil && room.Localpart() != "" && room.Domainpart() == g.muc.Domainpart() {
			names = append(names, room.Localpart())
		}
	}
	slices.Sort(names)
	return Listing{Names: slices.Compact(names), Complete: complete}
}

// logged: an archive may be meant for members only, so the owner form decides.
func (g generic) logged(info) bool { return false }

func (g generic) complete(ctx context.Context, room jid.JID, said info, r *Room) error {
	var formErr error
	if r.wanting() {
		var fetched form
		if fetched, formErr = g.ownerForm(ctx, room); formErr == nil {
			fetched.configured(r.Values)
			g.settleLogging(&fetched, said, r)
		}
	}
	return errors.Join(formErr, g.readAffiliations(ctx, room, r))
}

// settleLogging judges a form without a logging field: an archive that cannot
// be switched off is a log; and a service that has not shown the field in this
// session cannot log. Whether the room was logged all the same is for somebody
// to judge who remembers more than one session.
func (g generic) settleLogging(fetched *form, said info, r *Room) {
	if offersLogging(fetched) {
		return
	}
	delete(r.Values, FieldLogging)
	switch {
	case said.has(nsArchive):
		r.Values[FieldLogging] = "true"
	case g.logging.get() == LoggingUnknown:
		g.logging.set(LoggingNo)
	}
}

func (g generic) readAffiliations(ctx context.Context, room jid.JID, r *Room) error {
	owners, err := g.affiliated(ctx, room, AffiliationOwner)
	if err != nil {
		return err
	}
	admins, err := g.affiliated(ctx, room, AffiliationAdmin)
	if err != nil {
		return err
	}
	r.Owners, r.Admins = owners, admins
	return nil
}

// create joins, and only if the join made the room (status 201) configures it.
// The first room of a session shows which fields the form offers; after that
// the form travels in one write with the leave.
func (g generic) create(ctx context.Context, room jid.JID, spec Spec) error {
	occupant, err := g.occupant(room)
	if err != nil {
		return err
	}
	shut, err := g.doors.pass(ctx, room.String())
	if err != nil {
		return fmt.Errorf("joining %s to create it: %w", room, err)
	}
	defer shut()
	entered, err := g.session.enter(ctx, occupant)
	if refused(err, "item-not-found") {
		// A room that only its maker may enter (XEP-0045 section 10.1.3).
		return fmt.Errorf("%w: somebody is making %s at this moment: %w", ErrExists, room, err)
	}
	if err != nil {
		return notPermitted(fmt.Errorf("joining %s to create it: %w", room, err))
	}
	if !entered.Created {
		return errors.Join(fmt.Errorf("%w: %s", ErrExists, room), g.session.leave(ctx, occupant))
	}
	filled, err := g.fillNew(ctx, room, spec)
	if err != nil {
		return errors.Join(err, g.retreat(ctx, room, occupant))
	}
	if err := g.session.burst(ctx, g.submission(room, filled), leaveRequest(occupant)); err != nil {
		return notPermitted(fmt.Errorf("configuring the new room %s: %w", room, err))
	}
	return g.grantAll(ctx, room, spec, g.grant)
}

// fillNew fills in the form of the locked room that we are in.
func (g generic) fillNew(ctx context.Context, room jid.JID, spec Spec) (form, error) {
	template, known := g.forms.known()
	if !known {
		fetched, err := g.ownerForm(ctx, room)
		if err != nil {
			return form{}, err
		}
		template = fetched
	}
	if spec.RequireLogging && !offersLogging(&template) {
		said, err := g.session.discoInfo(ctx, room, "")
		if err != nil {
			return form{}, fmt.Errorf("looking whether %s is archived: %w", room, err)
		}
		if !said.has(nsArchive) {
			g.logging.set(LoggingNo)
			return form{}, fmt.Errorf("%w: %s offers none", ErrCannotLog, g.muc)
		}
	}
	return fillCreation(&template, spec.Values)
}

// retreat gives up a room that is still locked: canceling its form destroys it
// (XEP-0045 section 10.1.3), or else it is temporary and ends when we leave.
// Where new rooms are persistent from the start it has to be destroyed.
func (g generic) retreat(ctx context.Context, room, occupant jid.JID) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	err := g.session.burst(ctx, g.submission(room, form{Type: formCancels}), leaveRequest(occupant))
	if err != nil && !errors.As(err, new(*StanzaError)) {
		return err
	}
	if left, _ := g.look(ctx, room); left.Existence != Present {
		return nil
	}
	owners, err := g.affiliated(ctx, room, AffiliationOwner)
	if err != nil || !slices.Equal(owners, []string{g.account.String()}) {
		return err // somebody has made a room of that name meanwhile
	}
	return g.destroy(ctx, room, "", "")
}

// grantAll gives the affiliations of a new room beside our own.
func (g generic) grantAll(ctx context.Context, room jid.JID, spec Spec, grant func(context.Context, jid.JID, string, jid.JID, string) error) error {
	var problems []error
	give := func(affiliation string, list []string) {
		for _, who := range list {
			j, err := grantee(affiliation, who)
			if err == nil && !j.Equal(g.account) {
				err = grant(ctx, room, affiliation, j, "")
			}
			problems = append(problems, err)
		}
	}
	give(AffiliationOwner, spec.Owners)
	give(AffiliationAdmin, spec.Admins)
	return errors.Join(problems...)
}
