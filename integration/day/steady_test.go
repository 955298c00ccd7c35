//go:build !integration

package day_test

import (
	"context"
	"net/http"
	"syscall"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/integration/day"
	"roomctl/integration/house"
	"roomctl/xmppadmin/xmpptest"
)

// BenchmarkSteadyState measures an hour in which nothing happens: four quick runs, of which one is full, with the rooms of
// IETF 113. The CPU time is that of the servers of the test, too, and of the test itself.
//
//	go test -run '^$' -bench SteadyState -benchtime 24x ./integration/day
func BenchmarkSteadyState(b *testing.B) {
	chat := house.NewEmbedded(b, xmpptest.Options{Kind: xmpptest.Ejabberd})
	s := day.New(b.Context(), b, day.Options{
		Chat: chat, From: day.Monday, World: later,
		Enter: func(context.Context) (day.Witness, error) { return day.Inside(chat), nil },
		Every: 24 * time.Hour, // nobody looks
	})
	s.To(s.Clock.Now().Add(2 * time.Hour))
	s.Datatracker.ResetRequests()
	chat.Server.ResetStanzas()
	cpu := cpuTime(b)
	b.ResetTimer()
	for range b.N {
		s.To(s.Clock.Now().Add(time.Hour))
	}
	b.StopTimer()
	hour := float64(b.N)
	b.ReportMetric(float64((cpuTime(b)-cpu).Milliseconds())/hour, "cpu-ms/h")
	unchanged := 0
	for _, r := range s.Datatracker.Requests() {
		if r.Status == http.StatusNotModified {
			unchanged++
		}
	}
	b.ReportMetric(float64(len(s.Datatracker.Requests()))/hour, "requests/h")
	b.ReportMetric(float64(unchanged)/hour, "304s/h")
	b.ReportMetric(float64(len(chat.Server.Stanzas()))/hour, "stanzas/h")
	b.ReportMetric(float64(len(chat.Server.Rooms())), "rooms")
}

// later moves the meeting so far that nothing is on.
func later(w *datatrackertest.World) {
	m := w.Meeting("113")
	m.Date = m.Date.AddDate(0, 0, 60)
	for _, s := range m.Sessions {
		s.Start = s.Start.AddDate(0, 0, 60)
	}
}

// cpuTime is that of this process.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
