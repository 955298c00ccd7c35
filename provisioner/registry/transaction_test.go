package registry

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
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
				stop := func() bool { return false }
				if i%2 == 0 {
					ctx = endsWhenAsked(ctx, cancel, 1+rand.N[int32](20))
				} else { // at any moment, if there is a second processor to notice it
					stop = time.AfterFunc(rand.N(longest), cancel).Stop
				}
				if use(ctx, path) != nil {
					cut++
				}
				stop()
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

// askedContext is a context that ends when somebody waits for its end for the nth
// time.
type askedContext struct {
	context.Context
	cancel context.CancelFunc
	left   *atomic.Int32
}

func endsWhenAsked(ctx context.Context, cancel context.CancelFunc, n int32) context.Context {
	c := askedContext{ctx, cancel, new(atomic.Int32)}
	c.left.Store(n)
	return c
}

// Done is part of context.Context.
func (c askedContext) Done() <-chan struct{} {
	if c.left.Add(-1) == 0 {
		c.cancel()
	}
	return c.Context.Done()
}
