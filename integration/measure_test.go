//go:build integration

package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomctl/integration/peer"
	"roomctl/integration/servers"
)

// BenchmarkSync measures the main job on real servers, and beside it what people would use without roomctl, in the
// same minutes. It asserts nothing about time.
//
//	go test -tags integration -run '^$' -bench Sync -benchtime 1x ./integration/
func BenchmarkSync(b *testing.B) {
	for _, name := range servers.Names() {
		b.Run(string(name), func(b *testing.B) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			for b.Loop() {
				rooms, perSecond := measureSync(ctx, b, name)
				report := func(others string, theirs float64) {
					b.ReportMetric(theirs, others+"-rooms/s")
					b.ReportMetric(perSecond/theirs, "x-"+others)
				}
				report("slixmpp", measureScript(ctx, b, name, rooms))
				if name == servers.Ejabberd26 {
					report("ejabberdctl", measureControl(ctx, b, name, rooms[:10]))
				}
			}
		})
	}
}

// measureSync reports the times of plan, of the first sync and of later ones, over TLS. It returns the rooms, and how
// many of them the first sync made per second: Datatracker, verification and publication are part of that time.
func measureSync(ctx context.Context, b *testing.B, name servers.Name) (rooms []string, perSecond float64) {
	b.Helper()
	s := newStage(b, start(ctx, b, name, servers.Options{}))
	plan := s.run(ctx, b, "plan", "--json").expect(b, 2)
	first := s.run(ctx, b, "sync").expect(b, 0)
	again := s.run(ctx, b, "sync").expect(b, 0)
	quick := s.run(ctx, b, "sync", "--quick").expect(b, 0)
	rooms = roomNames(plan.document(b).Changes)
	perSecond = float64(len(rooms)) / first.took.Seconds()
	b.ReportMetric(plan.took.Seconds(), "s/plan")
	b.ReportMetric(first.took.Seconds(), "s/first-sync")
	b.ReportMetric(perSecond, "rooms/s")
	b.ReportMetric(again.took.Seconds(), "s/second-sync")
	b.ReportMetric(quick.took.Seconds(), "s/quick-sync")
	return rooms, perSecond
}

// measureScript makes the rooms with a script that joins and configures one room after the other.
func measureScript(ctx context.Context, b *testing.B, name servers.Name, rooms []string) (perSecond float64) {
	b.Helper()
	server := start(ctx, b, name, servers.Options{})
	fields := map[string]string{
		"muc#roomconfig_roomname": "A name", "muc#roomconfig_roomdesc": "A description",
		"muc#roomconfig_persistentroom": "1", "muc#roomconfig_publicroom": "1", loggingField(name): "1",
	}
	began := time.Now()
	made, err := peer.As(server, "roomctl").OneByOne().Create(ctx, fields, jids(server, rooms)...)
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	for address, room := range made {
		if room.Error != "" {
			b.Fatalf("making %s: %s (%s)", address, room.Error, room.Text)
		}
	}
	return float64(len(rooms)) / took.Seconds()
}

// measureControl makes rooms with ejabberdctl, in a loop of the shell. That of ejabberd 23 has no such command here: it
// comes with mod_muc_admin, which roomctl does not need there.
func measureControl(ctx context.Context, b *testing.B, name servers.Name, rooms []string) (perSecond float64) {
	b.Helper()
	server := start(ctx, b, name, servers.Options{Control: true})
	script := fmt.Sprintf("for room in %s; do ejabberdctl --config-dir /srv create_room_with_opts $room %s %s "+
		"title:Name,persistent:true,public:true,logging:true || exit 1; done", strings.Join(rooms, " "), server.MUC, server.Domain)
	began := time.Now()
	if err := server.Script(ctx, script); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	made, err := peer.As(server, "roomctl").Look(ctx, jids(server, rooms)...)
	if err != nil {
		b.Fatal(err)
	}
	for address, room := range made {
		if room.Name != "Name" {
			b.Fatalf("ejabberdctl made %s as %+v", address, room)
		}
	}
	return float64(len(rooms)) / took.Seconds()
}
