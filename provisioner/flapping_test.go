package provisioner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner/registry"
)

func TestGuardLeavesFlappingRoomsAlone(t *testing.T) {
	configure := Change{Verb: Configure, Room: "quic", Fields: []FieldChange{{Field: "name", New: "x"}}}
	other := Change{Verb: Configure, Room: "tls", Fields: configure.Fields}
	flap := func(age time.Duration) []registry.Flap {
		return []registry.Flap{{Room: "quic", Field: "description", Value: "A", Since: noon.Add(-age)}}
	}
	tests := []struct {
		name    string
		flaps   []registry.Flap
		change  Change
		options Options
		left    bool
	}{
		{"no flap", nil, configure, Options{}, false},
		{"an hour ago", flap(time.Hour), configure, Options{}, true},
		{"just within a day", flap(flapFor - time.Second), configure, Options{}, true},
		{"a day ago", flap(flapFor), configure, Options{}, false},
		{"the clock was set back by an hour", flap(-time.Hour), configure, Options{}, true},
		{"the clock was set back by a year", flap(-365 * flapFor), configure, Options{}, false},
		{"the clock was set forward by a year", flap(365 * flapFor), configure, Options{}, false},
		{"retiring it is left too", flap(time.Hour), Change{Verb: Retire, Room: "quic"}, Options{}, true},
		{"making it again is not", flap(time.Hour), Change{Verb: Recreate, Room: "quic"}, Options{}, false},
		{"another room is not concerned", flap(time.Hour), other, Options{}, false},
		{"a person lifts it", flap(time.Hour), configure, Options{Allow: []string{RuleFlapping}}, false},
		{"lifting another rule does not", flap(time.Hour), configure, Options{Allow: []string{RuleFreeze}}, true},
		{"a person names the room", flap(time.Hour), configure, Options{Only: []string{"quic"}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			known := manyRooms(50)
			known.Flaps = test.flaps
			g := Guard([]Change{test.change}, grounds(t, known, test.options))
			if !test.left {
				if len(g.Changes) != 1 || len(g.Withheld) != 0 {
					t.Errorf("guarded %+v, want the change to pass", g)
				}
				return
			}
			if len(g.Changes) != 0 || len(g.Withheld) != 1 || g.Withheld[0].Deferred() {
				t.Fatalf("guarded %+v, want the change withheld", g)
			}
			w := g.Withheld[0]
			since := minute(test.flaps[0].Since)
			if w.Rule != RuleFlapping || w.Allow != "roomctl sync --allow flapping" || !strings.HasSuffix(w.Why, ": quic (description; since "+since+")") {
				t.Errorf("withheld by %s: %s; %s", w.Rule, w.Why, w.Allow)
			}
		})
	}
}

// TestThePointerOfAJointSessionIsNoFlap: groups may meet jointly twice a day.
func TestThePointerOfAJointSessionIsNoFlap(t *testing.T) {
	const plain = "Chat room of the QUIC working group."
	pointer := plain + " Joint session until 13:00 UTC: see also tls@jabber.example.org."
	flap := func(value, other string) []registry.Flap {
		return []registry.Flap{{Room: "quic", Field: "description", Value: value, Other: other, Since: noon.Add(-time.Hour)}}
	}
	repair := Change{Verb: Configure, Room: "quic", Fields: []FieldChange{{Field: "public", Old: "false", New: "true"}}}
	point := Change{Verb: Configure, Room: "quic", Exempt: true, Fields: []FieldChange{{Field: "description", Old: plain, New: pointer}}}
	tests := []struct {
		name   string
		flaps  []registry.Flap
		change Change
		left   bool
	}{
		{"it came and went, and something is to be repaired", flap(plain, pointer), repair, false},
		{"it went and came, and something is to be repaired", flap(pointer, plain), repair, false},
		{"somebody took it away each time", flap(pointer, pointer), repair, true},
		{"somebody changes the room, and it comes", flap(plain, plain), point, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			known := manyRooms(50)
			known.Flaps = test.flaps
			g := Guard([]Change{test.change}, grounds(t, known, Options{}))
			if left := len(g.Changes) == 0; left != test.left {
				t.Errorf("guarded %+v", g)
			}
		})
	}
}

func TestManyFlapsAreToldInShort(t *testing.T) {
	known := manyRooms(50)
	var changes []Change
	for i := range 9 {
		room := fmt.Sprintf("room%03d", i)
		changes = append(changes, Change{Verb: Configure, Room: room, Fields: []FieldChange{{Field: "name", New: "x"}}})
		known.Flaps = append(known.Flaps,
			registry.Flap{Room: room, Field: "admin", Value: "a@x", Since: noon.Add(-time.Minute)},
			registry.Flap{Room: room, Field: "admin", Value: "b@x", Since: noon.Add(-time.Hour)},
			registry.Flap{Room: room, Field: "name", Value: "x", Since: noon.Add(-time.Minute)})
	}
	g := Guard(changes, grounds(t, known, Options{}))
	if len(g.Withheld) != 1 || len(g.Withheld[0].Changes) != 9 {
		t.Fatalf("guarded %+v", g)
	}
	why := g.Withheld[0].Why
	if !strings.Contains(why, "room005 (admin, name; since 2026-03-02 11:00 UTC) and 3 more") {
		t.Errorf("it says %q", why)
	}
}

func TestGuardLeavesHeldRoomsAlone(t *testing.T) {
	held := managedRoom("quic", 20)
	held.Held = registry.Hold{Since: noon.AddDate(0, 0, -1), Why: "the chairs are at it"}
	silent := managedRoom("tls", 30)
	silent.Held = registry.Hold{Since: noon}
	known := state(held, silent, managedRoom("mls", 40))
	changes := []Change{
		{Verb: Recreate, Room: "quic"},
		{Verb: Configure, Room: "mls", Exempt: true, Fields: []FieldChange{{Field: "name", New: "x"}}},
		{Verb: Configure, Room: "tls", Exempt: true, Fields: []FieldChange{{Field: FieldSubject, New: "x"}}},
	}
	for name, o := range map[string]Options{
		"in any run":                   {},
		"with every guard lifted":      {Allow: AllowedRules()},
		"when a person names the room": {Only: []string{"quic", "tls", "mls"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := Guard(slices.Clone(changes), grounds(t, known, o))
			if len(g.Changes) != 1 || g.Changes[0].Room != "mls" || len(g.Withheld) != 2 {
				t.Fatalf("guarded %+v", g)
			}
			for i, want := range []Withheld{
				{Rule: RuleHold, Why: "a person holds room quic, since 2026-03-01 12:00 UTC: the chairs are at it", Allow: "roomctl rooms hold --release quic"},
				{Rule: RuleHold, Why: "a person holds room tls, since 2026-03-02 12:00 UTC", Allow: "roomctl rooms hold --release tls"},
			} {
				w := g.Withheld[i]
				if w.Rule != want.Rule || w.Why != want.Why || w.Allow != want.Allow || len(w.Changes) != 1 || !w.Deferred() {
					t.Errorf("withheld %+v, want %+v", w, want)
				}
			}
		})
	}
	if r := (&Report{Withheld: []Withheld{{Rule: RuleHold}}}); r.Held() != 0 {
		t.Error("a hold counts as held back by a guard")
	}
}
