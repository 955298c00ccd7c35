package provisioner

import (
	"context"
	"maps"
	"slices"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// publisher is what publishing goes by. A sync has it, and so has a run that
// does nothing but publish.
type publisher struct {
	*Syncer
	known    *registry.State
	before   map[string]map[int]string // the links when the run began
	snap     *datatracker.Snapshot
	desired  *Desired
	observed *Observed // empty when the chat server was not asked
	report   *Report
}

// link decides which sessions link to their rooms. The links are compared with
// those of before the run, so that a second time in one run tells the same
// story.
func (p *publisher) link(allow []string, now time.Time) {
	linked := *p.known
	linked.Links = p.before
	p.report.Meetings = nil
	for _, m := range p.desired.Meetings {
		p.report.Meetings = append(p.report.Meetings, linkSessions(m, &linked, p.Rules, allow, now))
	}
}

// put writes what changed, and records what is in place then.
func (p *publisher) put(ctx context.Context, now time.Time) error {
	p.progress("publishing", 0, 0)
	trail, err := p.Registry.Changes(ctx, registry.ChangeFilter{Verbs: newsworthy()})
	if err != nil {
		return err
	}
	slices.Reverse(trail) // oldest first
	pub, events := p.publication(news(trail), now)
	if err := p.foretell(ctx, events); err != nil {
		return err
	}
	done, err := agenda.Publish(p.Tree, pub)
	for _, path := range done.Changed {
		if !slices.Contains(p.report.Published, path) {
			p.report.Published = append(p.report.Published, path)
		}
	}
	return join(err, record(ctx, func(ctx context.Context) error {
		return p.Registry.Update(ctx, func(reg *registry.Writer) error {
			return p.setLinks(ctx, reg, done)
		})
	}))
}

// foretell records, before any file has them, the calendar events and which rooms
// are linked: a run that gets no further, or is killed, is followed by one that
// makes the same files, and no room that was linked counts as one that never was.
func (p *publisher) foretell(ctx context.Context, events map[string]map[int]registry.Event) error {
	defer maps.Copy(p.known.Events, events) // a run may publish twice
	return p.Registry.Update(ctx, func(reg *registry.Writer) error {
		for meeting, now := range events {
			if maps.Equal(now, p.known.Events[meeting]) {
				continue
			}
			if err := reg.SetEvents(ctx, meeting, now); err != nil {
				return err
			}
		}
		for _, m := range p.report.Meetings {
			for _, room := range m.Links {
				if p.known.Rooms[room].Linked {
					continue
				}
				if err := reg.SetLinked(ctx, room); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// setLinks records the links of the meetings whose files are in place. A killed
// run leaves files without a record: the next one finds the same links again.
func (p *publisher) setLinks(ctx context.Context, reg *registry.Writer, done agenda.Published) error {
	for _, m := range p.report.Meetings {
		if !slices.Contains(done.Meetings, m.Number) {
			continue
		}
		if err := reg.SetLinks(ctx, m.Number, m.Links); err != nil {
			return err
		}
	}
	return nil
}
