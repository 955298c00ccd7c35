// Package matrix tries every fault of package faults at every moment of roomctl's life: on its first day, in its steady
// state, and in the middle of an IETF meeting. Whatever goes wrong, no room is retired, closed, destroyed or lost, no
// session loses its link, one line says what is wrong, and what the fault does not concern goes on.
package matrix

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// A Target is a chat service to try the faults on.
type Target struct {
	// Chat is the service for one house: of its rooms, those count whose names have the end.
	Chat   func(t testing.TB, suffix string) house.Chat
	Faults []faults.Fault
}

// patience is how long one run may take.
const patience = 2 * time.Minute

// Run tries all the faults, each in a subtest, and logs a table.
func Run(t *testing.T, target Target) {
	var table table
	t.Cleanup(func() { t.Log(table.String()) })
	t.Run("first sync", func(t *testing.T) {
		t.Parallel()
		all := newVillage(t, target, "-all").makeAll(t)
		for i, f := range target.Faults {
			t.Run(f.Name, func(t *testing.T) {
				defer table.enter(f.Name, "first sync", t)
				newVillage(t, target, fmt.Sprintf("-f%d", i)).firstSync(t, f, all)
			})
		}
	})
	for _, moment := range []struct {
		name, suffix string
		day          int // of the meeting; 0: before it
	}{{"steady state", "-s", 0}, {"mid-meeting", "-m", 3}} {
		t.Run(moment.name, func(t *testing.T) {
			t.Parallel()
			v := newVillage(t, target, moment.suffix)
			v.settle(t)
			if moment.day > 0 {
				v.house.Travel(v.meeting.AddDate(0, 0, moment.day-1).Add(11 * time.Hour))
				v.frozen = true
				v.settle(t)
			}
			for i, f := range target.Faults {
				t.Run(f.Name, func(t *testing.T) {
					defer table.enter(f.Name, moment.name, t)
					v.laterSync(t, f, i)
				})
			}
		})
	}
}

// firstSync has a fault on the very first day. No room is made that a good day would not have asked for, and the next good
// day makes the rest.
func (v *village) firstSync(t *testing.T, f faults.Fault, all []string) {
	if f.First == faults.Unborn {
		v.adoptNothing(t) // there must be a registry for something to be wrong with it
	}
	stop := f.Start(t, v.scene())
	report, err := v.sync(t, provisioner.Options{})
	stop()
	says := f.Says
	if f.SaysFirst != nil {
		says = f.SaysFirst
	}
	requireSaid(t, says, report, err)
	made := v.names(t)
	for _, name := range made {
		if !slices.Contains(all, name) {
			t.Errorf("room %s was made", name)
		}
	}
	if nothing := f.First == faults.Nothing || f.First == faults.Unborn; nothing && len(made) > 0 {
		t.Errorf("%d rooms were made, the first: %s", len(made), made[0])
	}
	if f.First == faults.Everything && !slices.Equal(made, all) {
		t.Errorf("rooms are %v, want %v", made, all)
	}
	v.expectGood(t)
	if made := v.names(t); !slices.Equal(made, all) {
		t.Errorf("after a good day the rooms are %v, want %v", made, all)
	}
}

// laterSync has a fault when everything is in place, on a day on which two rooms are to be made: interims were announced.
func (v *village) laterSync(t *testing.T, f faults.Fault, n int) {
	interims := []string{v.announce(t, 2*n), v.announce(t, 2*n+1)}
	defer v.restore(t, interims, v.remember(t))
	rooms, links := v.rooms(t), v.links(t)
	stop := f.Start(t, v.scene())
	report, err := v.sync(t, provisioner.Options{Quick: f.Quick})
	stop()
	requireSaid(t, f.Says, report, err)
	after := v.rooms(t)
	for name, was := range rooms {
		if is, there := after[name]; !there {
			t.Errorf("room %s is gone", name)
		} else if !reflect.DeepEqual(was, is) {
			t.Errorf("room %s was changed\nfrom %+v\nto   %+v", name, was, is)
		}
	}
	v.expectAllActive(t)
	v.expectLinks(t, links, "while it went on")
	made := 0
	for _, room := range interims {
		if _, ok := after[room]; ok {
			made++
		}
	}
	least, most := rest(f.Rest, len(interims))
	if made < least || made > most {
		t.Errorf("%d rooms of new interims were made, want %d to %d; it said:\n\t%s", made, least, most, strings.Join(said(report, err), "\n\t"))
	}

	v.expectGood(t)
	v.expectLinks(t, links, "on the next good day")
	after = v.rooms(t)
	for _, room := range interims {
		if _, made := after[room]; !made {
			t.Errorf("on the next good day there is no room %s", room)
		}
	}
}

// rest is how many of n rooms may be made while a fault lasts.
func rest(r faults.Rest, n int) (least, most int) {
	switch r {
	case faults.GoesOn:
		return n, n
	case faults.Partly:
		return 1, n
	case faults.Stops:
		return 0, 0
	}
	return 0, n
}

// expectAllActive checks that no room has left service.
func (v *village) expectAllActive(t *testing.T) {
	t.Helper()
	known, err := v.house.State(v.context(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, room := range known.Rooms {
		if room.State != registry.Active {
			t.Errorf("room %s is %s", name, room.State)
		}
	}
}

// expectLinks checks that no session has lost its link.
func (v *village) expectLinks(t *testing.T, before map[string]map[int]string, when string) {
	t.Helper()
	after := v.links(t)
	for meeting, links := range before {
		for session, room := range links {
			if now := after[meeting][session]; now != room {
				t.Errorf("%s, session %d of %s links to %q, and not to %q", when, session, meeting, now, room)
			}
		}
	}
}

// expectGood is a sync on a good day: nothing is left to do or to say after it.
func (v *village) expectGood(t *testing.T) {
	t.Helper()
	report, err := v.sync(t, provisioner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	complaints := slices.DeleteFunc(house.Complaints(report), func(line string) bool {
		return v.frozen && strings.HasPrefix(line, "withheld "+provisioner.RuleFreeze)
	})
	if len(complaints) > 0 {
		t.Errorf("a good day's sync complains:\n\t%s", strings.Join(complaints, "\n\t"))
	}
	plan, err := v.house.Plan(v.context(t), provisioner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Changes {
		t.Errorf("a plan after a good day's sync: %s %s %+v", c.Verb, c.Room, c.Fields)
	}
}

// requireSaid fails unless one line of what a run told names what went wrong.
func requireSaid(t *testing.T, says []string, report *provisioner.Report, err error) {
	t.Helper()
	lines := said(report, err)
	names := func(line string) bool {
		return !slices.ContainsFunc(says, func(word string) bool { return !strings.Contains(line, word) })
	}
	if len(says) > 0 && !slices.ContainsFunc(lines, names) {
		t.Errorf("nothing says %q:\n\t%s", says, strings.Join(lines, "\n\t"))
	}
}

// said is everything that a run told.
func said(report *provisioner.Report, err error) []string {
	var lines []string
	if err != nil {
		lines = append(lines, err.Error())
	}
	if report != nil {
		lines = append(lines, house.Complaints(report)...)
	}
	return lines
}

// context limits one run.
func (v *village) context(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (v *village) sync(t *testing.T, o provisioner.Options) (*provisioner.Report, error) {
	t.Helper()
	ctx := v.context(t)
	report, err := v.house.Sync(ctx, o)
	if ctx.Err() != nil {
		t.Fatalf("the run did not end within %s: %v", patience, err)
	}
	return report, err
}
