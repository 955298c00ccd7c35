package registry

import (
	"reflect"
	"testing"
	"time"
)

func TestAColumnThatHoldsSomethingElseIsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		column interface{ Scan(any) error }
		value  any
		want   string
	}{
		"a number for a time":       {timeColumn{new(time.Time)}, int64(7), "a time is stored as int64"},
		"a word for a time":         {timeColumn{new(time.Time)}, "yesterday", "cannot parse"},
		"NULL for a list":           {listColumn{new([]string)}, nil, "a list is stored as <nil>"},
		"half a list":               {listColumn{new([]string)}, `["a`, `list "[\"a"`},
		"a list of something other": {listColumn{new([]string)}, `[1]`, "cannot unmarshal number"},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, test.column.Scan(test.value), test.want) })
	}
}

// FuzzColumns feeds columns what a file edited by hand might hold: an error or
// a value that survives another round, never a panic.
func FuzzColumns(f *testing.F) {
	f.Add("2026-03-14T12:00:00.123456789Z")
	f.Add("2026-03-14T12:00:00.000000000+23:59")
	f.Add(`["group quic (2161) is active", "\u0000"]`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, stored string) {
		var at, at2 time.Time
		if (timeColumn{&at}).Scan(stored) == nil && at.Year() > 0 && at.Year() <= 9999 {
			v, err := timeColumn{&at}.Value()
			if err == nil {
				err = timeColumn{&at2}.Scan(v)
			}
			if err != nil || !at.Equal(at2) {
				t.Errorf("time %q: %s, then %s (%v)", stored, at, at2, err)
			}
		}
		var list, list2 []string
		if (listColumn{&list}).Scan(stored) == nil {
			v, err := listColumn{&list}.Value()
			if err == nil {
				err = listColumn{&list2}.Scan(v)
			}
			if err != nil || !reflect.DeepEqual(list, list2) {
				t.Errorf("list %q: %q, then %q (%v)", stored, list, list2, err)
			}
		}
	})
}
