package registry

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// remedy is what a person can do about a registry that cannot be used. Adopting
// finds the rooms again by our ownership on the server; the audit trail and the
// published links are what is lost.
const remedy = "put back the last good copy of it while no roomctl runs, " +
	"or move it away and run: roomctl rooms adopt --all"

// damaged words an error about a file that is left as it is.
func damaged(path string, err error) error {
	return fmt.Errorf("registry %s is damaged: %w; it was left as it is: %s", path, err, remedy)
}

// explain says what an error of SQLite means for the person who runs roomctl,
// and what to do. Other errors pass as they are.
func explain(path string, err error) error {
	rc := code(err)
	switch rc & 0xff { // the primary result code
	case 0:
		return err
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return damaged(path, err)
	case sqlite3.SQLITE_FULL:
		return full(path, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return noAccess(path, err)
	case sqlite3.SQLITE_IOERR: // also when the journal beside the file belongs to somebody else
		return fmt.Errorf("registry %s: %w; nothing was written: check that disk, and that the user that runs roomctl "+
			"may write all the files in %s (setting: state_dir)", path, err, filepath.Dir(path))
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("registry %s: %w; another program holds it in a transaction", path, err)
	}
	return fmt.Errorf("registry %s: %w", path, err)
}

// explainFile is explain for what may also be an error of the file system.
func explainFile(path string, err error) error {
	switch {
	case code(err) != 0:
		return explain(path, err)
	case errors.Is(err, syscall.ENOSPC):
		return full(path, err)
	}
	return noAccess(path, err)
}

func full(path string, err error) error {
	return fmt.Errorf("registry %s: %w; nothing was written: free some space on that disk", path, err)
}

func noAccess(path string, err error) error {
	return fmt.Errorf("registry %s: %w; the folder %s and the files in it must be writable "+
		"by the user that runs roomctl (setting: state_dir)", path, err, filepath.Dir(path))
}

// code is SQLite's extended result code of err; 0 when it is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
