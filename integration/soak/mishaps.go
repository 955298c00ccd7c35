package soak

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
	"roomctl/xmppadmin/xmpptest"
)

// outage lets something go wrong for long, when all is well and between two runs. An IETF meeting goes on for longer than
// that, which an interim does not: what is stated for times without meeting is tried at night.
func (s *soak) outage() {
	s.t.Helper()
	s.Settle()
	s.To(s.Clock.Now().Truncate(15 * time.Minute).Add(22 * time.Minute))
	all := day.AtNight()
	switch meeting := s.Serving.State().Meeting; {
	case strings.HasPrefix(meeting, "IETF "):
		all = day.Outages()
	case meeting != "" || s.Clock.Now().Hour() > 6:
		return
	}
	s.counts["outages"]++
	all[s.rng.IntN(len(all))].Play(s.t, s.Stage)
}

// edit changes the agenda of today.
func (s *soak) edit() {
	s.t.Helper()
	s.counts["edits"]++
	now := s.Clock.Now()
	s.Edit("the agenda changes", func(w *datatrackertest.World) {
		if what := s.agendas.edit(w, now); what != "" {
			s.Tell("%s", what)
		}
	})
}

// person has somebody set the subject of a room, when all is well.
func (s *soak) person() {
	s.t.Helper()
	if !s.Judge.Calm(s.Clock.Now()) {
		return
	}
	s.counts["subjects by people"]++
	s.Person(groups()[s.rng.IntN(len(groups()))], fmt.Sprintf("A word of %s", s.Clock.Now().Format(time.DateTime)))
}

// mishap lets something go wrong for a moment.
func (s *soak) mishap() {
	s.t.Helper()
	all := []func(){s.disconnect, s.crash, s.restart, s.expel, s.pause, s.fault, s.fault}
	s.counts["mishaps"]++
	all[s.rng.IntN(len(all))]()
}

// troubled goes on for two minutes in which people may miss something.
func (s *soak) troubled(what string) {
	s.t.Helper()
	s.Tell("%s", what)
	until := s.Clock.Now().Add(2 * time.Minute)
	s.Judge.Trouble(until)
	s.To(until)
}

func (s *soak) disconnect() {
	s.chat.Server.Disconnect()
	s.troubled("the chat server loses all connections")
}

func (s *soak) crash() {
	if err := s.Serving.Crash(); err != nil {
		s.t.Fatal(err)
	}
	s.Serve()
	s.troubled("roomctl is killed and started again")
}

func (s *soak) restart() {
	s.Serving.Stop()
	s.Serve()
	s.troubled("roomctl is stopped and started again")
}

// expel sends roomctl out of a room.
func (s *soak) expel() {
	for _, r := range s.chat.Server.Rooms() {
		if slices.ContainsFunc(r.Occupants, func(o xmpptest.Occupant) bool { return o.Nick == "roomctl" }) {
			s.chat.Server.Expel(r.Name, "roomctl", xmpptest.StatusKicked, "not now")
			s.troubled("somebody sends roomctl out of " + r.Name)
			return
		}
	}
}

func (s *soak) pause() {
	s.Tell("a person pauses roomctl")
	s.Paused = true
	until := s.Clock.Now().Add(time.Duration(1+s.rng.IntN(8)) * time.Minute)
	s.Judge.Trouble(until)
	s.To(until)
	s.Paused = false
	s.troubled("the pause is over")
}

// fault spoils the next stanza of a kind.
func (s *soak) fault() {
	faults := []xmpptest.Fault{
		{Name: "message", Condition: "internal-server-error"},
		{Name: "message", Condition: "forbidden", ErrorType: "auth"},
		{Name: "message", Disconnect: xmpptest.BeforeExecuting},
		{Name: "message", Disconnect: xmpptest.AfterExecuting},
		{Name: "message", NoReply: true},
		{Name: "message", Drop: true},
		{Name: "presence", Condition: "service-unavailable"},
		{Name: "presence", Disconnect: xmpptest.AfterExecuting},
		{Name: "iq", Disconnect: xmpptest.BeforeExecuting},
	}
	f := faults[s.rng.IntN(len(faults))]
	f.Nth = 1 + s.rng.IntN(2)
	remove := s.chat.Server.Fault(f)
	s.troubled(fmt.Sprintf("the chat server fails: %+v", f))
	remove()
}
