package datatracker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
)

// polledBefore is a client that has a good copy of everything, and little
// patience: two seconds for a request, half a second once that is of no use.
func polledBefore(t *testing.T) (*Client, *datatrackertest.Server) {
	t.Helper()
	server, dir := startDatatracker(t), t.TempDir()
	requireAll(t, mustPoll(t, newTestClient(t, Options{URL: server.URL(), CacheDir: dir}), testQuery()), Fresh)
	return newTestClient(t, Options{URL: server.URL(), CacheDir: dir, RequestTimeout: 2 * time.Second}), server
}

// waited says how long a source was waited for.
func waited(s Source) string {
	switch {
	case s.Problem == nil:
		return "answered"
	case strings.Contains(s.Problem.Error(), "within 2s"):
		return "all the time"
	case strings.Contains(s.Problem.Error(), "within 500ms"):
		return "a quarter of it"
	}
	return s.Problem.Error()
}

func TestADatatrackerThatHangsIsNotWaitedForAgainAndAgain(t *testing.T) {
	t.Parallel()
	c, server := polledBefore(t)
	server.Fault(datatrackertest.Fault{Kind: datatrackertest.Timeout})
	long := map[string]bool{"group features": true, "IETF meetings": true, "interim meetings": true} // asked for at the same time
	for _, src := range mustPoll(t, c, testQuery()).Sources {
		want := "a quarter of it"
		if long[src.Name] {
			want = "all the time"
		}
		if got := waited(src); got != want || src.Outcome != LastGood {
			t.Errorf("%s: %s, %s; want %s", src.Name, src.Outcome, got, want)
		}
	}
}

func TestWhatAnswersBesideAHangingAPIIsUsed(t *testing.T) {
	t.Parallel()
	c, server := polledBefore(t)
	server.Fault(fault(datatrackertest.Timeout, `^/api/`))
	got := map[string]string{}
	for _, src := range mustPoll(t, c, testQuery()).Sources {
		got[src.Name] = waited(src)
	}
	for name, want := range map[string]string{
		"IETF meetings": "all the time", "groups": "a quarter of it", "IETF 113 agenda": "answered",
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
}

func TestPatience(t *testing.T) {
	hangs, bad := errors.New("no answer"), &permanentError{errors.New("403")}
	tests := map[string]struct {
		came  []error
		short bool
	}{
		"nothing was asked for":           {nil, false},
		"one hangs":                       {[]error{hangs}, true},
		"one is answered":                 {[]error{nil}, false},
		"one is answered, and badly":      {[]error{bad}, false},
		"one hangs, and one is answered":  {[]error{hangs, hangs, nil}, false},
		"one is answered, and then hangs": {[]error{nil, hangs, hangs}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var p patience
			for _, err := range tt.came {
				p.note(err)
			}
			ctx, cancel := p.limit(t.Context(), 20*time.Second)
			defer cancel()
			if _, limited := ctx.Deadline(); limited != tt.short {
				t.Errorf("it has a limit of its own: %t, want %t", limited, tt.short)
			}
		})
	}
}
