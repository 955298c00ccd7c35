//go:build integration

package matrix_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roomctl/integration/faults"
	"roomctl/integration/house"
	"roomctl/integration/matrix"
	"roomctl/integration/servers"
)

// The faults on the wire, at every moment, on each of the real servers; with ROOMCTL_ALL=1 all the others too, as far as
// they are not the chat server's own: those have nothing to do with what server it is.
func TestReal(t *testing.T) {
	list := faults.Wire()
	if house.Number(t, "ROOMCTL_ALL", 0) > 0 {
		list = slices.Concat(faults.OfReal(), faults.Registry())
	}
	for _, name := range servers.Names() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+time.Duration(len(list))*time.Minute)
			t.Cleanup(cancel)
			server, err := servers.Start(ctx, name, servers.Options{OpenCreation: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Stop(); err != nil {
					t.Error(err)
				}
			})
			all := house.NewReal(ctx, t, server)
			matrix.Run(t, matrix.Target{
				Chat:   func(_ testing.TB, suffix string) house.Chat { return all.Part(suffix) },
				Faults: list,
			})
		})
	}
}
