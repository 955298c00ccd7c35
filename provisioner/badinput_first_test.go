package provisioner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
)

// TestBadAnswersToTheVeryFirstSync has nothing to fall back on: no room is made
// that a good answer would not have asked for, and the next sync makes the rest
// without a person's help.
func TestBadAnswersToTheVeryFirstSync(t *testing.T) {
	t.Parallel()
	var want []string
	for _, c := range newHouse(t, setup{groups: many}).preview(t, provisioner.Options{}).Changes {
		want = append(want, c.Room)
	}
	slices.Sort(want)

	for _, test := range []struct {
		name  string
		fault datatrackertest.Fault
		says  string
		fails bool // there is nothing to go by
	}{
		{"an empty list of groups", spoil(datatrackertest.EmptyList, groupList), "only 0 groups", true},
		{"half a list of groups, which nobody can know", spoil(datatrackertest.HalfList, groupList), "", false},
		{"no group features", spoil(datatrackertest.EmptyList, featureList), "the list is empty", true},
		{"HTML with status 200", spoil(datatrackertest.HTML200, anything), "HTML page instead of JSON", true},
		{"truncated JSON", spoil(datatrackertest.TruncatedJSON, anything), "cut short", true},
		{"429 with a Retry-After of an hour", refuse(429, "3600", anything), "asks to wait 1h0m0s", true},
		{"a filter that is ignored", spoil(datatrackertest.IgnoreFilter, groupList), "was not asked for", true},
		{"an agenda of wrong types", spoil(datatrackertest.WrongTypes, agendaOf113), "object 1", false},
		{"an empty list of sessions", spoil(datatrackertest.EmptyList, sessionsOf113), "", false},
		{"half a list of sessions", spoil(datatrackertest.HalfList, sessionsOf113), "so they are not believed", false},
		{"sessions of wrong types", spoil(datatrackertest.WrongTypes, sessionsOf113), "row 1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{groups: many})
			remove := h.dt.Fault(test.fault)
			report, err := h.trySync(t)
			for name := range h.rooms() {
				if _, ok := slices.BinarySearch(want, name); !ok {
					t.Errorf("room %s was made", name)
				}
			}
			switch {
			case test.fails:
				requireNothingDone(t, h, err, test.says)
			case err != nil:
				t.Fatal(err)
			case test.says != "":
				requireComplaint(t, report, test.says)
			}

			remove()
			requireDone(t, h.sync(t))
			if got := slices.Sorted(maps.Keys(h.rooms())); !slices.Equal(got, want) {
				t.Errorf("rooms are %v, want %v", got, want)
			}
			h.requireQuiet(t)
		})
	}
}

// requireNothingDone fails unless a run that ended with an error left no room
// and no published file but the status, which tells the error.
func requireNothingDone(t *testing.T, h *house, err error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the error does not say %q: %v", says, err)
	}
	h.requireNoWriting(t)
	if rooms := h.rooms(); len(rooms) > 0 {
		t.Errorf("%d rooms were made", len(rooms))
	}
	files := h.files(t)
	if len(files) != 1 || !strings.Contains(files["status.json"].data, `"outcome": "failed"`) {
		t.Errorf("published: %v", slices.Sorted(maps.Keys(files)))
	}
	if h.outcome(t) != "failed" {
		t.Errorf("the run ended %q", h.outcome(t))
	}
}
