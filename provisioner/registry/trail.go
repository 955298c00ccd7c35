package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// CutOff is the error of a change that a run began, and was killed before it
// could record the outcome.
const CutOff = "begun, and the run was killed before the outcome was known; the run after it sets what is missing"

// BeginRun records that a run began and returns its id, which intents and
// changes name. Of r only Command, Began and Allowed count. What earlier runs
// began and did not end is added to the audit trail, as CutOff: the caller holds
// the lock, so they are dead.
func (w *Writer) BeginRun(ctx context.Context, r Run) (id int64, err error) {
	err = w.in(ctx, func(tx transaction) error {
		if err := closeBegun(ctx, tx); err != nil {
			return fmt.Errorf("recording what earlier runs began: %w", err)
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO runs (command, began, outcome, allowed) VALUES (?, ?, '', ?)`,
			r.Command, timeColumn{&r.Began}, listColumn{&r.Allowed})
		if err == nil {
			id, err = res.LastInsertId()
		}
		if err != nil {
			return fmt.Errorf("recording the beginning of a run of %q: %w", r.Command, err)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// keepRuns is how long a run is remembered that changed nothing. There is one every
// few minutes for years, and the whole file is checked whenever it is opened.
const keepRuns = 30 * 24 * time.Hour

// EndRun records how a run ended and when, and forgets the runs that ended long
// before, but for those that changed something, were killed, or were let past a
// guard.
func (w *Writer) EndRun(ctx context.Context, id int64, outcome string, at time.Time) error {
	return w.in(ctx, func(tx transaction) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE runs SET outcome = ?, ended = ? WHERE id = ?`,
			outcome, timeColumn{&at}, id))
		if err == nil && n == 0 {
			err = errors.New("no such run")
		}
		if err != nil {
			return fmt.Errorf("recording the end of run %d: %w", id, err)
		}
		if err := forgetRuns(ctx, tx, at.Add(-keepRuns)); err != nil {
			return fmt.Errorf("forgetting runs that changed nothing: %w", err)
		}
		return nil
	})
}

func forgetRuns(ctx context.Context, tx transaction, before time.Time) error {
	const query = `
		DELETE FROM runs WHERE ended < ? AND outcome != '' AND allowed = '[]'
			AND NOT EXISTS (SELECT 1 FROM changes WHERE run = runs.id)
			AND NOT EXISTS (SELECT 1 FROM intents WHERE run = runs.id)
			AND NOT EXISTS (SELECT 1 FROM begun WHERE run = runs.id)`
	_, err := tx.ExecContext(ctx, query, timeColumn{&before})
	return err
}

// closeBegun moves what runs began into the audit trail.
func closeBegun(ctx context.Context, tx transaction) error {
	const query = `
		INSERT INTO changes (run, at, room, group_id, verb, field, old, new, reasons, error)
		SELECT run, at, room, group_id, verb, field, old, new, reasons, ? FROM begun ORDER BY id`
	if _, err := tx.ExecContext(ctx, query, CutOff); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM begun`)
	return err
}

// Begin notes changes that are about to be made on the server, so that none is
// missing in the audit trail even if the run is killed. Record ends them.
func (w *Writer) Begin(ctx context.Context, changes ...Change) error {
	const query = `
		INSERT INTO begun (run, at, room, group_id, verb, field, old, new, reasons)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if len(changes) == 0 {
		return nil
	}
	return w.in(ctx, func(tx transaction) error {
		for _, c := range changes {
			if _, err := tx.ExecContext(ctx, query, c.Run, timeColumn{&c.At}, c.Room, c.GroupID, c.Verb,
				c.Field, c.Old, c.New, listColumn{&c.Reasons}); err != nil {
				return fmt.Errorf("noting a change (%s) of room %s in run %d before it is made: %w", c.Verb, c.Room, c.Run, err)
			}
		}
		return nil
	})
}

// Record adds changes to the audit trail, in their order, all or none, and ends
// what Begin noted of the same fields in the same runs. Their runs must have
// begun.
func (w *Writer) Record(ctx context.Context, changes ...Change) error {
	const query = `
		INSERT INTO changes (run, at, room, group_id, verb, field, old, new, reasons, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if len(changes) == 0 {
		return nil
	}
	return w.in(ctx, func(tx transaction) error {
		for _, c := range changes {
			if _, err := tx.ExecContext(ctx, query, c.Run, timeColumn{&c.At}, c.Room, c.GroupID, c.Verb,
				c.Field, c.Old, c.New, listColumn{&c.Reasons}, c.Error); err != nil {
				return fmt.Errorf("recording a change (%s) of room %s in run %d: %w", c.Verb, c.Room, c.Run, err)
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM begun WHERE run = ? AND room = ? AND field = ?`, c.Run, c.Room, c.Field); err != nil {
				return fmt.Errorf("recording the end of a change (%s) of room %s in run %d: %w", c.Verb, c.Room, c.Run, err)
			}
		}
		return nil
	})
}

const selectRuns = `SELECT id, command, began, ended, outcome, allowed FROM runs`

// Runs returns the last runs, newest first; limit 0: all of them.
func (r *Reader) Runs(ctx context.Context, limit int) ([]Run, error) {
	return r.runs(ctx, selectRuns+` ORDER BY id DESC LIMIT ?`, sqlLimit(limit))
}

// RunsByID returns the runs with these ids, newest first. An id that no run has
// is passed over.
func (r *Reader) RunsByID(ctx context.Context, ids []int64) ([]Run, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("reading runs: %w", err)
	}
	return r.runs(ctx, selectRuns+` WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC`, string(list))
}

func (r *Reader) runs(ctx context.Context, query string, args ...any) ([]Run, error) {
	var runs []Run
	err := r.read(ctx, func(tx transaction) error {
		err := each(ctx, tx, query, args, func(rows *sql.Rows) error {
			var run Run
			err := rows.Scan(&run.ID, &run.Command, timeColumn{&run.Began}, timeColumn{&run.Ended},
				&run.Outcome, listColumn{&run.Allowed})
			runs = append(runs, run)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading runs: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return runs, nil
}

// ChangeFilter chooses changes; a zero field chooses all.
type ChangeFilter struct {
	Room  string
	Rooms []string // one of these
	Run   int64
	Verbs []string  // one of these
	Since time.Time // made then or later
	Limit int       // the newest so many
}

// Changes returns what the filter chooses of the audit trail, newest first.
func (r *Reader) Changes(ctx context.Context, f ChangeFilter) ([]Change, error) {
	query, args := f.query()
	var changes []Change
	err := r.read(ctx, func(tx transaction) error {
		err := each(ctx, tx, query, args, func(rows *sql.Rows) error {
			c, err := scanChange(rows)
			changes = append(changes, c)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading changes: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

const selectChanges = `SELECT run, at, room, group_id, verb, field, old, new, reasons, error FROM changes`

// scanChange reads a row of selectChanges.
func scanChange(rows *sql.Rows) (c Change, err error) {
	err = rows.Scan(&c.Run, timeColumn{&c.At}, &c.Room, &c.GroupID, &c.Verb,
		&c.Field, &c.Old, &c.New, listColumn{&c.Reasons}, &c.Error)
	return c, err
}

// query is the filter in SQL.
func (f ChangeFilter) query() (query string, args []any) {
	var where []string
	if f.Room != "" {
		where, args = append(where, `room = ?`), append(args, f.Room)
	}
	if len(f.Rooms) > 0 {
		where, args = append(where, `room IN (SELECT value FROM json_each(?))`), append(args, listColumn{&f.Rooms})
	}
	if f.Run != 0 {
		where, args = append(where, `run = ?`), append(args, f.Run)
	}
	if len(f.Verbs) > 0 {
		where, args = append(where, `verb IN (SELECT value FROM json_each(?))`), append(args, listColumn{&f.Verbs})
	}
	if !f.Since.IsZero() {
		where, args = append(where, `at >= ?`), append(args, timeColumn{&f.Since})
	}
	query = selectChanges
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	return query + ` ORDER BY id DESC LIMIT ?`, append(args, sqlLimit(f.Limit))
}

// sqlLimit is a LIMIT: SQLite takes a negative one for none.
func sqlLimit(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}
