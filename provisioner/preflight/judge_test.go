package preflight

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/provisioner"
	"roomctl/xmppadmin"
)

// judgeCase changes one thing about a meeting in which everything is as it
// should be, and says which finding comes first then.
type judgeCase struct {
	change  func(*evidence)
	cause   Cause // "": nothing is found
	verdict Verdict
	what    string // in the finding
	do      string // in what to do
}

// judgeCases are all of them, by what is changed.
func judgeCases() map[string]judgeCase {
	all := map[string]judgeCase{
		"everything is as it should be": {func(*evidence) {}, "", Go, "", ""},
	}
	for _, cases := range []map[string]judgeCase{roomCases, doorCases, publicityCases, linkCases, meetingCases} {
		maps.Copy(all, cases)
	}
	return all
}

func TestJudge(t *testing.T) {
	for name, tt := range judgeCases() {
		t.Run(name, func(t *testing.T) {
			e := readyEvidence(t)
			tt.change(e)
			got := e.judge()
			if got.Verdict != tt.verdict {
				t.Errorf("verdict %q, want %q", got.Verdict, tt.verdict)
			}
			if tt.cause == "" {
				if len(got.Findings) > 0 {
					t.Errorf("found %+v", got.Findings)
				}
				return
			}
			if len(got.Findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := got.Findings[0]
			if f.Cause != tt.cause || f.Verdict != tt.verdict || !strings.Contains(f.What, tt.what) || !strings.Contains(f.Do, tt.do) {
				t.Errorf("found %+v, want %s (%s): %s, and to do %s", f, tt.cause, tt.verdict, tt.what, tt.do)
			}
			if len(f.Sessions) > 0 && !slices.Contains(got.Sessions[0].Causes, tt.cause) {
				t.Errorf("the session's causes are %q", got.Sessions[0].Causes)
			}
		})
	}
}

// What to type is about the meeting that was asked for.
func TestNamesTheMeetingInItsCommands(t *testing.T) {
	e := readyEvidence(t)
	e.meeting.Current, e.visits = false, nil
	e.set(xmppadmin.FieldPublic, "false")
	got := e.judge()
	if len(got.Findings) != 2 || got.Findings[0].Do != "roomctl sync --meeting 126" || got.Findings[1].Do != "roomctl preflight --join 126" {
		t.Errorf("found %+v", got.Findings)
	}
}

// Every cause that there is can be found.
func TestCausesAreAllTried(t *testing.T) {
	tried := map[Cause]bool{CauseCalendarLink: true, CausePageLink: true} // beside CauseAgendaLink, which comes first
	for _, tt := range judgeCases() {
		tried[tt.cause] = true
	}
	for _, cause := range Causes() {
		if !tried[cause] {
			t.Errorf("no case finds %s", cause)
		}
	}
}

func TestFindingsAreGrouped(t *testing.T) {
	e := readyEvidence(t)
	again := e.sessions[0]
	again.ID, again.Start = 102, again.Start.Add(2*time.Hour)
	tls := provisioner.SessionRoom{ID: 101, Acronym: "tls", Start: again.Start.Add(time.Hour), Room: "tls", Asks: true}
	e.sessions = append(e.sessions, again, tls)
	e.known.Rooms["tls"] = managedRoom("tls", 30)
	e.rooms["tls"] = xmppadmin.Room{Existence: xmppadmin.Absent}
	e.rooms["quic"] = xmppadmin.Room{Existence: xmppadmin.Absent}
	e.visits = map[string]error{}
	e.publish(t)
	got := e.judge()
	if len(got.Findings) != 1 {
		t.Fatalf("found %+v, want one thing", got.Findings)
	}
	f := got.Findings[0]
	if !slices.Equal(f.Rooms, []string{"quic", "tls"}) || !slices.Equal(f.Sessions, []int{100, 102, 101}) {
		t.Errorf("about rooms %v and sessions %v", f.Rooms, f.Sessions)
	}
}
