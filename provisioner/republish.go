package provisioner

import (
	"context"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
)

// Republish publishes again what the registry and the last good copies say: the
// links by the rooms as they were last verified, the logs that were last found.
// It neither asks the chat server nor the web servers that keep logs; whether
// the Datatracker is asked is up to the planner's Poller. The files are those of
// the last sync, unless the configuration or the program has changed.
//
// Under a pause it publishes nothing. The report has no changes; otherwise it, and
// the error, are as Sync's.
func (s *Syncer) Republish(ctx context.Context) (report *Report, err error) {
	began := s.Now()
	run, err := s.Registry.BeginRun(ctx, registry.Run{Command: commandPublish, Began: began})
	if err != nil {
		return nil, err
	}
	var snap *datatracker.Snapshot
	defer func() { err = s.end(ctx, ending{run, commandPublish, began, snap, report, err}) }()

	known, err := s.Registry.Load(ctx)
	if err != nil {
		return nil, err
	}
	snap, err = s.Poll(ctx, known, Options{})
	if err != nil {
		return nil, err
	}
	desired := Desire(snap, known, s.Rules)
	p := publisher{
		Syncer: s, known: known, before: s.linksBefore(known, desired),
		snap: snap, desired: desired, observed: &Observed{},
		report: s.report(began, snap, Guarded{}, known),
	}
	if s.Paused != nil {
		if by, is := s.Paused(); is { // it may have come while this run waited for the lock
			p.report.Pause(by)
			p.report.Ended = s.Now()
			return p.report, nil
		}
	}
	p.link(nil, began)
	err = p.put(ctx, began)
	p.report.conclude(p.desired, &Plan{}, s.Now())
	return p.report, err
}
