package registry

import (
	"fmt"
	"strings"
)

// Identity is what a registry belongs to: rooms of one MUC service, groups of
// one Datatracker. It is stored when the file is made and never changes.
type Identity struct {
	MUC         string // domain of the MUC service
	Datatracker string // base URL
}

// same compares two identities; case of the domain and a slash at the end of
// the URL do not count.
func (id Identity) same(other Identity) bool {
	return strings.EqualFold(id.MUC, other.MUC) &&
		strings.TrimRight(id.Datatracker, "/") == strings.TrimRight(other.Datatracker, "/")
}

// IdentityError is returned by Open and OpenReader when the registry belongs to
// another MUC service or Datatracker than the configuration names.
type IdentityError struct {
	Path   string
	Stored Identity // what the file belongs to
	Given  Identity // what the configuration names
}

func (e *IdentityError) Error() string {
	return fmt.Sprintf("registry %s belongs to MUC service %s and Datatracker %s, "+
		"but the configuration names MUC service %s and Datatracker %s; "+
		"set them back, or give the new pair a state folder of its own",
		e.Path, e.Stored.MUC, e.Stored.Datatracker, e.Given.MUC, e.Given.Datatracker)
}
