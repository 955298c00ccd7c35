package sessionclock

import (
	"errors"
	"testing"

	"roomctl/provisioner"
	"roomctl/provisioner/registry"
)

// TestASession is the whole of it: in at the start, out at the end, two changes
// of subject, and nothing in between.
func TestASession(t *testing.T) {
	w := newWorld(t, "quic", "tls")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	if next := w.quietly(-30); !next.Equal(at(0)) {
		t.Errorf("before the session the clock comes back at %v", next)
	}
	w.expect()
	if next := w.quietly(0); !next.Equal(at(1)) {
		t.Errorf("while it is on the clock comes back at %v", next)
	}
	w.expect("quic: enters", "quic: "+tells("quic", 60))
	w.shows(registry.Showing{Room: "quic", Session: 1, Subject: tells("quic", 60), Since: at(0)})
	reads := w.reads
	for m := 1; m < 60; m++ {
		w.quietly(m)
	}
	w.expect()
	if w.reads != reads {
		t.Errorf("the registry was read %d times while there was nothing to do", w.reads-reads)
	}
	if next := w.quietly(60); !next.IsZero() {
		t.Errorf("after it the clock comes back at %v", next)
	}
	w.expect("quic: "+ownOf("quic"), "quic: leaves")
	w.shows()
	if len(w.clock.stays) > 0 {
		t.Errorf("%d stays are kept", len(w.clock.stays))
	}
}

func TestPause(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "quic", 70, 120)}
	w.quietly(0)
	w.did()
	w.paused = true
	if next := w.quietly(10); !next.Equal(at(11)) {
		t.Errorf("the clock comes back at %v", next)
	}
	w.expect("quic: leaves")
	if next := w.quietly(65); !next.Equal(at(66)) { // the room tells of the session still
		t.Errorf("after the session the clock comes back at %v", next)
	}
	w.expect()
	w.paused = false
	w.quietly(66)
	w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
	w.paused = true
	w.quietly(80)
	w.expect()
	w.paused = false
	w.quietly(81)
	w.expect("quic: enters", "quic: "+tells("quic", 120))
}

func TestOff(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	w.restart(func(o *Options) { o.Off = true })
	if next := w.quietly(10); !next.IsZero() {
		t.Errorf("the clock comes back at %v", next)
	}
	w.expect()

	// What an earlier clock left behind does not wait until the sessions are known.
	w.restart()
	w.quietly(20)
	w.restart(func(o *Options) { o.Off = true })
	w.did()
	w.slots = nil
	w.quietly(30)
	w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
}

func TestCloseLeavesEveryRoom(t *testing.T) {
	w := newWorld(t, "quic", "tls")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60), slot(2, "tls", 0, 60)}
	w.quietly(0)
	w.did()
	w.clock.Close(t.Context())
	w.expect("quic: leaves", "tls: leaves")
	if got := w.subject("quic"); got != tells("quic", 60) {
		t.Errorf("the subject is %q", got)
	}
	w.clock.Close(t.Context())
	w.expect()
}

func TestClockThatIsSetBack(t *testing.T) {
	w := newWorld(t, "quic")
	w.slots = []provisioner.Slot{slot(1, "quic", 0, 60)}
	w.rooms["quic"].shut = errors.New("it is full")
	if _, err := w.step(50); err == nil {
		t.Fatal("no error")
	}
	w.rooms["quic"].shut = nil
	w.quietly(0)
	w.expect("quic: enters", "quic: "+tells("quic", 60))
	w.quietly(-24 * 60)
	w.expect("quic: "+ownOf("quic"), "quic: leaves")
	if next := w.quietly(-24*60 + 1); !next.Equal(at(0)) {
		t.Errorf("the clock comes back at %v", next)
	}
}
