package provisioner

import (
	"errors"
	"maps"
	"testing"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// TestVerifiedIsDefiniteOnlyWhenAllIsTold: what publication depends on and was not
// told is no "no".
func TestVerifiedIsDefiniteOnlyWhenAllIsTold(t *testing.T) {
	without := func(f xmppadmin.Field) func(*xmppadmin.Room) {
		return func(r *xmppadmin.Room) { delete(r.Values, f) }
	}
	tests := []struct {
		name     string
		is       func(*xmppadmin.Room)
		rules    func(*Rules) // may be nil
		definite bool
		fit      bool // the answer is a good one
	}{
		{"all is told, and well", func(*xmppadmin.Room) {}, nil, true, true},
		{"whether it is persistent is not told", without(xmppadmin.FieldPersistent), nil, false, false},
		{"whether it is public is not told", without(xmppadmin.FieldPublic), nil, false, false},
		{"whether it is logged is not told", without(xmppadmin.FieldLogging), nil, false, false},
		{"nor need it be", without(xmppadmin.FieldLogging), func(r *Rules) { r.Logging = LoggingWanted }, true, true},
		{"its service has no logs", func(r *xmppadmin.Room) {
			without(xmppadmin.FieldLogging)(r)
			r.CannotLog = true
		}, nil, true, false},
		{"it is hidden", func(r *xmppadmin.Room) { r.Values[xmppadmin.FieldPublic] = "false" }, nil, true, false},
		{"it vanishes when empty", func(r *xmppadmin.Room) { r.Values[xmppadmin.FieldPersistent] = "false" }, nil, true, false},
		{"its owners were not read", func(r *xmppadmin.Room) { r.Owners, r.Err = nil, errors.New("timed out") }, nil, false, false},
		{"it tells its owners to owners only", func(r *xmppadmin.Room) { r.Owners, r.Err = nil, xmppadmin.ErrNotOwner }, nil, true, false},
		{"others own it", func(r *xmppadmin.Room) { r.Owners = []string{"mallory@example.org"} }, nil, true, false},
		{"it is gone", func(r *xmppadmin.Room) { *r = xmppadmin.Room{Existence: xmppadmin.Absent} }, nil, true, false},
		{"nobody knows whether it is there", func(r *xmppadmin.Room) { *r = xmppadmin.Room{Err: errors.New("timed out")} }, nil, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := testRules(t)
			want, _ := Desire(testSnapshot(), state(), rules).Room("quic")
			if test.rules != nil {
				test.rules(&rules)
			}
			is := asDesired(want, rules)
			is.Values = maps.Clone(is.Values)
			test.is(&is)
			v, definite := verified(is, want, registry.Room{}, rules, true, noon)
			if fit := v.Fit(noon, rules.Logging == LoggingRequired); definite != test.definite || definite && fit != test.fit {
				t.Errorf("definite %t, fit %t; want %t, %t", definite, fit, test.definite, test.fit)
			}
		})
	}
}
