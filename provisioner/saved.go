package provisioner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"roomctl/provisioner/atomicfile"
	"roomctl/provisioner/registry"
)

// The first members of every saved plan. A program that reads another version
// must not guess.
const (
	savedFormat  = "roomctl saved plan"
	savedVersion = 1
)

// SavedPlan is what a person looked at and wants done, exactly or not at all. It
// holds what the plan said, and the options that it was made with.
type SavedPlan struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Made    time.Time `json:"made"`

	MUC         string `json:"muc"`         // domain of the MUC service
	Datatracker string `json:"datatracker"` // base URL

	Options    Options      `json:"options"`
	Changes    []Change     `json:"changes"`
	WriteBacks []SavedWrite `json:"write_backs"`
	Withheld   []Withheld   `json:"withheld"` // for people: what a guard held back then
}

// SavedWrite is a session whose chat_room is to be set in the Datatracker.
type SavedWrite struct {
	Session int    `json:"session"`
	Meeting string `json:"meeting"` // number
	Old     string `json:"old"`     // its chat_room; "" when it has none
	New     string `json:"new"`
}

// NewSavedPlan is what the report of a preview says, to be saved. id says whose
// rooms it is about, o what the preview was asked for.
func NewSavedPlan(r *Report, id registry.Identity, o Options) *SavedPlan {
	return &SavedPlan{
		Format: savedFormat, Version: savedVersion, Made: r.Began.UTC(),
		MUC: id.MUC, Datatracker: id.Datatracker, Options: o,
		Changes:    append([]Change{}, r.Changes...),
		WriteBacks: append([]SavedWrite{}, r.Datatracker.writes()...),
		Withheld:   append([]Withheld{}, r.Withheld...),
	}
}

// writes are the planned writes to the Datatracker. r may be nil.
func (r *DatatrackerReport) writes() []SavedWrite {
	if r == nil {
		return nil
	}
	var out []SavedWrite
	for _, d := range r.Differences {
		if d.Planned {
			out = append(out, SavedWrite{Session: d.Session, Meeting: d.Meeting, Old: d.ChatRoom, New: d.Room})
		}
	}
	return out
}

// WriteFile saves the plan (mode 0600). A file of that name is replaced as a
// whole.
func (s *SavedPlan) WriteFile(path string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(s)
	if err == nil {
		err = atomicfile.Write(path, text.Bytes(), 0o600)
	}
	if err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	return nil
}

// ReadSavedPlan reads a file that WriteFile wrote. The error says what is wrong
// with any other.
func ReadSavedPlan(path string) (*SavedPlan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the saved plan: %w", err)
	}
	s, err := decodeSaved(data)
	if err != nil {
		return nil, fmt.Errorf("the saved plan %s cannot be used: %w; save another with `roomctl plan --out`", path, err)
	}
	return s, nil
}

// decodeSaved reads what WriteFile wrote. What it is comes first, as a message
// about members would be of no help with another kind of file.
func decodeSaved(data []byte) (*SavedPlan, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("it is no JSON document, or a damaged one: %w", err)
	}
	if head.Format != savedFormat {
		return nil, errors.New("it is no plan that was saved with --out")
	}
	if head.Version != savedVersion {
		return nil, fmt.Errorf("it has version %d of the format, and this roomctl reads version %d", head.Version, savedVersion)
	}
	var s SavedPlan
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return &s, s.check()
}

// check says what in a saved plan no plan can have.
func (s *SavedPlan) check() error {
	if s.Made.IsZero() || s.MUC == "" || s.Datatracker == "" {
		return errors.New("it does not say when it was made, or for which service and Datatracker")
	}
	rooms := map[string]bool{}
	for _, c := range s.Changes {
		switch {
		case !slices.Contains(Verbs(), c.Verb):
			return fmt.Errorf("%q is nothing that a sync does to a room", c.Verb)
		case !ValidName(c.Room):
			return fmt.Errorf("%q cannot be the name of a room", c.Room)
		case rooms[c.Room]:
			return fmt.Errorf("room %s is in it twice", c.Room)
		}
		rooms[c.Room] = true
	}
	return s.Options.Check()
}

// CheckIdentity says whether the plan is about other rooms than those of id.
func (s *SavedPlan) CheckIdentity(id registry.Identity) error {
	if s.MUC != id.MUC || s.Datatracker != id.Datatracker {
		return fmt.Errorf("the saved plan is for the rooms of %s by %s, and the configuration is for those of %s by %s; save one with this configuration: roomctl plan --out FILE",
			s.MUC, s.Datatracker, id.MUC, id.Datatracker)
	}
	return nil
}
