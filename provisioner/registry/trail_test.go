package registry

import (
	"reflect"
	"testing"
	"time"
)

func TestRunsAreReadBackNewestFirst(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	want := []Run{
		{Command: "rooms adopt", Began: noon.UTC().Add(time.Hour)},
		{Command: "sync", Began: noon.UTC(), Ended: noon.UTC().Add(time.Minute), Outcome: "partial",
			Allowed: []string{"create", `"retire"`}},
	}
	for i := len(want) - 1; i >= 0; i-- {
		id, err := r.BeginRun(ctx, want[i])
		if err != nil {
			t.Fatal(err)
		}
		want[i].ID = id
	}
	if err := r.EndRun(ctx, want[1].ID, want[1].Outcome, want[1].Ended); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		ids  []int64
		want []Run
	}{
		"none":                         {nil, nil},
		"one":                          {[]int64{want[1].ID}, want[1:]},
		"both, newest first":           {[]int64{want[1].ID, want[0].ID, want[1].ID}, want},
		"one that never was is no run": {[]int64{4711, want[0].ID}, want[:1]},
	} {
		if got, err := r.RunsByID(ctx, test.ids); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("by id, %s: got %+v (%v)\nwant %+v", name, got, err, test.want)
		}
	}
	for limit, want := range map[int][]Run{0: want, 1: want[:1], 2: want, 9: want} {
		got, err := r.Runs(ctx, limit)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("limit %d: got %+v (%v)\nwant %+v", limit, got, err, want)
		}
	}
}

func TestRunsThatChangedNothingAreForgotten(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	const day = 24 * time.Hour
	run := func(began time.Time, allowed ...string) int64 {
		t.Helper()
		id, err := r.BeginRun(ctx, Run{Command: "sync", Began: began, Allowed: allowed})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	end := func(id int64, at time.Time) {
		t.Helper()
		if err := r.EndRun(ctx, id, "done", at); err != nil {
			t.Fatal(err)
		}
	}
	changed, killed, lifted, begun, idle, recent := run(noon), run(noon), run(noon, "retire"), run(noon), run(noon), run(noon.Add(day))
	if err := r.Record(ctx, Change{Run: changed, At: noon, Room: "quic", Verb: "create"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Begin(ctx, Change{Run: begun, At: noon, Room: "tls", Verb: "create"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{changed, lifted, begun, idle} {
		end(id, noon.Add(time.Minute))
	}
	end(recent, noon.Add(day+time.Minute))
	require := func(want ...int64) {
		t.Helper()
		all, err := r.Runs(ctx, 0)
		var got []int64
		for _, one := range all {
			got = append(got, one.ID)
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("there are the runs %v (%v), want %v", got, err, want)
		}
	}
	require(recent, idle, begun, lifted, killed, changed)
	end(recent, noon.Add(30*day+time.Hour)) // a run of its own would close what was begun
	require(recent, begun, lifted, killed, changed)
	if next := run(noon.Add(31 * day)); next <= recent {
		t.Errorf("the next run is %d, after %d", next, recent)
	}
}

func TestChangesAreChosenByTheFilter(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	first, second := beginRun(t, r), beginRun(t, r)
	// One and the same second, told apart only by fractions: as text, trimmed
	// ones would not sort.
	second0 := noon.UTC().Truncate(time.Second)
	made := Change{Run: first, At: second0, Room: "quic", GroupID: 2161, Verb: "create",
		Reasons: []string{"group quic (2161) is active", "session 33123 of IETF 126"}}
	failed := Change{Run: first, At: second0.Add(100 * time.Millisecond), Room: "tls", Verb: "configure",
		Field: "description", Old: "old", New: "new — “quoted”", Error: "forbidden"}
	retired := Change{Run: second, At: second0.Add(100*time.Millisecond + 1), Room: "quic", GroupID: 2161,
		Verb: "retire", Old: "active", New: "retired"}
	if err := r.Record(ctx, made, failed, retired); err != nil {
		t.Fatal(err)
	}
	if err := r.Record(ctx); err != nil {
		t.Errorf("recording no change: %v", err)
	}

	tests := map[string]struct {
		filter ChangeFilter
		want   []Change
	}{
		"all, newest first":          {ChangeFilter{}, []Change{retired, failed, made}},
		"of one room":                {ChangeFilter{Room: "quic"}, []Change{retired, made}},
		"of several rooms":           {ChangeFilter{Rooms: []string{"tls", "quic", "mls"}}, []Change{retired, failed, made}},
		"of some rooms in one run":   {ChangeFilter{Rooms: []string{"quic", "mls"}, Run: second}, []Change{retired}},
		"of one run":                 {ChangeFilter{Run: first}, []Change{failed, made}},
		"of one room in one run":     {ChangeFilter{Room: "quic", Run: first}, []Change{made}},
		"of some verbs":              {ChangeFilter{Verbs: []string{"retire", "create", "adopt"}}, []Change{retired, made}},
		"of a verb of one room":      {ChangeFilter{Room: "quic", Verbs: []string{"create"}}, []Change{made}},
		"of a hostile verb":          {ChangeFilter{Verbs: []string{`") OR 1 --`}}, nil},
		"since the time of one":      {ChangeFilter{Since: failed.At}, []Change{retired, failed}},
		"since just after that":      {ChangeFilter{Since: failed.At.Add(1)}, []Change{retired}},
		"since a time in other zone": {ChangeFilter{Since: retired.At.In(time.FixedZone("", -8*3600))}, []Change{retired}},
		"the newest two":             {ChangeFilter{Limit: 2}, []Change{retired, failed}},
		"of a room without changes":  {ChangeFilter{Room: "hallway"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := r.Changes(ctx, test.filter)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v (%v)\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestTheNewestEntryOfEachVerbIsInTheState(t *testing.T) {
	r := openNew(t)
	run := beginRun(t, r)
	entry := func(verb, room string, at time.Time) Change {
		return Change{Run: run, At: at, Room: room, Verb: verb}
	}
	// The order of the trail counts, whatever the clock did.
	created, configured := entry("create", "tls", noon.UTC().Add(-time.Hour)), entry("configure", "quic", noon.UTC())
	err := r.Record(t.Context(), entry("configure", "tls", noon.UTC()), entry("create", "quic", noon.UTC()), configured, created)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Change{"create": created, "configure": configured}
	if got := load(t, r.Reader).Last; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatAKilledRunBeganIsInTheTrailOfTheNext(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	killed := beginRun(t, r)
	change := func(room, field string) Change {
		return Change{Run: killed, At: noon.UTC(), Room: room, GroupID: 7, Verb: "configure", Field: field, Old: "a", New: "b", Reasons: []string{"why"}}
	}
	name, description, other := change("quic", "name"), change("quic", "description"), change("tls", "name")
	if err := r.Begin(ctx, name, description, other); err != nil {
		t.Fatal(err)
	}
	if err := r.Begin(ctx); err != nil {
		t.Errorf("beginning nothing: %v", err)
	}
	if err := r.Record(ctx, name); err != nil {
		t.Fatal(err)
	}
	requireTrail(t, r, name)

	beginRun(t, r)
	description.Error, other.Error = CutOff, CutOff
	requireTrail(t, r, other, description, name)
	beginRun(t, r)
	requireTrail(t, r, other, description, name)
}

// requireTrail compares the whole audit trail, newest first.
func requireTrail(t *testing.T, r *Registry, want ...Change) {
	t.Helper()
	got, err := r.Changes(t.Context(), ChangeFilter{})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the trail is %+v (%v)\nwant %+v", got, err, want)
	}
}
