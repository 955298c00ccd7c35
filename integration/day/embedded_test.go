//go:build !integration

package day_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roomctl/integration/day"
	"roomctl/integration/house"
)

// A meeting day on each kind of server that roomctl has a way of its own to talk to. With the tag integration the real
// servers are played instead.
func TestDay(t *testing.T) {
	for _, dialect := range house.Dialects() {
		t.Run(dialect.Name, func(t *testing.T) {
			t.Parallel()
			day.PlayMadeDay(t, inside(t, dialect, day.Monday.Add(morning)))
		})
	}
}

// Whatever goes wrong in the middle of a day, or at night, and passes, is told in time, and afterwards all is as it should
// be. Each outage meets one kind of server.
func TestOutages(t *testing.T) {
	var kinds []house.Dialect
	for _, dialect := range house.Dialects() {
		if slices.Contains([]string{"Prosody", "ejabberd"}, dialect.Name) {
			kinds = append(kinds, dialect)
		}
	}
	play := func(from time.Time, outages []day.Outage) {
		for i, outage := range outages {
			dialect := kinds[i%len(kinds)]
			t.Run(dialect.Name+" at "+from.Format("15:04")+", "+outage.Name, func(t *testing.T) {
				t.Parallel()
				s := inside(t, dialect, from)
				s.To(from.Add(17 * time.Minute))
				outage.Play(t, s)
			})
		}
	}
	play(day.Monday.Add(9*time.Hour), append(day.Outages(), day.Silence()))
	play(day.Monday.Add(12*time.Hour+5*time.Minute), day.AtNight())
}

// inside is a stage with a server in the process.
func inside(t *testing.T, dialect house.Dialect, from time.Time) *day.Stage {
	t.Helper()
	chat := house.NewEmbedded(t, dialect.Options)
	return day.New(t.Context(), t, day.Options{
		Chat: chat, From: from, World: day.World, Silent: []string{"tsvwg"},
		Enter: func(context.Context) (day.Witness, error) { return day.Inside(chat), nil },

		ChatTimeout: 3 * time.Second, // the price of each answer that never comes
	})
}
