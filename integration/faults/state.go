package faults

import (
	"database/sql"
	"os"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Registry lists what can be wrong with the registry: roomctl does nothing with one that it does not understand.
func Registry() []Fault {
	return []Fault{
		{Name: "a registry with bytes gone bad", start: rewritten(func(data []byte) []byte {
			for i := 100; i < len(data); i++ {
				data[i] ^= 0x5a
			}
			return data
		}), Says: []string{"registry", "is damaged", "left as it is", "roomctl rooms adopt --all"}, First: Unborn, Rest: Stops},
		{Name: "a registry cut short", start: rewritten(func(data []byte) []byte { return data[:len(data)/2] }),
			Says: []string{"registry", "is damaged", "left as it is", "roomctl rooms adopt --all"}, First: Unborn, Rest: Stops},
		{Name: "a registry that is empty", start: rewritten(func([]byte) []byte { return nil }),
			Says: []string{"registry", "is damaged", "left as it is"}, First: Unborn, Rest: Stops},
		{Name: "a registry of a newer roomctl", start: newer, Says: []string{"written by a newer roomctl", "use that version"}, First: Unborn, Rest: Stops},
	}
}

// Clock lists how roomctl's clock can be wrong.
func Clock() []Fault {
	return []Fault{
		{Name: "a clock that is a day late", start: skewed(-24 * time.Hour), Says: nothing, First: Something},
		{Name: "a clock that is a day early", start: skewed(24 * time.Hour), Says: nothing, First: Something},
		{Name: "a clock that is a year late", start: skewed(-365 * 24 * time.Hour), Says: nothing, First: Something, Rest: Stops},
		{Name: "a clock that is a year early", start: skewed(365 * 24 * time.Hour), Says: nothing, First: Something, Rest: Stops},
	}
}

// skewed makes roomctl's clock wrong.
func skewed(by time.Duration) func(testing.TB, Scene) func() {
	return func(_ testing.TB, at Scene) func() {
		at.House.Skew(by)
		return func() { at.House.Skew(0) }
	}
}

// rewritten changes the bytes of the registry; in the end it is as before.
func rewritten(change func([]byte) []byte) func(testing.TB, Scene) func() {
	return func(t testing.TB, at Scene) func() {
		path := at.House.Registry()
		good, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		bad := change(append([]byte{}, good...))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Error(err)
		}
		return func() {
			now, err := os.ReadFile(path)
			if err != nil || string(now) != string(bad) {
				t.Errorf("the registry was not left as it was: %v", err)
			}
			if err := os.WriteFile(path, good, 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}

// newer gives the registry a schema of the future.
func newer(t testing.TB, at Scene) func() {
	set := func(version string) {
		db, err := sql.Open("sqlite", at.House.Registry())
		if err == nil {
			_, err = db.Exec("PRAGMA user_version = " + version)
		}
		if err == nil {
			err = db.Close()
		}
		if err != nil {
			t.Error(err)
		}
	}
	was := ""
	db, err := sql.Open("sqlite", at.House.Registry())
	if err == nil {
		err = db.QueryRow("PRAGMA user_version").Scan(&was)
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Error(err)
	}
	set("999")
	return func() { set(was) }
}
