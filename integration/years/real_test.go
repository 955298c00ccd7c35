//go:build integration

package years_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/integration/servers"
	"roomctl/integration/years"
)

// The simulation on each of the real servers. ROOMCTL_SEED plays the same again, ROOMCTL_STEPS plays longer.
func TestReal(t *testing.T) {
	seed := house.Number(t, "ROOMCTL_SEED", uint64(rand.Uint32()))
	steps := int(house.Number(t, "ROOMCTL_STEPS", 20))
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			const perStep = 20 * time.Second
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute+time.Duration(steps)*perStep)
			defer cancel()
			server, err := servers.Start(ctx, name, servers.Options{OpenCreation: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Stop(); err != nil {
					t.Error(err)
				}
			})
			years.Run(ctx, t, years.Options{Chat: house.NewReal(ctx, t, server), Seed: seed, Steps: steps, Faults: faults.OfReal()})
		})
	}
}
