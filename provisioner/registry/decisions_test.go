package registry

import (
	"context"
	"reflect"
	"testing"
	"time"
)

// decided is the room of quic with everything that persons can decide about it,
// and everything that was said and linked once.
func decided() Room {
	r := quic()
	r.State = Closed
	r.Pinned = true
	r.Held = Hold{Since: noon.UTC(), Why: "the chairs asked for it; it's “theirs”"}
	r.Told = "quicng"
	r.Linked = true
	return r
}

func TestWhatPersonsDecideIsReadBack(t *testing.T) {
	held := Hold{Since: noon, Why: "a chair is at work"}
	tests := map[string]struct {
		before Room
		write  func(ctx context.Context, w *Writer) error
		want   func(r *Room)
	}{
		"a room that becomes ours with all of it": {
			decided(), func(context.Context, *Writer) error { return nil }, func(*Room) {},
		},
		"a pin": {
			quic(), func(ctx context.Context, w *Writer) error { return w.SetPinned(ctx, "quic", true) },
			func(r *Room) { r.Pinned = true },
		},
		"a pin taken away, of a room that stays held": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetPinned(ctx, "quic", false) },
			func(r *Room) { r.Pinned = false },
		},
		"a hold": {
			quic(), func(ctx context.Context, w *Writer) error { return w.SetHold(ctx, "quic", held) },
			func(r *Room) { r.Held = Hold{Since: noon.UTC(), Why: held.Why} },
		},
		"a hold without a reason": {
			quic(), func(ctx context.Context, w *Writer) error { return w.SetHold(ctx, "quic", Hold{Since: noon}) },
			func(r *Room) { r.Held = Hold{Since: noon.UTC()} },
		},
		"a hold in place of another": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetHold(ctx, "quic", held) },
			func(r *Room) { r.Held = Hold{Since: noon.UTC(), Why: held.Why} },
		},
		"a hold released, of a room that stays pinned": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetHold(ctx, "quic", Hold{}) },
			func(r *Room) { r.Held = Hold{} },
		},
		"where people were sent": {
			quic(), func(ctx context.Context, w *Writer) error { return w.SetTold(ctx, "quic", "tls") },
			func(r *Room) { r.Told = "tls" },
		},
		"where people were sent after a second rename": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetTold(ctx, "quic", "quicnext") },
			func(r *Room) { r.Told = "quicnext" },
		},
		"nobody was sent anywhere any more": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetTold(ctx, "quic", "") },
			func(r *Room) { r.Told = "" },
		},
		"a new state, which leaves the decisions": {
			decided(), func(ctx context.Context, w *Writer) error { return w.SetState(ctx, "quic", Destroyed) },
			func(r *Room) { r.State = Destroyed },
		},
		"a room replaced by one without decisions stays linked for ever": {
			decided(),
			func(ctx context.Context, w *Writer) error {
				return w.Own(ctx, Room{Name: "quic", State: Active, Origin: Adopted})
			},
			func(r *Room) { *r = Room{Name: "quic", State: Active, Origin: Adopted, Linked: true} },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			if err := r.Own(t.Context(), test.before); err != nil {
				t.Fatal(err)
			}
			if err := test.write(t.Context(), r.Writer); err != nil {
				t.Fatal(err)
			}
			want := test.before
			test.want(&want)
			if got := load(t, r.Reader).Rooms["quic"]; !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDecisionsAreAboutRoomsThatAreOurs(t *testing.T) {
	tests := map[string]struct {
		write func(ctx context.Context, w *Writer) error
		want  string
	}{
		"a pin": {
			func(ctx context.Context, w *Writer) error { return w.SetPinned(ctx, "tls", true) },
			"recording the pinned state of room tls: the room is not in the registry",
		},
		"a hold": {
			func(ctx context.Context, w *Writer) error { return w.SetHold(ctx, "tls", Hold{Since: noon}) },
			"recording the hold of room tls: the room is not in the registry",
		},
		"where people were sent": {
			func(ctx context.Context, w *Writer) error { return w.SetTold(ctx, "tls", "tlsng") },
			"recording the successor that was told in it of room tls: the room is not in the registry",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			wantError(t, test.write(t.Context(), r.Writer), test.want)
			if s := load(t, r.Reader); len(s.Rooms) != 0 {
				t.Errorf("something was written: %+v", s.Rooms)
			}
		})
	}
}

// TestARoomIsLinkedForEver goes through what takes links away.
func TestARoomIsLinkedForEver(t *testing.T) {
	ctx, r := t.Context(), openNew(t)
	if err := r.Own(ctx, quic()); err != nil {
		t.Fatal(err)
	}
	// A link may be recorded before its room is ours again: after the loss of a
	// registry, links come from what is published.
	if err := r.SetLinks(ctx, "126", map[int]string{1: "quic", 2: "tls"}); err != nil {
		t.Fatal(err)
	}
	steps := map[string]func() error{
		"the links of the meeting go":    func() error { return r.SetLinks(ctx, "126", nil) },
		"the room becomes ours again":    func() error { return r.Own(ctx, quic()) },
		"another room becomes ours late": func() error { return r.Own(ctx, Room{Name: "tls", State: Active, Origin: Adopted}) },
		"it is verified to be gone":      func() error { return r.SetVerified(ctx, "quic", Verified{At: noon.Add(time.Hour)}) },
	}
	for name, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, room := range load(t, r.Reader).Rooms {
			if !room.Linked {
				t.Errorf("%s: room %s was never linked", name, room.Name)
			}
		}
	}
}
