package agenda

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestReadSchedule(t *testing.T) {
	m := realMeeting(t, "113")
	annotated, err := annotate(m.Agenda, m.links())
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := ReadSchedule(annotated)
	if err != nil || len(schedule.Sessions) != len(m.Sessions) {
		t.Fatalf("%d sessions, want %d (%v)", len(schedule.Sessions), len(m.Sessions), err)
	}
	byID := map[int]Session{}
	for _, s := range m.Sessions {
		byID[s.ID] = s
	}
	for _, got := range schedule.Sessions {
		s := byID[got.ID]
		want := Session{
			ID: s.ID, Acronym: s.Acronym, GroupName: plain(s.GroupName, maxName), Name: plain(s.Name, maxName), Start: s.Start, Duration: s.Duration,
			Location: plain(s.Location, maxName), Status: s.Status, Link: SessionLink{Room: s.Link.Room},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if !slices.IsSortedFunc(schedule.Sessions, func(a, b Session) int { return a.Start.Compare(b.Start) }) {
		t.Error("the sessions are not in the order in which they start")
	}
}

func TestReadScheduleLeavesOutWhatHasNoTime(t *testing.T) {
	for name, tt := range map[string]struct {
		members string
		want    time.Duration // zero: left out
	}{
		"as it should be":       {`"start": "2022-03-22T09:00:00Z", "duration": "1:30:00"`, 90 * time.Minute},
		"an older release":      {`"start": "2022-03-22T09:00:00", "duration": "1:30:00"`, 90 * time.Minute},
		"days":                  {`"start": "2022-03-22T09:00:00Z", "duration": "2 days, 0:30:00.000001"`, 48*time.Hour + 30*time.Minute},
		"no start":              {`"duration": "1:30:00"`, 0},
		"no duration":           {`"start": "2022-03-22T09:00:00Z"`, 0},
		"a start that is none":  {`"start": "soon", "duration": "1:30:00"`, 0},
		"a start of other type": {`"start": 1647939600, "duration": "1:30:00"`, 0},
		"a negative duration":   {`"start": "2022-03-22T09:00:00Z", "duration": "-1 day, 1:30:00"`, 0},
		"an endless duration":   {`"start": "2022-03-22T09:00:00Z", "duration": "99999999 days, 0:00:00"`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			schedule, err := ReadSchedule(fmt.Appendf(nil, `{"113": [{"objtype": "session", "session_id": 7, "group": 3, "name": null, %s}]}`, tt.members))
			if err != nil {
				t.Fatal(err)
			}
			var got time.Duration
			for _, s := range schedule.Sessions {
				got += s.Duration
				if want := time.Date(2022, 3, 22, 9, 0, 0, 0, time.UTC); s.Start != want {
					t.Errorf("it starts %v", s.Start)
				}
			}
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if _, err := ReadSchedule([]byte(`{"113": [`)); !errors.Is(err, ErrNotJSON) {
		t.Errorf("a cut document gives %v", err)
	}
}

func TestMeetingWeek(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2022, 3, d, hour, 0, 0, 0, time.UTC) }
	schedule := Schedule{Sessions: []Session{
		{Start: day(20, 15), Duration: time.Hour},
		{Start: day(25, 9), Duration: 2 * time.Hour},
		{Start: day(30, 9), Duration: time.Hour, Status: "canceled"},
	}}
	for at, want := range map[time.Time]bool{
		day(18, 23):                       false,
		day(19, 0).Add(-time.Nanosecond):  false,
		day(19, 0):                        true,
		day(22, 3):                        true,
		day(26, 11).Add(-time.Nanosecond): true,
		day(26, 11):                       false,
		day(30, 9):                        false,
	} {
		if got := schedule.InMeetingWeek(at); got != want {
			t.Errorf("at %v: %v", at, got)
		}
	}
	if (Schedule{}).InMeetingWeek(time.Time{}.Add(12 * time.Hour)) {
		t.Error("a meeting without sessions has a week")
	}
}

func FuzzReadSchedule(f *testing.F) {
	real, err := os.ReadFile("testdata/agenda-113.annotated.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(real)
	f.Add([]byte(`{"1":[{"objtype":"session","session_id":7,"start":"0001-01-01T00:00:00","duration":"9999 days, 99:59:59","chat_web_url":"javascript:x"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		schedule, err := ReadSchedule(doc)
		if (err == nil) != json.Valid(doc) {
			t.Fatalf("got %v", err)
		}
		for _, s := range schedule.Sessions {
			if s.Duration < 0 || s.Name != plain(s.Name, maxName) || s.Link.WebURL != webAddress(s.Link.WebURL) {
				t.Fatalf("got %+v", s)
			}
			on := schedule.On(s.Start)
			if runs := slices.ContainsFunc(on, func(o Session) bool { return reflect.DeepEqual(o, s) }); runs != (s.Duration > 0 && !s.Cancelled()) {
				t.Fatalf("%+v is on at its start: %v", s, runs)
			}
		}
	})
}
