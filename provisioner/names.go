package provisioner

import (
	"fmt"
	"regexp"
	"strings"

	"roomctl/datatracker"
)

// roomName is what may stand before the @ of a room: a subset of the localparts
// of RFC 7622 section 3.3 that every client and server agrees on.
var roomName = regexp.MustCompile(`^[a-z0-9][a-z0-9+._-]{0,62}$`)

// ValidName says whether s can be the name of a room.
func ValidName(s string) bool { return roomName.MatchString(s) }

// roomFor turns a name that the Datatracker gives into the name of a room:
// lower-cased, overridden, checked.
func (r Rules) roomFor(given string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(given))
	if to, ok := r.Overrides[name]; ok {
		name = to
	}
	if !ValidName(name) {
		return "", fmt.Errorf("%q cannot be the name of a room; map it under rooms.overrides", given)
	}
	return name, nil
}

// groupsByRoom maps room names to the ids of the groups they belong to; 0 where
// two groups share the name.
func groupsByRoom(snap *datatracker.Snapshot, rules Rules) map[string]int {
	groups := map[string]int{}
	for _, g := range snap.Groups {
		name, err := rules.roomFor(g.Acronym)
		if err != nil {
			continue
		}
		if _, taken := groups[name]; taken {
			groups[name] = 0
			continue
		}
		groups[name] = g.ID
	}
	return groups
}
