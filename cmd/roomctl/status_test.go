package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker"
	"roomctl/provisioner"
	"roomctl/provisioner/lock"
	"roomctl/provisioner/registry"
)

func TestWhatIsWellAndWhatNeedsAPerson(t *testing.T) {
	now := epoch
	sync := func(outcome string) *runDocument { return &runDocument{Run: 7, Command: "sync", Outcome: outcome} }
	tests := []struct {
		name     string
		edit     func(d *statusDocument)
		problems []string
		well     bool
		needs    []string // parts of each, in this order
	}{
		{name: "all as it should be", well: true},
		{name: "a good sync 45 minutes ago", well: true,
			edit: func(d *statusDocument) { d.GoodSync = now.Add(-45 * time.Minute) }},
		{name: "one a minute older",
			edit:  func(d *statusDocument) { d.GoodSync = now.Add(-46 * time.Minute) },
			needs: []string{"the last good sync was 46 minutes ago, and every 45 minutes there should be one"}},
		{name: "11 minutes ago in the week of a meeting",
			edit:  func(d *statusDocument) { d.GoodSync, d.Meeting = now.Add(-11*time.Minute), "IETF 126" },
			needs: []string{"11 minutes ago, and every 10 minutes"}},
		{name: "no good sync yet",
			edit:  func(d *statusDocument) { d.GoodSync, d.LastSync = time.Time{}, nil },
			needs: []string{"no sync has succeeded yet"}},
		{name: "a good sync in the future",
			edit:  func(d *statusDocument) { d.GoodSync = now.Add(time.Hour) },
			needs: []string{"was the clock set back?"}},
		{name: "a sync that failed, with why",
			edit: func(d *statusDocument) {
				d.LastSync = sync("failed")
				d.Published = &agenda.Status{Outcome: "failed", Problems: []string{"connection refused", "and more"}}
			},
			needs: []string{"the last sync (run 7) failed: connection refused"}},
		{name: "a sync that failed before anything was published",
			edit:  func(d *statusDocument) { d.LastSync, d.Published = sync("failed"), nil },
			needs: []string{"the last sync (run 7) failed"}},
		{name: "a sync that was killed",
			edit:  func(d *statusDocument) { d.LastSync = sync("") },
			needs: []string{"the last sync (run 7) did not end: it was killed"}},
		{name: "a sync that is running", well: true,
			edit: func(d *statusDocument) { d.LastSync, d.Running = sync(""), &lock.Holder{Command: "sync"} }},
		{name: "a sync that was partly withheld is well", well: true,
			edit: func(d *statusDocument) {
				d.LastSync = sync("withheld")
				d.Published.Withheld = []agenda.WithheldStatus{
					{Rule: "retire", Why: "rooms to retire: 40; the limit is 16", Rooms: []string{"a"}},
					{Rule: "freeze", Why: "IETF 126 is near", Until: now.Add(time.Hour)},
					{Rule: "hold", Why: "a person holds room quic"},
					{Rule: "pause", Why: "paused"},
				}
			},
			needs: []string{"the guard retire withholds something: rooms to retire: 40; the limit is 16"}},
		{name: "a pause that ends by itself is well, whatever is missed", well: true,
			edit: func(d *statusDocument) {
				d.GoodSync, d.Paused, d.pauseEnds = now.Add(-3*time.Hour), "since …, until …", true
			},
			needs: []string{"the last good sync was 3 hours ago", "roomctl is paused since …, until …"}},
		{name: "a pause without an end is not",
			edit:  func(d *statusDocument) { d.GoodSync, d.Paused = now.Add(-3*time.Hour), "since …" },
			needs: []string{"the last good sync", "roomctl is paused"}},
		{name: "a registry that cannot be read",
			edit:     func(d *statusDocument) { *d = statusDocument{pauseEnds: true} },
			problems: []string{"registry x is damaged"},
			needs:    []string{"registry x is damaged"}},
		{name: "a status file that cannot be read is told first", well: true,
			edit:     func(d *statusDocument) { d.Published, d.Rooms.Unfit = nil, 1 },
			problems: []string{"reading status.json: it is cut short"},
			needs:    []string{"reading status.json"}},
		{name: "what the last run left over", well: true,
			edit: func(d *statusDocument) {
				d.Published.Counts = agenda.Counts{NotOurs: 2, Failed: 1, Sessions: 10, Linked: 7}
				d.Published.Sources = []agenda.SourceStatus{
					{Name: "groups", Read: now.Add(-time.Minute)}, {Name: "IETF 126 agenda", Read: now.Add(-2 * time.Hour)},
				}
				d.Rooms.Unfit = 3
			},
			needs: []string{"2 rooms are wanted and not roomctl's", "changes that failed: 1", "sessions without a link to their room: 3 of 10",
				"rooms that no session can be linked to: 3", "IETF 126 agenda: not read for over an hour"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &statusDocument{
				readable: true, GoodSync: now.Add(-5 * time.Minute), LastSync: sync("done"),
				Published: &agenda.Status{Outcome: "done", Written: now.Add(-5 * time.Minute)},
			}
			if test.edit != nil {
				test.edit(d)
			}
			d.judge(test.problems, now)
			if d.Well != test.well || (d.ExitStatus == exitDone) != test.well {
				t.Errorf("well %t, exit status %d; want well %t", d.Well, d.ExitStatus, test.well)
			}
			if len(d.Needs) != len(test.needs) {
				t.Fatalf("needs %q, want %q", d.Needs, test.needs)
			}
			for i, part := range test.needs {
				if !strings.Contains(d.Needs[i], part) {
					t.Errorf("need %d is %q, want %q in it", i+1, d.Needs[i], part)
				}
			}
		})
	}
}

func TestRoomsAreCounted(t *testing.T) {
	room := func(state registry.RoomState, edit ...func(*registry.Room)) registry.Room {
		r := registry.Room{State: state, Verified: registry.Verified{At: epoch, Exists: true, Ours: true, Persistent: true, Public: true}}
		for _, e := range edit {
			e(&r)
		}
		return r
	}
	known := &registry.State{Rooms: map[string]registry.Room{
		"a": room(registry.Active, func(r *registry.Room) { r.Verified.Logged = true }),
		"b": room(registry.Active),
		"c": room(registry.Retired, func(r *registry.Room) { r.Pinned = true }),
		"d": room(registry.Closed, func(r *registry.Room) { r.Pinned = true; r.Held.Since = epoch }),
		"e": room(registry.Destroyed),
		"f": room(registry.Active, func(r *registry.Room) { r.Verified.At = epoch.AddDate(0, 0, -2) }),
	}}
	for logging, want := range map[provisioner.Logging]roomCounts{
		provisioner.LoggingWanted:   {Active: 3, Retired: 1, Closed: 1, Destroyed: 1, Held: 1, Pinned: 2, Fit: 3, Unfit: 1},
		provisioner.LoggingRequired: {Active: 3, Retired: 1, Closed: 1, Destroyed: 1, Held: 1, Pinned: 2, Fit: 1, Unfit: 3},
	} {
		if got := countRooms(known, provisioner.Rules{Logging: logging}, epoch); !reflect.DeepEqual(got, want) {
			t.Errorf("logs %s: got %+v, want %+v", logging, got, want)
		}
	}
}

func TestAMeetingIsOnFromAnHourBeforeItsFirstSessionToAnHourAfterItsLast(t *testing.T) {
	first, last := epoch.Truncate(24*time.Hour).Add(9*time.Hour), epoch.Truncate(24*time.Hour).AddDate(0, 0, 5)
	sessions := func(starts ...time.Time) *datatracker.Agenda {
		a := &datatracker.Agenda{}
		for i, start := range starts {
			a.Sessions = append(a.Sessions, datatracker.AgendaSession{SessionID: i + 1, Start: start, Duration: 2 * time.Hour})
		}
		return a
	}
	snap := &datatracker.Snapshot{Time: first, Meetings: []datatracker.Meeting{
		{Number: "126", Type: "ietf", Date: first.Truncate(24 * time.Hour), Days: 7, Agenda: sessions(last, first)},
		{Number: "interim-2026-quic-01", Type: "interim", Date: first, Agenda: sessions(first.Add(-2 * time.Hour))},
		{Number: "127", Type: "ietf", Date: first, Days: 7},
	}}
	for at, want := range map[time.Time]string{
		first.Add(-61 * time.Minute): "",
		first.Add(-time.Hour):        "IETF 126",
		first.AddDate(0, 0, 2):       "IETF 126",
		last.Add(3 * time.Hour):      "IETF 126",
		last.Add(3*time.Hour + 1):    "",
	} {
		got, since := ietfMeetingAt(snap, at)
		if got != want || got != "" && !since.Equal(first.Add(-time.Hour)) {
			t.Errorf("at %s: %q since %s, want %q", at, got, since, want)
		}
	}
}
