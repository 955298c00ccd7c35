package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Writer writes to a registry. Each of its methods is one transaction: when it
// returns nil, what it wrote is on disk and survives a kill or a power cut; when
// it returns an error, nothing was written. Inside Registry.Update they are all
// part of one transaction.
//
// A ctx that ends before a method returns may undo it. What was done on the chat
// server must be recorded even when a run is interrupted: Persist is for that.
type Writer struct {
	in func(ctx context.Context, do func(transaction) error) error
}

// persistFor is how long Persist lets a write take.
const persistFor = 10 * time.Second

// Persist calls write, for at most ten seconds, whether ctx has ended or not: for
// what is true already, whatever becomes of the run.
func Persist(ctx context.Context, write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), persistFor)
	defer cancel()
	return write(ctx)
}

// Update runs do as one transaction: all that it writes through w is on disk
// when Update returns nil, and none of it when Update or do returns an error.
// do must not use the Registry itself, which would wait for do to end, and must
// not keep w.
func (r *Registry) Update(ctx context.Context, do func(w *Writer) error) error {
	return r.write(ctx, func(tx transaction) error {
		return do(&Writer{in: func(_ context.Context, do func(transaction) error) error { return do(tx) }})
	})
}

// write runs do in one write transaction on the only connection.
func (r *Registry) write(ctx context.Context, do func(transaction) error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return explain(r.path, fmt.Errorf("waiting to write to the registry: %w", err))
	}
	defer conn.Close()
	tx, err := begin(ctx, conn, nil)
	if err != nil {
		return explain(r.path, fmt.Errorf("beginning to write to the registry: %w", err))
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return explain(r.path, err)
	}
	if err := tx.Commit(ctx); err != nil {
		// database/sql takes the transaction for ended now, but SQLite keeps it
		// open after some errors (a reader was in the way): end it, or the next
		// one could not begin. The error is that of a transaction already ended.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		return explain(r.path, fmt.Errorf("committing to the registry: %w", err))
	}
	return nil
}

// Intend records that a room is about to be created: before the first stanza.
// A second intent for the same room replaces the first.
func (w *Writer) Intend(ctx context.Context, i Intent) error {
	return w.exec(ctx, "recording the intent to create room "+i.Room, `
		INSERT INTO intents (room, group_id, run, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (room) DO UPDATE SET group_id = excluded.group_id, run = excluded.run, at = excluded.at`,
		i.Room, i.GroupID, i.Run, timeColumn{&i.At})
}

// Forget drops the intent to create a room, because it came to nothing. Without
// an intent it does nothing.
func (w *Writer) Forget(ctx context.Context, room string) error {
	return w.exec(ctx, "dropping the intent to create room "+room, `DELETE FROM intents WHERE room = ?`, room)
}

// Own records that a room is ours and drops the intent to create it. A room that
// is in the registry already is replaced by r as a whole.
func (w *Writer) Own(ctx context.Context, r Room) error {
	const insert = `
		INSERT OR REPLACE INTO rooms (name, group_id, state, origin, since, subject, configured, has_logged,
			verified, present, ours, persistent, public, logged, logs_url, fingerprint)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	v := &r.Verified
	return w.in(ctx, func(tx transaction) error {
		steps := []struct {
			query string
			args  []any
		}{
			{insert, []any{r.Name, r.GroupID, r.State, r.Origin, timeColumn{&r.Since}, r.Subject,
				r.Configured, r.HasLogged || v.Logged, timeColumn{&v.At}, v.Exists, v.Ours,
				v.Persistent, v.Public, v.Logged, v.LogsURL, v.Fingerprint}},
			{`DELETE FROM intents WHERE room = ?`, []any{r.Name}},
		}
		if err := disown(ctx, tx, r.Name); err != nil {
			return fmt.Errorf("recording room %s as ours: %w", r.Name, err)
		}
		for _, s := range steps {
			if _, err := tx.ExecContext(ctx, s.query, s.args...); err != nil {
				return fmt.Errorf("recording room %s as ours: %w", r.Name, err)
			}
		}
		if err := setDecisions(ctx, tx, r); err != nil {
			return err
		}
		for field, a := range r.Altered {
			if err := setAltered(ctx, tx, r.Name, field, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetState records the step of its life that a room has reached.
func (w *Writer) SetState(ctx context.Context, room string, s RoomState) error {
	return w.setRoom(ctx, room, "state", `UPDATE rooms SET state = ? WHERE name = ?`, s, room)
}

// SetGroup records the Datatracker group that a room belongs to.
func (w *Writer) SetGroup(ctx context.Context, room string, id int) error {
	return w.setRoom(ctx, room, "group", `UPDATE rooms SET group_id = ? WHERE name = ?`, id, room)
}

// SetSubject records the subject that was set in a room.
func (w *Writer) SetSubject(ctx context.Context, room, subject string) error {
	return w.setRoom(ctx, room, "subject", `UPDATE rooms SET subject = ? WHERE name = ?`, subject, room)
}

// SetConfigured records that the first configuration of a room was applied.
func (w *Writer) SetConfigured(ctx context.Context, room string) error {
	return w.setRoom(ctx, room, "first configuration", `UPDATE rooms SET configured = 1 WHERE name = ?`, room)
}

// SetVerified records a definite answer about a room. If it says that logging
// is on, the room HasLogged from now on.
func (w *Writer) SetVerified(ctx context.Context, room string, v Verified) error {
	return w.setRoom(ctx, room, "verification", `
		UPDATE rooms SET verified = ?, present = ?, ours = ?, persistent = ?, public = ?, logged = ?,
			logs_url = ?, fingerprint = ?, has_logged = max(has_logged, ?) WHERE name = ?`,
		timeColumn{&v.At}, v.Exists, v.Ours, v.Persistent, v.Public, v.Logged,
		v.LogsURL, v.Fingerprint, v.Logged, room)
}

// SetAltered records what the server made of a field's value; nil: it took the
// value as it was given.
func (w *Writer) SetAltered(ctx context.Context, room, field string, a *Altered) error {
	if a == nil {
		return w.exec(ctx, fmt.Sprintf("clearing the altered %s of room %s", field, room),
			`DELETE FROM altered WHERE room = ? AND field = ?`, room, field)
	}
	return w.in(ctx, func(tx transaction) error { return setAltered(ctx, tx, room, field, *a) })
}

func setAltered(ctx context.Context, tx transaction, room, field string, a Altered) error {
	if _, err := tx.ExecContext(ctx,
		`INSERT OR REPLACE INTO altered (room, field, wanted, got) VALUES (?, ?, ?, ?)`,
		room, field, a.Wanted, a.Got); err != nil {
		return fmt.Errorf("recording the altered %s of room %s: %w", field, room, err)
	}
	return nil
}

// SetLinks records the session links that are published for a meeting, in place
// of those recorded before. The keys are session ids, the values room names.
func (w *Writer) SetLinks(ctx context.Context, meeting string, links map[int]string) error {
	return w.in(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE meeting = ?`, meeting); err != nil {
			return fmt.Errorf("replacing the links of meeting %s: %w", meeting, err)
		}
		for session, room := range links {
			if _, err := tx.ExecContext(ctx, `INSERT INTO links (meeting, session, room) VALUES (?, ?, ?)`,
				meeting, session, room); err != nil {
				return fmt.Errorf("recording the link of session %d of meeting %s: %w", session, meeting, err)
			}
			if err := setLinked(ctx, tx, room); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetMechanism records the strongest SASL mechanism ever seen offered.
func (w *Writer) SetMechanism(ctx context.Context, mechanism string) error {
	return w.exec(ctx, "recording the SASL mechanism", `UPDATE registry SET mechanism = ?`, mechanism)
}

// SetSynced records when a sync ran to its end.
func (w *Writer) SetSynced(ctx context.Context, at time.Time) error {
	return w.exec(ctx, "recording the end of the sync", `UPDATE registry SET synced = ?`, timeColumn{&at})
}

// setRoom updates a room that must be in the registry.
func (w *Writer) setRoom(ctx context.Context, room, what, query string, args ...any) error {
	return w.in(ctx, func(tx transaction) error {
		n, err := affected(tx.ExecContext(ctx, query, args...))
		if err == nil && n == 0 {
			err = errors.New("the room is not in the registry")
		}
		if err != nil {
			return fmt.Errorf("recording the %s of room %s: %w", what, room, err)
		}
		return nil
	})
}

// exec runs one statement; doing names it in the error.
func (w *Writer) exec(ctx context.Context, doing, query string, args ...any) error {
	return w.in(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		return nil
	})
}

// affected is the number of rows that a statement changed.
func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
