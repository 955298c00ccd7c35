package xmppadmin

import (
	"maps"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// newcomersRole is the role that a room gives to somebody without affiliation.
func newcomersRole(t *testing.T, s *session, room string) string {
	t.Helper()
	occupant := address(t, room+"@conference.localhost/newcomer")
	e, err := s.enter(t.Context(), occupant)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.leave(t.Context(), occupant); err != nil {
		t.Fatal(err)
	}
	return e.Role
}

func TestModeration(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			newcomer := loginTo(t, ordinaryOptions(srv, "newcomer"))
			spec := loggedSpec()
			spec.Values[FieldModerated] = "true"
			for _, room := range []string{"open", "closed"} {
				if err := s.Create(t.Context(), room, spec); err != nil {
					t.Fatal(err)
				}
				spec = loggedSpec()
			}
			for _, step := range []struct{ room, set, role string }{
				{"open", "", "visitor"},
				{"open", "false", "participant"},
				{"closed", "", "participant"},
				{"closed", "true", "visitor"},
				{"closed", "true", "visitor"},
				{"closed", "false", "participant"},
			} {
				if step.set != "" {
					set := map[Field]string{FieldModerated: step.set, FieldName: "now " + step.set}
					if err := s.Configure(t.Context(), step.room, set); err != nil {
						t.Fatal(err)
					}
				}
				room := s.Read(t.Context(), step.room)
				if _, compared := room.Values[FieldModerated]; compared || room.Err != nil || room.Moderated != (step.role == "visitor") {
					t.Errorf("%s after %q is %+v", step.room, step.set, room)
				}
				if step.set != "" && room.Values[FieldName] != "now "+step.set {
					t.Errorf("%s after %q is called %q", step.room, step.set, room.Values[FieldName])
				}
				if got := newcomersRole(t, newcomer, step.room); got != step.role {
					t.Errorf("after %q a newcomer to %s is a %s, want a %s", step.set, step.room, got, step.role)
				}
			}
		})
	}
}

func TestModerationThatIsNeitherTrueNorFalse(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			before, _ := srv.Room("quic")
			err := s.Configure(t.Context(), "quic", map[Field]string{FieldModerated: "perhaps"})
			if err == nil || !strings.Contains(err.Error(), "moderated") {
				t.Errorf("the error is %v", err)
			}
			if after, _ := srv.Room("quic"); !maps.Equal(before.Config, after.Config) {
				t.Errorf("it was configured as %v", after.Config)
			}
		})
	}
}

func TestRefusedModerationChangesNothing(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
				t.Fatal(err)
			}
			before, _ := srv.Room("quic")
			remove := srv.Fault(xmpptest.Fault{Writing: true, Condition: "forbidden"})
			err := s.Configure(t.Context(), "quic", map[Field]string{FieldModerated: "true"})
			remove()
			if err == nil || !strings.Contains(err.Error(), "moderated") {
				t.Errorf("the error is %v", err)
			}
			if after, _ := srv.Room("quic"); !maps.Equal(before.Config, after.Config) {
				t.Errorf("it was configured as %v", after.Config)
			}
		})
	}
}
