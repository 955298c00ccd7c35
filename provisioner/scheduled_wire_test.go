package provisioner_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/agenda"
	"roomctl/datatracker/datatrackertest"
	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin/xmpptest"
)

// TestASyncThatIsToldToStopFinishesTheChangeInHand interrupts a sync that makes a
// room at each stanza about it: the room is made wholly, or nothing of it was
// begun.
func TestASyncThatIsToldToStopFinishesTheChangeInHand(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds[:2] {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, setup{chat: kind.chat, groups: []string{"mls"}})
			h.settle(t)
			h.Linger = time.Minute
			finished, nth := 0, 0
			for reached := true; reached; {
				nth++
				room := "new" + string(rune('a'+nth))
				h.update(t, func(w *datatrackertest.World) {
					w.AddGroup(datatrackertest.Group{Acronym: room, Name: "Cut", Type: "wg", State: "active"})
				})
				ctx, stop := context.WithCancel(t.Context())
				isCut := h.cut(room, nth, stop)
				_, err := h.Sync(ctx, provisioner.Options{})
				stop()
				if reached = isCut(); reached != errors.Is(err, context.Canceled) {
					t.Fatalf("told to stop at stanza %d: %t, %v", nth, reached, err)
				}
				known := h.state(t)
				_, begun := known.Intents[room]
				made, ours := known.Rooms[room]
				is, exists := h.rooms()[room]
				switch {
				case begun || ours != exists:
					t.Errorf("told to stop at stanza %d: begun %t, ours %t, exists %t", nth, begun, ours, exists)
				case ours && (!made.Configured || is.Subject == "" || is.Config[xmpptest.FieldPersistent] != "1"):
					t.Errorf("told to stop at stanza %d: half made: %+v", nth, is)
				case ours && reached:
					finished++
				}
				h.sync(t)
				h.requireState(t, room, registry.Active, false)
			}
			if finished < 3 {
				t.Errorf("of %d stops %d came in the middle of the room", nth, finished)
			}
			h.requireQuiet(t)
		})
	}
}

// A run of the schedule spares the Datatracker; one that somebody waits for does
// not, and both find the same.
func TestAScheduledSyncAsksForNothingThatIsFresh(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	sync := func(later time.Duration, scheduled bool) (requests int) {
		t.Helper()
		h.travel(h.time().Add(later))
		h.dt.ResetRequests()
		report := h.sync(t, provisioner.Options{Scheduled: scheduled})
		requireNothingToReport(t, report)
		for _, r := range h.dt.Requests() {
			if !r.Conditional {
				t.Errorf("%s was asked for without condition", r.URL)
			}
		}
		return len(h.dt.Requests())
	}
	all := sync(time.Minute, false)
	if all == 0 {
		t.Error("a typed sync asked for nothing")
	}
	if n := sync(time.Minute, true); n != 0 {
		t.Errorf("a scheduled sync made %d requests a minute later", n)
	}
	if n := sync(0, false); n != all {
		t.Errorf("a typed sync made %d requests, want %d", n, all)
	}
	if n := sync(20*time.Minute, true); n != all {
		t.Errorf("a scheduled sync made %d requests after the longest max-age, want %d", n, all)
	}
}

// That documents were not asked for is no answer of the Datatracker.
func TestTheLastPollIsWhenTheDatatrackerAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	h.settle(t)
	answered := h.time()
	h.travel(answered.Add(3 * time.Minute))
	h.sync(t, provisioner.Options{Scheduled: true})
	status, err := agenda.ReadStatus([]byte(h.read(t, agenda.StatusPath)))
	if err != nil {
		t.Fatal(err)
	}
	if got := status.LastPoll; got.Before(answered) || got.After(answered.Add(time.Minute)) {
		t.Errorf("the last poll was at %s, want %s", got, answered)
	}
}

// What a run logs at level info is what it changed.
func TestARunThatChangesNothingIsNotToldOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setup{})
	told := func() (entries []string) {
		log := logrus.New()
		log.SetOutput(io.Discard)
		log.SetLevel(logrus.InfoLevel)
		log.AddHook(hook(func(e *logrus.Entry) { entries = append(entries, e.Message) }))
		h.Log = log
		h.sync(t)
		return entries
	}
	first := told()
	if len(first) < 2 || first[len(first)-1] != "sync ended" {
		t.Errorf("the first sync told %v", first)
	}
	if second := told(); len(second) > 0 {
		t.Errorf("the second sync told %v", second)
	}
}

// hook is a function that gets every entry of a log.
type hook func(*logrus.Entry)

func (hook) Levels() []logrus.Level { return logrus.AllLevels }

func (h hook) Fire(e *logrus.Entry) error {
	h(e)
	return nil
}
