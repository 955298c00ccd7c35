package registry

import (
	"context"
	"reflect"
	"testing"
	"time"
)

// said is all that a registry holds of what was said.
type said struct {
	Announced []Announced
	Showing   []Showing
	Notified  []Notified
}

func saidIn(t *testing.T, r *Reader) (got said) {
	t.Helper()
	var err error
	if got.Announced, err = r.Announced(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got.Showing, err = r.Showing(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got.Notified, err = r.Notified(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatWasSaidIsReadBack(t *testing.T) {
	at := noon.UTC()
	soon := Announced{Session: 33123, Start: at.Add(time.Hour), Kind: "before 15m0s", Room: "quic", Begun: at}
	heard := soon
	heard.Accepted = at.Add(time.Second)
	later := Announced{Session: 33123, Start: at.Add(time.Hour), Kind: "start", Room: "quic", Begun: at.Add(time.Hour)}
	on := Showing{Room: "quic", Session: 33123, Subject: "Now: QUIC", Returns: "bring slides", Since: at}
	failing := Notified{Problem: "sync", Since: at, Reminded: at.Add(time.Hour)}
	tests := map[string]struct {
		write []func(ctx context.Context, w *Writer) error
		want  said
	}{
		"an announcement that is on its way": {
			[]func(context.Context, *Writer) error{func(ctx context.Context, w *Writer) error { return w.Announce(ctx, soon) }},
			said{Announced: []Announced{soon}},
		},
		"an announcement that was accepted, and another of the same session": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, later) },
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, soon) },
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, heard) },
			},
			said{Announced: []Announced{heard, later}},
		},
		"an announcement that was not made after all": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, soon) },
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, later) },
				func(ctx context.Context, w *Writer) error { return w.Unsay(ctx, soon) },
			},
			said{Announced: []Announced{later}},
		},
		"announcements of sessions that are long over": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error { return w.Announce(ctx, soon) },
				func(ctx context.Context, w *Writer) error { return w.ForgetAnnounced(ctx, soon.Start) },
				func(ctx context.Context, w *Writer) error {
					return w.Announce(ctx, Announced{Session: 1, Start: at.Add(-time.Hour), Kind: "start", Room: "tls", Begun: at})
				},
				func(ctx context.Context, w *Writer) error { return w.ForgetAnnounced(ctx, at) },
			},
			said{Announced: []Announced{soon}},
		},
		"a room that shows a session": {
			[]func(context.Context, *Writer) error{func(ctx context.Context, w *Writer) error { return w.Show(ctx, on) }},
			said{Showing: []Showing{on}},
		},
		"a room that shows the next session": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error {
					return w.Show(ctx, Showing{Room: "quic", Session: 1, Subject: "Now: TLS", Since: at.Add(-time.Hour)})
				},
				func(ctx context.Context, w *Writer) error { return w.Show(ctx, on) },
			},
			said{Showing: []Showing{on}},
		},
		"a room that shows none any more": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error { return w.Show(ctx, on) },
				func(ctx context.Context, w *Writer) error { return w.Clear(ctx, "quic") },
			},
			said{},
		},
		"a problem that is told, and told again": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error {
					return w.Notify(ctx, Notified{Problem: "sync", Since: at, Reminded: at})
				},
				func(ctx context.Context, w *Writer) error { return w.Notify(ctx, failing) },
			},
			said{Notified: []Notified{failing}},
		},
		"a problem that is over": {
			[]func(context.Context, *Writer) error{
				func(ctx context.Context, w *Writer) error { return w.Notify(ctx, failing) },
				func(ctx context.Context, w *Writer) error { return w.Solve(ctx, "sync") },
			},
			said{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := openNew(t)
			for _, write := range test.write {
				if err := write(t.Context(), r.Writer); err != nil {
					t.Fatal(err)
				}
			}
			if got := saidIn(t, r.Reader); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestOnlyAnnouncementsOfSessionsAfterATimeAreRead(t *testing.T) {
	r := openNew(t)
	for i, start := range []time.Time{noon, noon.Add(time.Hour)} {
		a := Announced{Session: i, Start: start, Kind: "start", Room: "quic", Begun: noon}
		if err := r.Announce(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	got, err := r.Announced(t.Context(), noon)
	if err != nil || len(got) != 1 || got[0].Session != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAReaderOfAnEarlierVersionFindsNothingSaid(t *testing.T) {
	eachEarlier(t, func(t *testing.T, version int) {
		if got := saidIn(t, openReader(t, earlier(t, version))); !reflect.DeepEqual(got, said{}) {
			t.Errorf("got %+v", got)
		}
	})
}
