package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

var (
	// roomName is what a room may be called: localparts of RFC 7622 section
	// 3.3 that every client and server agrees on.
	roomName = regexp.MustCompile(`^[a-z0-9][a-z0-9+._-]{0,62}$`)

	// slug is the key of one of the Datatracker's name tables.
	slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

// wantedStates are the group states that may want a room (Datatracker
// name/fixtures/names.json, groupstatename); the others say that a group ended
// or say nothing.
var wantedStates = []string{"active", "bof", "proposed", "dormant"}

// validate checks the house rules. self is our own bare JID, "" if not known.
func (r *Rooms) validate(self string, p *problems) {
	for _, t := range unique("rooms.group_types", r.GroupTypes, p) {
		if !slug.MatchString(t) {
			p.add("rooms.group_types", "%q is not a group type, such as wg or area", t)
		}
	}
	for _, state := range unique("rooms.group_states", r.GroupStates, p) {
		if !slices.Contains(wantedStates, state) {
			p.add("rooms.group_states", "%q is not one of %s", state, strings.Join(wantedStates, ", "))
		}
	}
	if len(r.GroupStates) == 0 {
		p.add("rooms.group_states", "is empty: no group would have a room")
	}
	for _, name := range unique("rooms.fixed", r.Fixed, p) {
		if !roomName.MatchString(name) {
			p.add("rooms.fixed", "%q cannot be the name of a room", name)
		}
	}
	r.validateOverrides(p)
	r.validateSessions(p)
	for _, text := range unique("rooms.meeting", r.Meeting, p) {
		validateName("rooms.meeting", text, []NameText{{Meeting: "126"}}, p)
	}
	if r.Joint != JointPointer && r.Joint != JointOff {
		p.add("rooms.joint", "%q is not one of %s, %s", r.Joint, JointPointer, JointOff)
	}
	if _, err := language.Parse(r.Language); err != nil {
		p.add("rooms.language", "%q is not a language tag, such as en", r.Language)
	}
	switch r.Logging {
	case LoggingRequired, LoggingWanted, LoggingOff:
	default:
		p.add("rooms.logging", "%q is not one of %s, %s, %s", r.Logging, LoggingRequired, LoggingWanted, LoggingOff)
	}
	r.validateAffiliations(self, p)
	validateTemplate("rooms.title", r.Title, roomSamples(), p)
	validateTemplate("rooms.description", r.Description, roomSamples(), p)
	validateTemplate("rooms.subject", r.Subject, roomSamples(), p)
	validateTemplate("rooms.session_subject", r.SessionSubject, sessionSamples("", 0), p)
	if u, err := url.Parse(r.NoteWell); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		p.add("rooms.note_well", "must be a web address, such as %s", Default().Rooms.NoteWell)
	}
}

// unique returns the list and tells what stands in it twice.
func unique(key string, list []string, p *problems) []string {
	for i, s := range list {
		if slices.Index(list, s) < i {
			p.add(key, "%q stands in the list twice", s)
		}
	}
	return list
}

// validateOverrides brings the names that are overridden into lower case, as the
// Datatracker's are before they are looked up.
func (r *Rooms) validateOverrides(p *problems) {
	const key = "rooms.overrides"
	lower := make(map[string]string, len(r.Overrides))
	for _, from := range slices.Sorted(maps.Keys(r.Overrides)) {
		to := r.Overrides[from]
		name := strings.ToLower(strings.TrimSpace(from))
		if _, twice := lower[name]; twice {
			p.add(key, "%q stands there twice (upper and lower case are the same)", name)
		}
		if name == "" {
			p.add(key, "the name before %q is empty", to)
		}
		if !roomName.MatchString(to) {
			p.add(key, "%q, for %q, cannot be the name of a room", to, from)
		}
		lower[name] = to
	}
	r.Overrides = lower
}

// validateAffiliations checks who is owner and admin beside us: one JID has one
// affiliation (XEP-0045 section 5.2), and ours is owner.
func (r *Rooms) validateAffiliations(self string, p *problems) {
	r.Owners = bareJIDs("rooms.owners", r.Owners, p)
	r.Admins = bareJIDs("rooms.admins", r.Admins, p)
	for _, admin := range r.Admins {
		switch {
		case slices.Contains(r.Owners, admin):
			p.add("rooms.admins", "%s stands in rooms.owners too", admin)
		case admin == self:
			p.add("rooms.admins", "%s is xmpp.jid, which owns every room", admin)
		}
	}
}

// bareJIDs returns the canonical forms of those that are right.
func bareJIDs(key string, list []string, p *problems) []string {
	var canonical []string
	for _, value := range list {
		if j, ok := bareJID(key, value, p); ok {
			canonical = append(canonical, j.String())
		}
	}
	return unique(key, canonical, p)
}
