package datatracker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// maxPages is far above what any list needs.
const maxPages = 100

// envelope is tastypie's list format. next is a path without host.
type envelope struct {
	Meta *struct {
		Next       *string `json:"next"`
		Offset     *int    `json:"offset"`
		TotalCount *int    `json:"total_count"`
	} `json:"meta"`
	Objects []json.RawMessage `json:"objects"`
}

// pager follows one query through its pages. The Datatracker pages by offset
// over a live database, so a row made or removed meanwhile shifts the others:
// the pages must fit each other, or the list is not believed.
type pager struct {
	first *url.URL
	rows  int // seen so far
	total int // total_count, the same on every page
	pages int
}

// add checks the next page and returns its rows and the URL of the page after
// it, which is nil after the last one.
func (p *pager) add(body []byte) ([]json.RawMessage, *url.URL, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, nil, fmt.Errorf("the answer is cut short or not a list: %w", err)
	}
	if e.Meta == nil || e.Meta.Offset == nil || e.Meta.TotalCount == nil || e.Objects == nil {
		return nil, nil, errors.New("the answer is not a list: meta.offset, meta.total_count or objects is missing")
	}
	if p.pages == 0 {
		p.total = *e.Meta.TotalCount
	}
	p.pages++
	if *e.Meta.TotalCount != p.total {
		return nil, nil, fmt.Errorf("the list changed while it was read: total_count was %d and is %d on page %d", p.total, *e.Meta.TotalCount, p.pages)
	}
	if *e.Meta.Offset != p.rows {
		return nil, nil, fmt.Errorf("page %d starts at row %d instead of %d", p.pages, *e.Meta.Offset, p.rows)
	}
	p.rows += len(e.Objects)
	if e.Meta.Next == nil {
		if p.rows != p.total {
			return nil, nil, fmt.Errorf("the list is incomplete: %d rows came, total_count is %d", p.rows, p.total)
		}
		return e.Objects, nil, nil
	}
	if len(e.Objects) == 0 || p.rows >= p.total || p.pages >= maxPages {
		return nil, nil, fmt.Errorf("the list does not end: page %d names a next page after %d of %d rows", p.pages, p.rows, p.total)
	}
	next, err := p.follow(*e.Meta.Next)
	if err != nil {
		return nil, nil, fmt.Errorf("next page after page %d: %w", p.pages, err)
	}
	return e.Objects, next, nil
}

// follow resolves meta.next. It must be the same query on the same host, going
// on where this page ends.
func (p *pager) follow(next string) (*url.URL, error) {
	u, err := p.first.Parse(next)
	if err != nil {
		return nil, err
	}
	if u.Scheme != p.first.Scheme || u.Host != p.first.Host || u.Path != p.first.Path {
		return nil, fmt.Errorf("%q is not the list that was asked for", next)
	}
	got, asked := u.Query(), p.first.Query()
	for name, values := range asked {
		if name != "limit" && !slices.Equal(got[name], values) {
			return nil, fmt.Errorf("%q lost the filter %s", next, name)
		}
	}
	if got.Get("offset") != strconv.Itoa(p.rows) {
		return nil, fmt.Errorf("%q does not go on at row %d", next, p.rows)
	}
	return u, nil
}

// listRows puts the rows of the pages of one or more queries together. The
// page after a query's last one is the first of the next query.
func listRows(pages []page) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	var current *pager
	for _, pg := range pages {
		if current == nil {
			first, err := url.Parse(pg.URL)
			if err != nil {
				return nil, fmt.Errorf("address of a page: %w", err)
			}
			current = &pager{first: first}
		}
		more, next, err := current.add(pg.Body)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		if next == nil {
			current = nil
		}
	}
	if current != nil {
		return nil, errors.New("the last page is missing")
	}
	return rows, nil
}
