package datatracker

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// Addresses of documents, on all their pages.
const (
	features        = `/group/groupfeatures/`
	groups          = `/group/group/.*type__in=`
	groupsByID      = `/group/group/.*id__in=`
	ietfMeetings    = `/meeting/meeting/.*type=ietf`
	interimMeetings = `/meeting/meeting/.*type=interim`
	agendaOf113     = `/meeting/113/agenda.json`
	sessionsOf113   = `/meeting/session/.*meeting__number=113`
	interimSessions = `/meeting/session/.*meeting__number__in=`
)

// fault spoils a document.
func fault(kind datatrackertest.Kind, address string) datatrackertest.Fault {
	return datatrackertest.Fault{Kind: kind, Pattern: regexp.MustCompile(address)}
}

// badStatus answers a document's requests with a status.
func badStatus(code int, retryAfter, address string) datatrackertest.Fault {
	f := fault(datatrackertest.Status, address)
	f.Code, f.RetryAfter = code, retryAfter
	return f
}

// TestFaults polls once, spoils one document, and polls again: that document is
// served from its last good copy, which stays as it was, and every other one is
// as good as before.
func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		fault   datatrackertest.Fault
		source  string
		problem string
		rule    string // of the *LimitError, if it is one
	}{
		{"an empty list of groups", fault(datatrackertest.EmptyList, groups), "groups", "only 0 groups, fewer than the minimum of 50", RuleMinGroups},
		{"half of the groups", fault(datatrackertest.HalfList, groups), "groups", "groups went from", RuleGroupsShrank},
		{"no group features", fault(datatrackertest.EmptyList, features), "group features", "the list is empty", ""},
		{"half of the group features", fault(datatrackertest.HalfList, features), "group features", "group types went from", RuleGroupsShrank},
		{"an empty agenda", fault(datatrackertest.EmptyList, agendaOf113), "IETF 113 agenda", "sessions on the agenda of IETF 113 went from 151 to 0", RuleSessionsShrank},
		{"half of the agenda", fault(datatrackertest.HalfList, agendaOf113), "IETF 113 agenda", "sessions on the agenda of IETF 113 went from 151 to", RuleSessionsShrank},
		{"an empty list of sessions", fault(datatrackertest.EmptyList, sessionsOf113), "IETF 113 sessions", "sessions of IETF 113 went from 151 to 0", RuleSessionsShrank},
		{"half of the sessions", fault(datatrackertest.HalfList, sessionsOf113), "IETF 113 sessions", "sessions of IETF 113 went from 151 to 75", RuleSessionsShrank},
		{"no IETF meetings", fault(datatrackertest.EmptyList, ietfMeetings), "IETF meetings", "the list is empty", ""},
		{"no interims", fault(datatrackertest.EmptyList, interimMeetings), "interim meetings", "interim meetings went from", RuleSessionsShrank},

		{"an HTML page for the groups", fault(datatrackertest.HTML200, groups), "groups", "reading groups: ", ""},
		{"an HTML page for the agenda", fault(datatrackertest.HTML200, agendaOf113), "IETF 113 agenda", "HTML page instead of JSON", ""},
		{"groups cut short", fault(datatrackertest.TruncatedJSON, groups), "groups", "cut short", ""},
		{"an agenda cut short", fault(datatrackertest.TruncatedJSON, agendaOf113), "IETF 113 agenda", "cut short", ""},
		{"groups of wrong types", fault(datatrackertest.WrongTypes, groups), "groups", "row 1", ""},
		{"group features of wrong types", fault(datatrackertest.WrongTypes, features), "group features", "row 1", ""},
		{"meetings of wrong types", fault(datatrackertest.WrongTypes, ietfMeetings), "IETF meetings", "row 1", ""},
		{"sessions of wrong types", fault(datatrackertest.WrongTypes, sessionsOf113), "IETF 113 sessions", "row 1", ""},
		{"an agenda of wrong types", fault(datatrackertest.WrongTypes, agendaOf113), "IETF 113 agenda", "object 1", ""},

		{"429", badStatus(429, "", agendaOf113), "IETF 113 agenda", "429 Too Many Requests (4 attempts)", ""},
		{"429 with a long Retry-After", badStatus(429, "31", agendaOf113), "IETF 113 agenda", "asks to wait 31s", ""},
		{"502", badStatus(502, "", groups), "groups", "502 Bad Gateway", ""},
		{"a challenge", badStatus(403, "", groups), "groups", "403 Forbidden", ""},
		{"an unknown meeting", badStatus(404, "", agendaOf113), "IETF 113 agenda", "404 Not Found", ""},
		{"no answer", fault(datatrackertest.Timeout, agendaOf113), "IETF 113 agenda", "no complete answer", ""},
		{"no answer in the middle of paging", datatrackertest.Fault{Kind: datatrackertest.Timeout, Pattern: regexp.MustCompile(groups), FromPage: 2}, "groups", "offset=60", ""},
		{"a connection lost in the body", fault(datatrackertest.Disconnect, groups), "groups", "(4 attempts)", ""},
		{"an endless body", datatrackertest.Fault{Kind: datatrackertest.OversizedBody, Path: agendaOf113, Size: maxBody + 10}, "IETF 113 agenda", "larger than 32 MiB", ""},

		{"a page that repeats", fault(datatrackertest.RepeatPage, groups), "groups", "180 rows came, total_count is 156", ""},
		{"a page that skips", fault(datatrackertest.SkipPage, groups), "groups", "does not go on at row 96", ""},
		{"the filters of the groups ignored", fault(datatrackertest.IgnoreFilter, groups), "groups", "was not asked for", ""},
		{"the filters of the groups by id ignored", fault(datatrackertest.IgnoreFilter, groupsByID), "groups by id", "was not asked for", ""},
		{"the filter of the sessions ignored", fault(datatrackertest.IgnoreFilter, sessionsOf113), "IETF 113 sessions", "was not asked for", ""},
		{"the filter of the interim sessions ignored", fault(datatrackertest.IgnoreFilter, interimSessions), "interim sessions", "was not asked for", ""},
		{"the filter of the meetings ignored", fault(datatrackertest.IgnoreFilter, ietfMeetings), "IETF meetings", "was not asked for", ""},
		{"the filters of the interims ignored", fault(datatrackertest.IgnoreFilter, interimMeetings), "interim meetings", "was not asked for", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := startDatatracker(t)
			dir := t.TempDir()
			c := newTestClient(t, Options{URL: server.URL(), CacheDir: dir})
			c.pageSize = 60
			if tt.fault.Kind == datatrackertest.Timeout {
				c.http.HTTPClient.Timeout = 3 * time.Second // the other documents must make it
			}
			cold := mustPoll(t, c, testQuery())
			requireAll(t, cold, Fresh)
			copies := readFolder(t, dir)

			remove := server.Fault(tt.fault)
			s := mustPoll(t, c, testQuery())
			for _, src := range s.Sources {
				if src.Name != tt.source && src.Outcome != Unchanged {
					t.Errorf("%s suffers too: %s, %v", src.Name, src.Outcome, src.Problem)
				}
			}
			src := source(t, s, tt.source)
			if src.Outcome != LastGood || src.Problem == nil {
				t.Fatalf("%s is %s, %v; want its last good copy", tt.source, src.Outcome, src.Problem)
			}
			checkError(t, src.Problem, tt.problem)
			var limit *LimitError
			if errors.As(src.Problem, &limit) != (tt.rule != "") || tt.rule != "" && limit.Rule != tt.rule {
				t.Errorf("refused by %v, want rule %q", src.Problem, tt.rule)
			}
			requireSameContent(t, s, cold)
			requireOneCopyUntouched(t, copies, readFolder(t, dir))

			remove()
			requireAll(t, mustPoll(t, c, testQuery()), Unchanged)
		})
	}
}

// readFolder reads the files of a folder, by name.
func readFolder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// requireOneCopyUntouched fails unless exactly one file is byte for byte what
// it was: a good answer moves the time of its copy, a bad one nothing.
func requireOneCopyUntouched(t *testing.T, before, after map[string][]byte) {
	t.Helper()
	untouched := 0
	for name, data := range before {
		if bytes.Equal(data, after[name]) {
			untouched++
		}
	}
	if untouched != 1 || len(after) != len(before) {
		t.Errorf("%d of %d copies were left alone, and there are %d now; want one, and as many", untouched, len(before), len(after))
	}
}

func requireSameContent(t *testing.T, got, want *Snapshot) {
	t.Helper()
	if !slices.Equal(got.Groups, want.Groups) {
		t.Errorf("%d groups, want the same %d as before", len(got.Groups), len(want.Groups))
	}
	same := slices.EqualFunc(got.Meetings, want.Meetings, func(a, b Meeting) bool {
		return a.Number == b.Number && a.Current == b.Current && bytes.Equal(a.Agenda.Raw, b.Agenda.Raw) && slices.Equal(a.Sessions, b.Sessions)
	})
	if !same {
		t.Errorf("the meetings are not the same as before")
	}
	if len(got.DefaultChat) != len(want.DefaultChat) {
		t.Errorf("%d group types, want %d", len(got.DefaultChat), len(want.DefaultChat))
	}
}

// TestFaultsOnAFirstPoll shows that what is not known is missing, not empty.
func TestFaultsOnAFirstPoll(t *testing.T) {
	tests := []struct {
		name    string
		address string
		check   func(*testing.T, *Snapshot)
	}{
		{"no group features", features, func(t *testing.T, s *Snapshot) {
			if s.DefaultChat != nil {
				t.Errorf("types with default chat are %v, want unknown", s.DefaultChat)
			}
			groups := source(t, s, "groups")
			if groups.Outcome != Missing {
				t.Errorf("groups are %s, want missing", groups.Outcome)
			}
			checkError(t, groups.Problem, "the group features are missing")
		}},
		{"no groups", groups, func(t *testing.T, s *Snapshot) {
			if src := source(t, s, "groups"); src.Outcome != Missing || !src.Read.IsZero() {
				t.Errorf("groups are %s, read %v; want missing, never", src.Outcome, src.Read)
			}
			if src := source(t, s, "groups by id"); src.Outcome != Fresh || len(s.Groups) < 50 {
				t.Errorf("groups of the sessions are %s, %d; want them by id", src.Outcome, len(s.Groups))
			}
		}},
		{"no IETF meetings", ietfMeetings, func(t *testing.T, s *Snapshot) {
			if len(s.Meetings) != 4 || s.Meetings[0].Current {
				t.Errorf("%d meetings, want the four interims", len(s.Meetings))
			}
		}},
		{"no agenda", agendaOf113, func(t *testing.T, s *Snapshot) {
			if m := meeting(t, s, "113"); m.Agenda != nil || len(m.Sessions) != 151 {
				t.Errorf("agenda %v, %d sessions; want it unknown, and them", m.Agenda, len(m.Sessions))
			}
		}},
		{"no sessions", `/meeting/session/`, func(t *testing.T, s *Snapshot) {
			for _, m := range s.Meetings {
				if m.Sessions != nil || m.Agenda == nil {
					t.Errorf("%s: sessions %v, agenda %v; want them unknown, and it", m.Number, m.Sessions, m.Agenda)
				}
			}
		}},
		{"nothing", "", func(t *testing.T, s *Snapshot) {
			if len(s.Groups) != 0 || len(s.Meetings) != 0 || s.DefaultChat != nil {
				t.Errorf("the snapshot has %d groups and %d meetings", len(s.Groups), len(s.Meetings))
			}
			for _, src := range s.Sources {
				if src.Outcome != Missing || src.Problem == nil {
					t.Errorf("%s is %s, %v", src.Name, src.Outcome, src.Problem)
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := startDatatracker(t)
			server.Fault(fault(datatrackertest.HTML200, tt.address))
			tt.check(t, mustPoll(t, newTestClient(t, Options{URL: server.URL()}), testQuery()))
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	server := startDatatracker(t)
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.Status, Code: 429, RetryAfter: "1", Path: agendaOf113, Times: 1})
	c := newTestClient(t, Options{URL: server.URL()})
	start := time.Now()
	requireAll(t, mustPoll(t, c, testQuery()), Fresh)
	if waited := time.Since(start); waited < time.Second {
		t.Errorf("it came back after %v, the server asked for a second", waited)
	}
}
