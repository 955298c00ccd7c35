//go:build !integration

package matrix_test

import (
	"slices"
	"testing"

	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/integration/matrix"
)

// Every fault, every dialect, every moment, on the server inside the process. With the tag integration the real servers
// are tried instead.
func TestEmbedded(t *testing.T) {
	for _, dialect := range house.Dialects() {
		t.Run(dialect.Name, func(t *testing.T) {
			t.Parallel()
			matrix.Run(t, matrix.Target{
				Chat:   func(t testing.TB, _ string) house.Chat { return house.NewEmbedded(t, dialect.Options) },
				Faults: slices.Concat(faults.OfEmbedded(dialect), faults.Registry()),
			})
		})
	}
}
