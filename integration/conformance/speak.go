package conformance

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roomctl/xmppadmin"
)

// say: what is said reaches everybody in the room and its log, once, and in a
// moderated room too.
func (s *suite) say(t *testing.T) {
	name := s.mustCreate(t, "said", described())
	closed := map[xmppadmin.Field]string{xmppadmin.FieldModerated: "true"}
	for i, text := range []string{"first-" + name, "second-" + name} {
		if err := s.service.Say(limited(t), name, "  this is\n"+text+" "); err != nil {
			t.Fatal(err)
		}
		s.wantLogged(t, name, "this is "+text)
		if i == 0 {
			if err := s.service.Configure(limited(t), name, closed); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.wantLogged(t, name, "this is first-"+name)
	if room := s.mustRead(t, name); !room.Empty() {
		t.Error("somebody stayed behind, or nobody knows")
	}
	if err := s.service.Say(limited(t), name, " \n"); err == nil {
		t.Error("nothing could be said")
	}
}

// wantLogged waits until the text is in the room's log, where it must be once.
func (s *suite) wantLogged(t *testing.T, name, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(limited(t), 20*time.Second)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		log, err := s.target.Log(ctx, name)
		switch count := strings.Count(log, text); {
		case count == 1:
			return
		case count > 1:
			t.Fatalf("%q is in the log %d times:\n%s", text, count, log)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%q is not in the log (%v):\n%s", text, err, log)
		case <-again.C:
		}
	}
}

func (s *suite) sayToNobody(t *testing.T) {
	nobody := s.name("said-nobody")
	destroyed := s.mustCreate(t, "said-destroyed", described())
	if err := s.service.Destroy(limited(t), destroyed, "", ""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{nobody, destroyed} {
		before := s.service.Look(limited(t), name).Existence
		if err := s.service.Say(limited(t), name, "hello"); err == nil {
			t.Errorf("something was said to %s, which is %s", name, before)
		}
		s.wantExistence(t, name, before)
	}
}

func (s *suite) moderate(t *testing.T) {
	spec := described()
	spec.Values[xmppadmin.FieldModerated] = "true"
	made := s.mustCreate(t, "made-moderated", spec)
	s.wantVoice(t, made, false)

	name := s.mustCreate(t, "moderated", described())
	s.wantVoice(t, name, true)
	for _, moderated := range []string{"true", "true", "false"} {
		set := map[xmppadmin.Field]string{xmppadmin.FieldModerated: moderated}
		if err := s.service.Configure(limited(t), name, set); err != nil {
			t.Fatal(err)
		}
		s.wantVoice(t, name, moderated == "false")
	}
}

// wantVoice checks whether newcomers may speak in a room that is otherwise as
// described. The server says so to them: it makes them visitors of a moderated room.
func (s *suite) wantVoice(t *testing.T, name string, want bool) {
	t.Helper()
	room := s.mustRead(t, name)
	wantValues(t, room, described().Values)
	if room.Moderated == want {
		t.Errorf("that %s is moderated is %v", name, room.Moderated)
	}
	err := s.visitor.Visit(limited(t), name)
	if want && err != nil || !want && !errors.Is(err, xmppadmin.ErrNoVoice) {
		t.Errorf("visiting %s, where newcomers should have a voice is %v: %v", name, want, err)
	}
}
