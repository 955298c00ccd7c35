package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// saidSince is the first version of the schema with announced, showing and
// notified.
const saidSince = 5

// Announced is one announcement of a session. Session, Start and Kind together
// are what it is told by.
type Announced struct {
	Session  int       // Datatracker session id
	Start    time.Time // of the session, as it was announced
	Kind     string
	Room     string
	Begun    time.Time // just before it was sent
	Accepted time.Time // zero: nobody knows whether the server accepted it
}

// Showing is a room whose subject tells which session is on.
type Showing struct {
	Room    string
	Session int       // Datatracker session id; of several that are on, the last to begin
	Subject string    // that tells it; "": none is known to have been set yet
	Returns string    // a person's subject that was there before; "": the room's own
	Since   time.Time // when the room came to show the session
}

// Notified is a problem that operators were told of.
type Notified struct {
	Problem  string
	Since    time.Time // when it was first told
	Reminded time.Time // when it was last told
}

// Announced is what was said of sessions that start after a time, of all with the
// zero time, by start.
func (r *Reader) Announced(ctx context.Context, after time.Time) ([]Announced, error) {
	const query = `SELECT session, start, kind, room, begun, accepted FROM announced WHERE ?1 IS NULL OR start > ?1 ORDER BY start, session, kind`
	return readSaid(ctx, r, "announcements", query, []any{timeColumn{&after}}, func(rows *sql.Rows) (a Announced, err error) {
		err = rows.Scan(&a.Session, timeColumn{&a.Start}, &a.Kind, &a.Room, timeColumn{&a.Begun}, timeColumn{&a.Accepted})
		return a, err
	})
}

// Showing are the rooms whose subject tells which session is on, by name.
func (r *Reader) Showing(ctx context.Context) ([]Showing, error) {
	const query = `SELECT room, session, subject, returns, since FROM showing ORDER BY room`
	return readSaid(ctx, r, "the rooms that show a session", query, nil, func(rows *sql.Rows) (s Showing, err error) {
		err = rows.Scan(&s.Room, &s.Session, &s.Subject, &s.Returns, timeColumn{&s.Since})
		return s, err
	})
}

// Notified are the problems that operators were told of, by name.
func (r *Reader) Notified(ctx context.Context) ([]Notified, error) {
	const query = `SELECT problem, since, reminded FROM notified ORDER BY problem`
	return readSaid(ctx, r, "what operators were told", query, nil, func(rows *sql.Rows) (n Notified, err error) {
		err = rows.Scan(&n.Problem, timeColumn{&n.Since}, timeColumn{&n.Reminded})
		return n, err
	})
}

// readSaid reads a table that earlier versions do not have: there it is empty.
func readSaid[T any](ctx context.Context, r *Reader, what, query string, args []any, scan func(*sql.Rows) (T, error)) (list []T, err error) {
	err = r.read(ctx, func(tx transaction) error {
		if v, err := version(ctx, tx); err != nil || v < saidSince {
			return err
		}
		return each(ctx, tx, query, args, func(rows *sql.Rows) error {
			one, err := scan(rows)
			list = append(list, one)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return list, nil
}

// Announce records that something is about to be said of a session: before it is
// sent. Accepted says the rest; Unsay takes it back.
func (w *Writer) Announce(ctx context.Context, a Announced) error {
	return w.exec(ctx, fmt.Sprintf("recording the announcement of session %d", a.Session), `
		INSERT INTO announced (session, start, kind, room, begun, accepted) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (session, start, kind) DO UPDATE SET room = excluded.room, begun = excluded.begun, accepted = excluded.accepted`,
		a.Session, timeColumn{&a.Start}, a.Kind, a.Room, timeColumn{&a.Begun}, timeColumn{&a.Accepted})
}

// Unsay records that an announcement was not made after all: the server refused
// it, or it was never sent.
func (w *Writer) Unsay(ctx context.Context, a Announced) error {
	return w.exec(ctx, fmt.Sprintf("dropping the announcement of session %d", a.Session),
		`DELETE FROM announced WHERE session = ? AND start = ? AND kind = ?`, a.Session, timeColumn{&a.Start}, a.Kind)
}

// ForgetAnnounced drops what was said of sessions that started before a time.
func (w *Writer) ForgetAnnounced(ctx context.Context, before time.Time) error {
	return w.exec(ctx, "dropping old announcements", `DELETE FROM announced WHERE start < ?`, timeColumn{&before})
}

// Show records what a room shows because a session is on there: before a person's
// subject is replaced, what is to come back, and then what was set. It replaces
// what the room showed before.
func (w *Writer) Show(ctx context.Context, s Showing) error {
	return w.exec(ctx, "recording what room "+s.Room+" shows", `
		INSERT INTO showing (room, session, subject, returns, since) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (room) DO UPDATE SET session = excluded.session, subject = excluded.subject,
			returns = excluded.returns, since = excluded.since`,
		s.Room, s.Session, s.Subject, s.Returns, timeColumn{&s.Since})
}

// Clear records that a room shows no session any more.
func (w *Writer) Clear(ctx context.Context, room string) error {
	return w.exec(ctx, "recording that room "+room+" shows no session", `DELETE FROM showing WHERE room = ?`, room)
}

// Notify records that operators were told of a problem.
func (w *Writer) Notify(ctx context.Context, n Notified) error {
	return w.exec(ctx, "recording that operators were told of "+n.Problem, `
		INSERT INTO notified (problem, since, reminded) VALUES (?, ?, ?)
		ON CONFLICT (problem) DO UPDATE SET since = excluded.since, reminded = excluded.reminded`,
		n.Problem, timeColumn{&n.Since}, timeColumn{&n.Reminded})
}

// Solve records that a problem that operators were told of is over.
func (w *Writer) Solve(ctx context.Context, problem string) error {
	return w.exec(ctx, "recording the end of "+problem, `DELETE FROM notified WHERE problem = ?`, problem)
}
