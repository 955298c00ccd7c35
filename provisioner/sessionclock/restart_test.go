package sessionclock

import (
	"testing"

	"roomctl/provisioner"
)

func TestRestarts(t *testing.T) {
	stories := []story{
		{"in the middle of a session: one entry, no second write", func(w *world) {
			w.quietly(0)
			w.restart()
			w.did()
			w.quietly(30)
			w.expect("quic: enters")
		}, ownOf("quic")},
		{"from before a session until after its end: nothing", func(w *world) {
			w.quietly(-10)
			w.restart()
			w.quietly(70)
			w.expect()
		}, ownOf("quic")},
		{"after the end: the subject comes back", func(w *world) {
			w.quietly(0)
			w.restart()
			w.did()
			w.quietly(70)
			w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
			w.quietly(80)
			w.expect()
		}, ownOf("quic")},
		{"after the end, and a person set a subject meanwhile", func(w *world) {
			w.quietly(0)
			w.restart()
			w.did()
			w.say("quic", "see you")
			w.quietly(70)
			w.expect("quic: enters", "quic: leaves")
		}, "see you"},
		{"into the next session", func(w *world) {
			w.slots = append(w.slots, slot(2, "quic", 80, 120))
			w.quietly(0)
			w.restart()
			w.did()
			w.quietly(90)
			w.expect("quic: enters", "quic: "+tells("quic", 120))
		}, ownOf("quic")},
		{"nobody knows the sessions yet: nothing", func(w *world) {
			w.quietly(0)
			w.restart()
			w.did()
			was := w.slots
			w.slots = nil
			w.quietly(30)
			w.expect()
			w.slots = was
		}, ownOf("quic")},
		{"with an agenda that knows nothing of the session: it is over", func(w *world) {
			w.quietly(0)
			w.restart()
			w.did()
			w.slots = []provisioner.Slot{}
			w.quietly(30)
			w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
		}, ownOf("quic")},
		{"with rooms.follow_sessions off: what was set is put back", func(w *world) {
			w.quietly(0)
			w.restart(func(o *Options) { o.Off = true })
			w.did()
			w.quietly(30)
			w.expect("quic: enters", "quic: "+ownOf("quic"), "quic: leaves")
			w.quietly(40)
			w.expect()
		}, ownOf("quic")},
		{"after a lost registry: the subject that is there is known", func(w *world) {
			w.quietly(0)
			if err := w.reg.Clear(w.t.Context(), "quic"); err != nil {
				w.t.Fatal(err)
			}
			w.restart()
			w.did()
			w.quietly(30)
			w.expect("quic: enters")
		}, ownOf("quic")},
	}
	for _, s := range stories {
		t.Run(s.name, s.test)
	}
}
