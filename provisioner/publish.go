package provisioner

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
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

// linksBefore are the links that are published when a run begins. Of a meeting of
// which the registry has none, as it was lost perhaps, its published agenda tells:
// no link goes because nobody remembers it.
func (s *Syncer) linksBefore(known *registry.State, d *Desired) map[string]map[int]string {
	links := maps.Clone(known.Links)
	for _, m := range d.Meetings {
		if len(links[m.Number]) == 0 {
			links[m.Number] = publishedLinks(s.Tree, m.Number, s.Rules.MUC)
		}
	}
	return links
}

// publishedLinks are the rooms of the sessions in a published agenda, by session
// id; none when there is no such file, or none that can be read.
func publishedLinks(t *agenda.Tree, meeting, muc string) map[int]string {
	var document map[string]json.RawMessage
	var objects []struct {
		Session int    `json:"session_id"`
		JID     string `json:"chat_jid"`
	}
	text, err := t.Get("meeting/" + meeting + "/agenda.json")
	if err != nil || json.Unmarshal(text, &document) != nil || json.Unmarshal(document[meeting], &objects) != nil {
		return nil
	}
	links := map[int]string{}
	for _, o := range objects {
		if room, ours := strings.CutSuffix(o.JID, "@"+muc); ours && ValidName(room) {
			links[o.Session] = room
		}
	}
	return links
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
	p.report.Slots, p.report.Blind = Slots(p.snap, p.report.Meetings), blind(p.snap)
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
	return join(err, registry.Persist(ctx, func(ctx context.Context) error {
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
