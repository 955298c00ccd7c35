package provisioner_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/agenda"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner/registry"
)

// logServer answers for pages of logs.
type logServer struct {
	mu    sync.Mutex
	found map[string]bool // by a part of the address
	err   error           // of every request
	asked []string
}

func (l *logServer) Exists(_ context.Context, url string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, url)
	if l.err != nil {
		return false, l.err
	}
	for part, found := range l.found {
		if strings.Contains(url, part) {
			return found, nil
		}
	}
	return false, nil
}

// set changes the answers and forgets what was asked.
func (l *logServer) set(found map[string]bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found, l.err, l.asked = found, err, nil
}

func (l *logServer) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.asked)
}

// TestOnlyLogsThatAreThereAreShown follows the logs of quic through the days.
func TestOnlyLogsThatAreThereAreShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	logs := &logServer{}
	h.Archives = logs
	h.Patterns.Archive = "https://logs.example.org/{chat_room_name}/"
	const quic = "https://logs.example.org/quic/"
	shown := func() bool {
		inAgenda := strings.Contains(h.read(t, "meeting/113/agenda.json"), quic)
		if inRooms := strings.Contains(h.read(t, agenda.RoomsPath), quic); inRooms != inAgenda {
			t.Errorf("shown in the agenda: %t, in the list of rooms: %t", inAgenda, inRooms)
		}
		return inAgenda
	}
	steps := []struct {
		name  string
		after time.Duration
		found bool
		err   error
		asks  bool
		shown bool
		tells string
	}{
		{name: "at first there are none", asks: true},
		{name: "a moment later nobody asks again", after: time.Minute, found: true},
		{name: "an hour later there are some", after: time.Hour, found: true, asks: true, shown: true},
		{name: "for a day nobody asks again", after: 23 * time.Hour, shown: true},
		{name: "a server that does not answer changes nothing", after: 2 * time.Hour, err: errors.New("timeout awaiting response"), asks: true, shown: true,
			tells: "logs.example.org that could not be checked"},
		{name: "and is asked again by the next run", err: errors.New("timeout awaiting response"), asks: true, shown: true,
			tells: "timeout awaiting response"},
		{name: "then they are gone", asks: true},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			h.travel(h.time().Add(step.after))
			logs.set(map[string]bool{"logs.example.org": step.found}, step.err)
			report := h.sync(t)
			if asked := logs.requests() > 0; asked != step.asks {
				t.Errorf("asked: %v", logs.asked)
			}
			if is := shown(); is != step.shown {
				t.Errorf("shown: %t", is)
			}
			if step.tells != "" {
				requireComplaint(t, report, step.tells)
			}
			if report.Failures() > 0 {
				t.Errorf("failures: %q", complaints(report))
			}
			logs.set(nil, errors.New("publishing again asks nobody"))
			if _, err := h.republish(t); err != nil || logs.requests() > 0 || shown() != step.shown {
				t.Errorf("published again: %v, shown: %t, asked: %v", err, shown(), logs.asked)
			}
		})
	}
}

// TestLogsOfASession: those of its own day come when it has begun.
func TestLogsOfASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	logs := &logServer{found: map[string]bool{"/2026-": true}}
	h.Archives = logs
	h.Patterns.Archive = "https://logs.example.org/{chat_room_name}/{date}.html"
	h.sync(t)
	if logs.requests() > 0 || strings.Contains(h.read(t, "meeting/113/agenda.json"), "logs.example.org") {
		t.Errorf("before the meeting: asked %v", logs.asked)
	}
	var start time.Time
	h.update(t, func(w *datatrackertest.World) { start = session(w, "tls").Start })
	h.travel(start)
	h.sync(t)
	page := "https://logs.example.org/tls/" + start.UTC().Format(time.DateOnly) + ".html"
	if !slices.Contains(logs.asked, page) || !strings.Contains(h.read(t, "meeting/113/agenda.json"), page) || !strings.Contains(h.read(t, agenda.RoomsPath), page) {
		t.Errorf("when it begins: asked %v", logs.asked)
	}
	if a := h.state(t).Archives[page]; a != (registry.Archive{Checked: start.UTC(), Found: true}) {
		t.Errorf("the registry has %+v", a)
	}
	h.requireQuiet(t)
}

// TestAnswersThatNobodyAsksForAreForgotten: after 90 days, and only what was not
// there.
func TestAnswersThatNobodyAsksForAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.Archives = &logServer{err: errors.New("timeout awaiting response")}
	h.Patterns.Archive = "https://logs.example.org/{chat_room_name}/"
	day := 24 * time.Hour
	for url, a := range map[string]registry.Archive{
		"https://logs.example.org/quic/": {Checked: h.time().Add(-91 * day), Found: true},
		"https://old.example.org/mls/":   {Checked: h.time().Add(-91 * day), Found: true},
		"https://old.example.org/quic/":  {Checked: h.time().Add(-91 * day)},
		"https://old.example.org/tls/":   {Checked: h.time().Add(-89 * day)},
	} {
		if err := h.Registry.SetArchive(t.Context(), url, a); err != nil {
			t.Fatal(err)
		}
	}
	h.sync(t)
	got := slices.Sorted(maps.Keys(h.state(t).Archives))
	if want := []string{"https://logs.example.org/quic/", "https://old.example.org/mls/", "https://old.example.org/tls/"}; !slices.Equal(got, want) {
		t.Errorf("known are %q, want %q", got, want)
	}
	if !strings.Contains(h.read(t, agenda.RoomsPath), "https://logs.example.org/quic/") {
		t.Error("what was known of quic is not shown")
	}
}
