package registry

import (
	"context"
	"database/sql"
	"time"
)

// Flap is a field of a room that was changed three times, back and forth: the
// last change and the last but two are to the same value.
type Flap struct {
	Room  string
	Field string
	Value string    // that it was set to last
	Since time.Time // of the last change but two
}

// flapWindow bounds how far back from the newest entry flaps are looked for.
const flapWindow = 48 * time.Hour

// loadFlaps finds the fields that were changed back and forth. Of changes that
// are further apart than the window none is told. Every JID that is granted
// something counts for itself; changes that failed do not count.
func (s *State) loadFlaps(ctx context.Context, tx *sql.Tx) error {
	var newest time.Time
	if err := tx.QueryRowContext(ctx, `SELECT max(at) FROM changes`).Scan(timeColumn{&newest}); err != nil || newest.IsZero() {
		return err
	}
	const query = `
		WITH applied AS (
			SELECT room, field, new, at, CASE WHEN field IN ('owner', 'admin') THEN new ELSE '' END AS who,
				row_number() OVER (PARTITION BY room, field, CASE WHEN field IN ('owner', 'admin') THEN new ELSE '' END
					ORDER BY id DESC) AS nth
			FROM changes WHERE at >= ? AND error = '' AND field != '')
		SELECT last.room, last.field, last.new, third.at
		FROM applied AS last JOIN applied AS third USING (room, field, who)
		WHERE last.nth = 1 AND third.nth = 3 AND last.new = third.new
		ORDER BY last.room, last.field, last.new`
	since := newest.Add(-flapWindow)
	return each(ctx, tx, query, []any{timeColumn{&since}}, func(rows *sql.Rows) error {
		var f Flap
		err := rows.Scan(&f.Room, &f.Field, &f.Value, timeColumn{&f.Since})
		s.Flaps = append(s.Flaps, f)
		return err
	})
}
