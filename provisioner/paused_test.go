package provisioner

import (
	"sync"
	"sync/atomic"
	"testing"

	"roomctl/provisioner/pause"
)

func TestABrakeStaysOn(t *testing.T) {
	var paused atomic.Bool
	b := &brake{paused: func() (pause.Pause, bool) { return pause.Pause{Why: "first"}, paused.Load() }}
	if _, stopped := b.was(); b.on() || stopped {
		t.Error("it is on before anybody pauses")
	}
	paused.Store(true)
	var g sync.WaitGroup
	for range 8 {
		g.Add(1)
		go func() {
			defer g.Done()
			if !b.on() {
				t.Error("it is not on")
			}
		}()
	}
	g.Wait()
	paused.Store(false) // somebody resumes
	if p, stopped := b.was(); !b.on() || !stopped || p.Why != "first" {
		t.Errorf("resumed, it is on: %v, by %v", b.on(), p)
	}
	if (&brake{}).on() {
		t.Error("it is on where nobody can pause")
	}
}

func TestWhatAPauseWithholds(t *testing.T) {
	report := func() *Report {
		return &Report{
			Changes: append(many(Create, 2), many(Retire, 1)...),
			Results: []Result{{Change: many(Create, 1)[0]}},
			Datatracker: &DatatrackerReport{
				Differences: []Difference{{Session: 1, Room: "a", Planned: true}, {Session: 2, Room: "b", Planned: true}, {Session: 3, Room: "c"}},
				Results:     []WriteResult{{Difference: Difference{Session: 1}}},
			},
		}
	}
	tests := []struct {
		name  string
		pause pause.Pause
		held  int
	}{
		{"with an end it defers", pause.Pause{Since: noon, Until: noon.Add(1)}, 0},
		{"without one it withholds", pause.Pause{Since: noon}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := report()
			r.Pause(test.pause)
			w := r.Withheld[0]
			if w.Rule != RulePause || w.Allow != "roomctl resume" || !w.Until.Equal(test.pause.Until) || r.Held() != test.held {
				t.Errorf("withheld %+v, %d held", w, r.Held())
			}
			if len(r.Changes) != 1 || len(w.Changes) != 3 || w.Changes[2].Verb != WriteChatRoom || w.Changes[2].Room != "b" {
				t.Errorf("changes %v, withheld %v", r.Changes, w.Changes)
			}
			if r.Datatracker.Pending() != 1 || !r.Paused() {
				t.Errorf("%d writes planned, paused %v", r.Datatracker.Pending(), r.Paused())
			}
		})
	}
	t.Run("it is told when there is nothing to do", func(t *testing.T) {
		r := &Report{}
		r.Pause(pause.Pause{Since: noon})
		if !r.Paused() || r.Held() != 1 {
			t.Errorf("withheld %+v", r.Withheld)
		}
	})
}
