package provisioner_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roomctl/datatracker"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// ourPages is a CHAT_URL_PATTERN that points here.
const ourPages = "https://rooms.example.org/rooms/{chat_room_name}/"

// newWritingHouse is a house that maps groups to other rooms and writes that
// back, to a Datatracker whose links point here.
func newWritingHouse(t *testing.T, mapped ...string) *house {
	t.Helper()
	h := newHouse(t, setup{groups: many})
	h.update(t, func(w *datatrackertest.World) { w.ChatURLPattern = ourPages })
	h.Rules.WriteBack = provisioner.WriteBackForm
	h.Rules.ChatPatterns = provisioner.ChatPatterns(h.Patterns, muc, "https://rooms.example.org")
	h.Rules.Overrides = map[string]string{}
	for _, acronym := range mapped {
		h.Rules.Overrides[acronym] = acronym + "2"
	}
	h.Secretariat = h.secretariat(h.dt.Secretariat())
	return h
}

// secretariat logs in to the Datatracker.
func (h *house) secretariat(as datatrackertest.Account) func(context.Context) (provisioner.SessionEditor, error) {
	return func(ctx context.Context) (provisioner.SessionEditor, error) {
		s, err := datatracker.NewSecretariat(datatracker.SecretariatOptions{URL: h.dt.URL(), Username: as.Username, Password: as.Password})
		if err != nil {
			return nil, err
		}
		return s, s.Login(ctx)
	}
}

// sessionsOf are the sessions of a group at IETF 113.
func (h *house) sessionsOf(t *testing.T, acronym string) (sessions []datatrackertest.Session) {
	t.Helper()
	h.update(t, func(w *datatrackertest.World) {
		for _, s := range w.Meeting("113").Sessions {
			if s.Group != nil && s.Group.Acronym == acronym {
				sessions = append(sessions, *s)
			}
		}
	})
	return sessions
}

// written counts the requests that could change the Datatracker.
func (h *house) written() int {
	n := 0
	for _, r := range h.dt.Requests() {
		if r.Method == http.MethodPost {
			n++
		}
	}
	return n
}

func TestWriteBack(t *testing.T) {
	h := newWritingHouse(t, "tls")
	before := h.sessionsOf(t, "tls")

	preview := h.preview(t, provisioner.Options{})
	if n := preview.Datatracker.Pending(); n != len(before) || n == 0 {
		t.Fatalf("%d of %d sessions are planned: %+v", n, len(before), preview.Datatracker)
	}
	if h.written() != 0 {
		t.Fatalf("a preview sent %d forms", h.written())
	}

	report := h.sync(t)
	if got := report.Datatracker.Results; len(got) != len(before) || report.Failures() != 0 || report.Held() != 0 {
		t.Fatalf("results %+v, %d failures", got, report.Failures())
	}
	for i, after := range h.sessionsOf(t, "tls") {
		want := before[i]
		want.ChatRoom, want.Modified = "tls2", after.Modified
		if after != want {
			t.Errorf("more than chat_room changed:\nbefore %+v\nafter  %+v", before[i], after)
		}
	}
	if h.dt.Logins() != 0 {
		t.Error("the login has not ended")
	}
	entries, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Room: "tls2"})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(c registry.Change) bool { return c.Verb == "write-back" })
	if i < 0 || entries[i].Field != "chat_room" || entries[i].New != "tls2" || !strings.HasPrefix(entries[i].Reasons[0], "session ") {
		t.Errorf("the audit trail has %+v", entries)
	}

	h.dt.ResetRequests()
	again := h.sync(t)
	if len(again.Datatracker.Differences) != 0 || h.written() != 0 {
		t.Errorf("the next run finds %+v and sends %d forms", again.Datatracker.Differences, h.written())
	}
	h.requireQuiet(t)
}

// TestNothingIsWrittenBack shows when the Datatracker is left alone although
// rooms differ.
func TestNothingIsWrittenBack(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*testing.T, *house)
		options  provisioner.Options
		outcome  string
		mentions string // of Unknown, or of a problem
	}{
		{"reported only", func(_ *testing.T, h *house) { h.Rules.WriteBack = provisioner.WriteBackReport }, provisioner.Options{}, "done", ""},
		{"links that point elsewhere", func(t *testing.T, h *house) {
			h.update(t, func(w *datatrackertest.World) { w.ChatURLPattern = datatrackertest.DefaultChatURLPattern })
		}, provisioner.Options{}, "done", ""},
		{"links that are not known", func(_ *testing.T, h *house) {
			h.dt.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 404, Path: "/api/meeting/"})
		}, provisioner.Options{}, "done", "404 Not Found"},
		{"too many at once", func(_ *testing.T, h *house) { h.Rules.Limits.WriteBack = provisioner.Limit{} }, provisioner.Options{}, "withheld", ""},
		{"another room named", func(*testing.T, *house) {}, provisioner.Options{Only: []string{"quic"}}, "partial", ""},
		{"a login that is refused", func(_ *testing.T, h *house) {
			h.Secretariat = h.secretariat(datatrackertest.Account{Username: "secretary@example.org", Password: "wrong"})
		}, provisioner.Options{}, "partial", "does not let this account in"},
		{"an account without the role", func(_ *testing.T, h *house) { h.Secretariat = h.secretariat(h.dt.Participant()) },
			provisioner.Options{}, "partial", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newWritingHouse(t, "tls")
			tt.change(t, h)
			report := h.sync(t, tt.options)
			if got := h.outcome(t); got != tt.outcome {
				t.Errorf("the run ended as %s, want %s: %+v", got, tt.outcome, report.Problems)
			}
			told := report.Datatracker.Unknown
			for _, p := range report.Problems {
				told += "\n" + p.Text
			}
			if !strings.Contains(told, tt.mentions) {
				t.Errorf("%q is not told in %q", tt.mentions, told)
			}
			if len(report.Datatracker.Differences) == 0 {
				t.Error("no difference is reported")
			}
			for _, s := range h.sessionsOf(t, "tls") {
				if s.ChatRoom != "" {
					t.Errorf("session %d got the chat_room %q", s.ID, s.ChatRoom)
				}
			}
		})
	}
}

// TestARoomThatIsNotFitIsNotWrittenBack shows that a session is sent to no room
// that it is not linked to here.
func TestARoomThatIsNotFitIsNotWrittenBack(t *testing.T) {
	h := newWritingHouse(t, "tls")
	byHand(h, "tls2")
	report := h.sync(t)
	if len(report.Foreign) != 1 || report.Datatracker.Pending() == 0 {
		t.Fatalf("foreign %+v, datatracker %+v", report.Foreign, report.Datatracker)
	}
	if h.written() != 0 || len(report.Datatracker.Results) != 0 {
		t.Errorf("%d forms were sent: %+v", h.written(), report.Datatracker.Results)
	}
}

func TestAllowedWriteBack(t *testing.T) {
	h := newWritingHouse(t, "tls")
	h.Rules.Limits.WriteBack = provisioner.Limit{}
	report := h.sync(t, provisioner.Options{Allow: []string{provisioner.RuleWriteBack}})
	if len(report.Datatracker.Results) == 0 || h.sessionsOf(t, "tls")[0].ChatRoom != "tls2" {
		t.Errorf("%+v", report.Datatracker)
	}
}

// TestWriteBackStops shows after which failures the other sessions are left for
// another run.
func TestWriteBackStops(t *testing.T) {
	form := func(kind datatrackertest.Kind) datatrackertest.Fault {
		return datatrackertest.Fault{Kind: kind, Method: http.MethodPost, Path: "/meeting/session/"}
	}
	disturbed := form(datatrackertest.EditAfter)
	disturbed.Change = func(w *datatrackertest.World) {
		for _, s := range w.Meeting("113").Sessions {
			s.Note += "x"
		}
	}
	disturbed.Times = 1
	once := form(datatrackertest.LostRequest)
	once.Times = 1
	tests := []struct {
		name   string
		fault  datatrackertest.Fault
		failed int // of the sessions that were tried
		tried  int // 0: all
		told   string
	}{
		{"after five in a row", form(datatrackertest.LostRequest), 5, 5, "more sessions: the last 5 could not be set"},
		{"after one that changed in other fields", disturbed, 1, 1, "changed in more than its chat_room; look at https://datatracker.example.org/meeting/session/"},
		{"not after one", once, 1, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newWritingHouse(t, many...)
			h.dt.Fault(tt.fault)
			report := h.sync(t)
			r := report.Datatracker
			if tt.tried == 0 {
				tt.tried = r.Pending()
			}
			failed := 0
			for _, res := range r.Results {
				if res.Err != nil {
					failed++
				}
			}
			if len(r.Results) != tt.tried || failed != tt.failed || r.Pending() < 8 {
				t.Errorf("%d of %d were tried and %d failed, want %d and %d: %+v", len(r.Results), r.Pending(), failed, tt.tried, tt.failed, r.Results)
			}
			told := ""
			for _, p := range report.Problems {
				told += p.Text + "\n"
			}
			if !strings.Contains(told, tt.told) {
				t.Errorf("%q is not told in %q", tt.told, told)
			}
			if got := h.outcome(t); got != "partial" {
				t.Errorf("the run ended as %s", got)
			}
		})
	}
}

// TestLaterRunsStopToo shows that after a session of which more changed than its
// chat_room no run writes before a person says so.
func TestLaterRunsStopToo(t *testing.T) {
	h := newWritingHouse(t, many...)
	remove := h.dt.Fault(datatrackertest.Fault{
		Kind: datatrackertest.EditAfter, Method: http.MethodPost, Path: "/meeting/session/",
		Change: func(w *datatrackertest.World) {
			for _, s := range w.Meeting("113").Sessions {
				s.Note += "x"
			}
		},
	})
	if report := h.sync(t); len(report.Datatracker.Results) != 1 {
		t.Fatalf("%d sessions were written: %+v", len(report.Datatracker.Results), report.Datatracker.Results)
	}
	remove()
	entries, err := h.Registry.Changes(t.Context(), registry.ChangeFilter{Verbs: []string{"write-back"}})
	if err != nil || len(entries) != 3 || entries[0].Field != "agenda_note" || !strings.HasSuffix(entries[0].New, "x") || !strings.HasPrefix(entries[2].Error, "begun") {
		t.Errorf("the audit trail has %+v (%v)", entries, err)
	}

	h.dt.ResetRequests()
	for range 2 {
		report := h.sync(t)
		if h.written() != 0 || h.outcome(t) != "withheld" {
			t.Fatalf("the run ended as %s and sent %d forms", h.outcome(t), h.written())
		}
		held := report.Withheld[len(report.Withheld)-1]
		if held.Rule != provisioner.RuleWriteBack || !strings.Contains(held.Why, "agenda_note") || len(held.Changes) < 8 {
			t.Errorf("withheld %+v", held)
		}
	}
	if report := h.sync(t, provisioner.Options{Allow: []string{provisioner.RuleWriteBack}}); len(report.Datatracker.Results) < 8 || h.outcome(t) != "done" {
		t.Errorf("allowed, the run ended as %s: %+v", h.outcome(t), report.Datatracker.Results)
	}
}
