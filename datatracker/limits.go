package datatracker

import "slices"

// The input guards compare a document with its own last good copy. They are
// plain arithmetic: which copy serves after a refusal is read's business.

// tooFewGroups refuses a list of groups that is shorter than any real one.
func tooFewGroups(now, minimum int) *LimitError {
	if now >= minimum {
		return nil
	}
	return &LimitError{Rule: RuleMinGroups, Before: minimum, Now: now, What: "groups"}
}

// groupsShrank refuses a list that keeps under 85 % of its last good copy.
func groupsShrank(what string, before, now int) *LimitError {
	if now*100 >= before*85 {
		return nil
	}
	return &LimitError{Rule: RuleGroupsShrank, Before: before, Now: now, What: what}
}

// sessionsShrank refuses a list of 20 sessions or more that keeps under 70 % of
// them, and any list that goes from some to none.
func sessionsShrank(what string, before, now int) *LimitError {
	if before >= 20 && now*100 < before*70 {
		return &LimitError{Rule: RuleSessionsShrank, Before: before, Now: now, What: what}
	}
	return sessionsVanished(what, before, now)
}

// sessionsVanished refuses a list that goes from some to none. An interim has
// so few sessions that it may lose one of two.
func sessionsVanished(what string, before, now int) *LimitError {
	if before == 0 || now > 0 {
		return nil
	}
	return &LimitError{Rule: RuleSessionsShrank, Before: before, Now: now, What: what}
}

// firstRefusal is the first of the refusals whose rule is not lifted; nil when
// there is none.
func firstRefusal(allow []string, refusals ...*LimitError) error {
	for _, r := range refusals {
		if r != nil && !slices.Contains(allow, r.Rule) {
			return r
		}
	}
	return nil
}
