package registry

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"
)

func TestAnIntentLivesUntilTheRoomIsOursOrItIsDropped(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	run := beginRun(t, r)
	for _, room := range []string{"quic", "tls", "sedate"} {
		if err := r.Intend(ctx, Intent{Room: room, GroupID: 1, Run: run, At: noon.Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	again := Intent{Room: "tls", GroupID: 2, Run: beginRun(t, r), At: noon.UTC()}
	if err := r.Intend(ctx, again); err != nil {
		t.Fatal(err)
	}
	if err := r.Own(ctx, quic()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to drop
		if err := r.Forget(ctx, "sedate"); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := load(t, r.Reader).Intents, map[string]Intent{"tls": again}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWhatNamesNothingKnownIsRefused(t *testing.T) {
	tests := map[string]struct {
		write func(ctx context.Context, r *Registry) error
		want  string
	}{
		"the state of an unknown room": {
			func(ctx context.Context, r *Registry) error { return r.SetState(ctx, "tls", Retired) },
			"recording the state of room tls: the room is not in the registry",
		},
		"the verification of an unknown room": {
			func(ctx context.Context, r *Registry) error { return r.SetVerified(ctx, "tls", Verified{}) },
			"recording the verification of room tls: the room is not in the registry",
		},
		"the end of an unknown run": {
			func(ctx context.Context, r *Registry) error { return r.EndRun(ctx, 99, "done", noon) },
			"recording the end of run 99: no such run",
		},
		"a state that does not exist": {
			func(ctx context.Context, r *Registry) error {
				return r.Own(ctx, Room{Name: "tls", State: "sleeping", Origin: Created})
			},
			"recording room tls as ours: constraint failed: CHECK constraint failed",
		},
		"an altered value of an unknown room": {
			func(ctx context.Context, r *Registry) error { return r.SetAltered(ctx, "tls", "name", &Altered{}) },
			"recording the altered name of room tls: constraint failed: FOREIGN KEY constraint failed",
		},
		"an intent of an unknown run": {
			func(ctx context.Context, r *Registry) error {
				return r.Intend(ctx, Intent{Room: "tls", Run: 99, At: noon})
			},
			"recording the intent to create room tls: constraint failed: FOREIGN KEY constraint failed",
		},
		"a change of an unknown run": {
			func(ctx context.Context, r *Registry) error {
				return r.Record(ctx, Change{Run: 99, At: noon, Room: "tls", Verb: "create"})
			},
			"recording a change (create) of room tls in run 99: constraint failed: FOREIGN KEY constraint failed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			wantError(t, test.write(t.Context(), r), test.want)
			if s := load(t, r.Reader); len(s.Rooms)+len(s.Intents) != 0 {
				t.Errorf("something was written: %+v", s)
			}
		})
	}
}

func TestUpdateWritesAllOrNothing(t *testing.T) {
	r := openNew(t)
	run := beginRun(t, r)
	write := func(w *Writer, change Change) error {
		if err := w.Own(t.Context(), quic()); err != nil {
			return err
		}
		return w.Record(t.Context(), change)
	}

	err := r.Update(t.Context(), func(w *Writer) error { return write(w, Change{Run: run + 1, At: noon}) })
	wantError(t, err, "FOREIGN KEY constraint failed")
	if s := load(t, r.Reader); len(s.Rooms) != 0 {
		t.Errorf("the room stayed after a failed update: %+v", s.Rooms)
	}

	err = r.Update(t.Context(), func(w *Writer) error { return write(w, Change{Run: run, At: noon}) })
	if err != nil {
		t.Fatal(err)
	}
	changes, err := r.Changes(t.Context(), ChangeFilter{})
	if err != nil || len(changes) != 1 || len(load(t, r.Reader).Rooms) != 1 {
		t.Errorf("after a good update: changes %+v (%v), state %+v", changes, err, load(t, r.Reader))
	}
}

func TestACancelledWriteLeavesNothingAndTheNextOneWorks(t *testing.T) {
	r := openNew(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := r.Update(ctx, func(w *Writer) error {
		if err := w.Own(ctx, quic()); err != nil {
			return err
		}
		cancel()
		return nil
	})
	wantError(t, err, "context canceled")
	if s := load(t, r.Reader); len(s.Rooms) != 0 {
		t.Errorf("the cancelled write stayed: %+v", s.Rooms)
	}
	if err := r.Own(t.Context(), quic()); err != nil {
		t.Errorf("writing after a cancelled write: %v", err)
	}
}

func TestCallsFromSeveralGoroutinesAreAllKept(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	run := beginRun(t, r)
	const goroutines, each = 4, 10
	var all sync.WaitGroup
	for range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			for range each {
				if err := r.Record(ctx, Change{Run: run, At: noon, Room: "quic", Verb: "configure"}); err != nil {
					t.Error(err)
				}
				if _, err := r.Load(ctx); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	changes, err := r.Changes(ctx, ChangeFilter{})
	if err != nil || len(changes) != goroutines*each {
		t.Errorf("%d changes (%v), want %d", len(changes), err, goroutines*each)
	}
}
