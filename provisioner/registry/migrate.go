package registry

import (
	"context"
	_ "embed"
	"fmt"
)

// schemaVersion is kept in PRAGMA user_version. It grows with every change of
// the schema; a file with a larger one is refused.
const schemaVersion = 5

//go:embed schema/1.sql
var schema1 string

//go:embed schema/2.sql
var schema2 string

//go:embed schema/3.sql
var schema3 string

//go:embed schema/4.sql
var schema4 string

//go:embed schema/5.sql
var schema5 string

// schema is the step to each version from the one before. A new file takes them
// all, so that it is what an old one becomes. No step ever changes.
func schema() [schemaVersion]string { return [...]string{schema1, schema2, schema3, schema4, schema5} }

// version is the version of a registry's schema.
func version(ctx context.Context, tx transaction) (v int, err error) {
	err = tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v)
	return v, err
}

// migrate brings the schema from any earlier version, 0 in an empty file, to
// this one. The version is part of the transaction like everything else.
func migrate(ctx context.Context, tx transaction) error {
	from, err := version(ctx, tx)
	if err != nil || from == schemaVersion {
		return err
	}
	for v, step := range schema() {
		if v < from {
			continue
		}
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("bringing the schema to version %d: %w", v+1, err)
		}
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, schemaVersion))
	return err
}
