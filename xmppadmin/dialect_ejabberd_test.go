package xmppadmin

import (
	"errors"
	"maps"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

// A form that is submitted or fetched while mod_muc_log writes is refused, or
// comes without its logging field. Neither means that the service cannot log.
func TestCreateOutlivesABusyLog(t *testing.T) {
	for _, c := range []struct {
		name   string
		server xmpptest.Options
		busy   xmpptest.Fault
	}{
		{
			"the submission is refused once",
			xmpptest.Options{Kind: xmpptest.Ejabberd, NoAPICommands: true},
			xmpptest.Fault{Namespace: nsOwner, Type: "set", Nth: 1, Condition: "not-acceptable", ErrorType: "modify"},
		},
		{
			"the form lacks its field once",
			xmpptest.Options{Kind: xmpptest.Ejabberd},
			xmpptest.Fault{Namespace: nsOwner, Type: "get", Nth: 1, Hide: []string{xmpptest.FieldLogging}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, c.server)
			s := openService(t, srv)
			srv.Fault(c.busy)
			spec := loggedSpec()
			if err := s.Create(t.Context(), "quic", spec); err != nil {
				t.Fatal(err)
			}
			if room := s.Read(t.Context(), "quic"); room.Err != nil || !maps.Equal(room.Values, spec.Values) {
				t.Errorf("read as %v (%v)", room.Values, room.Err)
			}
		})
	}
}

func TestConfigureOutlivesABusyLog(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd, NoAPICommands: true})
	s := openService(t, srv)
	spec := loggedSpec()
	if err := s.Create(t.Context(), "quic", spec); err != nil {
		t.Fatal(err)
	}
	remove := srv.Fault(xmpptest.Fault{Namespace: nsOwner, Type: "set", Nth: 1, Condition: "not-acceptable", ErrorType: "modify"})
	if err := s.Configure(t.Context(), "quic", map[Field]string{FieldLogging: "false"}); err != nil {
		t.Errorf("with logging: %v", err)
	}
	remove()
	srv.Fault(xmpptest.Fault{Namespace: nsOwner, Type: "set", Nth: 1, Condition: "not-acceptable", ErrorType: "modify"})
	if err := s.Configure(t.Context(), "quic", map[Field]string{FieldName: "no"}); !refused(err, "not-acceptable") {
		t.Errorf("without logging, a refusal is final: %v", err)
	}
}

// What is sent to a room that ends is lost; Destroy returns when it has ended.
func TestDestroyWaitsForTheEnd(t *testing.T) {
	for name, o := range kinds() {
		if o.Kind != xmpptest.Ejabberd {
			continue
		}
		t.Run(name, func(t *testing.T) {
			srv := startServer(t, o)
			s := openService(t, srv)
			for _, reason := range []string{"", "concluded"} {
				if err := s.Create(t.Context(), "quic", loggedSpec()); err != nil {
					t.Fatal(err)
				}
				// The first look is the one before the destruction.
				remove := srv.Fault(xmpptest.Fault{Namespace: nsDiscoInfo, Room: "quic", Nth: 2, Drop: true})
				srv.ResetStanzas()
				err := s.Destroy(t.Context(), "quic", reason, "")
				remove()
				if err != nil {
					t.Fatal(err)
				}
				looks := 0
				for _, sent := range srv.Stanzas() {
					if sent.Namespace == nsDiscoInfo {
						looks++
					}
				}
				if looks != 3 {
					t.Errorf("looked %d times, want once before and twice after", looks)
				}
			}
		})
	}
}

func TestLoggingThatNothingDoesIsRefused(t *testing.T) {
	srv := startServer(t, xmpptest.Options{Kind: xmpptest.Ejabberd, NoLogging: true})
	s := openService(t, srv)
	spec := loggedSpec()
	delete(spec.Values, FieldLogging)
	spec.RequireLogging = false
	if err := s.Create(t.Context(), "quic", spec); err != nil {
		t.Fatal(err)
	}
	if err := s.Configure(t.Context(), "quic", map[Field]string{FieldLogging: "true"}); !errors.Is(err, ErrCannotLog) {
		t.Errorf("the error is %v", err)
	}
}
