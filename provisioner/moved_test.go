package provisioner

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatMovedSinceAPlanWasSaved(t *testing.T) {
	field := func(name, before, after string) FieldChange { return FieldChange{Field: name, Old: before, New: after} }
	configure := func(room string, fields ...FieldChange) Change {
		return Change{Verb: Configure, Room: room, GroupID: 20, Fields: fields, Reasons: []string{"then"}}
	}
	create := Change{Verb: Create, Room: "can", GroupID: 2120, Fields: []FieldChange{field("name", "", "CAN")}}
	long := strings.Repeat("Everything said here is logged. ", 5)
	tests := []struct {
		name     string
		saved    []Change
		now      []Change
		withheld []Withheld
		want     []string
	}{
		{"nothing", []Change{create, configure("quic", field("name", "a", "b"))}, []Change{create, configure("quic", field("name", "a", "b"))}, nil, nil},
		{"nothing at all to do", nil, nil, nil, nil},
		{"reasons and exemptions do not count", []Change{configure("quic", field("name", "a", "b"))},
			[]Change{{Verb: Configure, Room: "quic", GroupID: 20, Fields: []FieldChange{field("name", "a", "b")}, Reasons: []string{"now"}, Exempt: true}}, nil, nil},
		{"the order of fields does not count", []Change{configure("quic", field("name", "a", "b"), field("public", "false", "true"))},
			[]Change{configure("quic", field("public", "false", "true"), field("name", "a", "b"))}, nil, nil},
		{"a change more", nil, []Change{create}, nil, []string{"+ create can is new"}},
		{"a change less", []Change{create}, nil, nil, []string{"- create can is no longer planned"}},
		{"a change that a guard holds back now", []Change{create}, nil, []Withheld{{Rule: RuleFreeze, Changes: []Change{create}}},
			[]string{"- create can is held back now by rule freeze"}},
		{"another verb", []Change{configure("can", field("name", "", "CAN"))}, []Change{{Verb: Recreate, Room: "can", GroupID: 20, Fields: create.Fields}}, nil,
			[]string{"~ recreate can: it was configure"}},
		{"another group", []Change{create}, []Change{{Verb: Create, Room: "can", GroupID: 7, Fields: create.Fields}}, nil,
			[]string{"~ create can: its group was 2120 and is 7"}},
		{"another new value", []Change{configure("quic", field("name", "a", "b"))}, []Change{configure("quic", field("name", "a", "c"))}, nil,
			[]string{`~ configure quic: its name was to become "b" and is to become "c"`}},
		{"another old value", []Change{configure("quic", field("name", "a", "b"))}, []Change{configure("quic", field("name", "z", "b"))}, nil,
			[]string{`~ configure quic: its name was "a" and is "z"`}},
		{"a field more and a field less", []Change{configure("quic", field("name", "a", "b"))}, []Change{configure("quic", field("public", "false", "true"))}, nil,
			[]string{`~ configure quic: its name is not to be changed any more; its public is to become "true"`}},
		{"one owner of two", []Change{configure("quic", field(FieldOwner, "", "a@x"), field(FieldOwner, "", "b@x"))}, []Change{configure("quic", field(FieldOwner, "", "b@x"))}, nil,
			[]string{"~ configure quic: its owner a@x is not to be changed any more"}},
		{"long values are cut to where they differ", []Change{configure("quic", field("description", "", long+"A"))}, []Change{configure("quic", field("description", "", long+"B"))}, nil,
			[]string{`~ configure quic: its description was to become "…aid here is logged. A" and is to become "…aid here is logged. B"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			saved := &SavedPlan{Made: noon, Changes: test.saved}
			r := &Report{Changes: slices.Clone(test.now), Withheld: test.withheld}
			if got := saved.moved(r); !slices.Equal(got, test.want) {
				t.Errorf("moved %q, want %q", got, test.want)
			}
			kept := r.keepTo(saved)
			if kept != (len(test.want) == 0) {
				t.Fatalf("kept to the plan: %v, moved %q", kept, test.want)
			}
			if !kept && (len(r.Changes) > 0 || r.Withheld[len(r.Withheld)-1].Rule != RulePlan || r.Held() == 0) {
				t.Errorf("changes %v, withheld %+v", r.Changes, r.Withheld)
			}
		})
	}
}

func TestWhatMovedOfTheWritesToTheDatatracker(t *testing.T) {
	write := func(session int, before, after string) SavedWrite {
		return SavedWrite{Session: session, Meeting: "126", Old: before, New: after}
	}
	tests := []struct {
		name  string
		saved []SavedWrite
		now   []SavedWrite
		want  []string
	}{
		{"nothing", []SavedWrite{write(1, "", "a")}, []SavedWrite{write(1, "", "a")}, nil},
		{"one more", nil, []SavedWrite{write(1, "", "a")}, []string{"+ chat_room a of session 1 is new"}},
		{"one less", []SavedWrite{write(1, "", "a")}, nil, []string{"- chat_room a of session 1 is no longer to be set"}},
		{"somebody set it", []SavedWrite{write(1, "", "a")}, []SavedWrite{write(1, "b", "a")}, []string{`~ chat_room of session 1: from "" to "a", and now from "b" to "a"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &DatatrackerReport{}
			for _, w := range test.now {
				d.Differences = append(d.Differences, Difference{Session: w.Session, Meeting: w.Meeting, ChatRoom: w.Old, Room: w.New, Planned: true})
			}
			d.Differences = append(d.Differences, Difference{Session: 99, Room: "unplanned"})
			r := &Report{Datatracker: d}
			saved := &SavedPlan{WriteBacks: test.saved}
			if got := saved.moved(r); !slices.Equal(got, test.want) {
				t.Errorf("moved %q, want %q", got, test.want)
			}
			if kept := r.keepTo(saved); !kept && r.Datatracker.Pending() > 0 {
				t.Errorf("%d writes are still planned", r.Datatracker.Pending())
			}
		})
	}
}

// TestAPlanThatIsDoneSaysSo and a plan that only waits does not say it.
func TestAPlanThatIsDoneSaysSo(t *testing.T) {
	change := many(Configure, 1)[0]
	saved := &SavedPlan{Made: noon, Changes: []Change{change}}
	const done = "is left to do"
	r := &Report{}
	if r.keepTo(saved) || !strings.Contains(r.Withheld[0].Why, done) {
		t.Errorf("withheld %+v", r.Withheld)
	}
	r = &Report{Withheld: []Withheld{{Rule: RuleFreeze, Changes: []Change{change}}}}
	if r.keepTo(saved) || strings.Contains(r.Withheld[1].Why, done) {
		t.Errorf("withheld %+v", r.Withheld)
	}
	if r := (&Report{}); !r.keepTo(nil) || len(r.Withheld) > 0 {
		t.Errorf("without a saved plan withheld is %+v", r.Withheld)
	}
}
