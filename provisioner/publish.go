package provisioner

import (
	"context"
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
	done, err := agenda.Publish(p.Tree, pub)
	for _, path := range done.Changed {
		if !slices.Contains(p.report.Published, path) {
			p.report.Published = append(p.report.Published, path)
		}
	}
	return join(err, record(ctx, func(ctx context.Context) error {
		return p.Registry.Update(ctx, func(reg *registry.Writer) error {
			return p.setPublished(ctx, reg, done, err == nil, events)
		})
	}))
}

// setPublished records the links and the calendar events of the meetings whose
// files are in place. A killed run leaves files without a record: the next one
// finds the same changes again, and makes the same files but for their times. A
// meeting whose links are withheld keeps its files; its events stand in the
// calendars of rooms all the same, so they count once everything is in place.
func (p *publisher) setPublished(ctx context.Context, reg *registry.Writer, done agenda.Published, whole bool, events map[string]map[int]registry.Event) error {
	for _, m := range p.report.Meetings {
		placed := slices.Contains(done.Meetings, m.Number)
		if placed {
			if err := reg.SetLinks(ctx, m.Number, m.Links); err != nil {
				return err
			}
		}
		if placed || whole && m.Withheld != nil {
			if err := reg.SetEvents(ctx, m.Number, events[m.Number]); err != nil {
				return err
			}
		}
	}
	return nil
}
