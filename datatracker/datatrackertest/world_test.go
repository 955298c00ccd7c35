package datatrackertest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

func TestAChangedSessionIsModifiedAndComesFirst(t *testing.T) {
	clock := now
	s := start(t, datatrackertest.Options{Now: func() time.Time { return clock }})
	before, _ := do(t, s, "GET", "/meeting/113/agenda.json")
	quic := session(t, s, "113", "quic")
	start := quic.Start.Add(2 * time.Hour)

	update(t, s, func(w *datatrackertest.World) { w.MoveSession(quic.SessionID, start) })
	moved := agenda(t, s, "113")[0]
	if moved.SessionID != quic.SessionID || !moved.Start.Equal(start) || !moved.Modified.Equal(now) {
		t.Errorf("after the move: %+v", moved)
	}
	after, _ := do(t, s, "GET", "/meeting/113/agenda.json", "If-None-Match", before.Header.Get("ETag"))
	if after.StatusCode != 200 || after.Header.Get("Last-Modified") != "Wed, 04 Mar 2026 10:30:00 GMT" {
		t.Errorf("on condition: %s, Last-Modified %s", after.Status, after.Header.Get("Last-Modified"))
	}

	update(t, s, func(w *datatrackertest.World) {})
	if r, _ := do(t, s, "GET", "/meeting/113/agenda.json", "If-None-Match", after.Header.Get("ETag")); r.StatusCode != 304 {
		t.Errorf("after an update that changed nothing: %s", r.Status)
	}

	update(t, s, func(w *datatrackertest.World) { w.CancelSession(quic.SessionID) })
	if again := agenda(t, s, "113")[0]; again.Status != "canceled" || !again.Modified.Equal(now.Add(time.Second)) {
		t.Errorf("after a second change within a second: %+v", again)
	}
}

func TestAChatRoomShowsInTheRowOnly(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	id := session(t, s, "113", "emodir").SessionID
	update(t, s, func(w *datatrackertest.World) { w.SetChatRoom(id, "wgchairs") })
	row := getList(t, s, fmt.Sprintf("meeting/session/?id=%d", id)).Objects[0]
	if row["chat_room"] != "wgchairs" || row["modified"] != "2026-03-04T10:30:00Z" {
		t.Errorf("row %v", row)
	}
	if strings.Contains(string(get(t, s, "/meeting/113/agenda.json")), "wgchairs") {
		t.Error("the agenda names the chat room")
	}
	if first := agenda(t, s, "113")[0]; first.SessionID != id {
		t.Errorf("the agenda has session %d modified last", first.SessionID)
	}
}

func TestABOFThatBecomesAWorkingGroup(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	if before := session(t, s, "113", "can"); !before.IsBOF || before.Group.State != "bof" {
		t.Fatalf("before: %+v", before)
	}
	update(t, s, func(w *datatrackertest.World) { w.SetGroupState("can", "active") })
	if after := session(t, s, "113", "can"); after.IsBOF || after.Group.State != "active" {
		t.Errorf("on the agenda: %+v", after)
	}
	row := getList(t, s, "group/group/?acronym=can").Objects[0]
	if row["state"] != "/api/v1/name/groupstatename/active/" || row["time"] != "2026-03-04T10:30:00Z" {
		t.Errorf("row: %v", row)
	}
}

func TestARenamedGroupKeepsItsIDAndItsPastAgendas(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	past, coming := session(t, s, "111", "quic"), session(t, s, "113", "quic")
	before := getList(t, s, "group/group/?acronym=quic").keys("id")
	update(t, s, func(w *datatrackertest.World) { w.RenameGroup("quic", "quick") })
	after := getList(t, s, "group/group/?acronym=quick").keys("id")
	if len(after) != 1 || after[0] != before[0] || len(getList(t, s, "group/group/?acronym=quic").Objects) != 0 {
		t.Errorf("id %v, before %v", after, before)
	}
	if got := session(t, s, "111", "quic"); got != past {
		t.Errorf("the past session is now %+v", got)
	}
	if got := session(t, s, "113", "quick"); got.SessionID != coming.SessionID {
		t.Errorf("the coming session is now %+v", got)
	}
}

func TestGroupsComeAndGo(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	update(t, s, func(w *datatrackertest.World) {
		w.RemoveGroup("tls")
		w.AddGroup(datatrackertest.Group{Acronym: "newbof", Name: "New BOF", Type: "wg", State: "bof", Parent: w.Group("sec")})
	})
	got := getList(t, s, "group/group/?acronym__in=tls,newbof")
	if len(got.Objects) != 1 || got.Objects[0]["time"] != "2026-03-04T10:30:00Z" || fmt.Sprint(got.Objects[0]["id"]) != "2256" {
		t.Errorf("got %v", got.Objects)
	}
	if session(t, s, "113", "tls").SessionID == 0 {
		t.Error("the removed group's session is gone")
	}
}

func TestAnInterimLosesOneOfItsTwoSessions(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	var number string
	update(t, s, func(w *datatrackertest.World) {
		number = w.AddInterim("tls", time.Date(2026, 4, 1, 14, 30, 0, 0, time.UTC), 2).Number
	})
	sessions := agenda(t, s, number)
	if number != "interim-2026-tls-01" || len(sessions) != 2 {
		t.Fatalf("%s has %d sessions", number, len(sessions))
	}
	if got := session(t, s, number, "tls").Start.Format(time.RFC3339); got != "2026-04-01T14:30:00Z" {
		t.Errorf("starts %s", got)
	}
	update(t, s, func(w *datatrackertest.World) { w.DropSession(sessions[0].SessionID) })
	left := agenda(t, s, number)
	rows := getList(t, s, "meeting/session/?meeting__number="+number).keys("id")
	if len(left) != 1 || left[0].SessionID != sessions[1].SessionID || len(rows) != 1 || rows[0] != fmt.Sprint(left[0].SessionID) {
		t.Errorf("left on the agenda %v, rows %v", left, rows)
	}
}

func TestInterimsOfAYearAreCountedUp(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	var got []string
	update(t, s, func(w *datatrackertest.World) {
		for _, date := range []time.Time{now.AddDate(0, 0, 5), now.AddDate(1, 0, 0), now.AddDate(0, 0, 6)} {
			got = append(got, w.AddInterim("oauth", date, 1).Number)
		}
	})
	if want := "interim-2026-oauth-03 interim-2027-oauth-01 interim-2026-oauth-04"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestUpdateTellsWhatItsVerbsCouldNotDo(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	err := s.Update(func(w *datatrackertest.World) {
		w.SetGroupState("nosuch", "conclude")
		w.RenameGroup("nosuch", "other")
		w.RenameGroup("quic", "tls")
		w.RemoveGroup("nosuch")
		w.AddGroup(datatrackertest.Group{Acronym: "quic"})
		w.MoveSession(1, now)
		w.CancelSession(1)
		w.SetChatRoom(1, "x")
		w.DropSession(1)
		w.AddInterim("nosuch", now, 1)
	})
	want := `setting the state of group "nosuch": no such group
renaming group "nosuch": no such group
renaming group "quic" to "tls": the acronym is taken
removing group "nosuch": no such group
adding group "quic": the acronym is taken
moving session 1: no such session
canceling session 1: no such session
setting the chat room of session 1: no such session
dropping session 1: no such session
adding an interim of group "nosuch": no such group`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if err := s.Update(func(*datatrackertest.World) {}); err != nil {
		t.Errorf("the next update: %v", err)
	}
}

func TestAMeetingShowsItsAgendaOnceItHasASchedule(t *testing.T) {
	s := start(t, datatrackertest.Options{})
	update(t, s, func(w *datatrackertest.World) {
		w.Meeting("113").Schedule, w.Meeting("114").Schedule = 0, 4711
		w.Meeting("114").Sessions, w.Meeting("113").Sessions = w.Meeting("113").Sessions, w.Meeting("114").Sessions
	})
	if got := len(agenda(t, s, "114")); got != 151 {
		t.Errorf("IETF 114 has %d sessions", got)
	}
	if got := len(agenda(t, s, "113")); got != 0 {
		t.Errorf("IETF 113 has %d sessions", got)
	}
	if got := getList(t, s, "meeting/meeting/?number=114").Objects[0]["schedule"]; got != "/api/v1/meeting/schedule/4711/" {
		t.Errorf("schedule %v", got)
	}
}
