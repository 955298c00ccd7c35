package provisioner

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"roomctl/provisioner/registry"
)

// written is one row of the audit trail.
func written(run int64, room, verb, field string, edit ...func(*registry.Change)) registry.Change {
	c := registry.Change{Run: run, At: noon, Room: room, Verb: verb, Field: field, Old: "o", New: "n", Reasons: []string{"because"}}
	for _, e := range edit {
		e(&c)
	}
	return c
}

func TestATrailIsPutTogetherAgain(t *testing.T) {
	later := func(c *registry.Change) { c.At = noon.Add(time.Minute) }
	failed := func(c *registry.Change) { c.Error = "forbidden" }
	otherwise := func(c *registry.Change) { c.Reasons = []string{"for another reason"} }
	fields := func(names ...string) []FieldChange {
		list := []FieldChange{}
		for _, name := range names {
			list = append(list, FieldChange{Field: name, Old: "o", New: "n"})
		}
		return list
	}
	entry := func(run int64, room string, verb Verb, names ...string) Entry {
		return Entry{Run: run, Command: "sync", At: noon, Room: room, Verb: verb, Fields: fields(names...), Reasons: []string{"because"}}
	}
	edited := func(e Entry, edit func(*Entry)) Entry {
		edit(&e)
		return e
	}
	tests := []struct {
		name  string
		trail []registry.Change // oldest first, as it was written
		want  []Entry           // newest first
	}{
		{name: "no trail", want: []Entry{}},
		{name: "the fields of one change, in their order",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(1, "tls", "configure", "description")},
			want:  []Entry{entry(1, "tls", Configure, "name", "description")}},
		{name: "two owners that one change grants",
			trail: []registry.Change{written(1, "tls", "configure", "owner"), written(1, "tls", "configure", "owner")},
			want:  []Entry{entry(1, "tls", Configure, "owner", "owner")}},
		{name: "two rooms",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(1, "quic", "configure", "name")},
			want:  []Entry{entry(1, "quic", Configure, "name"), entry(1, "tls", Configure, "name")}},
		{name: "two runs",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(2, "tls", "configure", "name")},
			want:  []Entry{entry(2, "tls", Configure, "name"), entry(1, "tls", Configure, "name")}},
		{name: "two verbs of one run",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(1, "tls", "retire", "state")},
			want:  []Entry{entry(1, "tls", Retire, "state"), entry(1, "tls", Configure, "name")}},
		{name: "the same again in one run, later",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(1, "tls", "configure", "name", later)},
			want: []Entry{edited(entry(1, "tls", Configure, "name"), func(e *Entry) { e.At = noon.Add(time.Minute) }),
				entry(1, "tls", Configure, "name")}},
		{name: "a failure and what was done at last",
			trail: []registry.Change{written(1, "tls", "configure", "name", failed), written(1, "tls", "configure", "name")},
			want: []Entry{entry(1, "tls", Configure, "name"),
				edited(entry(1, "tls", Configure, "name"), func(e *Entry) { e.Error = "forbidden" })}},
		{name: "other reasons",
			trail: []registry.Change{written(1, "tls", "configure", "name"), written(1, "tls", "configure", "public", otherwise)},
			want: []Entry{edited(entry(1, "tls", Configure, "public"), func(e *Entry) { e.Reasons = []string{"for another reason"} }),
				entry(1, "tls", Configure, "name")}},
		{name: "changes about the whole room stand alone",
			trail: []registry.Change{written(1, "tls", "release", ""), written(1, "tls", "release", "")},
			want:  []Entry{entry(1, "tls", Release), entry(1, "tls", Release)}},
		{name: "a run that is not known",
			trail: []registry.Change{written(99, "tls", "configure", "name")},
			want:  []Entry{edited(entry(99, "tls", Configure, "name"), func(e *Entry) { e.Command = "" })}},
	}
	runs := []registry.Run{{ID: 2, Command: "sync"}, {ID: 1, Command: "sync"}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			slices.Reverse(test.trail)
			if got := Entries(test.trail, runs); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// registryWith is a registry with a trail and nothing else, oldest first.
func registryWith(t *testing.T, changes ...registry.Change) *registry.Registry {
	t.Helper()
	reg, err := registry.Open(t.Context(), t.TempDir()+"/registry.sqlite", registry.Identity{MUC: "muc", Datatracker: "dt"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	for range 3 {
		if _, err := reg.BeginRun(t.Context(), registry.Run{Command: "sync", Began: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if err := reg.Record(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
	return reg
}

// TestHistoryCountsChangesAndNotFields has one change with more fields than are
// fetched at first, between two small ones.
func TestHistoryCountsChangesAndNotFields(t *testing.T) {
	trail := []registry.Change{written(1, "tls", "configure", "name")}
	for range 100 {
		trail = append(trail, written(2, "tls", "configure", "owner"))
	}
	trail = append(trail, written(3, "quic", "configure", "name"))
	reg := registryWith(t, trail...)
	type shape struct {
		run    int64
		fields int
	}
	all := []shape{{3, 1}, {2, 100}, {1, 1}}
	tests := []struct {
		name   string
		filter registry.ChangeFilter
		limit  int
		want   []shape
		more   bool
	}{
		{"all", registry.ChangeFilter{}, 0, all, false},
		{"the newest", registry.ChangeFilter{}, 1, all[:1], true},
		{"the newest two", registry.ChangeFilter{}, 2, all[:2], true},
		{"as many as there are", registry.ChangeFilter{}, 3, all, false},
		{"more than there are", registry.ChangeFilter{}, 50, all, false},
		{"of one room", registry.ChangeFilter{Room: "tls"}, 1, all[1:2], true},
		{"of a room without any", registry.ChangeFilter{Room: "mls"}, 1, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, more, err := History(t.Context(), reg, test.filter, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []shape
			for _, e := range entries {
				got = append(got, shape{e.Run, len(e.Fields)})
			}
			if !slices.Equal(got, test.want) || more != test.more {
				t.Errorf("got %v, more %t; want %v, more %t", got, more, test.want, test.more)
			}
		})
	}
}

func TestHistoryTellsOnceWhatWasBegunAndEnded(t *testing.T) {
	begins := func(c *registry.Change) { c.Error = destroying }
	reg := registryWith(t,
		written(1, "tls", "destroy", "state", begins), // and was killed
		written(2, "tls", "destroy", "state", begins),
		written(2, "tls", "destroy", "state"),
		written(3, "quic", "destroy", "state", begins),
	)
	entries, _, err := History(t.Context(), reg, registry.ChangeFilter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprintf("%d %s %t", e.Run, e.Room, e.Error == ""))
	}
	if want := []string{"3 quic false", "2 tls true", "1 tls false"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHistoryHonoursItsContext(t *testing.T) {
	reg := registryWith(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := History(ctx, reg, registry.ChangeFilter{}, 1); err == nil {
		t.Error("no error")
	}
}
