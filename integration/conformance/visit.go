package conformance

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"roomctl/xmppadmin"
)

// visit goes into more rooms at once than ejabberd lets one account be in.
func (s *suite) visit(t *testing.T) {
	var names []string
	for i := range 12 {
		names = append(names, s.mustCreate(t, fmt.Sprintf("visited%02d", i), described()))
	}
	var all sync.WaitGroup
	for _, name := range append(names, names...) { // each twice, at the same time
		all.Add(1)
		go func() {
			defer all.Done()
			if err := s.visitor.Visit(limited(t), name); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	for _, name := range names {
		if room := s.mustRead(t, name); !room.Empty() {
			t.Errorf("somebody stayed behind in %s, or nobody knows", name)
		}
	}
}

func (s *suite) visitClosed(t *testing.T) {
	for _, c := range []struct {
		end       string
		fields    map[string]string
		condition string
		words     string
	}{
		{"members", map[string]string{"muc#roomconfig_membersonly": "1"}, "registration-required", "only members"},
		{"password", map[string]string{"muc#roomconfig_passwordprotectedroom": "1", "muc#roomconfig_roomsecret": "hush"}, "not-authorized", "a password"},
	} {
		spec := described()
		spec.RequireLogging = false
		delete(spec.Values, xmppadmin.FieldLogging) // ejabberd's log would hold up the form
		name := s.mustCreate(t, c.end, spec)
		if err := s.target.Set(limited(t), name, c.fields); err != nil {
			t.Fatal(err)
		}
		err := s.visitor.Visit(limited(t), name)
		var refusal *xmppadmin.StanzaError
		if !errors.As(err, &refusal) || refusal.Condition != c.condition || !strings.Contains(err.Error(), c.words) {
			t.Errorf("visiting it: %v, want %s (%s)", err, c.condition, c.words)
		}
		room := s.mustRead(t, name)
		if room.MembersOnly != (c.end == "members") || room.PasswordProtected != (c.end == "password") || !room.Empty() {
			t.Errorf("the room is %+v", room)
		}
	}
}

func (s *suite) visitNobody(t *testing.T) {
	nobody := s.name("visited-nobody")
	destroyed := s.mustCreate(t, "visited-destroyed", described())
	if err := s.service.Destroy(limited(t), destroyed, "", ""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{nobody, destroyed} {
		before := s.service.Look(limited(t), name).Existence
		if err := s.visitor.Visit(limited(t), name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("visiting %s, which is %s: %v", name, before, err)
		}
		s.wantExistence(t, name, before)
	}
}
