package provisioner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// many makes n changes of one verb.
func many(verb Verb, n int) []Change {
	changes := make([]Change, n)
	for i := range changes {
		changes[i] = Change{Verb: verb, Room: fmt.Sprintf("%s%03d", verb, i), Fields: []FieldChange{{Field: "name", New: "x"}}, Reasons: []string{"test"}}
	}
	return changes
}

// manyRooms is a registry of n rooms in service that a sync has been over.
func manyRooms(n int) *registry.State {
	s := state()
	for i := range n {
		name := fmt.Sprintf("room%03d", i)
		s.Rooms[name] = managedRoom(name, 1000+i)
	}
	s.Synced = noon.Add(-time.Hour)
	return s
}

// grounds are what guards go by where the pure tests take place.
func grounds(t *testing.T, known *registry.State, o Options) Grounds {
	return Grounds{Snapshot: testSnapshot(), Known: known, Rules: testRules(t), Options: o}
}

func TestGuardLimits(t *testing.T) {
	tests := []struct {
		name    string
		changes []Change
		known   *registry.State
		allow   []string
		pass    int
		rule    string // withheld; "" for none
		why     string
	}{
		{"ten retirements pass", many(Retire, 10), manyRooms(50), nil, 10, "", ""},
		{"eleven of fifty do not", many(Retire, 11), manyRooms(50), nil, 0, RuleRetire, "rooms to retire: 11; the limit is 10, of 50 rooms"},
		{"the percentage counts when it is more", many(Retire, 20), manyRooms(200), nil, 20, "", ""},
		{"and stops when it is passed", many(Retire, 21), manyRooms(200), nil, 0, RuleRetire, "rooms to retire: 21; the limit is 20"},
		{"a person may allow it", many(Retire, 21), manyRooms(200), []string{RuleRetire}, 21, "", ""},
		{"allowing another rule does not", many(Retire, 21), manyRooms(200), []string{RuleCreate}, 0, RuleRetire, ""},
		{"reconfiguring is limited", many(Configure, 41), manyRooms(200), nil, 0, RuleReconfigure, "rooms to reconfigure: 41; the limit is 40"},
		{"creating is limited once a sync has succeeded", many(Create, 51), manyRooms(200), nil, 0, RuleCreate, "rooms to create: 51; the limit is 50"},
		{"creating is not limited in the first sync", many(Create, 500), state(), nil, 500, "", ""},
		{"finishing and making again are not limited", append(many(Finish, 100), many(Recreate, 100)...), manyRooms(200), nil, 200, "", ""},
		{"what a guard withholds does not stop the rest", append(many(Create, 5), many(Retire, 40)...), manyRooms(200), nil, 5, RuleRetire, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := Guard(test.changes, grounds(t, test.known, Options{Allow: test.allow}))
			if len(g.Changes) != test.pass {
				t.Errorf("%d changes pass, want %d", len(g.Changes), test.pass)
			}
			checkWithheld(t, g.Withheld, test.rule, test.why)
		})
	}
}

func checkWithheld(t *testing.T, withheld []Withheld, rule, why string) {
	t.Helper()
	if rule == "" {
		if len(withheld) != 0 {
			t.Errorf("withheld %+v, want nothing", withheld)
		}
		return
	}
	if len(withheld) != 1 || withheld[0].Rule != rule {
		t.Fatalf("withheld %+v, want rule %s", withheld, rule)
	}
	if w := withheld[0]; !strings.Contains(w.Why, why) || len(w.Changes) == 0 {
		t.Errorf("withheld %q with %d changes, want %q", w.Why, len(w.Changes), why)
	}
}

func TestGuardLeavesAdoptedRoomsAlone(t *testing.T) {
	changes := many(Configure, 200)
	for i := range changes {
		changes[i].Exempt = true
	}
	g := Guard(changes, grounds(t, manyRooms(200), Options{}))
	if len(g.Changes) != 200 {
		t.Errorf("%d changes pass, want 200", len(g.Changes))
	}
}

func TestGuardWithholdsRoomsThatCannotBeLogged(t *testing.T) {
	changes := append(many(Create, 2), many(Configure, 1)...)
	by := grounds(t, state(), Options{Allow: AllowedRules()})
	by.Profile.Logging = xmppadmin.LoggingNo
	g := Guard(changes, by)
	if len(g.Changes) != 1 || len(g.Withheld) != 1 || g.Withheld[0].Rule != RuleLogging {
		t.Errorf("guarded %+v, want both creations withheld by rule logging", g)
	}
	by.Rules.Logging = LoggingWanted
	if g := Guard(changes, by); len(g.Changes) != 3 {
		t.Errorf("%d changes pass where logging is only wanted, want 3", len(g.Changes))
	}
}

func TestGuardFreeze(t *testing.T) {
	start := testSnapshot().Meetings[0].Date
	mixed := Change{Verb: Configure, Room: "mixed", Fields: []FieldChange{{Field: "name", New: "x"}, {Field: "public", New: "true"}}}
	joint := Change{Verb: Configure, Room: "joint", Fields: []FieldChange{
		{Field: "name", New: "x"},
		{Field: "description", Old: "cats", New: "cats Joint session until 13:00 UTC: see also dogs@jabber.example.org."},
	}}
	texts := Change{Verb: Configure, Room: "texts", Fields: []FieldChange{
		{Field: "description", Old: "cats", New: "Cats Joint session until 13:00 UTC: see also dogs@jabber.example.org."},
	}}
	ending := Change{Verb: Retire, Room: "ending", Fields: []FieldChange{ // no part of it comes before the rest
		{Field: "public", New: "true"}, {Field: FieldState, New: "retired"}, {Field: FieldSubject, New: "ended"}, {Field: FieldMessage, New: "moved"},
		{Field: "description", Old: "cats Joint session until 13:00 UTC: see also dogs@jabber.example.org.", New: "cats"},
	}}
	changes := []Change{many(Create, 1)[0], mixed, joint, texts, many(Restore, 1)[0], ending}
	tests := []struct {
		name   string
		now    time.Time
		allow  []string
		frozen bool
	}{
		{"four days before: no freeze", start.AddDate(0, 0, -4), nil, false},
		{"two days before: frozen", start.AddDate(0, 0, -2), nil, true},
		{"while it runs: frozen", start.Add(time.Hour), nil, true},
		{"a day after: frozen", start.AddDate(0, 0, 1), nil, true},
		{"three days after: no freeze", start.AddDate(0, 0, 3), nil, false},
		{"a person may lift it", start, []string{RuleFreeze}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			by := grounds(t, manyRooms(100), Options{Allow: test.allow})
			by.Snapshot.Time = test.now
			g := Guard(changes, by)
			if !test.frozen {
				if len(g.Changes) != len(changes) || len(g.Withheld) != 0 {
					t.Errorf("%d changes pass and %d are withheld, want %d and 0", len(g.Changes), len(g.Withheld), len(changes))
				}
				return
			}
			var pass []string
			for _, c := range g.Changes {
				pass = append(pass, summary(c))
			}
			want := []string{summary(changes[0]), `configure mixed public:""->"true"`,
				`configure joint description:"cats"->"cats Joint session until 13:00 UTC: see also dogs@jabber.example.org."`,
				`configure texts description:"cats"->"cats Joint session until 13:00 UTC: see also dogs@jabber.example.org."`, summary(changes[4])}
			if !slices.Equal(pass, want) {
				t.Errorf("passing %q, want %q", pass, want)
			}
			if len(g.Withheld) != 1 || !g.Withheld[0].Deferred() || len(g.Withheld[0].Changes) != 4 {
				t.Errorf("withheld %+v, want four changes deferred", g.Withheld)
			}
		})
	}
}

func TestRefusalsAreReported(t *testing.T) {
	sources := []datatracker.Source{{Name: "groups", Problem: fmt.Errorf("groups: %w", &datatracker.LimitError{Rule: datatracker.RuleGroupsShrank, Before: 300, Now: 12, What: "groups"})}}
	got := refusals(sources)
	if len(got) != 1 || got[0].Allow != "roomctl sync --allow groups-shrank" || !strings.Contains(got[0].Why, "groups went from 300 to 12") {
		t.Errorf("refusals %+v", got)
	}
}

func TestOnlyKeepsTheNamedRooms(t *testing.T) {
	changes := many(Create, 3)
	if got := only(changes, []string{"create001"}); len(got) != 1 || got[0].Room != "create001" {
		t.Errorf("changes %v, want create001 alone", got)
	}
	if got := only(changes, nil); len(got) != 3 {
		t.Errorf("%d changes without names, want all 3", len(got))
	}
}

func TestOptionsCheck(t *testing.T) {
	tests := []struct {
		name    string
		options Options
		want    string // part of the error; "" for none
	}{
		{"every rule, a room and a meeting", Options{Allow: AllowedRules(), Only: []string{"quic"}, Meetings: []string{"113"}}, ""},
		{"logging, which nothing lifts", Options{Allow: []string{RuleRetire, RuleLogging}}, `"logging"`},
		{"a name in capitals", Options{Only: []string{"Quic"}}, `"Quic" cannot be the name of a room`},
		{"a meeting that is a path", Options{Meetings: []string{"x/y"}}, `"x/y" is no meeting number`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.options.Check()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
