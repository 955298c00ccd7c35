package xmppadmin

import (
	"context"
	"encoding/xml"
	"strconv"
	"strings"

	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/stanza"
)

// resultSet is the page part of a request or an answer (XEP-0059).
type resultSet struct {
	XMLName xml.Name `xml:"http://jabber.org/protocol/rsm set"`
	Max     int      `xml:"max,omitempty"`
	After   string   `xml:"after,omitempty"`
	First   *struct {
		Index string `xml:"index,attr"`
	} `xml:"first"`
	Last  string `xml:"last,omitempty"`
	Count string `xml:"count,omitempty"`
}

// count returns how many items there are in all; false when the answer does
// not say, or has no set at all.
func (r *resultSet) count() (int, bool) {
	if r == nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(r.Count))
	return n, err == nil && n >= 0
}

// index returns where in the whole list the page begins; false when the
// answer does not say.
func (r *resultSet) index() (int, bool) {
	if r == nil || r.First == nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(r.First.Index))
	return n, err == nil
}

// pageSize is half of what ejabberd puts on a page at most: of a larger page
// than it allows, it silently loses the rest.
const pageSize = 50

// maxPages ends a list that a service makes longer for ever. It is enough for
// 50,000 rooms; of a longer list the rest is not known.
const maxPages = 1000

// discoItemsPaged asks for an entity's list page by page (XEP-0059). The list
// is complete if the count stayed the same from the first page to the last,
// no item came twice, and the items are as many as the count. Without a count
// it is never complete; what came is returned all the same.
func (s *session) discoItemsPaged(ctx context.Context, to jid.JID) (items []item, complete bool, err error) {
	var p pages
	for after := ""; ; {
		request := itemsQuery{Set: &resultSet{Max: pageSize, After: after}}
		var answer itemsQuery
		if err := s.query(ctx, stanza.GetIQ, to, request, &answer); err != nil {
			return nil, false, err
		}
		if !p.add(answer) {
			return p.items, p.complete(), nil
		}
		after = answer.Set.Last
	}
}

// pages puts a list together from its pages.
type pages struct {
	items []item
	taken int                // pages
	seen  map[[2]string]bool // by JID and node: names may change, they hold numbers
	total int                // what the first page said
	known bool               // it did say
	wrong bool               // the pages contradict each other
}

// add takes the next page and says whether to ask for another one.
func (p *pages) add(page itemsQuery) (more bool) {
	if p.seen == nil {
		p.seen = make(map[[2]string]bool)
		p.total, p.known = page.Set.count()
	}
	if total, ok := page.Set.count(); ok != p.known || total != p.total {
		p.wrong = true
	}
	if index, ok := page.Set.index(); ok && index != len(p.items) {
		p.wrong = true
	}
	p.taken++
	fresh := 0
	for _, it := range page.Items {
		key := [2]string{it.JID, it.Node}
		if p.seen[key] {
			p.wrong = true
			continue
		}
		p.seen[key] = true
		p.items = append(p.items, it)
		fresh++
	}
	if page.Set == nil || page.Set.Last == "" || fresh == 0 || p.taken == maxPages {
		return false
	}
	return !p.known || len(p.items) < p.total
}

func (p *pages) complete() bool {
	return p.known && !p.wrong && len(p.items) == p.total
}
