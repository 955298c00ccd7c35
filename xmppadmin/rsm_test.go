package xmppadmin

import (
	"fmt"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestPages(t *testing.T) {
	page := func(index, first, n int, count string) itemsQuery {
		q := itemsQuery{Set: &resultSet{Count: count}}
		for i := range n {
			q.Items = append(q.Items, item{JID: fmt.Sprintf("room%d@c", first+i), Name: fmt.Sprintf("room (%d)", index)})
		}
		if n > 0 {
			q.Set.Last = q.Items[n-1].JID
			q.Set.First = &struct {
				Index string `xml:"index,attr"`
			}{fmt.Sprint(index)}
		}
		return q
	}
	for _, c := range []struct {
		name     string
		pages    []itemsQuery
		items    int
		complete bool
	}{
		{"no rooms", []itemsQuery{page(0, 0, 0, "0")}, 0, true},
		{"one page", []itemsQuery{page(0, 0, 3, "3")}, 3, true},
		{"two pages", []itemsQuery{page(0, 0, 2, "3"), page(2, 2, 1, "3")}, 3, true},
		{"no count", []itemsQuery{page(0, 0, 2, ""), page(2, 2, 0, "")}, 2, false},
		{"a count that is no number", []itemsQuery{page(0, 0, 2, "many"), page(2, 2, 0, "many")}, 2, false},
		{"no set at all", []itemsQuery{{Items: page(0, 0, 3, "").Items}}, 3, false},
		{"nothing at all, as ejabberd answers above its limit", []itemsQuery{{}}, 0, false},
		{"cut short", []itemsQuery{page(0, 0, 2, "4"), page(2, 2, 0, "4")}, 2, false},
		{"a page that repeats", []itemsQuery{page(0, 0, 2, "4"), page(0, 0, 2, "4")}, 2, false},
		{"a page that overlaps", []itemsQuery{page(0, 0, 2, "4"), page(1, 1, 2, "4"), page(3, 3, 1, "4")}, 4, false},
		{"a page that is missing", []itemsQuery{page(0, 0, 2, "4"), page(3, 3, 2, "4")}, 4, false},
		{"a count that changes", []itemsQuery{page(0, 0, 2, "4"), page(2, 2, 2, "5")}, 4, false},
		{"more than was promised", []itemsQuery{page(0, 0, 3, "2")}, 3, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p pages
			for i, page := range c.pages {
				if more := p.add(page); more != (i < len(c.pages)-1) {
					t.Errorf("after page %d, asks for more: %v", i+1, more)
				}
			}
			if len(p.items) != c.items || p.complete() != c.complete {
				t.Errorf("%d items, complete: %v; want %d, %v", len(p.items), p.complete(), c.items, c.complete)
			}
		})
	}
}

func TestAListThatDoesNotEndIsGivenUp(t *testing.T) {
	for _, count := range []string{"", "2147483647"} {
		var p pages
		for n := range 100_000 {
			room := fmt.Sprintf("room%d@c", n)
			page := itemsQuery{Items: []item{{JID: room}}, Set: &resultSet{Count: count, Last: room}}
			if !p.add(page) {
				break
			}
		}
		if n := len(p.items); n == 100_000 || p.complete() {
			t.Errorf("count %q: %d pages were taken, complete: %v", count, n, p.complete())
		}
	}
}

func TestListingOverTheWire(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     xmpptest.Kind
		damage   xmpptest.Damage
		items    int
		complete bool
	}{
		{"ejabberd, in pages", xmpptest.Ejabberd, xmpptest.Whole, 130, true},
		{"ejabberd, half of each page lost", xmpptest.Ejabberd, xmpptest.Short, 65, false},
		{"ejabberd, the same page again and again", xmpptest.Ejabberd, xmpptest.Repeated, 50, false},
		{"ejabberd, nothing", xmpptest.Ejabberd, xmpptest.Empty, 0, false},
		{"a XEP-0045 service, in pages", xmpptest.Generic, xmpptest.Whole, 130, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, xmpptest.Options{Kind: c.kind})
			makeRooms(srv, 130)
			srv.Fault(xmpptest.Fault{Namespace: nsDiscoItems, Listing: c.damage})
			s := loginTo(t, plainOptions(srv))
			items, complete, err := s.discoItemsPaged(t.Context(), address(t, "conference.localhost"))
			if err != nil || len(items) != c.items || complete != c.complete {
				t.Errorf("%d items, complete: %v, %v; want %d, %v", len(items), complete, err, c.items, c.complete)
			}
		})
	}
}

func TestPlainListing(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	makeRooms(srv, 3)
	s := loginTo(t, plainOptions(srv))
	items, complete, err := s.discoItems(t.Context(), address(t, "conference.localhost"), "")
	if err != nil || len(items) != 3 || !complete {
		t.Errorf("%v, complete: %v, %v", items, complete, err)
	}
}
