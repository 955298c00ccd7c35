package provisioner

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// valueTrail is an audit trail from lines "run verb field old new"; "-" stands for
// no value, "_" for a blank, "!" before the verb for a change that failed.
func valueTrail(lines ...string) []registry.Change {
	var trail []registry.Change
	for _, line := range lines {
		f := strings.Fields(line)
		for j := range f {
			f[j] = strings.ReplaceAll(strings.TrimPrefix(f[j], "-"), "_", " ")
		}
		c := registry.Change{Room: "quic", Verb: f[1], Field: f[2], Old: f[3], New: f[4]}
		fmt.Sscan(f[0], &c.Run)
		if c.Verb[0] == '!' {
			c.Verb, c.Error = c.Verb[1:], "forbidden"
		}
		trail = append(trail, c)
	}
	return trail
}

func TestEarlierValues(t *testing.T) {
	made := []string{"2 create name - QUIC", "2 create public - true"}
	adopted := []string{"3 adopt owner - me", "4 configure name Mine QUIC", "4 configure public false true", "4 configure subject - Hi"}
	const pointed = "Text_Joint_session_until_13:00_UTC:_see_also_cats@jabber.example.org."
	type values = map[xmppadmin.Field]string
	tests := []struct {
		name  string
		trail []string
		to    int64
		want  values
		point string
		fails string
	}{
		{"the last run is undone", append(made, "5 configure name Hand QUIC"), 0, values{"name": "Hand"}, "what it was before run 5", ""},
		{"only what the last run changed is undone", append(adopted, "5 configure name QUIC Quick"), 0, values{"name": "QUIC"}, "what it was before run 5", ""},
		{"a run that set no managed field is passed over", append(adopted, "5 configure subject Hi Ho", "6 hold hold - mine"), 0, values{"name": "Mine", "public": "false"}, "what it was before run 4", ""},
		{"what failed does not count", append(adopted, "5 !configure name QUIC Quick"), 0, values{"name": "Mine", "public": "false"}, "what it was before run 4", ""},
		{"a field that a run set twice goes back to the first", append(adopted, "5 configure name QUIC Quick", "5 configure name Quick Quack"), 0, values{"name": "QUIC"}, "what it was before run 5", ""},
		{"the pointer of a joint session is passed over", append(adopted, "5 configure description Text "+pointed, "6 configure description "+pointed+" Text"), 0, values{"name": "Mine", "public": "false"}, "what it was before run 4", ""},
		{"no text comes back with a pointer", append(adopted, "5 configure description Text "+pointed, "6 configure description "+pointed+" Other"), 0, values{"description": "Text"}, "what it was before run 6", ""},
		{"nor after a run that set one", append(adopted, "5 configure description Text Other", "6 configure description Other "+pointed), 6, values{"name": "QUIC", "public": "true", "description": "Text"}, "run 6", ""},
		{"given again, the order means the same", append(adopted, "5 configure name QUIC Quick", "6 revert name Quick QUIC"), 0, values{"name": "QUIC"}, "what it was before run 5", ""},
		{"the values after a run are those that were set by then", append(adopted, "5 configure name QUIC Quick"), 4, values{"name": "QUIC", "public": "true"}, "run 4", ""},
		{"by hand in between is not after the run", append(adopted, "6 configure name Hand Quick"), 5, values{"name": "QUIC", "public": "true"}, "run 5", ""},
		{"before the first change the values are those that it found", adopted, 3, values{"name": "Mine", "public": "false"}, "run 3", ""},
		{"a revert counts when it is named", append(adopted, "5 revert name QUIC Mine", "6 configure name Mine QUIC"), 5, values{"name": "Mine", "public": "true"}, "run 5", ""},
		{"a room that was lost has its values from before", append(made, "5 recreate name - Quick"), 3, values{"name": "QUIC", "public": "true"}, "run 3", ""},
		{"before it was made there is nothing", made, 1, nil, "", "roomctl made the room only in run 2"},
		{"nothing but making it is nothing to undo", made, 0, nil, "", "the last run that set anything is 2, which made the room"},
		{"a trail without managed fields", []string{"3 adopt owner - me"}, 0, nil, "", "the audit trail has no earlier value"},
		{"an empty trail", nil, 7, nil, "", "the audit trail has no earlier value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, point, err := earlierValues(valueTrail(test.trail...), test.to)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("error %v, want %q", err, test.fails)
				}
				return
			}
			if err != nil || !maps.Equal(got, test.want) || point != test.point {
				t.Errorf("%v of %q (%v), want %v of %q", got, point, err, test.want, test.point)
			}
		})
	}
}
