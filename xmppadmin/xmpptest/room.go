package xmpptest

import (
	"maps"
	"slices"
	"strings"
)

// Room is the state of one room. It is a copy: change rooms with PutRoom and
// Edit.
type Room struct {
	Name string // localpart

	// Config holds the value of every configuration field that the service
	// has, by its name in the form, see the Field constants. Booleans are "0"
	// or "1"; several values are separated by newlines.
	Config map[string]string

	// Affiliations by bare JID: "owner", "admin", "member", "outcast".
	Affiliations map[string]string
	Reasons      map[string]string // of affiliations, by bare JID

	Subject       string
	SubjectAuthor string // nickname

	Said []Message // to everybody, in order, whether the room is logged or not

	Occupants []Occupant // in the order of arrival

	// Locked: made by a join and not configured yet (XEP-0045 section 10.1).
	Locked bool
	// Destroyed makes it a tombstone: the name of a room that is gone.
	Destroyed bool
	Reason    string // why it was destroyed
	Alternate string // JID of the room to go to instead

	neverJoined bool // Ejabberd: made by an IQ, and nobody has joined it yet
}

// Message is one that everybody in a room was sent.
type Message struct {
	Nick string // who said it
	Body string
}

// Occupant is somebody in a room.
type Occupant struct {
	Nick string
	JID  string // full
	Role string // "moderator", "participant", "visitor"

	client *client // nil for one that a test put there
}

// Fields of the room configuration (XEP-0045 section 16.5.3).
const (
	FieldName           = "muc#roomconfig_roomname"
	FieldDescription    = "muc#roomconfig_roomdesc"
	FieldLanguage       = "muc#roomconfig_lang"
	FieldPersistent     = "muc#roomconfig_persistentroom"
	FieldPublic         = "muc#roomconfig_publicroom"
	FieldLogging        = "muc#roomconfig_enablelogging"
	FieldMembersOnly    = "muc#roomconfig_membersonly"
	FieldModerated      = "muc#roomconfig_moderatedroom"
	FieldVoiced         = "members_by_default" // Ejabberd only: newcomers may speak
	FieldChangeSubject  = "muc#roomconfig_changesubject"
	FieldPassword       = "muc#roomconfig_roomsecret"
	FieldPasswordNeeded = "muc#roomconfig_passwordprotectedroom" // Ejabberd only
	FieldMaxUsers       = "muc#roomconfig_maxusers"              // Ejabberd only
	FieldWhois          = "muc#roomconfig_whois"
)

// Rooms lists the rooms, tombstones included, sorted by name.
func (s *Server) Rooms() []Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Room
	for _, name := range s.roomNames() {
		list = append(list, s.rooms[name].clone())
	}
	return list
}

// Room returns one room or tombstone.
func (s *Server) Room(name string) (Room, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[name]
	if r == nil {
		return Room{}, false
	}
	return r.clone(), true
}

// PutRoom makes a room as a person would by other means, or replaces one.
// Configuration fields that it leaves out get the service's defaults.
func (s *Server) PutRoom(r Room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(r)
}

// put stores a copy of a room, made complete. s.mu is held.
func (s *Server) put(r Room) {
	n := r.clone()
	n.Config = s.defaults()
	maps.Copy(n.Config, r.Config)
	s.rooms[n.Name] = &n
}

// RemoveRoom makes a room vanish without trace or notice.
func (s *Server) RemoveRoom(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, name)
}

// Edit changes a room behind the back of everybody in it; false when there is
// none. The function must not call the server.
func (s *Server) Edit(name string, change func(*Room)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[name]
	if r == nil {
		return false
	}
	edited := r.clone()
	change(&edited)
	edited.Name = name
	s.put(edited)
	return true
}

// Owners lists the bare JIDs of the owners, sorted.
func (r *Room) Owners() []string { return r.affiliated("owner") }

func (r *Room) affiliated(affiliation string) []string {
	var list []string
	for _, j := range slices.Sorted(maps.Keys(r.Affiliations)) {
		if r.Affiliations[j] == affiliation {
			list = append(list, j)
		}
	}
	return list
}

func (r *Room) clone() Room {
	c := *r
	c.Config = maps.Clone(r.Config)
	c.Affiliations = map[string]string{}
	maps.Copy(c.Affiliations, r.Affiliations)
	c.Reasons = map[string]string{}
	maps.Copy(c.Reasons, r.Reasons)
	c.Occupants = slices.Clone(r.Occupants)
	c.Said = slices.Clone(r.Said)
	return c
}

// newRoom adds a room with the service's defaults and one owner. s.mu is held.
func (s *Server) newRoom(name, owner string) *Room {
	r := &Room{
		Name: name, Config: s.defaults(),
		Affiliations: map[string]string{owner: "owner"}, Reasons: map[string]string{},
	}
	s.rooms[name] = r
	return r
}

// roomNames lists the names of all rooms, sorted. s.mu is held.
func (s *Server) roomNames() []string { return slices.Sorted(maps.Keys(s.rooms)) }

// on says whether a boolean field is set.
func (r *Room) on(field string) bool { return r.Config[field] == "1" }

// affiliate sets or, with "none", removes an affiliation.
func (r *Room) affiliate(bare, affiliation, reason string) {
	delete(r.Reasons, bare)
	if affiliation == "none" {
		delete(r.Affiliations, bare)
		return
	}
	r.Affiliations[bare] = affiliation
	if reason != "" {
		r.Reasons[bare] = reason
	}
}

func (r *Room) affiliation(bare string) string {
	if a := r.Affiliations[bare]; a != "" {
		return a
	}
	return "none"
}

// occupantOf finds the occupant that a client is, or nil.
func (r *Room) occupantOf(c *client) *Occupant {
	for i := range r.Occupants {
		if r.Occupants[i].client == c {
			return &r.Occupants[i]
		}
	}
	return nil
}

func (r *Room) occupantNamed(nick string) *Occupant {
	for i := range r.Occupants {
		if r.Occupants[i].Nick == nick {
			return &r.Occupants[i]
		}
	}
	return nil
}

// bareOf cuts the resource off a JID.
func bareOf(full string) string {
	bare, _, _ := strings.Cut(full, "/")
	return bare
}
