package provisioner_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"roomctl/datatracker"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestJointSessionsOfRealMeetings are all that the captured agendas have.
func TestJointSessionsOfRealMeetings(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"108": `28189 jmap: extra
28191 extra: jmap`,
		"110": `28629 rtgwg: rtgarea
28662 pals: detnet mpls spring
28712 homenet: dnssd
28713 dnssd: homenet
28725 rtgarea: rtgwg`,
		"111": `28865 pals: detnet mpls`,
		"113": `29289 pals: detnet mpls
29298 jmap: extra`,
	}
	for _, number := range slices.Sorted(maps.Keys(want)) {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			now := func() time.Time { return beforeTheMeeting }
			dt, err := datatrackertest.Start(datatrackertest.Options{Now: now, Meeting: number})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(dt.Close)
			s, err := place{Datatracker: dt.URL(), Dir: t.TempDir(), Now: beforeTheMeeting, RequestTimeout: patience}.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Registry.Close()
			s.Rules.Joint = true
			known := &registry.State{}
			snap, err := s.Poll(t.Context(), known, provisioner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range provisioner.Desire(snap, known, s.Rules).Meetings {
				for _, session := range m.Sessions {
					if len(session.Joint) > 0 {
						got = append(got, fmt.Sprintf("%d %s: %s", session.ID, session.Acronym, strings.Join(session.Joint, " ")))
					}
				}
			}
			slices.Sort(got)
			if text := strings.Join(got, "\n"); text != want[number] {
				t.Errorf("joint sessions are\n%s\nwant\n%s", text, want[number])
			}
		})
	}
}

// TestPointersComeAndGoByTheClock syncs before, during and after the session of
// jmap at IETF 113, "Joint with EXTRA": in the freeze, with no room to be
// reconfigured at all, and by quick passes only.
func TestPointersComeAndGoByTheClock(t *testing.T) {
	t.Parallel()
	quick := provisioner.Options{Quick: true}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: []string{"extra", "jmap", "quic", "sframe", "tls"}})
			h.Rules.Joint = true
			h.Rules.Limits.Reconfigure = provisioner.Limit{}
			h.settle(t)
			before := h.rooms()
			var begins, ends time.Time
			h.update(t, func(w *datatrackertest.World) {
				s := session(w, "jmap")
				begins, ends = s.Start, s.Start.Add(s.Duration)
			})
			quiet := func(at time.Time) {
				t.Helper()
				h.travel(at)
				rooms := h.rooms()
				h.chat.ResetStanzas()
				requirePlanned(t, h.sync(t, quick))
				h.requireNoWriting(t)
				h.requireRooms(t, rooms)
			}

			quiet(begins.Add(-time.Second))
			h.travel(begins)
			h.chat.ResetStanzas()
			preview := h.preview(t, quick)
			report := h.sync(t, quick)
			for _, r := range []*provisioner.Report{preview, report} {
				requirePlanned(t, r, "configure extra", "configure jmap")
				if r.Held() > 0 || len(r.Withheld) > 0 {
					t.Errorf("withheld: %+v", r.Withheld)
				}
			}
			requireDone(t, report)
			during := maps.Clone(before)
			for room, other := range map[string]string{"extra": "jmap", "jmap": "extra"} {
				is := before[room]
				is.Config = maps.Clone(is.Config)
				is.Config[xmpptest.FieldDescription] += fmt.Sprintf(" Joint session until %s UTC: see also %s@%s.", ends.Format("15:04"), other, muc)
				during[room] = is
			}
			h.requireRooms(t, during)
			if n := h.asked("quic"); n > 0 {
				t.Errorf("a room that has nothing to do with it was asked %d times", n)
			}
			quiet(begins.Add(time.Second))
			quiet(begins.Add(ends.Sub(begins) / 2))
			quiet(ends.Add(-time.Second))
			h.requireRooms(t, during)

			h.travel(ends)
			report = h.sync(t, quick)
			requirePlanned(t, report, "configure extra", "configure jmap")
			requireDone(t, report)
			h.requireRooms(t, before)
			quiet(ends.Add(time.Second))
			h.requireQuiet(t)
		})
	}
}

// TestJointSessionsArePublished links the other room on pages and in calendars,
// whatever the time is.
func TestJointSessionsArePublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: []string{"extra", "jmap", "tls"}})
	h.Rules.Joint = true
	h.settle(t)
	for path, part := range map[string]string{
		"meeting/113/index.html":        `see also the room <a href="../../rooms/extra/">extra</a>`,
		"rooms/jmap/index.html":         `see also the room <a href="../../rooms/extra/">extra</a>`,
		"meeting/113/sessions/jmap.ics": `Joint session\, see also: xmpp:extra@` + muc,
	} {
		if text := strings.ReplaceAll(h.read(t, path), "\r\n ", ""); !strings.Contains(text, part) {
			t.Errorf("%s lacks %q", path, part)
		}
	}

	h.chat.RemoveRoom("extra")
	h.chat.PutRoom(xmpptest.Room{Name: "extra", Affiliations: map[string]string{"mallory@localhost": "owner"}})
	h.sync(t)
	if text := h.read(t, "meeting/113/index.html"); strings.Contains(text, "see also the room") {
		t.Error("people are sent to a room that is not ours")
	}
}

// TestRoomsByRule gives office hours and the meeting rooms of their own.
func TestRoomsByRule(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: append(slices.Clone(many), "iesg", "secretariat")})
	h.settle(t)
	parse := func(text string) *template.Template { return template.Must(template.New("room").Parse(text)) }
	h.Rules.SessionRooms = []provisioner.SessionRule{
		{Group: "secretariat", Name: regexp.MustCompile("(?i)^iana"), Room: parse("iana")},
		{Purpose: "officehours", Room: parse("{{.Acronym}}-office-hours")},
	}
	h.Rules.MeetingRooms = []*template.Template{parse("ietf{{.Meeting}}-noc"), parse("tls")}

	report := h.sync(t)
	requirePlanned(t, report, "create iana", "create iesg-office-hours", "create ietf113-noc", "create secretariat-office-hours")
	requireDone(t, report)
	links := h.links(t, "113")
	linked := map[string]int{}
	var hours int
	h.update(t, func(w *datatrackertest.World) {
		for _, s := range w.Meeting("113").Sessions {
			if s.Purpose == "officehours" {
				hours++
				linked[links[s.ID]]++
			}
		}
	})
	if linked["iana"] != 3 || linked["iesg-office-hours"] != 5 || linked["secretariat-office-hours"] != hours-8 || hours < 12 {
		t.Errorf("%d office hours are in %v", hours, linked)
	}
	h.requireQuiet(t)

	// When the meeting is over they stay, and nothing else changes.
	rooms := h.rooms()
	var over time.Time
	for _, m := range h.snapshot(t).Meetings {
		if m.Number == "113" {
			over = m.End().AddDate(0, 0, 4)
		}
	}
	h.travel(over)
	requirePlanned(t, h.sync(t), "create ietf114-noc")
	h.requireRooms(t, rooms, "ietf114-noc")
}

// snapshot is what the Datatracker says now.
func (h *house) snapshot(t *testing.T) *datatracker.Snapshot {
	t.Helper()
	snap, err := h.Poll(t.Context(), h.state(t), provisioner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// TestPointersComeAndGoAlthoughTheRestWaits gives a group another name in the freeze:
// what its room says of itself waits until the meeting is over, and the pointer of its
// joint session does not, neither at its beginning nor at its end.
func TestPointersComeAndGoAlthoughTheRestWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{groups: []string{"extra", "jmap", "quic", "sframe", "tls"}})
	h.Rules.Joint = true
	h.Rules.Limits.Reconfigure = provisioner.Limit{}
	h.settle(t)
	before := h.rooms()["jmap"].Config[xmpptest.FieldDescription]
	var begins, ends time.Time
	h.update(t, func(w *datatrackertest.World) {
		s := session(w, "jmap")
		begins, ends = s.Start, s.Start.Add(s.Duration)
		w.Group("jmap").Name = "Mail Access"
	})
	run := func(at time.Time, want string) {
		t.Helper()
		h.travel(at)
		report := h.sync(t, provisioner.Options{Quick: true})
		if report.Failures() > 0 || report.Applied() != len(report.Changes) {
			t.Errorf("at %s: %q", at.Format("15:04"), complaints(report))
		}
		if got := h.rooms()["jmap"].Config[xmpptest.FieldDescription]; got != want {
			t.Errorf("at %s the room says\n%q, want\n%q", at.Format("15:04"), got, want)
		}
		deferred := len(report.Withheld) == 1 && report.Withheld[0].Rule == provisioner.RuleFreeze && report.Held() == 0
		if !deferred {
			t.Errorf("at %s withheld: %+v", at.Format("15:04"), report.Withheld)
		}
		h.chat.ResetStanzas()
		h.sync(t)
		h.requireNoWriting(t)
	}
	during := before + fmt.Sprintf(" Joint session until %s UTC: see also extra@%s.", ends.Format("15:04"), muc)
	run(begins.Add(-time.Second), before)
	run(begins, during)

	// A lost connection lets nothing more through.
	h.chat.Edit("jmap", func(r *xmpptest.Room) { r.Config[xmpptest.FieldDescription] = before })
	cut := h.chat.Fault(xmpptest.Fault{Room: "jmap", Writing: true, Nth: 1, Disconnect: xmpptest.BeforeExecuting})
	h.travel(begins.Add(time.Minute))
	if r := h.sync(t); r.Lost != 1 {
		t.Errorf("the connection was lost %d times", r.Lost)
	}
	cut()
	run(begins.Add(2*time.Minute), during)
	run(ends, before)
}
