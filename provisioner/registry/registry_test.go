package registry

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

var (
	ietf = Identity{MUC: "jabber.example.org", Datatracker: "https://datatracker.example.org"}

	// noon has nanoseconds and another zone than UTC on purpose.
	noon = time.Date(2026, 3, 14, 12, 0, 0, 123456789, time.FixedZone("", 3600))
)

func openAt(t *testing.T, path string) *Registry {
	t.Helper()
	r, err := Open(t.Context(), path, ietf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func openNew(t *testing.T) *Registry {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "registry.db"))
}

func load(t *testing.T, r *Reader) *State {
	t.Helper()
	s, err := r.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func beginRun(t *testing.T, r *Registry) int64 {
	t.Helper()
	id, err := r.BeginRun(t.Context(), Run{Command: "sync", Began: noon})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// quic is a room with every field set.
func quic() Room {
	return Room{
		Name: "quic", GroupID: 2161, State: Active, Origin: Created, Since: noon.UTC(),
		Subject: "QUIC | Note Well: …", Configured: true, HasLogged: true,
		Altered: map[string]Altered{
			"description": {Wanted: "a long text\x00", Got: "a lon"},
			"language":    {Wanted: "en", Got: ""},
		},
		Verified: Verified{
			At: noon.UTC().Add(1), Exists: true, Ours: true, Persistent: true, Public: true, Logged: true,
			LogsURL: "https://chat.example.org/logs/quic", Fingerprint: "9f86d081",
		},
	}
}

// linked is that room once a session was linked to it.
func linked() Room {
	r := quic()
	r.Linked = true
	return r
}

func TestEveryWriteIsReadBack(t *testing.T) {
	owned := func(change func(*Room)) *State {
		r := quic()
		change(&r)
		return &State{Rooms: map[string]Room{"quic": r}}
	}
	tests := map[string]struct {
		write func(ctx context.Context, w *Writer) error
		want  *State
	}{
		"a room with every field set": {
			func(ctx context.Context, w *Writer) error { return nil },
			owned(func(*Room) {}),
		},
		"a room replaced as a whole": {
			func(ctx context.Context, w *Writer) error {
				return w.Own(ctx, Room{Name: "quic", State: Closed, Origin: Adopted})
			},
			owned(func(r *Room) { *r = Room{Name: "quic", State: Closed, Origin: Adopted} }),
		},
		"a new state": {
			func(ctx context.Context, w *Writer) error { return w.SetState(ctx, "quic", Retired) },
			owned(func(r *Room) { r.State = Retired }),
		},
		"a new subject": {
			func(ctx context.Context, w *Writer) error { return w.SetSubject(ctx, "quic", "o'clock") },
			owned(func(r *Room) { r.Subject = "o'clock" }),
		},
		"a verification that says not logged leaves it known that it was": {
			func(ctx context.Context, w *Writer) error {
				return w.SetVerified(ctx, "quic", Verified{At: noon, Exists: true})
			},
			owned(func(r *Room) { r.Verified = Verified{At: noon.UTC(), Exists: true} }),
		},
		"a verification that says logged is remembered": {
			func(ctx context.Context, w *Writer) error {
				if err := w.Own(ctx, Room{Name: "quic", State: Active, Origin: Created}); err != nil {
					return err
				}
				return w.SetVerified(ctx, "quic", Verified{At: noon, Logged: true})
			},
			owned(func(r *Room) {
				*r = Room{Name: "quic", State: Active, Origin: Created, HasLogged: true,
					Verified: Verified{At: noon.UTC(), Logged: true}}
			}),
		},
		"the first configuration": {
			func(ctx context.Context, w *Writer) error {
				if err := w.Own(ctx, Room{Name: "quic", State: Active, Origin: Adopted}); err != nil {
					return err
				}
				return w.SetConfigured(ctx, "quic")
			},
			owned(func(r *Room) { *r = Room{Name: "quic", State: Active, Origin: Adopted, Configured: true} }),
		},
		"an altered value, changed, cleared and new": {
			func(ctx context.Context, w *Writer) error {
				if err := w.SetAltered(ctx, "quic", "description", &Altered{"x", "y"}); err != nil {
					return err
				}
				if err := w.SetAltered(ctx, "quic", "language", nil); err != nil {
					return err
				}
				return w.SetAltered(ctx, "quic", "name", &Altered{"QUIC", "Quic"})
			},
			owned(func(r *Room) {
				r.Altered = map[string]Altered{"description": {"x", "y"}, "name": {"QUIC", "Quic"}}
			}),
		},
		"links of two meetings, one replaced": {
			func(ctx context.Context, w *Writer) error {
				if err := w.SetLinks(ctx, "126", map[int]string{1: "quic", 2: "plenary"}); err != nil {
					return err
				}
				if err := w.SetLinks(ctx, "interim-2026-quic-01", map[int]string{7: "quic"}); err != nil {
					return err
				}
				return w.SetLinks(ctx, "126", map[int]string{2: "plenary", 3: "tls"})
			},
			&State{
				Rooms: map[string]Room{"quic": linked()},
				Links: map[string]map[int]string{
					"126": {2: "plenary", 3: "tls"}, "interim-2026-quic-01": {7: "quic"},
				},
			},
		},
		"links of a meeting removed, of a room that was linked once": {
			func(ctx context.Context, w *Writer) error {
				if err := w.SetLinks(ctx, "126", map[int]string{1: "quic"}); err != nil {
					return err
				}
				return w.SetLinks(ctx, "126", nil)
			},
			owned(func(r *Room) { r.Linked = true }),
		},
		"events of two meetings, one replaced": {
			func(ctx context.Context, w *Writer) error {
				first := map[int]Event{1: {Sequence: 1, Modified: noon, Slot: "a", Content: "b"}, 2: {Modified: noon}}
				if err := w.SetEvents(ctx, "126", first); err != nil {
					return err
				}
				if err := w.SetEvents(ctx, "interim-2026-quic-01", map[int]Event{7: {Modified: noon}}); err != nil {
					return err
				}
				return w.SetEvents(ctx, "126", map[int]Event{2: {Sequence: 3, Modified: noon, Slot: "c\x00", Content: "d"}})
			},
			&State{
				Rooms: map[string]Room{"quic": quic()},
				Events: map[string]map[int]Event{
					"126":                  {2: {Sequence: 3, Modified: noon.UTC(), Slot: "c\x00", Content: "d"}},
					"interim-2026-quic-01": {7: {Modified: noon.UTC()}},
				},
			},
		},
		"archives, one checked again and one forgotten": {
			func(ctx context.Context, w *Writer) error {
				for url, a := range map[string]Archive{
					"https://logs.example.org/quic/": {Checked: noon.Add(-time.Hour)},
					"https://logs.example.org/tls/":  {Checked: noon, Found: true},
				} {
					if err := w.SetArchive(ctx, url, a); err != nil {
						return err
					}
				}
				if err := w.SetArchive(ctx, "https://logs.example.org/quic/", Archive{Checked: noon, Found: true}); err != nil {
					return err
				}
				if err := w.ForgetArchive(ctx, "https://logs.example.org/mls/"); err != nil { // never known
					return err
				}
				return w.ForgetArchive(ctx, "https://logs.example.org/tls/")
			},
			&State{
				Rooms:    map[string]Room{"quic": quic()},
				Archives: map[string]Archive{"https://logs.example.org/quic/": {Checked: noon.UTC(), Found: true}},
			},
		},
		"the last sync and the mechanism": {
			func(ctx context.Context, w *Writer) error {
				if err := w.SetMechanism(ctx, "SCRAM-SHA-256-PLUS"); err != nil {
					return err
				}
				return w.SetSynced(ctx, noon)
			},
			&State{Rooms: map[string]Room{"quic": quic()}, Synced: noon.UTC(), Mechanism: "SCRAM-SHA-256-PLUS"},
		},
	}
	for name, test := range tests {
		if test.want.Intents == nil {
			test.want.Intents = map[string]Intent{}
		}
		if test.want.Links == nil {
			test.want.Links = map[string]map[int]string{}
		}
		if test.want.Events == nil {
			test.want.Events = map[string]map[int]Event{}
		}
		test.want.Last = map[string]Change{}
		if test.want.Archives == nil {
			test.want.Archives = map[string]Archive{}
		}
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			if err := r.Own(t.Context(), quic()); err != nil {
				t.Fatal(err)
			}
			if err := test.write(t.Context(), r.Writer); err != nil {
				t.Fatal(err)
			}
			if got := load(t, r.Reader); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
