package datatracker

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseDateTime(t *testing.T) {
	tests := []struct {
		name, in string
		want     time.Time
		bad      bool
	}{
		{name: "UTC", in: "2022-11-10T13:00:00Z", want: time.Date(2022, 11, 10, 13, 0, 0, 0, time.UTC)},
		{name: "no zone means UTC", in: "2021-11-18T09:22:12", want: time.Date(2021, 11, 18, 9, 22, 12, 0, time.UTC)},
		{name: "another zone is converted", in: "2022-03-22T14:30:00+01:00", want: time.Date(2022, 3, 22, 13, 30, 0, 0, time.UTC)},
		{name: "fractions of a second", in: "2022-11-10T13:00:00.5", want: time.Date(2022, 11, 10, 13, 0, 0, 5e8, time.UTC)},
		{name: "a date alone", in: "2022-11-10", bad: true},
		{name: "no such day", in: "2022-02-30T00:00:00Z", bad: true},
		{name: "words", in: "tomorrow", bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDateTime(tt.in)
			if (err != nil) != tt.bad || !got.Equal(tt.want) {
				t.Errorf("ParseDateTime(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
			}
			if err == nil && got.Location() != time.UTC {
				t.Errorf("ParseDateTime(%q) is in %v, want UTC", tt.in, got.Location())
			}
		})
	}
}

func TestParseTimedelta(t *testing.T) {
	tests := []struct {
		name, in string
		want     time.Duration
		bad      bool
	}{
		{name: "hours and minutes", in: "1:30:00", want: 90 * time.Minute},
		{name: "nothing", in: "0:00:00"},
		{name: "one day", in: "1 day, 0:00:00", want: 24 * time.Hour},
		{name: "many days", in: "21 days, 2:03:04", want: 21*24*time.Hour + 2*time.Hour + 3*time.Minute + 4*time.Second},
		{name: "microseconds are dropped", in: "0:00:01.500000", want: time.Second},
		{name: "negative", in: "-1 day, 23:00:00", bad: true},
		{name: "sixty minutes", in: "1:60:00", bad: true},
		{name: "seconds missing", in: "1:30", bad: true},
		{name: "longer than a career", in: "999999 days, 0:00:00", bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTimedelta(tt.in)
			if (err != nil) != tt.bad || got != tt.want {
				t.Errorf("ParseTimedelta(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestReference(t *testing.T) {
	tests := []struct {
		name, in string
		want     reference
		bad      bool
	}{
		{name: "a name", in: `"/api/v1/name/grouptypename/wg/"`, want: reference{"grouptypename", "wg"}},
		{name: "a number", in: `"/api/v1/group/group/2412/"`, want: reference{"group", "2412"}},
		{name: "null", in: `null`},
		{name: "a bare key", in: `"wg"`, bad: true},
		{name: "no key", in: `"/api/v1/name//"`, bad: true},
		{name: "a number instead of a URI", in: `7`, bad: true},
		{name: "an embedded object", in: `{"slug":"wg"}`, bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got struct{ R reference }
			err := json.Unmarshal([]byte(`{"R":`+tt.in+`}`), &got)
			if (err != nil) != tt.bad || got.R != tt.want {
				t.Errorf("got %+v, %v; want %+v", got.R, err, tt.want)
			}
		})
	}
}

func TestReferenceToTheWrongModelIsAnError(t *testing.T) {
	r := reference{model: "groupstatename", key: "7"}
	if _, err := r.slug("grouptypename"); err == nil {
		t.Error("a state was taken for a type")
	}
	if _, err := r.id("group"); err == nil {
		t.Error("a state was taken for a group")
	}
	for _, key := range []string{"wg", "0", "-1", "99999999999999999999"} {
		if id, err := (reference{model: "group", key: key}).id("group"); err == nil {
			t.Errorf("key %q was taken for id %d", key, id)
		}
	}
}

func FuzzParseTimedelta(f *testing.F) {
	for _, s := range []string{"1:30:00", "21 days, 0:00:00", "1 day, 2:03:04.000005", "-1 day, 0:00:00", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseTimedelta(s); d < 0 || err != nil && d != 0 {
			t.Errorf("ParseTimedelta(%q) = %v, %v", s, d, err)
		}
	})
}

func FuzzParseDateTime(f *testing.F) {
	for _, s := range []string{"2022-11-10T13:00:00Z", "2021-11-18T09:22:12", "2022-03-22T14:30:00+01:00", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseDateTime(s)
		if err != nil {
			return
		}
		again, err := ParseDateTime(got.Format(time.RFC3339Nano))
		if got.Year() >= 0 && got.Year() <= 9999 && (err != nil || !again.Equal(got)) {
			t.Errorf("ParseDateTime(%q) = %v, which reads back as %v, %v", s, got, again, err)
		}
	})
}
