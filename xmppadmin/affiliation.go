package xmppadmin

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// adminQuery is the request and the answer of XEP-0045 section 9.5 and its
// like (namespace muc#admin).
type adminQuery struct {
	XMLName xml.Name    `xml:"http://jabber.org/protocol/muc#admin query"`
	Items   []adminItem `xml:"item"`
}

type adminItem struct {
	Affiliation string `xml:"affiliation,attr"`
	JID         string `xml:"jid,attr,omitempty"`
	Reason      string `xml:"reason,omitempty"`
}

// affiliated lists the bare JIDs with an affiliation, sorted; empty and not
// nil if there are none.
func (l *link) affiliated(ctx context.Context, room jid.JID, affiliation string) ([]string, error) {
	var answer adminQuery
	request := adminQuery{Items: []adminItem{{Affiliation: affiliation}}}
	if err := l.session.query(ctx, stanza.GetIQ, room, request, &answer); err != nil {
		err = notPermitted(fmt.Errorf("reading the %s list of %s: %w", affiliation, room, err))
		if affiliation == AffiliationOwner && errors.Is(err, ErrNotPermitted) {
			err = fmt.Errorf("%w: %w", ErrNotOwner, err)
		}
		return nil, err
	}
	list := []string{}
	for _, item := range answer.Items {
		if item.Affiliation != affiliation {
			continue
		}
		list = append(list, bareJID(item.JID))
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// grant gives an affiliation (XEP-0045 sections 10.3 and 10.6). One item per
// request: Prosody reads the first and answers "result" to them all.
func (l *link) grant(ctx context.Context, room jid.JID, affiliation string, who jid.JID, reason string) error {
	request := adminQuery{Items: []adminItem{{Affiliation: affiliation, JID: who.String(), Reason: reason}}}
	if err := l.session.query(ctx, stanza.SetIQ, room, request, nil); err != nil {
		return notPermitted(fmt.Errorf("making %s %s of %s: %w", who, affiliation, room, err))
	}
	return nil
}

// grantee checks what is to be granted, and to whom.
func grantee(affiliation, who string) (jid.JID, error) {
	if affiliation != AffiliationOwner && affiliation != AffiliationAdmin {
		return jid.JID{}, fmt.Errorf("roomctl gives no affiliation %q", affiliation)
	}
	j, err := jid.Parse(who)
	if err != nil {
		return jid.JID{}, fmt.Errorf("JID %q: %w", who, err)
	}
	if j.Resourcepart() != "" {
		return jid.JID{}, errors.New("affiliations are for bare JIDs, not for " + who)
	}
	return j, nil
}

// bareJID normalizes a JID of an affiliation list. One that is malformed stays
// as it is: it must not hide the others.
func bareJID(s string) string {
	j, err := jid.Parse(s)
	if err != nil {
		return s
	}
	return j.Bare().String()
}
