package announce

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// stage is an Announcer with a real registry, and a chat server and a clock that
// the test has in hand.
type stage struct {
	*Announcer
	t      *testing.T
	path   string // of the registry
	now    time.Time
	log    bytes.Buffer
	paused bool

	said   []string                        // "room: text" that was sent in this step, accepted or not
	answer func(ctx context.Context) error // of the chat server to what is sent; nil: it accepts

	unreadable, unwritable error // what is wrong with the registry
}

var errRefused = &xmppadmin.StanzaError{Op: "message", To: "quic@conference.localhost", Type: "auth", Condition: "forbidden"}

var testIdentity = registry.Identity{MUC: "conference.localhost", Datatracker: "https://datatracker.example.org"}

func newStage(t *testing.T, s Settings) *stage {
	t.Helper()
	st := &stage{t: t, now: ten.Add(-2 * time.Hour), path: filepath.Join(t.TempDir(), "registry.sqlite")}
	st.restart(s)
	return st
}

// store is the Store of the stage.
func (s *stage) store(ctx context.Context, do func(*registry.Registry) error) error {
	if s.unwritable != nil {
		return s.unwritable
	}
	reg, err := registry.Open(ctx, s.path, testIdentity)
	if err != nil {
		return err
	}
	return errors.Join(do(reg), reg.Close())
}

// all are the rows of the registry.
func (s *stage) all(ctx context.Context) ([]registry.Announced, error) {
	if s.unreadable != nil {
		return nil, s.unreadable
	}
	reg, err := registry.OpenReader(ctx, s.path, testIdentity)
	if err != nil {
		return nil, err
	}
	list, err := reg.Announced(ctx, time.Time{})
	return list, errors.Join(err, reg.Close())
}

// rows are the announcements in the registry, by kind.
func (s *stage) rows() map[string]registry.Announced {
	s.t.Helper()
	all, err := s.all(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	rows := map[string]registry.Announced{}
	for _, r := range all {
		if r.Kind != string(planned) {
			rows[r.Kind] = r
		}
	}
	return rows
}

// restart is a new process on the same registry.
func (s *stage) restart(settings Settings) {
	texts, err := provisioner.ParseSessionTexts("", "", "", "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	texts.MUC, texts.BaseURL, texts.NoteWell = "conference.localhost", "https://rooms.example.org", "https://note.example.org/"
	log := logrus.New()
	log.SetOutput(&s.log)
	log.SetLevel(logrus.DebugLevel)
	s.Announcer = New(Options{
		Settings: settings, Texts: texts, Log: log,
		Now:    func() time.Time { return s.now },
		Paused: func() bool { return s.paused },
		Read:   s.all,
		Store:  s.store,
		Say: func(ctx context.Context, room, text string) error {
			s.said = append(s.said, room+": "+text)
			if s.answer == nil {
				return nil
			}
			return s.answer(ctx)
		},
	})
}

// step is a Step at a time of day; it returns what was sent, and when the next is
// wanted ("" for none).
func (s *stage) step(clock string, slots ...provisioner.Slot) (said []string, next string, err error) {
	s.t.Helper()
	at, err := time.Parse(time.DateTime, ten.Format(time.DateOnly)+" "+clock)
	if err != nil {
		s.t.Fatal(err)
	}
	s.now, s.said = at, nil
	wanted, err := s.Step(s.t.Context(), at, slots)
	if !wanted.IsZero() {
		next = wanted.Format("15:04:05")
	}
	return s.said, next, err
}

// want fails the test unless a step, told as its three results, went like that.
// problem is in the error; "" for none.
func (s *stage) want(clock string, slots []provisioner.Slot, said []string, next, problem string) {
	s.t.Helper()
	gotSaid, gotNext, err := s.step(clock, slots...)
	if !slices.EqualFunc(gotSaid, said, strings.HasPrefix) {
		s.t.Errorf("%s: said %q, want %q", clock, gotSaid, said)
	}
	if gotNext != next {
		s.t.Errorf("%s: wants to be called at %q, want %q", clock, gotNext, next)
	}
	switch {
	case (err == nil) != (problem == ""), err != nil && !strings.Contains(err.Error(), problem):
		s.t.Errorf("%s: error %v, want %q", clock, err, problem)
	}
}
