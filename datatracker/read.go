package datatracker

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// document is one thing to read: where it is asked for, and what makes an
// answer believable.
type document[T any] struct {
	name    string // as in Source
	meeting string // as in Source
	file    string // where its last good copy is kept

	first []string // path and query of the first page of each query; at least one
	list  bool     // a REST list, in pages; else each query has one answer

	// unaskable, if not nil, is why it cannot be asked for this time.
	unaskable error

	// decode validates the document as a whole.
	decode func([]page) (T, error)

	// match checks an answer against what was asked: the Datatracker ignores
	// filters that it does not know, and then returns everything. May be nil.
	match func(T) error

	// guard compares an answer with the last good copy, which is the zero T
	// when there is none. May be nil.
	guard func(before, now T) error
}

// good is a document that is believed: its content and its pages.
type good[T any] struct {
	value  T
	stored *stored
}

// reading is the document with its source, which takes the copy's times.
func (g *good[T]) reading(source Source) reading[T] {
	source.Read, source.Changed = g.stored.Read, g.stored.Changed
	source.MaxAge = g.stored.MaxAge
	return reading[T]{g.value, source}
}

// reading is a document as the poll leaves it. value is the zero T when the
// source is Missing.
type reading[T any] struct {
	value  T
	source Source
}

// known says whether there is any copy of the document.
func (r reading[T]) known() bool { return r.source.Outcome != Missing }

// read asks for a document and falls back to its last good copy. The answer
// replaces the copy only when all of it is believed. The error is about keeping
// the copy; trouble with the document goes into the Source.
func read[T any](ctx context.Context, p *poll, d document[T]) (reading[T], error) {
	source := Source{Name: d.name, Meeting: d.meeting, URL: p.client.base.String() + d.first[0], Outcome: Missing}
	last, damage := lastGood(p.client, d)
	if p.query.Offline {
		return readOffline(last, damage, source), nil
	}
	if p.query.Fresh && last != nil && last.stored.fresh(p.now()) && last.stored.answers(p.client.base.String(), d.first) {
		source.Outcome = Unchanged
		return last.reading(source), nil
	}
	p.client.announce(d.name)
	answer, outcome, err := ask(ctx, p, d, last)
	switch {
	case err == nil:
		if err := p.keep(d.file, answer.stored); err != nil {
			return reading[T]{}, err
		}
		source.Problem = damage
	case last != nil:
		answer, outcome = last, LastGood
		source.Problem = err
	case damage != nil:
		source.Problem = fmt.Errorf("%w; %w", err, damage)
		return reading[T]{source: source}, nil
	default:
		source.Problem = err
		return reading[T]{source: source}, nil
	}
	source.Outcome = outcome
	return answer.reading(source), nil
}

// keep makes an answer the last good copy, unless this poll is a trial.
func (p *poll) keep(file string, s *stored) error {
	if p.query.Trial {
		return nil
	}
	return p.client.cache.store(file, s)
}

// readOffline is read without asking. That nobody asked is no problem, but that
// there is no copy is one. last is nil then, and damage may say why.
func readOffline[T any](last *good[T], damage error, source Source) reading[T] {
	switch {
	case last != nil:
		source.Outcome = LastGood
		return last.reading(source)
	case damage != nil:
		source.Problem = damage
	default:
		source.Problem = fmt.Errorf("%s was not read yet", source.Name)
	}
	return reading[T]{source: source}
}

// lastGood loads a document's last good copy; nil when there is none. A copy
// that cannot be used is none, and the error says why.
func lastGood[T any](c *Client, d document[T]) (*good[T], error) {
	last, err := c.cache.load(d.file)
	if err != nil || last == nil {
		return nil, err
	}
	if other := last.Pages[0].URL; !strings.HasPrefix(other, c.base.String()+"/") {
		return nil, fmt.Errorf("the last good copy of %s is of another Datatracker: %s", d.name, other)
	}
	value, err := d.decode(last.Pages)
	if err != nil {
		return nil, fmt.Errorf("the last good copy of %s is damaged: %w", d.name, err)
	}
	return &good[T]{value, last}, nil
}

// ask fetches a document and returns it if it is believed. last may be nil.
func ask[T any](ctx context.Context, p *poll, d document[T], last *good[T]) (*good[T], Outcome, error) {
	if d.unaskable != nil {
		return nil, Missing, fmt.Errorf("reading %s: %w", d.name, d.unaskable)
	}
	var before T
	var kept *stored
	if last != nil {
		before, kept = last.value, last.stored
	}
	asked := p.now()
	limited, cancel := p.patience.limit(ctx, p.client.requestTimeout)
	fresh, unchanged, err := fetch(limited, p.client, d.first, d.list, kept)
	cancel()
	p.patience.note(err)
	if err != nil {
		return nil, Missing, fmt.Errorf("reading %s: %w", d.name, err)
	}
	fresh.Name, fresh.Read = d.name, asked // an age counts from the request (RFC 9111 section 4.2.3)
	fresh.Changed = changed(fresh, kept)
	if unchanged {
		return &good[T]{before, fresh}, Unchanged, nil // it was checked when it was new
	}
	now, err := d.decode(fresh.Pages)
	if err == nil && d.match != nil {
		err = d.match(now)
	}
	if err != nil {
		return nil, Missing, fmt.Errorf("reading %s from %s: %w", d.name, fresh.Pages[0].URL, err)
	}
	if d.guard != nil {
		if err := d.guard(before, now); err != nil {
			return nil, Missing, err // a *LimitError names what it is about
		}
	}
	return &good[T]{now, fresh}, Fresh, nil
}

// fetch gets all pages of a document. unchanged says that they are those of
// the last good copy, which may be nil.
func fetch(ctx context.Context, c *Client, first []string, list bool, last *stored) (fresh *stored, unchanged bool, err error) {
	fresh = &stored{}
	unchanged = last != nil
	for _, path := range first {
		next, err := c.base.Parse(path)
		if err != nil {
			return nil, false, fmt.Errorf("address of the query: %w", err)
		}
		pages := &pager{first: next}
		for next != nil {
			got, err := c.get(ctx, next.String(), last.page(next.String()))
			if err != nil {
				return nil, false, err
			}
			unchanged = unchanged && got.notModified
			fresh.Pages = append(fresh.Pages, got.page)
			fresh.MaxAge = max(fresh.MaxAge, got.maxAge)
			if !list {
				break
			}
			at := next
			if _, next, err = pages.add(got.page.Body); err != nil {
				return nil, false, fmt.Errorf("%s: %w", at, err)
			}
		}
	}
	unchanged = unchanged && len(fresh.Pages) == len(last.Pages)
	if unchanged && fresh.MaxAge == 0 {
		fresh.MaxAge = last.MaxAge // a 304 need not repeat it
	}
	return fresh, unchanged, nil
}

// changed dates a document: Last-Modified when every page has one, else the
// time when these bytes were first seen.
func changed(fresh, last *stored) time.Time {
	if t, ok := lastModified(fresh.Pages); ok {
		return t
	}
	same := last != nil && len(last.Pages) == len(fresh.Pages)
	for i := 0; same && i < len(fresh.Pages); i++ {
		same = bytes.Equal(fresh.Pages[i].Body, last.Pages[i].Body)
	}
	if same {
		return last.Changed
	}
	return fresh.Read
}

// lastModified is the newest Last-Modified, if all pages have one.
func lastModified(pages []page) (newest time.Time, ok bool) {
	for _, pg := range pages {
		t, err := http.ParseTime(pg.LastModified)
		if err != nil {
			return time.Time{}, false
		}
		if t.After(newest) {
			newest = t
		}
	}
	return newest, true
}
