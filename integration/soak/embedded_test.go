//go:build !integration

package soak_test

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"roomctl/integration/house"
	"roomctl/integration/soak"
	"roomctl/provisioner"
	"roomctl/provisioner/worker"
	"roomctl/xmppadmin/xmpptest"
)

// Many days on the server inside the process. ROOMCTL_DAYS is how many, and ROOMCTL_SEED plays the same again. It is not
// run with the tag integration: real servers have other days (package day).
func TestSoak(t *testing.T) {
	chat := house.NewEmbedded(t, xmpptest.Options{Kind: xmpptest.Ejabberd})
	samples := soak.Run(t.Context(), t, soak.Options{
		Chat: chat,
		Seed: house.Number(t, "ROOMCTL_SEED", uint64(rand.Uint32())),
		Days: int(house.Number(t, "ROOMCTL_DAYS", 20)),
	})
	for i := range 5 {
		n := i * (len(samples) - 1) / 4
		t.Logf("on the evening of day %d: %+v", n, samples[n])
	}
	if err := soak.Growth(samples); err != nil {
		t.Errorf("the process grew: %v", err)
	}
}

// leaking is a follower that never ends what it begins now and then: about five times a day.
type leaking struct {
	calls int
	until chan struct{}
	kept  [][]byte
	files []*os.File
}

func (l *leaking) Step(context.Context, time.Time, []provisioner.Slot) (next time.Time, err error) {
	if l.calls++; l.calls%20 != 0 {
		return time.Time{}, nil
	}
	go func() { <-l.until }()
	l.kept = append(l.kept, make([]byte, 200_000))
	f, err := os.Open(os.DevNull)
	l.files = append(l.files, f)
	return time.Time{}, err
}

func (l *leaking) end() {
	close(l.until)
	for _, f := range l.files {
		f.Close()
	}
}

// Days in which a little leaks: a goroutine, a file and some memory. Each of them is found out, also if it were alone.
func TestALeakIsFound(t *testing.T) {
	l := &leaking{until: make(chan struct{})}
	defer l.end()
	samples := soak.Run(t.Context(), t, soak.Options{
		Chat: house.NewEmbedded(t, xmpptest.Options{}), Days: 4, Quiet: true,
		Followers: []worker.Following{{What: "leak", Follower: l}},
	})
	for _, test := range []struct {
		name string
		leak func(of, into *soak.Sample)
		want bool
	}{
		{"nothing", func(_, _ *soak.Sample) {}, false},
		{"a goroutine", func(of, into *soak.Sample) { into.Goroutines = of.Goroutines }, true},
		{"a file", func(of, into *soak.Sample) { into.Files = of.Files }, true},
		{"memory", func(of, into *soak.Sample) { into.Heap = of.Heap }, true},
	} {
		alone := make([]soak.Sample, len(samples))
		for i := range samples {
			alone[i] = samples[0]
			test.leak(&samples[i], &alone[i])
		}
		if err := soak.Growth(alone); (err != nil) != test.want {
			t.Errorf("%s leaks, and growth is %v: %+v", test.name, err, alone)
		}
	}
}
