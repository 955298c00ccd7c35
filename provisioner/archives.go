package provisioner

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// Archives is what publishing needs of the web servers that keep the logs.
type Archives interface {
	// Exists says whether there is a page at url. An error means that this is
	// not known, which is neither.
	Exists(ctx context.Context, url string) (bool, error)
}

const (
	// A page that is there hardly ever goes; one that is not appears with the
	// first word that is said.
	foundFor   = 24 * time.Hour
	missingFor = time.Hour

	// forgetAfter is how long it is kept that a page is not there, when nothing
	// asks for it. One that was found stays known: a past meeting that is
	// published again must not lose its logs because nobody answers just then.
	forgetAfter = 90 * 24 * time.Hour
)

// roomLink is what is published about a room. Its logs are those of all days.
func (p *publisher) roomLink(room string) agenda.SessionLink {
	link := p.patternLink(room, time.Time{})
	link.ArchiveURL = p.shown(link.ArchiveURL)
	return link
}

// sessionLink is what is published about a session's room. The logs of the
// session's own day begin with the session.
func (p *publisher) sessionLink(room string, start, now time.Time) agenda.SessionLink {
	link := p.patternLink(room, start)
	if start.After(now) && link.ArchiveURL != p.patternLink(room, time.Time{}).ArchiveURL {
		link.ArchiveURL = ""
	}
	link.ArchiveURL = p.shown(link.ArchiveURL)
	return link
}

// patternLink is a link as the patterns give it.
func (p *publisher) patternLink(room string, day time.Time) agenda.SessionLink {
	return p.Patterns.Link(room, p.Rules.JID(room), p.known.Rooms[room].Verified.LogsURL, day)
}

// shown is the address of a page of logs that may be shown: one that is known
// to be there. Where nobody checks, all may.
func (p *publisher) shown(archive string) string {
	if p.Archives == nil || p.known.Archives[archive].Found {
		return archive
	}
	return ""
}

// lastArchives are the logs of each room's last session that has any.
func lastArchives(meetings []agenda.Meeting) map[string]string {
	urls, starts := map[string]string{}, map[string]time.Time{}
	for _, m := range meetings {
		for _, s := range m.Sessions {
			if room := s.Link.Room; s.Link.ArchiveURL != "" && s.Start.After(starts[room]) {
				urls[room], starts[room] = s.Link.ArchiveURL, s.Start
			}
		}
	}
	return urls
}

// wantedArchives are the pages of logs that would be shown if they are there:
// every room's, and those of every linked session that has begun. True marks
// those that people look for now: of the sessions of the last day.
func (p *publisher) wantedArchives(now time.Time) map[string]bool {
	wanted := map[string]bool{}
	for room := range p.known.Rooms {
		wanted[p.patternLink(room, time.Time{}).ArchiveURL] = false
	}
	for _, l := range p.report.Meetings {
		m, _ := meeting(p.snap, l.Number)
		if m.Agenda == nil {
			continue
		}
		for _, s := range m.Agenda.Sessions {
			if room := l.Links[s.SessionID]; room != "" && !s.Start.After(now) {
				archive := p.patternLink(room, s.Start).ArchiveURL
				wanted[archive] = wanted[archive] || now.Sub(s.Start) < 24*time.Hour
			}
		}
	}
	delete(wanted, "")
	return wanted
}

// due says whether a page is to be asked for again: one that was not there and
// that people look for now, in every run. An answer from the future (the clock
// was set back) is none.
func due(a registry.Archive, looked bool, now time.Time) bool {
	age := now.Sub(a.Checked)
	if a.Found {
		return age >= foundFor || age < 0
	}
	return looked || age >= missingFor || age < 0
}

// checkArchives asks which pages of logs are there, once in a run, and writes
// the answers down. What cannot be found out stays as it was, and is told but
// no failure: the rooms are right all the same.
func (w *work) checkArchives(ctx context.Context, now time.Time) error {
	if w.Archives == nil || w.checked {
		return nil
	}
	w.checked = true
	wanted := w.wantedArchives(now)
	var urls []string
	for u, looked := range wanted {
		if due(w.known.Archives[u], looked, now) {
			urls = append(urls, u)
		}
	}
	// In random order, so that a few that never answer do not keep the others
	// from being asked run after run.
	rand.Shuffle(len(urls), func(i, j int) { urls[i], urls[j] = urls[j], urls[i] })
	q := &inquiry{archives: w.Archives, found: map[string]bool{}, hosts: map[string]*logHost{}}
	q.run(ctx, urls, func(done, of int) { w.progress("checking logs", done, of) })
	w.report.Problems = append(w.report.Problems, q.problems()...)

	if err := w.setArchives(ctx, wanted, q.found, now); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("checking logs: %w", context.Cause(ctx))
	}
	return nil
}

// setArchives records the answers, and drops what was not there and nobody
// asked for in a long time.
func (w *work) setArchives(ctx context.Context, wanted, found map[string]bool, now time.Time) error {
	return registry.Persist(ctx, func(ctx context.Context) error {
		err := w.Registry.Update(ctx, func(reg *registry.Writer) error {
			for u, a := range w.known.Archives {
				if _, asked := wanted[u]; !a.Found && !asked && now.Sub(a.Checked) > forgetAfter {
					if err := reg.ForgetArchive(ctx, u); err != nil {
						return err
					}
				}
			}
			for u, is := range found {
				if err := reg.SetArchive(ctx, u, registry.Archive{Checked: now, Found: is}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		w.known, err = w.Registry.Load(ctx)
		return err
	})
}
