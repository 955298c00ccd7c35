package xmppadmin

import (
	"context"
	"encoding/xml"
	"slices"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// Namespaces of XEP-0030.
const (
	nsDiscoInfo  = "http://jabber.org/protocol/disco#info"
	nsDiscoItems = "http://jabber.org/protocol/disco#items"
)

// info is what an entity says about itself (XEP-0030 section 3).
type info struct {
	Identities []identity
	Features   []string
	Forms      []form // XEP-0128
}

// identity is one of the things that an entity is.
type identity struct {
	Category string `xml:"category,attr"`
	Type     string `xml:"type,attr"`
	Name     string `xml:"name,attr"`
}

func (i info) has(feature string) bool { return slices.Contains(i.Features, feature) }

// identity returns the first identity of that category and type.
func (i info) identity(category, typ string) (identity, bool) {
	for _, id := range i.Identities {
		if id.Category == category && id.Type == typ {
			return id, true
		}
	}
	return identity{}, false
}

// form returns the first form of that FORM_TYPE; nil if there is none.
func (i info) form(formType string) *form {
	for n := range i.Forms {
		if i.Forms[n].formType() == formType {
			return &i.Forms[n]
		}
	}
	return nil
}

// item is one entry of an entity's list (XEP-0030 section 4). Its JID is as it
// was sent: one that is malformed must not spoil the list.
type item struct {
	JID  string `xml:"jid,attr"`
	Node string `xml:"node,attr"`
	Name string `xml:"name,attr"`
}

type infoQuery struct {
	XMLName    xml.Name   `xml:"http://jabber.org/protocol/disco#info query"`
	Node       string     `xml:"node,attr,omitempty"`
	Identities []identity `xml:"identity"`
	Features   []struct {
		Var string `xml:"var,attr"`
	} `xml:"feature"`
	Forms []form `xml:"jabber:x:data x"`
}

func (q infoQuery) info() info {
	i := info{Identities: q.Identities, Forms: q.Forms}
	for _, f := range q.Features {
		i.Features = append(i.Features, f.Var)
	}
	return i
}

type itemsQuery struct {
	XMLName xml.Name `xml:"http://jabber.org/protocol/disco#items query"`
	Node    string   `xml:"node,attr,omitempty"`
	Items   []item   `xml:"item"`
	Set     *resultSet
}

// discoInfo asks what an entity is and can do. node may be empty.
func (s *session) discoInfo(ctx context.Context, to jid.JID, node string) (info, error) {
	var answer infoQuery
	if err := s.query(ctx, stanza.GetIQ, to, infoQuery{Node: node}, &answer); err != nil {
		return info{}, err
	}
	return answer.info(), nil
}

// discoItems asks for an entity's list in one plain request. node may be
// empty. complete is false when the answer itself says that there is more; it
// is for the caller to know whether this server says so (ejabberd does not:
// above 100 rooms it answers with an empty list, as if there were none).
func (s *session) discoItems(ctx context.Context, to jid.JID, node string) (items []item, complete bool, err error) {
	var answer itemsQuery
	if err := s.query(ctx, stanza.GetIQ, to, itemsQuery{Node: node}, &answer); err != nil {
		return nil, false, err
	}
	counted, ok := answer.Set.count()
	return answer.Items, !ok || counted == len(answer.Items), nil
}
