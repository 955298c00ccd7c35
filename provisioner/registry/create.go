package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// applicationID is kept in PRAGMA application_id and tells a registry from any
// other SQLite file: "rmct" in ASCII.
const applicationID = 0x726d6374

// create makes an empty registry at path, unless something is there already.
// The file is built under another name and linked into place when complete and
// on disk: whatever is found at path, an empty file included, was once a whole
// registry, and is never taken for a new one.
func create(ctx context.Context, path string, id Identity) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-registry-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer func() { err = errors.Join(err, f.Close()) }()

	if err := build(ctx, f.Name(), id); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil // made by another process just now; Open checks it
		}
		return err
	}
	return syncFolder(dir)
}

// build writes the schema and the identity into the empty file at path.
func build(ctx context.Context, path string, id Identity) error {
	db, err := sql.Open("sqlite", dsn(path, "rw", "journal_mode(MEMORY)"))
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := begin(ctx, db, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := migrate(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO registry (only, muc, datatracker, mechanism) VALUES (1, ?, ?, '')`,
		id.MUC, id.Datatracker); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// syncFolder puts a folder's entries on disk, so that a new file survives a
// power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
