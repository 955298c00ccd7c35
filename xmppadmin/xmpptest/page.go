package xmpptest

import (
	"slices"
	"strconv"
	"strings"
)

// ejabberdPage is max_rooms_discoitems of ejabberd: no page is longer.
const ejabberdPage = 100

// page cuts one result page out of a sorted list (XEP-0059) and returns it
// with its <set/>.
func (t *turn) page(rooms []*Room, set *element) ([]*Room, *element) {
	count := len(rooms)
	limit, ok := number(set.child(nsRSM, "max"))
	if !ok {
		limit = ejabberdPage
	}
	start, end := t.bounds(rooms, set, limit)
	page := rooms[start:end]
	reply := el(nsRSM, "set", el(nsRSM, "count").say(strconv.Itoa(count)))
	if len(page) == 0 {
		return nil, reply
	}
	first := el(nsRSM, "first").say(page[0].Name)
	if t.s.opts.Kind == Generic {
		first.with("index", strconv.Itoa(start))
	}
	reply.add(first, el(nsRSM, "last").say(page[len(page)-1].Name))
	if t.s.opts.Kind == Ejabberd && len(page) > ejabberdPage {
		// ejabberd shows a hundred at most and still names the last of those
		// asked for: whoever asks for more loses rooms without a word.
		page = page[:ejabberdPage]
	}
	return page, reply
}

// bounds finds the page between the names that the request gives.
func (t *turn) bounds(rooms []*Room, set *element, limit int) (start, end int) {
	position := func(name string) (int, bool) {
		return slices.BinarySearchFunc(rooms, name, func(r *Room, name string) int { return strings.Compare(r.Name, name) })
	}
	start, end = 0, len(rooms)
	if before := set.child(nsRSM, "before"); before != nil {
		if before.text != "" {
			end, _ = position(before.text)
		}
		return max(0, end-limit), end
	}
	if after := set.child(nsRSM, "after"); after != nil && t.fault.listing != Repeated {
		at, found := position(after.text)
		start = at
		if found {
			start = at + 1
		}
	}
	return start, min(end, start+limit)
}

// number reads a non-negative number; false when there is none.
func number(e *element) (int, bool) {
	if e == nil {
		return 0, false
	}
	n, err := strconv.Atoi(e.text)
	if err != nil || n < 0 {
		return 0, false
	}
	return min(n, 1<<20), true
}
