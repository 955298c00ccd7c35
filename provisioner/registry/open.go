package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Reader reads a registry and cannot write it: it has no method that does, and
// SQLite holds the file open read-only. It works beside a running writer and on
// a folder that it may not write to. Safe for use by several goroutines.
type Reader struct {
	path string
	db   *sql.DB // nil: the file does not exist, everything reads as empty
}

// Registry reads and writes a registry. Its calls are safe for use by several
// goroutines and run one after the other. One process writes at a time: the
// caller holds the lock of the state folder.
type Registry struct {
	*Reader
	*Writer
}

// The journal is a rollback journal and not a write-ahead log. Reading with a
// log means writing its index file, so a reader would need a writable folder
// and a dry run would leave files behind. The price is small here: a commit and
// a reader wait for each other for a few milliseconds.
const (
	journal = "journal_mode(TRUNCATE)"

	// FULL: what was acknowledged survives a power cut.
	durable = "synchronous(FULL)"

	// patience is how long SQLite waits for the file when another process is in
	// the middle of a transaction, in milliseconds.
	patience = "busy_timeout(5000)"
)

// Open opens the registry at path for reading and writing. A missing file is
// created (mode 0600), its folder too (mode 0700). A file of an earlier version
// is brought to this one, in one transaction. A file that is damaged, not a
// registry or of a newer version is refused and left as it is; one that belongs
// to another service is refused with an *IdentityError. That the file can really
// be written is found out here, not at the first change.
func Open(ctx context.Context, path string, id Identity) (*Registry, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(ctx, path, id); err != nil {
			return nil, explainFile(path, fmt.Errorf("creating it: %w", err))
		}
	}
	// Everything is checked read-only first: setting the journal mode alone
	// would write to a file that must not be touched.
	check, err := OpenReader(ctx, path, id)
	if err != nil {
		return nil, err
	}
	if err := check.Close(); err != nil {
		return nil, explain(path, err)
	}
	db, err := sql.Open("sqlite", dsn(path, "rw", journal, durable, patience, "foreign_keys(1)"))
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1)
	r := &Registry{Reader: &Reader{path: path, db: db}}
	r.Writer = &Writer{in: r.write}
	if err := r.probe(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// probe writes what is there already, and what this version adds to it. SQLite
// opens a file that it may not write without a word; this finds out before the
// first stanza is sent.
func (r *Registry) probe(ctx context.Context) error {
	return r.write(ctx, func(tx transaction) error {
		if err := migrate(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE registry SET muc = muc`); err != nil {
			return fmt.Errorf("trying to write: %w", err)
		}
		return nil
	})
}

// OpenReader opens the registry at path for reading only; it creates nothing.
// A missing file reads as an empty registry. What Open refuses is refused.
func OpenReader(ctx context.Context, path string, id Identity) (*Reader, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Reader{path: path}, nil
	}
	if err != nil {
		return nil, explainFile(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("registry %s is not a regular file", path)
	}
	if info.Size() == 0 {
		return nil, damaged(path, errors.New("it is empty"))
	}
	db, err := sql.Open("sqlite", dsn(path, "ro", patience, "query_only(1)"))
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1)
	r := &Reader{path: path, db: db}
	if err := r.read(ctx, func(tx transaction) error { return inspect(ctx, tx, path, id) }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// Close lets go of the file.
func (r *Reader) Close() error {
	if r.db == nil {
		return nil
	}
	return r.db.Close()
}

// read runs do in one read transaction: everything it sees is of one moment. It
// may run do twice, but then the first one failed at its first statement.
func (r *Reader) read(ctx context.Context, do func(transaction) error) error {
	if r.db == nil {
		return nil
	}
	err := r.readOnce(ctx, do)
	if code(err) == sqlite3.SQLITE_READONLY_ROLLBACK {
		if err := r.recover(ctx); err != nil {
			return explain(r.path, fmt.Errorf("undoing what a killed run left half-written: %w", err))
		}
		err = r.readOnce(ctx, do)
	}
	return explain(r.path, err)
}

func (r *Reader) readOnce(ctx context.Context, do func(transaction) error) error {
	tx, err := begin(ctx, r.db, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("beginning to read the registry: %w", err)
	}
	defer tx.Rollback()
	return do(tx)
}

// recover lets SQLite bring the file back to its last complete state after a
// writer was killed in the middle of a commit. A read-only connection may not.
func (r *Reader) recover(ctx context.Context) error {
	db, err := sql.Open("sqlite", dsn(r.path, "rw", patience))
	if err != nil {
		return err
	}
	var n int
	err = db.QueryRowContext(context.WithoutCancel(ctx), `SELECT count(*) FROM sqlite_schema`).Scan(&n)
	return errors.Join(err, db.Close())
}

// dsn is the data source name of the file at path; mode is ro or rw. A write
// transaction takes its lock at the beginning, so that it cannot fail half-way
// for another writer.
func dsn(path, mode string, pragmas ...string) string {
	// Without the full path a name such as "file:a" would be read as a host.
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": pragmas}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}
