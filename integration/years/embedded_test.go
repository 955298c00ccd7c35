//go:build !integration

package years_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/integration/years"
)

// Ten years on the server inside the process, as Prosody and as ejabberd. ROOMCTL_SEED plays the same again, and
// ROOMCTL_STEPS is how many steps each of the two takes. With the tag integration the real servers are played instead.
func TestEmbedded(t *testing.T) {
	seed := house.Number(t, "ROOMCTL_SEED", uint64(rand.Uint32()))
	steps := int(house.Number(t, "ROOMCTL_STEPS", 150))
	for _, dialect := range house.Dialects() {
		if !slices.Contains([]string{"Prosody", "ejabberd"}, dialect.Name) {
			continue
		}
		t.Run(dialect.Name, func(t *testing.T) {
			t.Parallel()
			years.Run(t.Context(), t, years.Options{
				Chat: house.NewEmbedded(t, dialect.Options), Seed: seed, Steps: steps,
				Span: 10 * 365 * 24 * time.Hour, Faults: faults.OfEmbedded(dialect),
			})
		})
	}
}
