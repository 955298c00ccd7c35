package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// inspect refuses a file that is not a whole registry of this version, or an
// earlier one, and of this identity. The version comes before the rest: of a
// newer file nothing else is known.
func inspect(ctx context.Context, tx transaction, path string, id Identity) error {
	var application int
	if err := tx.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&application); err != nil {
		return err
	}
	if application != applicationID {
		return fmt.Errorf("%s is an SQLite file but not a registry of roomctl; move it away", path)
	}
	v, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if v > schemaVersion {
		return fmt.Errorf("registry %s was written by a newer roomctl (schema %d, this one knows up to %d); "+
			"use that version, or %s", path, v, schemaVersion, remedy)
	}
	if v < 1 {
		return damaged(path, fmt.Errorf("it has schema %d, which never was", v))
	}
	var verdict string
	if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return damaged(path, errors.New(verdict))
	}
	var stored Identity
	err = tx.QueryRowContext(ctx, `SELECT muc, datatracker FROM registry`).Scan(&stored.MUC, &stored.Datatracker)
	if errors.Is(err, sql.ErrNoRows) {
		return damaged(path, errors.New("it does not say what it belongs to"))
	}
	if err != nil {
		return err
	}
	if !stored.same(id) {
		return &IdentityError{Path: path, Stored: stored, Given: id}
	}
	return nil
}
