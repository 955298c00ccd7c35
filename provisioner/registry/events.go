package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// eventsSince is the first version of the schema with events and archives.
const eventsSince = 2

// Event is what calendars remember of one session.
type Event struct {
	Sequence int       // SEQUENCE (RFC 5545 section 3.8.7.4)
	Modified time.Time // LAST-MODIFIED (RFC 5545 section 3.8.7.3)

	// Slot and Content stand for what the event shows. The registry compares
	// nothing; it keeps them for whoever does.
	Slot    string
	Content string
}

// Archive is the last definite answer about one page of logs.
type Archive struct {
	Checked time.Time
	Found   bool
}

func (s *State) loadEvents(ctx context.Context, tx transaction) error {
	const query = `SELECT meeting, session, sequence, modified, slot, content FROM events`
	return each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		var meeting string
		var session int
		var e Event
		if err := rows.Scan(&meeting, &session, &e.Sequence, timeColumn{&e.Modified}, &e.Slot, &e.Content); err != nil {
			return err
		}
		if s.Events[meeting] == nil {
			s.Events[meeting] = make(map[int]Event)
		}
		s.Events[meeting][session] = e
		return nil
	})
}

func (s *State) loadArchives(ctx context.Context, tx transaction) error {
	return each(ctx, tx, `SELECT url, checked, found FROM archives`, nil, func(rows *sql.Rows) error {
		var url string
		var a Archive
		if err := rows.Scan(&url, timeColumn{&a.Checked}, &a.Found); err != nil {
			return err
		}
		s.Archives[url] = a
		return nil
	})
}

// SetEvents records what calendars remember of a meeting's sessions, by session
// id, in place of what was recorded before. Modified must not be zero.
func (w *Writer) SetEvents(ctx context.Context, meeting string, events map[int]Event) error {
	const insert = `
		INSERT INTO events (meeting, session, sequence, modified, slot, content) VALUES (?, ?, ?, ?, ?, ?)`
	return w.in(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM events WHERE meeting = ?`, meeting); err != nil {
			return fmt.Errorf("replacing the events of meeting %s: %w", meeting, err)
		}
		for session, e := range events {
			if _, err := tx.ExecContext(ctx, insert,
				meeting, session, e.Sequence, timeColumn{&e.Modified}, e.Slot, e.Content); err != nil {
				return fmt.Errorf("recording the event of session %d of meeting %s: %w", session, meeting, err)
			}
		}
		return nil
	})
}

// SetArchive records a definite answer about a page of logs. Checked must not be
// zero.
func (w *Writer) SetArchive(ctx context.Context, url string, a Archive) error {
	return w.exec(ctx, "recording whether there are logs at "+url, `
		INSERT INTO archives (url, checked, found) VALUES (?, ?, ?)
		ON CONFLICT (url) DO UPDATE SET checked = excluded.checked, found = excluded.found`,
		url, timeColumn{&a.Checked}, a.Found)
}

// ForgetArchive drops what is known about a page of logs. Of a page that is not
// known it does nothing.
func (w *Writer) ForgetArchive(ctx context.Context, url string) error {
	return w.exec(ctx, "dropping what is known of the logs at "+url, `DELETE FROM archives WHERE url = ?`, url)
}
