// Package day plays meeting days against the whole of `roomctl serve`, on a clock that the test turns: a day takes seconds,
// on the real wire, to a server in the process or to a real one. Minute by minute it holds against the agenda what an
// ordinary occupant sees and hears in the rooms, who is there, and what the pages say. What roomctl itself has written
// down plays no part in that.
package day

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomctl/agenda/web"
	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/house"
	"roomctl/provisioner/announce"
	"roomctl/provisioner/health"
	"roomctl/provisioner/worker"
	"roomctl/provisioner/worker/clocktest"
)

// Options say what to play on.
type Options struct {
	Chat house.Chat
	From time.Time

	// World edits what the Datatracker knows at first: the meeting's first day is that of From.
	World func(*datatrackertest.World)

	// Enter sends somebody into the rooms that are there; it is called once they are made, and again after Reenter.
	Enter func(ctx context.Context) (Witness, error)

	Every     time.Duration      // see Stage.Every; 0: a minute
	Silent    []string           // announce.except
	Followers []worker.Following // see house.ServeOptions
	Log       io.Writer          // of roomctl; nil: what is printed when something is wrong

	RequestTimeout, ChatTimeout time.Duration // as in house.Options
}

// A Stage is a house with a `roomctl serve` in it, and somebody who watches.
type Stage struct {
	*house.House
	Serving *house.Serving
	Clock   *clocktest.Clock
	Judge   Judge
	Health  health.Verdict // at the last minute
	Red     time.Time      // when it turned red; zero: it is not

	Every  time.Duration // how often pages and rooms are looked at
	urgent bool          // health is looked at each minute, and not just every five

	// Loose is the Datatracker's trouble: its agenda need not be the published one.
	Loose bool

	t       testing.TB
	ctx     context.Context
	options Options
	witness Witness
	pages   *httptest.Server
	seen    map[string]Seen      // at the last minute
	differs map[string]time.Time // since when the Datatracker has another agenda of a meeting than is published

	telling sync.Mutex // guards tale
	tale    []string   // the last that happened, for messages
}

// New builds one for the length of the test. The first run has ended when it returns, and the rooms are there.
func New(ctx context.Context, t testing.TB, o Options) *Stage {
	t.Helper()
	s := &Stage{
		Clock: clocktest.New(o.From), Judge: Judge{Silent: o.Silent},
		Every: cmp.Or(o.Every, time.Minute),
		t:     t, ctx: ctx, options: o, differs: map[string]time.Time{},
	}
	s.House = house.New(t, house.Options{
		Chat: o.Chat, Clock: s.Clock, MinGroups: 1, World: datatrackertest.Options{Starts: o.From},
		RequestTimeout: o.RequestTimeout, ChatTimeout: o.ChatTimeout,
	})
	s.Rules.Admins = []string{"alice@localhost"}
	s.Update(t, o.World)
	s.pages = httptest.NewServer(web.New(filepath.Join(s.Dir, "www"), web.Options{Now: s.Clock.Now}))
	t.Cleanup(s.pages.Close)
	s.Serve()
	t.Cleanup(func() { s.Serving.Stop() })
	s.turn(o.From)
	s.Reenter()
	return s
}

// Serve starts roomctl, which must not be running.
func (s *Stage) Serve() {
	s.t.Helper()
	s.Serving = s.House.Serve(s.t, house.ServeOptions{
		Clock: s.Clock, Log: cmp.Or[io.Writer](s.options.Log, teller{s}), Followers: s.options.Followers,
		Announce: announce.Settings{Before: []time.Duration{lead}, Start: true, Moved: true, Cancelled: true, Except: s.options.Silent},
	})
}

// Reenter sends the witness in, again after the server was away. What was said before is forgotten.
func (s *Stage) Reenter() {
	s.t.Helper()
	if s.witness != nil {
		s.witness.Close() // its connection may be gone
	}
	var err error
	if s.witness, err = s.options.Enter(s.ctx); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.witness.Close() })
	s.Judge.Forget()
}

// Tell adds a line to what is printed when something is wrong.
func (s *Stage) Tell(format string, args ...any) {
	const kept = 40
	s.telling.Lock()
	defer s.telling.Unlock()
	s.tale = append(s.tale, s.Clock.Now().Format("Mon 15:04 ")+fmt.Sprintf(format, args...))
	s.tale = s.tale[max(0, len(s.tale)-kept):]
}

// told is the tale.
func (s *Stage) told() string {
	s.telling.Lock()
	defer s.telling.Unlock()
	return strings.Join(s.tale, "\n\t")
}

// teller tells what roomctl logs.
type teller struct{ stage *Stage }

func (l teller) Write(line []byte) (int, error) {
	l.stage.Tell("roomctl: %s", bytes.TrimSpace(line))
	return len(line), nil
}

// fail fails the test, with what happened before.
func (s *Stage) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("%s:\n\t%s\nbefore:\n\t%s", s.Clock.Now().Format(time.DateTime), fmt.Sprintf(format, args...), s.told())
}

// Edit changes what the Datatracker knows.
func (s *Stage) Edit(what string, change func(*datatrackertest.World)) {
	s.t.Helper()
	s.Tell("%s", what)
	s.Update(s.t, change)
}

// Person has a person set the subject of a room.
func (s *Stage) Person(room, subject string) {
	s.t.Helper()
	s.Tell("a person sets the subject of %s to %q", room, subject)
	if err := s.witness.SetSubject(s.ctx, room, subject); err != nil {
		s.t.Fatal(err)
	}
	s.Judge.Person(room, subject)
}

// To goes on to a time, and looks at everything meanwhile and at the end.
func (s *Stage) To(until time.Time) {
	s.t.Helper()
	for now := s.Clock.Now(); now.Before(until); now = s.Clock.Now() {
		next := now.Truncate(time.Minute).Add(time.Minute)
		if next.After(until) {
			next = until
		}
		s.turn(next)
		last := next.Equal(until)
		if s.urgent || last || next.Truncate(inMeeting).Equal(next) {
			s.examine()
		}
		if last || next.Truncate(s.Every).Equal(next) {
			s.Look()
		}
	}
}

// examine looks at health.
func (s *Stage) examine() {
	s.Health = s.Serving.Health(s.ctx)
	switch {
	case s.Health.Level != health.Red:
		s.Red = time.Time{}
	case s.Red.IsZero():
		s.Red = s.Clock.Now()
		s.Tell("health is red: %v", s.Health.Problems)
	}
}

// turn turns the clock; then roomctl sleeps.
func (s *Stage) turn(until time.Time) {
	s.t.Helper()
	if err := s.Clock.TurnTo(s.ctx, until); err != nil {
		s.t.Fatalf("%s: %v\nbefore:\n\t%s", until.Format(time.DateTime), err, s.told())
	}
}

// Look looks at pages and rooms, and fails the test if something is wrong.
func (s *Stage) Look() {
	s.t.Helper()
	now := s.Clock.Now()
	all, wrong := s.published(now)
	seen, err := s.witness.Look(s.ctx)
	if err != nil {
		s.t.Fatalf("%s: %v", now.Format(time.DateTime), err)
	}
	s.seen = seen
	if wrong = append(wrong, s.Judge.Check(now, all, seen)...); len(wrong) > 0 {
		s.fail("%s", strings.Join(wrong, "\n\t"))
		s.t.FailNow()
	}
}

// published reads what is published, all sessions of all meetings, and holds it against the Datatracker.
func (s *Stage) published(now time.Time) (all Agenda, wrong []string) {
	s.t.Helper()
	var meetings []meeting
	s.Update(s.t, func(w *datatrackertest.World) {
		for _, m := range w.Meetings {
			near := m.Date.Before(now.AddDate(0, 0, 2)) && m.Date.AddDate(0, 0, max(1, m.Days)).After(now)
			if len(m.Sessions) > 0 && near {
				meetings = append(meetings, meeting{m.Number, upstream(m)})
			}
		}
	})
	for _, m := range meetings {
		if _, err := os.Stat(filepath.Join(s.Dir, "www", "meeting", m.number)); err != nil {
			wrong = append(wrong, s.follows(m, nil, now)...) // it was announced just now
			continue
		}
		text, err := fetch(s.pages.URL + "/meeting/" + m.number + "/agenda.json")
		if err != nil {
			return nil, []string{err.Error()}
		}
		a, err := readAgenda([]byte(text))
		if err != nil {
			return nil, []string{err.Error()}
		}
		page, err := fetch(s.pages.URL + "/meeting/" + m.number + "/")
		if err != nil {
			return nil, []string{err.Error()}
		}
		wrong = append(wrong, comparePage(page, a, now)...)
		wrong = append(wrong, s.follows(m, a, now)...)
		all = append(all, a...)
	}
	return all, wrong
}

// A meeting as the Datatracker has it now.
type meeting struct {
	number   string
	sessions Agenda
}

// A document is asked for again when its max-age is over, at the next run.
const (
	maxAge    = 15 * time.Minute
	inMeeting = 5 * time.Minute
	usually   = 15 * time.Minute
)

// follows says whether what is published of a meeting is too long behind.
func (s *Stage) follows(m meeting, published Agenda, now time.Time) (wrong []string) {
	unlinked := slices.ContainsFunc(published, func(x Session) bool { return x.Room == "" })
	if m.sessions.sameTimes(published) && !unlinked || s.Loose {
		delete(s.differs, m.number)
		return nil
	}
	since, known := s.differs[m.number]
	if !known {
		s.differs[m.number], since = now, now
	}
	limit := maxAge + usually
	if s.Serving.State().Meeting != "" {
		limit = maxAge + inMeeting
	}
	if now.Sub(since) > limit && !s.Judge.within(limit+usually, now) {
		wrong = append(wrong, fmt.Sprintf("what is published of %s is not what the Datatracker has, since %s: %v, and the Datatracker: %v",
			m.number, since.Format("15:04"), published, m.sessions))
	}
	return wrong
}
