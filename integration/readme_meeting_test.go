package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/xmppadmin/xmpptest"
)

// meetingPath is what roomctl help meeting prints. The README's section "A meeting" has the same text.
const meetingPath = root + "/cmd/roomctl/meeting.txt"

// verdictLines are what is shown of a preflight.
var verdictLines = regexp.MustCompile(`(?m)^(NO-GO|Not tested|Preflight).*\n(    .*\n)*`)

// A topicSession is one session of a text that roomctl help prints: what has happened before it, and the commands.
type topicSession struct {
	name   string
	before func(*testing.T, installation)
	steps  []sessionStep
}

// meetingSessions are the sessions that the text shows, in its order.
var meetingSessions = []topicSession{
	{"four weeks before", func(t *testing.T, in installation) { in.meetIn(t, 28, 0) }, []sessionStep{
		{"roomctl check", 0, regexp.MustCompile(`(?m)^ok    (rooms|logging) .*\n`)},
		{"roomctl sync", 0, regexp.MustCompile(`(?m)^(IETF 113: no|Rooms:).*\n`)},
		{"roomctl preflight", 4, verdictLines},
	}},
	{"one week before", func(t *testing.T, in installation) { in.meetIn(t, 7, 1) }, []sessionStep{
		{"roomctl plan", 2, regexp.MustCompile(`(?m)^Plan:.*\n`)},
		{"roomctl sync", 0, regexp.MustCompile(`(?m)^(IETF 113: \d|Rooms:).*\n`)},
		{"roomctl preflight --join --html preflight.html", 0, verdictLines},
	}},
	{"each morning", func(t *testing.T, in installation) { in.meetIn(t, -2, 1); in.cron(t) }, []sessionStep{
		{"roomctl status", 0, regexp.MustCompile(`(?m)^(All is|Rooms|Published|Sources) .*\n`)},
		{"roomctl preflight --join", 0, verdictLines},
	}},
	{"the agenda changed", func(t *testing.T, in installation) {
		in.update(t, func(w *datatrackertest.World) { w.Meeting("113").Sessions[5].Note = "Moved to Hall B" })
	}, []sessionStep{
		{"roomctl preflight --join", 4, verdictLines},
		{"roomctl sync", 0, regexp.MustCompile(`(?m)^(IETF 113|Published): .*\n`)},
		{"roomctl preflight --join", 0, verdictLines},
	}},
	{"I cannot get in", func(t *testing.T, in installation) {
		in.chat.Edit("quic", func(r *xmpptest.Room) { r.Config["muc#roomconfig_membersonly"] = "1" })
	}, []sessionStep{
		{"roomctl explain quic", 0, regexp.MustCompile(`(?m)^(State|Server|Next sync| +members only|Sessions) .*\n`)},
		{"roomctl preflight --join", 4, verdictLines},
	}},
	{"the room is missing", func(t *testing.T, in installation) {
		in.chat.Edit("quic", func(r *xmpptest.Room) { r.Config["muc#roomconfig_membersonly"] = "0" })
		in.chat.RemoveRoom("tls")
	}, []sessionStep{
		{"roomctl explain tls", 0, regexp.MustCompile(`(?m)^(State|Server|Next sync|Sessions) .*\n`)},
		{"roomctl sync --only tls", 0, regexp.MustCompile(`(?m)^([+] .*|Rooms:.*)\n`)},
		{"roomctl preflight --join", 0, verdictLines},
	}},
	{"there are two rooms", func(t *testing.T, in installation) {
		in.update(t, func(w *datatrackertest.World) { w.RenameGroup("can", "cats") })
		in.cron(t)
	}, []sessionStep{
		{"roomctl explain can", 0, regexp.MustCompile(`(?m)^(State .*\n +room.*|Retired .*|Sessions .*|    To let .*)\n`)},
	}},
}

// Every command of the text about a meeting is run, and its output is what the program really prints; with -update the
// text, and the README's section, are written anew.
func TestReadmeMeeting(t *testing.T) {
	in := newInstallation(t, readReadme(t))
	in.addVisitor(t)
	text := in.compareTopic(t, meetingPath, meetingSessions)
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## A meeting\n\n")
	section, after, _ := strings.Cut(section, "\n\n## ")
	switch {
	case strings.TrimSpace(section) == strings.TrimSpace(text):
	case *update && after != "":
		updated := strings.Replace(string(readme), section, strings.TrimSpace(text), 1)
		if err := os.WriteFile(readmePath, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error(`the README's section "A meeting" is not what roomctl help meeting prints`)
	}
}

// compareTopic plays the sessions of a text, compares them with what it shows, and returns it. No line of it, but what
// commands print, is too long for a terminal.
func (in installation) compareTopic(t *testing.T, path string, sessions []topicSession) (text string) {
	t.Helper()
	for i, session := range sessions {
		session.before(t, in)
		in.compare(t, path, readMarkdown(t, path).block(t, "", "console", i), session.steps)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	prose := regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllString(string(data), "")
	for line := range strings.Lines(prose) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d characters in the line %q, want at most 80", n, line)
		}
	}
	return string(data)
}

// addVisitor gives the chat server an ordinary account, and lets roomctl try the rooms with it.
func (in installation) addVisitor(t *testing.T) {
	t.Helper()
	password := filepath.Join(in.dir, "preflight-password")
	if err := os.WriteFile(password, []byte(in.chat.AddAccount("visitor")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(in.config)
	if err != nil {
		t.Fatal(err)
	}
	config = fmt.Appendf(config, "preflight:\n  jid: visitor@accounts.example.org\n  password_file: %s\n", password)
	if err := os.WriteFile(in.config, config, 0o600); err != nil {
		t.Fatal(err)
	}
}

// meetIn moves IETF 113 so that it begins in so many days, with the agenda of a schedule; without one, 0, it is empty.
func (in installation) meetIn(t *testing.T, days, schedule int) {
	t.Helper()
	in.update(t, func(w *datatrackertest.World) {
		m := w.Meeting("113")
		m.Schedule = schedule
		by := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, days).Sub(m.Date)
		m.Date = m.Date.Add(by)
		for _, s := range m.Sessions {
			s.Start = s.Start.Add(by)
		}
		// An interim in the same days would tell of itself.
		w.Meetings = slices.DeleteFunc(w.Meetings, func(m *datatrackertest.Meeting) bool { return m.Type == "interim" })
	})
}

func (in installation) update(t *testing.T, change func(*datatrackertest.World)) {
	t.Helper()
	if err := in.datatracker.Update(change); err != nil {
		t.Fatal(err)
	}
}

// cron is a run that nobody looks at.
func (in installation) cron(t *testing.T) {
	t.Helper()
	if output, status := in.run(t, "roomctl sync"); status != 0 {
		t.Fatalf("sync ends with exit status %d\n%s", status, output)
	}
}
