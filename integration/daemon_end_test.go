//go:build integration

package integration

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
	"roomctl/integration/proxy"
	"roomctl/integration/servers"
	"roomctl/xmppadmin/xmpptest"
)

// refusals is a server that lets nobody log in.
func refusals() xmpptest.Fault { return xmpptest.Fault{Disconnect: xmpptest.BeforeExecuting} }

// SIGTERM in the middle of the first sync: what was begun is finished and written down, and the next daemon makes the rest.
func TestDaemonEndsInTheMiddle(t *testing.T) {
	onDaemonServers(t, func(ctx context.Context, t *testing.T, server *servers.Server) {
		s, w := newStage(t, server), newWire(t, server)
		s.through(w)
		s.Extra = strings.ReplaceAll(serveSoon, "@every 1s", "@every 1h")
		reached := make(chan struct{})
		w.reset(func(st seen) proxy.Action {
			if st.isWrite && st.writes == 60 {
				close(reached)
			}
			return proxy.Forward
		})
		d := s.serve(ctx, t)
		select {
		case <-reached:
		case <-ctx.Done():
			t.Fatalf("it does not get to the sixtieth write:\n%s", d.said())
		}
		d.signal(t, syscall.SIGTERM)
		if o := d.finish(); o.status != 0 || o.took > 30*time.Second {
			t.Errorf("it ended with status %d, after %s:\n%s", o.status, o.took, abridged(o.stderr))
		}
		rest := s.run(ctx, t, "plan", "--json").expect(t, 2).document(t)
		verbs := rest.by()
		if made := 162 - verbs["create"]; len(verbs) != 1 || made < 10 || made > 150 {
			t.Errorf("after it the plan is %v", verbs)
		}
		w.reset(nil)
		d = s.serve(ctx, t)
		d.ran(ctx, t, time.Time{})
		s.run(ctx, t, "plan").expect(t, 0)
		d.signal(t, syscall.SIGTERM)
		d.finish().expect(t, 0)
	})
}

// kill -9 in the middle of a session: the next daemon says nothing twice, goes on where the other one was cut off, and takes
// the subject back when the session is over. What an occupant sees is the judge.
func TestDaemonIsKilledInASession(t *testing.T) {
	onDaemonServers(t, func(ctx context.Context, t *testing.T, server *servers.Server) {
		s := newStageOf(t, server, datatrackertest.Options{Starts: time.Now().UTC()})
		s.MinGroups = 1
		s.update(t, func(w *datatrackertest.World) { day.Cut(w, "quic", "tls") })
		s.Extra = strings.ReplaceAll(serveSoon, "@every 1s", "@every 1h") + "announce: {start: true}\n"
		d := s.serve(ctx, t)
		d.ran(ctx, t, time.Time{})
		witness, err := day.Enter(ctx, server, "quic", "tls")
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := witness.Close(); err != nil {
				t.Error(err)
			}
		}()
		base := sees(ctx, t, witness, "quic", func(r day.Seen) bool { return !r.Roomctl }).Subject

		s.update(t, func(w *datatrackertest.World) {
			day.Hold(w, "113", 700001, "quic", time.Now().UTC().Truncate(time.Second).Add(3*time.Second), time.Hour)
		})
		d.order(`{"do":"run"}`)
		begun := func(r day.Seen) bool {
			return r.Roomctl && len(r.Heard) == 1 && strings.HasPrefix(r.Heard[0], "Starting now: ") && strings.HasPrefix(r.Subject, "Now: ")
		}
		on := sees(ctx, t, witness, "quic", begun)

		for range 3 {
			d.signal(t, syscall.SIGKILL)
			d.finish().expect(t, -1)
			d = s.serve(ctx, t)
			d.ran(ctx, t, time.Time{})
			if again := sees(ctx, t, witness, "quic", begun); again.Subject != on.Subject {
				t.Errorf("the subject was %q, and is %q", on.Subject, again.Subject)
			}
		}
		s.update(t, func(w *datatrackertest.World) {
			session := w.Session(700001)
			session.Duration = time.Since(session.Start).Truncate(time.Second) // it ends now
		})
		d.order(`{"do":"run"}`)
		sees(ctx, t, witness, "quic", func(r day.Seen) bool { return !r.Roomctl && r.Subject == base })
		d.signal(t, syscall.SIGTERM)
		d.finish().expect(t, 0)
		rooms, err := witness.Look(ctx)
		if err != nil || len(rooms["quic"].Heard) != 1 || len(rooms["tls"].Heard) != 0 {
			t.Errorf("in the end %+v was heard, %v", rooms, err)
		}
	})
}

// sees waits until a witness sees something of a room.
func sees(ctx context.Context, t testing.TB, witness day.Witness, room string, is func(day.Seen) bool) day.Seen {
	t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		rooms, err := witness.Look(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if is(rooms[room]) {
			return rooms[room]
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("%v: in %s there is %+v", context.Cause(ctx), room, rooms[room])
		}
	}
}
