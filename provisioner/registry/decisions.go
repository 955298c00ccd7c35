package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// decisionsSince is the first version of the schema with decisions, moves and
// linked.
const decisionsSince = 3

// Hold is a person's word that a room is to be left alone. The zero Hold is
// none.
type Hold struct {
	Since time.Time
	Why   string // in the person's words; "" when none were given
}

// loadDecisions adds to the rooms that loadRooms has read.
func (s *State) loadDecisions(ctx context.Context, tx transaction) error {
	const query = `
		SELECT name, coalesce(pinned, 0), held, coalesce(why, ''), coalesce(told, ''), linked.room IS NOT NULL
		FROM rooms
		LEFT JOIN decisions ON decisions.room = name
		LEFT JOIN moves ON moves.room = name
		LEFT JOIN linked ON linked.room = name`
	return each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		var name string
		var d Room
		if err := rows.Scan(&name, &d.Pinned, timeColumn{&d.Held.Since}, &d.Held.Why, &d.Told, &d.Linked); err != nil {
			return err
		}
		r := s.Rooms[name]
		r.Pinned, r.Held, r.Told, r.Linked = d.Pinned, d.Held, d.Told, d.Linked
		s.Rooms[name] = r
		return nil
	})
}

// SetPinned records whether a person chose the state of a room.
func (w *Writer) SetPinned(ctx context.Context, room string, pinned bool) error {
	return w.setRoom(ctx, room, "pinned state", `
		INSERT INTO decisions (room, pinned, held, why) SELECT name, ?, NULL, '' FROM rooms WHERE name = ?
		ON CONFLICT (room) DO UPDATE SET pinned = excluded.pinned`, pinned, room)
}

// SetHold records that a room is to be left alone; the zero Hold: no longer.
func (w *Writer) SetHold(ctx context.Context, room string, h Hold) error {
	return w.setRoom(ctx, room, "hold", `
		INSERT INTO decisions (room, pinned, held, why) SELECT name, 0, ?, ? FROM rooms WHERE name = ?
		ON CONFLICT (room) DO UPDATE SET held = excluded.held, why = excluded.why`, timeColumn{&h.Since}, h.Why, room)
}

// SetTold records where people in a room were told to go; "" that they were not.
func (w *Writer) SetTold(ctx context.Context, room, to string) error {
	if to == "" {
		return w.exec(ctx, "recording that nobody was sent on from room "+room, `DELETE FROM moves WHERE room = ?`, room)
	}
	return w.setRoom(ctx, room, "successor that was told in it", `
		INSERT INTO moves (room, told) SELECT name, ? FROM rooms WHERE name = ?
		ON CONFLICT (room) DO UPDATE SET told = excluded.told`, to, room)
}

// SetLinked records that sessions are linked to a room, or are about to be. That
// is never taken back.
func (w *Writer) SetLinked(ctx context.Context, room string) error {
	return w.in(ctx, func(tx transaction) error { return setLinked(ctx, tx, room) })
}

// disown drops what would keep the row of a room from being replaced.
func disown(ctx context.Context, tx transaction, room string) error {
	for _, query := range []string{
		`DELETE FROM altered WHERE room = ?`, `DELETE FROM decisions WHERE room = ?`, `DELETE FROM moves WHERE room = ?`,
	} {
		if _, err := tx.ExecContext(ctx, query, room); err != nil {
			return err
		}
	}
	return nil
}

// setDecisions records what stands beside the row of a room that is ours.
func setDecisions(ctx context.Context, tx transaction, r Room) error {
	if r.Pinned || !r.Held.Since.IsZero() {
		if _, err := tx.ExecContext(ctx, `INSERT INTO decisions (room, pinned, held, why) VALUES (?, ?, ?, ?)`,
			r.Name, r.Pinned, timeColumn{&r.Held.Since}, r.Held.Why); err != nil {
			return fmt.Errorf("recording what was decided about room %s: %w", r.Name, err)
		}
	}
	if r.Told != "" {
		if _, err := tx.ExecContext(ctx, `INSERT INTO moves (room, told) VALUES (?, ?)`, r.Name, r.Told); err != nil {
			return fmt.Errorf("recording the successor that was told in room %s: %w", r.Name, err)
		}
	}
	if !r.Linked {
		return nil
	}
	return setLinked(ctx, tx, r.Name)
}

// setLinked records that some session is linked to a room.
func setLinked(ctx context.Context, tx transaction, room string) error {
	if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO linked (room) VALUES (?)`, room); err != nil {
		return fmt.Errorf("recording that sessions were linked to room %s: %w", room, err)
	}
	return nil
}
