package registry

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Flap is a field of a room that was changed three times, back and forth: the
// last change and the last but two are to the same value.
type Flap struct {
	Room  string
	Field string
	Value string    // that it was set to last, and by the last change but two
	Other string    // that it was set to between; the same, if somebody else changed it back
	Since time.Time // of the last change but two
}

// flapWindow bounds how far back from the newest entry flaps are looked for.
const flapWindow = 48 * time.Hour

// loadFlaps finds the fields that were changed back and forth. Of changes that
// are further apart than the window none is told. Every JID that is granted
// something counts for itself. Neither changes that failed count, nor what a room
// was made with, which changes nothing back, nor what is no value of a room: that
// it is held, what was said in it, where people were sent, which sessions were
// given it. What a person ordered does not count, and of the changes before it
// none does: a person has looked at the room since.
func (s *State) loadFlaps(ctx context.Context, tx transaction) error {
	var newest time.Time // the entry, whatever the clock said before it
	err := tx.QueryRowContext(ctx, `SELECT at FROM changes ORDER BY id DESC LIMIT 1`).Scan(timeColumn{&newest})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	const query = `
		WITH ordered AS (
			SELECT room, max(changes.id) AS last FROM changes JOIN runs ON runs.id = run
			WHERE at >= ?1 AND error = '' AND command LIKE 'rooms %' GROUP BY room),
		applied AS (
			SELECT room, field, new, at, CASE WHEN field IN ('owner', 'admin') THEN new ELSE '' END AS who,
				row_number() OVER (PARTITION BY room, field, CASE WHEN field IN ('owner', 'admin') THEN new ELSE '' END
					ORDER BY id DESC) AS nth
			FROM changes LEFT JOIN ordered USING (room)
			WHERE at >= ?1 AND error = '' AND id > coalesce(ordered.last, 0)
				AND field NOT IN ('', 'hold', 'message', 'successor')
				AND verb NOT IN ('create', 'finish', 'recreate', 'write-back'))
		SELECT last.room, last.field, last.new, second.new, third.at
		FROM applied AS last JOIN applied AS second USING (room, field, who) JOIN applied AS third USING (room, field, who)
		WHERE last.nth = 1 AND second.nth = 2 AND third.nth = 3 AND last.new = third.new
		ORDER BY last.room, last.field, last.new`
	since := newest.Add(-flapWindow)
	return each(ctx, tx, query, []any{timeColumn{&since}}, func(rows *sql.Rows) error {
		var f Flap
		err := rows.Scan(&f.Room, &f.Field, &f.Value, &f.Other, timeColumn{&f.Since})
		s.Flaps = append(s.Flaps, f)
		return err
	})
}
