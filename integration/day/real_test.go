//go:build integration

package day_test

import (
	"context"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
	"roomctl/integration/house"
	"roomctl/integration/servers"
	"roomctl/xmppadmin"
)

// A meeting day on each of the real servers, seen by an ordinary account of theirs.
func TestDay(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			s, _ := outside(t, name, day.World)
			day.PlayMadeDay(t, s)
		})
	}
}

// Whatever goes wrong on a real server, and passes, is told in time, and afterwards all is as it should be: one outage after
// the other, through a long day.
func TestOutages(t *testing.T) {
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			s, server := outside(t, name, day.LongWorld)
			for _, outage := range append([]day.Outage{day.Restart(server.Restart)}, day.Outages()...) {
				s.To(s.Clock.Now().Truncate(5 * time.Minute).Add(7 * time.Minute)) // between two runs
				outage.Play(t, s)
			}
		})
	}
}

// outside is a stage with a real server, at half past eight.
func outside(t *testing.T, name servers.Name, world func(*datatrackertest.World)) (*day.Stage, *servers.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	server, err := servers.Start(ctx, name, servers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return day.New(ctx, t, day.Options{
		Chat: distant{server: server}, From: day.Monday.Add(morning), World: world, Silent: []string{"tsvwg"},
		Enter: func(ctx context.Context) (day.Witness, error) { return day.Enter(ctx, server, day.Rooms()...) },
		Every: 5 * time.Minute, // ejabberd lets an ordinary account ask no faster
	}), server
}

// distant is a server of which a house knows no more than how to log in. It survives a restart.
type distant struct {
	house.Chat
	server *servers.Server
}

func (d distant) Login() xmppadmin.Options {
	return xmppadmin.Options{JID: d.server.JID, Password: d.server.Password, MUC: d.server.MUC}
}

func (d distant) Address() string { return d.server.Addr }
