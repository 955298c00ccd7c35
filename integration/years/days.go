package years

import (
	"fmt"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/faults"
	"roomctl/provisioner"
)

// goodDay: everything answers. One full sync does all there is to do; a plan after it, and now and then a sync, finds
// nothing left.
func (s *simulation) goodDay() error {
	var o provisioner.Options
	if len(s.refused) > 0 && s.rng.IntN(2) == 0 {
		o.Allow = s.refused
		s.tell("a person allows %v", o.Allow)
	}
	run, err := s.sync(fmt.Sprintf("sync, allowing %v", o.Allow), o, "")
	if err != nil {
		return err
	}
	s.check(run, s.clean())
	s.ledger.settle(s.oracle, s.history.names)
	s.refused = nil
	for _, w := range run.report.Withheld {
		s.counts["withheld by "+w.Rule]++
		if !w.Deferred() {
			s.refused = append(s.refused, w.Rule)
		}
	}
	s.counts["syncs"]++

	plan, err := s.house.Plan(s.ctx, o)
	if err != nil {
		return err
	}
	again := run
	again.what, again.report = "a plan after the sync", plan
	s.violated("what was done is not planned again", again, plannedOf(plan, run.report))
	if s.step%5 != 0 {
		return nil
	}
	again, err = s.sync("a second sync", o, "")
	if err != nil {
		return err
	}
	s.check(again, s.clean())
	s.violated("what was done is not planned again", again, plannedOf(again.report, run.report))
	if len(run.report.Withheld) == 0 {
		s.violated("a sync with nothing to do writes nothing", again, append(again.writes, again.report.Published...))
	}
	return nil
}

// plannedOf lists what a plan has, without what a guard withheld the last time: one that counts shares of the rooms that are
// ours may let it pass when rooms were made since.
func plannedOf(r, before *provisioner.Report) []string {
	var list []string
	for _, c := range r.Changes {
		if withheld(before, c.Room) != "" {
			continue
		}
		list = append(list, fmt.Sprintf("%s %s %+v", c.Verb, c.Room, c.Fields))
	}
	return list
}

// anyDay: roomctl runs while something is wrong, or in a hurry, or while a person has paused it, or not at all.
func (s *simulation) anyDay() error {
	switch n := s.rng.IntN(20); {
	case n < 7 && len(s.options.Faults) > 0:
		return s.badDay()
	case n < 11:
		_, err := s.sync("sync --quick", provisioner.Options{Quick: true}, "")
		return err
	case n < 12:
		return s.pausedDay()
	}
	return nil
}

// badDay: something is wrong while roomctl runs.
func (s *simulation) badDay() error {
	scene, ok := s.scene()
	if !ok {
		return nil
	}
	fault := s.options.Faults[s.rng.IntN(len(s.options.Faults))]
	s.tell("a bad day: %s (room %s, IETF %s)", fault.Name, scene.Room, scene.Meeting)
	stop := fault.Start(s.t, scene)
	_, err := s.sync("sync", provisioner.Options{Quick: fault.Quick || s.rng.IntN(3) == 0}, fault.Name)
	stop()
	s.counts["bad days"]++
	return err
}

// pausedDay: a person has paused roomctl.
func (s *simulation) pausedDay() error {
	s.tell("a person pauses roomctl")
	s.house.Paused = true
	run, err := s.sync("sync under a pause", provisioner.Options{}, "")
	s.house.Paused = false
	if err == nil {
		s.violated("nothing is written under a pause", run, run.writes)
	}
	return err
}

// scene is where a fault hits: at the current meeting, and a group that has a session there.
func (s *simulation) scene() (scene faults.Scene, ok bool) {
	scene.House = s.house
	s.house.Update(s.t, func(w *datatrackertest.World) {
		for _, m := range coming(w, s.house.Now()) {
			if m.Type != "ietf" {
				scene.Interim = m.Number
				continue
			}
			scene.Meeting = m.Number
			for _, i := range s.rng.Perm(len(m.Sessions)) {
				if session := m.Sessions[i]; session.Group != nil && meets(session.Group) && session.ChatRoom == "" {
					scene.Acronym, scene.Room = session.Group.Acronym, s.oracle.room(session.Group.Acronym)
				}
			}
		}
	})
	return scene, scene.Room != "" && scene.Meeting != ""
}
