package registry

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// TestCallsThatAreCutOffLetGoOfTheFile: a reader of health hangs up, a run reaches
// its limit. Whatever moment that is, the next writer finds the file free.
func TestCallsThatAreCutOffLetGoOfTheFile(t *testing.T) {
	id := Identity{MUC: "jabber.example.org", Datatracker: "https://datatracker.example.org"}
	for name, use := range map[string]func(ctx context.Context, path string) error{
		"reading": func(ctx context.Context, path string) error {
			r, err := OpenReader(ctx, path, id)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = r.Load(ctx)
			return err
		},
		"writing": func(ctx context.Context, path string) error {
			r, err := Open(ctx, path, id)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = r.BeginRun(ctx, Run{Command: "sync", Began: time.Unix(0, 0)})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.sqlite")
			var took time.Duration
			for range 2 { // the first one makes the file, and takes far longer than those that follow
				began := time.Now()
				if err := use(t.Context(), path); err != nil {
					t.Fatal(err)
				}
				took = time.Since(began)
			}
			longest := max(2*took, time.Millisecond)
			cut := 0
			for i := range 200 {
				ctx, cancel := context.WithCancel(t.Context())
				stop := time.AfterFunc(rand.N(longest), cancel)
				if use(ctx, path) != nil {
					cut++
				}
				stop.Stop()
				cancel()
				if i%20 > 0 {
					continue
				}
				reg, err := Open(t.Context(), path, id)
				if err != nil {
					t.Fatalf("when %d of %d were cut off: %v", cut, i+1, err)
				}
				if err := reg.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if cut == 0 {
				t.Error("none was cut off")
			}
		})
	}
}
