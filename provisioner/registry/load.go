package registry

import (
	"context"
	"database/sql"
	"fmt"
)

// Load reads the whole state as of one moment. It is never nil without an
// error; of a registry that does not exist yet it is empty, and of one with an
// earlier schema what that did not have is.
func (r *Reader) Load(ctx context.Context) (*State, error) {
	s := &State{
		Rooms:    make(map[string]Room),
		Intents:  make(map[string]Intent),
		Links:    make(map[string]map[int]string),
		Events:   make(map[string]map[int]Event),
		Archives: make(map[string]Archive),
		Last:     make(map[string]Change),
	}
	err := r.read(ctx, func(tx transaction) error {
		row := tx.QueryRowContext(ctx, `SELECT synced, mechanism FROM registry`)
		if err := row.Scan(timeColumn{&s.Synced}, &s.Mechanism); err != nil {
			return fmt.Errorf("reading the last sync: %w", err)
		}
		if err := s.loadRooms(ctx, tx); err != nil {
			return fmt.Errorf("reading rooms: %w", err)
		}
		if err := s.loadAltered(ctx, tx); err != nil {
			return fmt.Errorf("reading altered values: %w", err)
		}
		if err := s.loadIntents(ctx, tx); err != nil {
			return fmt.Errorf("reading intents: %w", err)
		}
		if err := s.loadLinks(ctx, tx); err != nil {
			return fmt.Errorf("reading links: %w", err)
		}
		if err := s.loadLast(ctx, tx); err != nil {
			return fmt.Errorf("reading the last changes: %w", err)
		}
		if err := s.loadFlaps(ctx, tx); err != nil {
			return fmt.Errorf("reading repeated changes: %w", err)
		}
		v, err := version(ctx, tx)
		if err != nil || v < eventsSince {
			return err
		}
		if err := s.loadEvents(ctx, tx); err != nil {
			return fmt.Errorf("reading events: %w", err)
		}
		if err := s.loadArchives(ctx, tx); err != nil {
			return fmt.Errorf("reading archives: %w", err)
		}
		if v < decisionsSince {
			return nil
		}
		if err := s.loadDecisions(ctx, tx); err != nil {
			return fmt.Errorf("reading decisions: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *State) loadRooms(ctx context.Context, tx transaction) error {
	const query = `
		SELECT name, group_id, state, origin, since, subject, configured, has_logged,
			verified, present, ours, persistent, public, logged, logs_url, fingerprint
		FROM rooms`
	return each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		var r Room
		v := &r.Verified
		if err := rows.Scan(&r.Name, &r.GroupID, &r.State, &r.Origin, timeColumn{&r.Since}, &r.Subject,
			&r.Configured, &r.HasLogged, timeColumn{&v.At}, &v.Exists, &v.Ours,
			&v.Persistent, &v.Public, &v.Logged, &v.LogsURL, &v.Fingerprint); err != nil {
			return err
		}
		s.Rooms[r.Name] = r
		return nil
	})
}

func (s *State) loadLast(ctx context.Context, tx transaction) error {
	const query = selectChanges + ` WHERE id IN (SELECT max(id) FROM changes GROUP BY verb)`
	return each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		c, err := scanChange(rows)
		s.Last[c.Verb] = c
		return err
	})
}

// loadAltered adds to the rooms that loadRooms has read.
func (s *State) loadAltered(ctx context.Context, tx transaction) error {
	return each(ctx, tx, `SELECT room, field, wanted, got FROM altered`, nil, func(rows *sql.Rows) error {
		var name, field string
		var a Altered
		if err := rows.Scan(&name, &field, &a.Wanted, &a.Got); err != nil {
			return err
		}
		r := s.Rooms[name]
		if r.Altered == nil {
			r.Altered = make(map[string]Altered)
			s.Rooms[name] = r
		}
		r.Altered[field] = a
		return nil
	})
}

func (s *State) loadIntents(ctx context.Context, tx transaction) error {
	return each(ctx, tx, `SELECT room, group_id, run, at FROM intents`, nil, func(rows *sql.Rows) error {
		var i Intent
		if err := rows.Scan(&i.Room, &i.GroupID, &i.Run, timeColumn{&i.At}); err != nil {
			return err
		}
		s.Intents[i.Room] = i
		return nil
	})
}

func (s *State) loadLinks(ctx context.Context, tx transaction) error {
	return each(ctx, tx, `SELECT meeting, session, room FROM links`, nil, func(rows *sql.Rows) error {
		var meeting, room string
		var session int
		if err := rows.Scan(&meeting, &session, &room); err != nil {
			return err
		}
		if s.Links[meeting] == nil {
			s.Links[meeting] = make(map[int]string)
		}
		s.Links[meeting][session] = room
		return nil
	})
}

// each calls row for every row of a query.
func each(ctx context.Context, tx transaction, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
