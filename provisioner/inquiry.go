package provisioner

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// What is asked of the web servers that keep the logs is bounded.
const (
	checksAtOnce = 8           // requests at a time
	checkingFor  = time.Minute // all of them together
	checksInVain = 8           // failures of one host in a row, after which it is left alone
)

// inquiry asks web servers for pages of logs.
type inquiry struct {
	archives Archives

	mu    sync.Mutex // guards the rest
	done  int
	found map[string]bool // by URL: the definite answers
	hosts map[string]*logHost
}

// logHost is what one web server has answered so far.
type logHost struct {
	unknown int   // pages without a definite answer
	inVain  int   // requests without one, since the last that had one
	err     error // of the first such request; nil: there was no time to ask
}

// run asks for the pages, several at a time.
func (q *inquiry) run(ctx context.Context, urls []string, step func(done, of int)) {
	ctx, cancel := context.WithTimeout(ctx, checkingFor)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(checksAtOnce)
	for _, u := range urls {
		g.Go(func() error {
			q.ask(ctx, u)
			q.mu.Lock()
			defer q.mu.Unlock()
			q.done++
			step(q.done, len(urls))
			return nil
		})
	}
	g.Wait() // the goroutines keep what they learn in q
}

// ask asks for one page, unless its host has not answered for some time.
func (q *inquiry) ask(ctx context.Context, page string) {
	name := hostOf(page)
	q.mu.Lock()
	host := q.hosts[name]
	if host == nil {
		host = &logHost{}
		q.hosts[name] = host
	}
	leave := host.inVain >= checksInVain || ctx.Err() != nil
	if leave {
		host.unknown++
	}
	q.mu.Unlock()
	if leave {
		return
	}

	found, err := q.archives.Exists(ctx, page)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err == nil {
		q.found[page] = found
		host.inVain = 0
		return
	}
	host.unknown++
	host.inVain++
	if host.err == nil {
		host.err = err
	}
}

// problems tells which hosts left something unknown.
func (q *inquiry) problems() []Problem {
	var list []Problem
	for _, name := range slices.Sorted(maps.Keys(q.hosts)) {
		host := q.hosts[name]
		if host.unknown == 0 {
			continue
		}
		why := "there was no time to ask"
		if host.err != nil {
			why = host.err.Error()
		}
		list = append(list, Problem{Text: fmt.Sprintf(
			"pages of logs at %s that could not be checked: %d; links to them stay as they were: %s", name, host.unknown, why)})
	}
	return list
}

// hostOf is the host in an address, for people.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
