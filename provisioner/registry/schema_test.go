package registry

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// schemaOf is the schema as the file holds it.
func schemaOf(t *testing.T, r *Reader) string {
	t.Helper()
	const statements = `SELECT sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name`
	var got strings.Builder
	err := r.read(t.Context(), func(tx transaction) error {
		return each(t.Context(), tx, statements, nil, func(rows *sql.Rows) error {
			var statement string
			err := rows.Scan(&statement)
			got.WriteString(statement + ";\n\n")
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return got.String()
}

// TestTheSchemaOfAVersionNeverChanges compares the schema of a new file with
// what files of this version hold everywhere. If it must differ, schemaVersion
// grows and the old golden file stays.
func TestTheSchemaOfAVersionNeverChanges(t *testing.T) {
	got := schemaOf(t, openNew(t).Reader)
	golden := filepath.Join("testdata", fmt.Sprintf("schema-%d.golden", schemaVersion))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the schema differs from %s:\n%s", golden, got)
	}
}

func TestEveryTableAndColumnIsExplained(t *testing.T) {
	r := openNew(t)
	const columns = `SELECT t.name, t.sql, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`
	n := 0
	err := r.read(t.Context(), func(tx transaction) error {
		return each(t.Context(), tx, columns, nil, func(rows *sql.Rows) error {
			var table, statement, column string
			if err := rows.Scan(&table, &statement, &column); err != nil {
				return err
			}
			n++
			for _, line := range []string{`^CREATE TABLE ` + table + ` \( -- .`, `\n  ` + column + ` +[A-Z].* -- .`} {
				if !regexp.MustCompile(line).MatchString(statement) {
					t.Errorf("column %s of table %s: no line matches %q", column, table, line)
				}
			}
			return nil
		})
	})
	if err != nil || n < 40 {
		t.Fatalf("%d columns (%v)", n, err)
	}
}

func TestSettingsOfAWriter(t *testing.T) {
	r := openNew(t)
	for setting, want := range map[string]string{
		"journal_mode": "truncate", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
	} {
		var got string
		if err := r.db.QueryRowContext(t.Context(), `PRAGMA `+setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
}
