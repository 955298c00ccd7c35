// Package pause keeps a person's word that roomctl is to write nothing for a
// while.
//
// The word is a file in the state folder and not a row of the registry, so that
// it can be given, and taken back, while a run holds the lock of that folder.
// Whatever is wrong with the file, it counts as a pause: somebody wanted one.
package pause

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"roomctl/provisioner/atomicfile"
)

// fileName is the pause's file in the state folder.
const fileName = "pause.json"

// Pause is a person's word that nothing is to be written.
type Pause struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero: until a person ends it
	By    string    `json:"by,omitempty"`   // the person's user name; "" when it is not known
	Why   string    `json:"why,omitempty"`  // in the person's words; "" when none were given
}

// String says since when, until when, by whom and why, as in "since 2026-03-04
// 12:00 UTC, until 2026-03-04 14:00 UTC, by alice: the chat server moves".
func (p Pause) String() string {
	text := "until a person resumes it"
	if !p.Until.IsZero() {
		text = "until " + minute(p.Until)
	}
	if !p.Since.IsZero() {
		text = "since " + minute(p.Since) + ", " + text
	}
	if p.By != "" {
		text += ", by " + p.By
	}
	if p.Why != "" {
		text += ": " + p.Why
	}
	return text
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Set puts a pause into the state folder dir, which is created (mode 0700) if it
// is missing. It takes the place of the one that is there.
func Set(dir string, p Pause) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, fileName), append(data, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("pausing: %w; the folder %s must be writable by the user that pauses (setting: state_dir)", err, dir)
	}
	return nil
}

// Clear takes the pause out of the state folder dir, one that cannot be read
// too. It is no error when there is none.
func Clear(dir string) error {
	err := os.Remove(filepath.Join(dir, fileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ending the pause: %w; the folder %s must be writable by the user that resumes (setting: state_dir)", err, dir)
	}
	return nil
}

// Read reads the pause that is in force in the state folder dir. A file that
// cannot be read, or that says something else than Set wrote, is a pause without
// an end: paused is true then, p is zero, and err says what is wrong.
//
// A pause whose end has come is none, and p is what it was. Its file stays: a
// clock that was wrongly set forward ends no pause for good. A clock set back
// makes it longer.
func Read(dir string, now time.Time) (p Pause, paused bool, err error) {
	path := filepath.Join(dir, fileName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Pause{}, false, nil
	}
	if err == nil {
		p, err = decode(data)
	}
	if err != nil {
		return Pause{}, true, fmt.Errorf("%s cannot be read, which counts as a pause: %w", path, err)
	}
	return p, p.Until.IsZero() || now.Before(p.Until), nil
}

// decode reads what Set wrote.
func decode(data []byte) (Pause, error) {
	var p Pause
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Pause{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Pause{}, errors.New("something follows the pause")
	}
	if p.Since.IsZero() {
		return Pause{}, errors.New("it does not say since when")
	}
	return p, nil
}
