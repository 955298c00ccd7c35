package datatracker

import "testing"

func TestLimits(t *testing.T) {
	tests := []struct {
		name string
		got  *LimitError
		rule string // "" when believed
	}{
		{"as many groups as the minimum", tooFewGroups(50, 50), ""},
		{"one group fewer than the minimum", tooFewGroups(49, 50), RuleMinGroups},
		{"no minimum", tooFewGroups(0, -1), ""},

		{"the first list of groups", groupsShrank("groups", 0, 60), ""},
		{"exactly 85 % of the groups", groupsShrank("groups", 200, 170), ""},
		{"just under 85 % of the groups", groupsShrank("groups", 200, 169), RuleGroupsShrank},
		{"more groups than before", groupsShrank("groups", 200, 300), ""},

		{"exactly 70 % of twenty sessions", sessionsShrank("sessions", 20, 14), ""},
		{"under 70 % of twenty sessions", sessionsShrank("sessions", 20, 13), RuleSessionsShrank},
		{"just under 70 % of a hundred sessions", sessionsShrank("sessions", 100, 69), RuleSessionsShrank},
		{"under 70 % of nineteen sessions", sessionsShrank("sessions", 19, 1), ""},
		{"a short list that goes to none", sessionsShrank("sessions", 19, 0), RuleSessionsShrank},
		{"a list that stays empty", sessionsShrank("sessions", 0, 0), ""},

		{"an interim that loses one of two", sessionsVanished("sessions", 2, 1), ""},
		{"an interim that loses its only one", sessionsVanished("sessions", 1, 0), RuleSessionsShrank},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rule := ""
			if tt.got != nil {
				rule = tt.got.Rule
			}
			if rule != tt.rule {
				t.Errorf("refused by %q (%v), want %q", rule, tt.got, tt.rule)
			}
		})
	}
}

func TestFirstRefusalSkipsWhatIsAllowed(t *testing.T) {
	few := &LimitError{Rule: RuleMinGroups}
	shrank := &LimitError{Rule: RuleGroupsShrank}
	if err := firstRefusal(nil, nil, few, shrank); err != error(few) {
		t.Errorf("got %v, want the first refusal", err)
	}
	if err := firstRefusal([]string{RuleMinGroups}, few, shrank); err != error(shrank) {
		t.Errorf("got %v, want the one that is not allowed", err)
	}
	if err := firstRefusal([]string{RuleMinGroups, RuleGroupsShrank}, few, shrank); err != nil {
		t.Errorf("got %v, want none", err)
	}
	if err := firstRefusal(nil, nil, nil); err != nil {
		t.Errorf("got %v, want none", err)
	}
}

func TestLimitErrorTellsTheNumbers(t *testing.T) {
	tests := []struct {
		err  LimitError
		want string
	}{
		{LimitError{RuleMinGroups, 50, 3, "groups"}, "only 3 groups, fewer than the minimum of 50 (min-groups)"},
		{LimitError{RuleSessionsShrank, 151, 75, "sessions of IETF 126"}, "sessions of IETF 126 went from 151 to 75 (sessions-shrank)"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
