//go:build integration

package integration

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/house"
	"roomctl/integration/proxy"
	"roomctl/integration/servers"
)

// roomctl is killed, as kill -9 does, at random stanzas and moments of days on which there is much to do: rooms are made,
// made again, configured, retired with a message, woken, published, and closed, destroyed or retired by a person. After
// the same command again everything is as with a twin that was never disturbed, nothing was done twice, and the audit
// trail has it all. ROOMCTL_KILLS is how many kills there are, over all servers; ROOMCTL_SEED plays the same again.
func TestKilledAnywhere(t *testing.T) {
	kills := int(house.Number(t, "ROOMCTL_KILLS", 20))
	seed := house.Number(t, "ROOMCTL_SEED", uint64(rand.Uint32()))
	names := servers.Names()
	for i, name := range names {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			share := (kills + i) / len(names)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(share)*killPatience)
			defer cancel()
			newTwins(ctx, t, name, rand.New(rand.NewPCG(seed, uint64(i)))).kill(ctx, t, share, seed)
		})
	}
}

// killPatience is how long a day with a kill may take.
const killPatience = 30 * time.Second

// twins are two installations of roomctl, each with a server of its own, that read the same Datatracker.
type twins struct {
	victim, twin twinHouse
	rng          *rand.Rand
}

type twinHouse struct {
	*stage
	wire *house.Wire
	chat *house.Real
}

func newTwins(ctx context.Context, t *testing.T, name servers.Name, rng *rand.Rand) *twins {
	t.Helper()
	p := &twins{rng: rng}
	p.victim = newTwinHouse(ctx, t, name)
	p.twin = newTwinHouse(ctx, t, name)
	p.victim.keepOnly(t, "quic", "tls", "mls")
	p.twin.datatracker, p.twin.Datatracker, p.twin.MinGroups = p.victim.datatracker, p.victim.Datatracker, p.victim.MinGroups
	return p
}

func newTwinHouse(ctx context.Context, t *testing.T, name servers.Name) twinHouse {
	t.Helper()
	server := start(ctx, t, name, servers.Options{})
	h := twinHouse{stage: newStage(t, server), wire: house.NewWire(t, server.Addr), chat: house.NewReal(ctx, t, server)}
	h.Address, h.TLS, h.CheckArchive = h.wire.Addr, "none", false
	return h
}

// kill goes through days until there were so many kills.
func (p *twins) kill(ctx context.Context, t *testing.T, kills int, seed uint64) {
	t.Helper()
	killed := 0
	for day := 0; killed < kills; day++ {
		if day > 2*kills+5 {
			t.Fatalf("seed %d: only %d kills in %d days: roomctl is too fast for them", seed, killed, day)
		}
		d := dayOf(day)
		p.victim.update(t, d.happens)
		for _, h := range []twinHouse{p.twin, p.victim} {
			if d.lost != "" {
				if err := h.chat.Lose(ctx, d.lost); err != nil {
					t.Fatal(err)
				}
			}
			if d.isOrder() {
				h.run(ctx, t, "sync").expect(t, 0)
			}
		}
		p.twin.look(ctx, t) // rooms that are hidden today are known from now on
		before := p.victim.look(ctx, t)
		stanzas, took := p.undisturbed(ctx, t, d)
		if day < 2 { // the first days make the world of the others
			p.victim.run(ctx, t, d.command...).expect(t, 0)
			continue
		}
		where := p.disturbed(ctx, t, d, stanzas, took)
		if where == "" {
			continue // it ended before
		}
		killed++
		t.Run(fmt.Sprintf("seed %d, day %d, %v killed %s", seed, day, d.command, where), func(t *testing.T) {
			p.finish(ctx, t, d)
			p.compare(ctx, t, before)
		})
	}
	t.Logf("seed %d: %d kills", seed, killed)
}

// undisturbed has the twin do its day, and tells how many stanzas and how much time it took.
func (p *twins) undisturbed(ctx context.Context, t *testing.T, d killDay) (stanzas int, took time.Duration) {
	t.Helper()
	defer p.twin.wire.Break(func(s proxy.Stanza) proxy.Action {
		if s.From == proxy.Client {
			stanzas++
		}
		return proxy.Forward
	})()
	took = p.twin.run(ctx, t, d.command...).expect(t, 0).took
	return stanzas, took
}

// disturbed kills the victim on its day: at one of its stanzas, before or after the server has it, or at a moment. It
// tells where; "" when the victim's day was over before.
func (p *twins) disturbed(ctx context.Context, t *testing.T, d killDay, stanzas int, took time.Duration) (where string) {
	t.Helper()
	var process *exec.Cmd
	started := make(chan struct{})
	slay := func() {
		<-started
		if err := process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) { // it may have ended before
			t.Errorf("killing roomctl: %v", err)
		}
	}
	if p.rng.IntN(4) == 0 {
		after := time.Duration(p.rng.Int64N(int64(took)))
		where = "after " + after.Round(time.Millisecond).String()
		defer time.AfterFunc(after, slay).Stop()
	} else {
		n, delivered := 1+p.rng.IntN(stanzas), p.rng.IntN(2) == 0
		where = fmt.Sprintf("at stanza %d of %d, delivered: %t", n, stanzas, delivered)
		count := 0
		defer p.victim.wire.Break(func(s proxy.Stanza) proxy.Action {
			if s.From != proxy.Client {
				return proxy.Forward
			}
			if count++; count != n {
				return proxy.Forward
			}
			slay()
			if delivered {
				return proxy.Forward
			}
			return proxy.Cut
		})()
	}
	process, finish := p.victim.start(ctx, t, d.command...)
	close(started)
	run := finish()
	if run.status != -1 {
		run.expect(t, 0)
		return ""
	}
	return where
}

// finish has the victim do its day again. An order that was carried out already ends well, too.
func (p *twins) finish(ctx context.Context, t *testing.T, d killDay) {
	t.Helper()
	p.victim.run(ctx, t, d.command...).expect(t, 0)
	if d.isOrder() {
		p.twin.run(ctx, t, "sync").expect(t, 0)
		p.victim.run(ctx, t, "sync").expect(t, 0)
	}
}

// A killDay is what there is to do on one day.
type killDay struct {
	number  int
	command []string
	lost    string // a room that the servers lose
}

// dayOf is the nth day. Its groups are born on it, and things happen to them on the days that follow.
func dayOf(n int) killDay {
	d := killDay{number: n, command: []string{"sync"}}
	if n > 0 {
		d.lost = d.name("lost", 1)
	}
	if n < 3 {
		return d
	}
	switch n % 6 {
	case 3:
		d.command = []string{"rooms", "close", d.name("shut", 1)}
	case 4:
		d.command = []string{"rooms", "destroy", d.name("shut", 2), "--confirm", d.name("shut", 2)}
	case 5:
		d.command = []string{"rooms", "retire", "--successor", "hallway", d.name("born", 1)}
	}
	return d
}

func (d killDay) isOrder() bool { return d.command[0] == "rooms" }

// name is a group that was born some days ago.
func (d killDay) name(what string, ago int) string { return fmt.Sprintf("%s%d", what, d.number-ago) }

// happens: six groups are born; of those of yesterday one gets another name, one ends, one another acronym; one that had
// ended is back; and a session moves.
func (d killDay) happens(w *datatrackertest.World) {
	for _, what := range []string{"born", "name", "ends", "goes", "lost", "shut"} {
		w.AddGroup(datatrackertest.Group{
			Acronym: d.name(what, 0), Name: "Group " + d.name(what, 0), Type: "wg", State: "active", Parent: w.Group("sec"),
		})
	}
	for _, s := range w.Meeting("113").Sessions {
		if d.number%2 == 0 {
			s.Start = s.Start.Add(time.Minute)
		}
	}
	if d.number > 0 {
		w.Group(d.name("name", 1)).Name = "Another name"
		w.SetGroupState(d.name("ends", 1), "conclude")
		w.RenameGroup(d.name("goes", 1), d.name("gone", 1))
	}
	if d.number > 1 {
		w.SetGroupState(d.name("ends", 2), "active")
	}
}
