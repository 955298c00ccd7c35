package datatracker

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// stored is the last good copy of one document: every page as it came. A
// document gets here only after it was validated as a whole, so that a bad
// answer can never poison the copy that is to replace it.
type stored struct {
	Name    string        `json:"name"`
	Read    time.Time     `json:"read"`    // when the Datatracker was last asked and confirmed it
	Changed time.Time     `json:"changed"` // see Source.Changed
	MaxAge  time.Duration `json:"max_age"` // nanoseconds
	Pages   []page        `json:"pages"`
}

// page is one answer of the Datatracker, its body byte for byte.
type page struct {
	URL          string `json:"url"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Body         []byte `json:"body"`
}

// page finds the page that came from url; nil when there is none.
func (s *stored) page(url string) *page {
	if s == nil {
		return nil
	}
	for i := range s.Pages {
		if s.Pages[i].URL == url {
			return &s.Pages[i]
		}
	}
	return nil
}

// maxFresh bounds what a max-age is believed: a proxy that says a year must not
// make the schedule blind for one.
const maxFresh = 30 * time.Minute

// fresh says whether a copy is younger than the max-age that came with it. Ages
// are whole seconds (RFC 9111 section 1.2.2): a poll that comes some milliseconds
// early, exactly one max-age after the last, does ask. A copy from the future,
// which a clock that was set back leaves, is not fresh.
func (s *stored) fresh(now time.Time) bool {
	age := now.Sub(s.Read).Round(time.Second)
	return age >= 0 && age < min(s.MaxAge, maxFresh)
}

// answers says whether a copy is what came from these addresses, below base. The
// address of some documents changes with the day, or with what another one says.
func (s *stored) answers(base string, paths []string) bool {
	for _, path := range paths {
		if s.page(base+path) == nil {
			return false
		}
	}
	return true
}

// cache is the folder of last good copies, one file per document: a line with
// the checksum, then JSON. Files are replaced as a whole, so that a reader, or
// a second writer, never meets half of one.
type cache struct{ dir string }

// cacheHeader begins every file; a changed format gets another one.
const cacheHeader = "roomctl datatracker copy 1 sha256 "

// load reads the last good copy kept as name; nil when there is none. An error
// means that there is a file and it is no copy.
func (c cache) load(name string) (*stored, error) {
	path := filepath.Join(c.dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the last good copy: %w", err)
	}
	s, err := decodeStored(data)
	if err != nil {
		return nil, fmt.Errorf("the last good copy %s is damaged: %w", path, err)
	}
	return s, nil
}

// decodeStored reads the content of a file that store wrote.
func decodeStored(data []byte) (*stored, error) {
	header, content, _ := bytes.Cut(data, []byte("\n"))
	if string(header) != cacheHeader+checksum(content) {
		return nil, errors.New("its checksum is wrong")
	}
	var s stored
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, err
	}
	if len(s.Pages) == 0 {
		return nil, errors.New("it has no pages")
	}
	return &s, nil
}

// store replaces the last good copy kept as name.
func (c cache) store(name string, s *stored) error {
	path := filepath.Join(c.dir, name)
	content, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encoding the copy of %s: %w", s.Name, err)
	}
	data := append([]byte(cacheHeader+checksum(content)+"\n"), content...)
	if err := c.replace(path, data); err != nil {
		return fmt.Errorf("keeping the last good copy of %s in %s: %w; "+
			"make sure that the folder may be written by this user and that its disk is not full", s.Name, path, err)
	}
	return nil
}

// replace writes beside path and renames. What was there stays until the new
// file is whole and on disk.
func (c cache) replace(path string, data []byte) error {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(c.dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
