package announce

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// ten is when most sessions of the tests start.
var ten = time.Date(2026, 3, 17, 10, 0, 0, 0, time.UTC)

// session is a slot of an hour in room quic.
func session(id int, start time.Time) provisioner.Slot {
	return provisioner.Slot{
		Meeting: "126", Title: "IETF 126", IETF: true, Session: id, Acronym: "quic", GroupName: "QUIC",
		Status: "sched", Start: start, End: start.Add(time.Hour), Room: "quic",
	}
}

// off is a slot that does not take place.
func off(s provisioner.Slot) provisioner.Slot {
	s.Status, s.Off = "canceled", true
	return s
}

// in is a slot in another room.
func in(room string, s provisioner.Slot) provisioner.Slot {
	s.Room = room
	return s
}

// row is what the registry remembers of a session.
func row(id int, start time.Time, kind Kind) registry.Announced {
	return registry.Announced{Session: id, Start: start, Kind: string(kind), Room: "quic", Begun: start, Accepted: start}
}

// everything is announced.
var everything = Settings{Before: []time.Duration{15 * time.Minute, time.Hour}, Start: true, Moved: true, Cancelled: true}

// told lists announcements as "kind session@start in room".
func told(list []Announcement) []string {
	words := []string{}
	for _, a := range list {
		text := fmt.Sprintf("%s %d@%s in %s", a.Kind, a.Slot.Session, a.Slot.Start.Format("02 15:04"), a.Slot.Room)
		if !a.OldStart.IsZero() {
			text += " from " + a.OldStart.Format("02 15:04")
		}
		words = append(words, text)
	}
	return words
}

func TestDueByTheTimeOfDay(t *testing.T) {
	one := session(1, ten)
	short := one
	short.End = short.Start.Add(time.Minute)
	tests := map[string]struct {
		at    string // hh:mm:ss of the day
		slots []provisioner.Slot
		said  []registry.Announced
		s     Settings
		want  []string
	}{
		"nothing before the longest lead":            {at: "08:59:59", slots: []provisioner.Slot{one}, s: everything},
		"an hour before, to the second":              {"09:00:00", []provisioner.Slot{one}, nil, everything, []string{"before 1h0m0s 1@17 10:00 in quic"}},
		"an hour before, not quite too late":         {"09:01:59", []provisioner.Slot{one}, nil, everything, []string{"before 1h0m0s 1@17 10:00 in quic"}},
		"an hour before, too late":                   {at: "09:02:00", slots: []provisioner.Slot{one}, s: everything},
		"a quarter of an hour before":                {"09:45:00", []provisioner.Slot{one}, nil, everything, []string{"before 15m0s 1@17 10:00 in quic"}},
		"at the start":                               {"10:00:00", []provisioner.Slot{one}, nil, everything, []string{"start 1@17 10:00 in quic"}},
		"at the start, a minute late":                {"10:01:00", []provisioner.Slot{one}, nil, everything, []string{"start 1@17 10:00 in quic"}},
		"at the start, too late":                     {at: "10:02:00", slots: []provisioner.Slot{one}, s: everything},
		"a session that is over is not started":      {at: "10:01:00", slots: []provisioner.Slot{short}, s: everything},
		"what was said is not said again":            {at: "10:00:30", slots: []provisioner.Slot{one}, said: []registry.Announced{row(1, ten, Start)}, s: everything},
		"what may have been said is not said again":  {at: "10:00:30", slots: []provisioner.Slot{one}, said: []registry.Announced{{Session: 1, Start: ten, Kind: "start"}}, s: everything},
		"what was said of another start is":          {"10:00:30", []provisioner.Slot{one}, []registry.Announced{row(1, ten.Add(time.Minute), Start)}, everything, []string{"start 1@17 10:00 in quic"}},
		"what was said of another session is":        {"10:00:30", []provisioner.Slot{one}, []registry.Announced{row(2, ten, Start)}, everything, []string{"start 1@17 10:00 in quic"}},
		"one that is off does not start":             {at: "10:00:00", slots: []provisioner.Slot{off(one)}, s: everything},
		"one without a room is not told":             {at: "10:00:00", slots: []provisioner.Slot{in("", one)}, s: everything},
		"nor one in a room that wants no such thing": {at: "10:00:00", slots: []provisioner.Slot{one}, s: Settings{Start: true, Except: []string{"tls", "quic"}}},
		"but in the other rooms": {
			"10:00:00", []provisioner.Slot{in("tls", session(2, ten)), one, in("dns", session(3, ten))}, nil,
			Settings{Start: true, Except: []string{"quic"}}, []string{"start 3@17 10:00 in dns", "start 2@17 10:00 in tls"},
		},
		"a slot that the agenda has twice is told once": {
			"10:00:00", []provisioner.Slot{one, one}, nil, everything, []string{"start 1@17 10:00 in quic"},
		},
		"of two lead times that are late at once only the nearer": {
			"09:46:00", []provisioner.Slot{one}, nil,
			Settings{Before: []time.Duration{16 * time.Minute, 15 * time.Minute, 16 * time.Minute}},
			[]string{"before 15m0s 1@17 10:00 in quic"},
		},
		"nor the farther one once the nearer was said": {
			at: "09:45:30", slots: []provisioner.Slot{one}, said: []registry.Announced{row(1, ten, Before(15*time.Minute))},
			s: Settings{Before: []time.Duration{16 * time.Minute, 15 * time.Minute}},
		},
		"nothing that comes before a start once it has started": {
			at: "10:00:10", slots: []provisioner.Slot{one}, s: Settings{Before: []time.Duration{time.Minute}},
		},
		"only what is wanted: no start":  {at: "10:00:00", slots: []provisioner.Slot{one}, s: Settings{Before: []time.Duration{time.Hour}, Moved: true, Cancelled: true}},
		"only what is wanted: no before": {at: "09:00:00", slots: []provisioner.Slot{one}, s: Settings{Start: true}},
		"two slots of one session are two": {
			"11:00:00", []provisioner.Slot{one, session(1, ten.Add(time.Hour))}, []registry.Announced{row(1, ten, Start)},
			everything, []string{"start 1@17 11:00 in quic"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clock, err := time.Parse(time.DateTime, ten.Format(time.DateOnly)+" "+test.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(dueOf(test.slots, test.said, clock, test.s)); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// dueOf lists what is to be said now.
func dueOf(slots []provisioner.Slot, said []registry.Announced, now time.Time, s Settings) []Announcement {
	return slices.DeleteFunc(All(slots, said, now, s), func(a Announcement) bool { return !a.due(now) })
}

func TestDueOfWhatChanged(t *testing.T) {
	later, tomorrow := ten.Add(3*time.Hour), ten.Add(26*time.Hour)
	knows := func(starts ...time.Time) (rows []registry.Announced) {
		for _, s := range starts {
			rows = append(rows, row(1, s, planned))
		}
		return rows
	}
	early := ten.Add(-4 * time.Hour)
	tests := map[string]struct {
		now   time.Time
		slots []provisioner.Slot
		said  []registry.Announced
		want  []string
	}{
		"the first sight of an agenda":           {early, []provisioner.Slot{session(1, ten), off(session(2, ten))}, nil, nil},
		"nothing changed":                        {early, []provisioner.Slot{session(1, ten)}, knows(ten), nil},
		"moved to later":                         {early, []provisioner.Slot{session(1, later)}, knows(ten), []string{"moved 1@17 13:00 in quic from 17 10:00"}},
		"moved to earlier":                       {early, []provisioner.Slot{session(1, ten)}, knows(later), []string{"moved 1@17 10:00 in quic from 17 13:00"}},
		"moved away from today":                  {early, []provisioner.Slot{session(1, tomorrow.Add(24*time.Hour))}, knows(ten), []string{"moved 1@19 12:00 in quic from 17 10:00"}},
		"moved to today":                         {early, []provisioner.Slot{session(1, ten)}, knows(tomorrow.Add(24 * time.Hour)), []string{"moved 1@17 10:00 in quic from 19 12:00"}},
		"moved, both more than a day ahead":      {early.Add(-48 * time.Hour), []provisioner.Slot{session(1, later)}, knows(ten), nil},
		"moved while it should be on":            {ten.Add(30 * time.Minute), []provisioner.Slot{session(1, tomorrow)}, knows(ten), []string{"moved 1@18 12:00 in quic from 17 10:00"}},
		"moved to tomorrow once it was over":     {ten.Add(time.Hour), []provisioner.Slot{session(1, tomorrow)}, knows(ten), nil},
		"moved so that it is on now":             {ten.Add(30 * time.Minute), []provisioner.Slot{session(1, ten)}, knows(later), []string{"moved 1@17 10:00 in quic from 17 13:00"}},
		"moved to where it is over":              {ten.Add(time.Hour), []provisioner.Slot{session(1, ten)}, knows(later), nil},
		"moved, and said so":                     {early, []provisioner.Slot{session(1, later)}, append(knows(ten), row(1, later, Moved)), nil},
		"moved back, which was not said":         {early, []provisioner.Slot{session(1, ten)}, append(knows(later), row(1, later, Moved)), []string{"moved 1@17 10:00 in quic from 17 13:00"}},
		"a second slot is no move":               {early, []provisioner.Slot{session(1, ten), session(1, later)}, knows(ten), nil},
		"one of two slots moved":                 {early, []provisioner.Slot{session(1, ten), session(1, later.Add(time.Hour))}, knows(ten, later), []string{"moved 1@17 14:00 in quic from 17 13:00"}},
		"both slots moved":                       {early, []provisioner.Slot{session(1, ten.Add(time.Hour)), session(1, later.Add(time.Hour))}, knows(ten, later), []string{"moved 1@17 11:00 in quic from 17 10:00", "moved 1@17 14:00 in quic from 17 13:00"}},
		"another session is another matter":      {early, []provisioner.Slot{session(2, later)}, knows(ten), nil},
		"gone from the agenda is no evidence":    {early, nil, knows(ten), nil},
		"cancelled":                              {early, []provisioner.Slot{off(session(1, ten))}, knows(ten), []string{"cancelled 1@17 10:00 in quic"}},
		"cancelled while it is on":               {ten.Add(30 * time.Minute), []provisioner.Slot{off(session(1, ten))}, knows(ten), []string{"cancelled 1@17 10:00 in quic"}},
		"cancelled when it was over":             {ten.Add(time.Hour), []provisioner.Slot{off(session(1, ten))}, knows(ten), nil},
		"cancelled more than a day ahead":        {early.Add(-48 * time.Hour), []provisioner.Slot{off(session(1, ten))}, knows(ten), nil},
		"cancelled, and said so":                 {early, []provisioner.Slot{off(session(1, ten))}, append(knows(ten), row(1, ten, Cancelled)), nil},
		"cancelled before it was known":          {early, []provisioner.Slot{off(session(1, ten))}, nil, nil},
		"cancelled at a time it was not to be":   {early, []provisioner.Slot{off(session(1, later))}, knows(ten), []string{"cancelled 1@17 10:00 in quic"}},
		"one slot cancelled, the other is on":    {early, []provisioner.Slot{off(session(1, ten)), session(1, later)}, knows(ten, later), []string{"cancelled 1@17 10:00 in quic"}},
		"cancelled, and takes place later":       {early, []provisioner.Slot{off(session(1, ten)), session(1, later)}, knows(ten), []string{"cancelled 1@17 10:00 in quic"}},
		"moved into a room that is not linked":   {early, []provisioner.Slot{in("", session(1, later))}, knows(ten), nil},
		"an old start that was merely announced": {early, []provisioner.Slot{session(1, later)}, []registry.Announced{row(1, ten, Before(time.Hour))}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, s := range []Settings{{Moved: true, Cancelled: true}, {Moved: true}, {Cancelled: true}} {
				want := slices.DeleteFunc(slices.Clone(test.want), func(w string) bool {
					return w[0] == 'm' && !s.Moved || w[0] == 'c' && !s.Cancelled
				})
				if got := told(dueOf(test.slots, test.said, test.now, s)); !slices.Equal(got, want) {
					t.Errorf("%+v:\ngot  %q\nwant %q", s, got, want)
				}
			}
		})
	}
}

func TestMemoryFollowsTheAgenda(t *testing.T) {
	later := ten.Add(3 * time.Hour)
	now := ten.Add(-time.Hour)
	open := []Announcement{{Kind: Moved, Slot: session(1, later)}, {Kind: Start, Slot: session(2, ten)}}
	tests := map[string]struct {
		slots     []provisioner.Slot
		said      []registry.Announced
		open      []Announcement
		add, drop []string
	}{
		"first seen":                             {slots: []provisioner.Slot{session(1, ten)}, add: []string{"1@10:00"}},
		"without a room as well":                 {slots: []provisioner.Slot{in("", session(1, ten))}, add: []string{"1@10:00"}},
		"as it was":                              {slots: []provisioner.Slot{session(1, ten)}, said: []registry.Announced{row(1, ten, planned)}},
		"moved":                                  {slots: []provisioner.Slot{session(1, later)}, said: []registry.Announced{row(1, ten, planned)}, add: []string{"1@13:00"}, drop: []string{"1@10:00"}},
		"moved, and not said yet":                {slots: []provisioner.Slot{session(1, later)}, said: []registry.Announced{row(1, ten, planned)}, open: open},
		"moved, while something else is to say":  {slots: []provisioner.Slot{session(2, later)}, said: []registry.Announced{row(2, ten, planned)}, open: open, add: []string{"2@13:00"}, drop: []string{"2@10:00"}},
		"off":                                    {slots: []provisioner.Slot{off(session(1, ten))}, said: []registry.Announced{row(1, ten, planned)}, drop: []string{"1@10:00"}},
		"over before it was ever seen":           {slots: []provisioner.Slot{session(1, now.Add(-time.Hour))}},
		"over, and known":                        {slots: []provisioner.Slot{session(1, now.Add(-time.Hour))}, said: []registry.Announced{row(1, now.Add(-time.Hour), planned)}},
		"gone from the agenda":                   {said: []registry.Announced{row(1, ten, planned)}},
		"what was said of it is no such memory":  {slots: []provisioner.Slot{session(1, ten)}, said: []registry.Announced{row(1, ten, Start)}, add: []string{"1@10:00"}},
		"what was said at the old start is kept": {slots: []provisioner.Slot{session(1, later)}, said: []registry.Announced{row(1, ten, Start), row(1, later, planned)}},
	}
	short := func(rows []registry.Announced) (list []string) {
		for _, r := range rows {
			if r.Kind != string(planned) || r.Begun.IsZero() || r.Accepted.IsZero() {
				t.Errorf("%+v is not a row of what is planned", r)
			}
			list = append(list, fmt.Sprintf("%d@%s", r.Session, r.Start.Format("15:04")))
		}
		return list
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			add, drop := memory(test.slots, test.said, test.open, now)
			if got := short(add); !slices.Equal(got, test.add) {
				t.Errorf("adds %q, want %q", got, test.add)
			}
			if got := short(drop); !slices.Equal(got, test.drop) {
				t.Errorf("drops %q, want %q", got, test.drop)
			}
		})
	}
}

func TestTextsNameTheLeadInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15 * time.Minute: "15 minutes", time.Minute: "1 minute", 90 * time.Minute: "1 hour 30 minutes",
		24 * time.Hour: "1 day", 50 * time.Hour: "2 days 2 hours", 45 * time.Second: "45 seconds",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
