package provisioner

import (
	"errors"
	"slices"
	"time"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// verified turns what the server said about a room into what the registry
// remembers. It is not definite, and remembers nothing, when anything that
// publication depends on was not told: unknown is never no. A room that has
// been logged and whose form lacks the field now is unknown, not unlogged.
// clean says that the room's plan is empty.
func verified(is xmppadmin.Room, want DesiredRoom, ours registry.Room, rules Rules, clean bool, now time.Time) (v registry.Verified, isDefinite bool) {
	v.At = now
	switch is.Existence {
	case xmppadmin.Unknown:
		return v, false
	case xmppadmin.Absent, xmppadmin.Tombstone:
		return v, true
	}
	v.Exists = true
	v.LogsURL = is.LogsURL
	if is.Owners == nil {
		return v, errors.Is(is.Err, xmppadmin.ErrNotOwner)
	}
	v.Ours = slices.Contains(is.Owners, rules.Self)
	persistent, told1 := is.Values[xmppadmin.FieldPersistent]
	public, told2 := is.Values[xmppadmin.FieldPublic]
	logging, told3 := is.Values[xmppadmin.FieldLogging]
	v.Persistent = persistent == "true"
	v.Public = public == "true"
	v.Logged = logging == "true"
	if clean && want.Name != "" {
		v.Fingerprint = want.fingerprint(rules)
	}
	never := is.CannotLog && !ours.HasLogged
	return v, told1 && told2 && (told3 || never || rules.Logging != LoggingRequired)
}

// verifiedRooms are all observed rooms that are ours, but those without a definite
// answer.
func verifiedRooms(o *Observed, d *Desired, left *Plan, known *registry.State, rules Rules, now time.Time) map[string]registry.Verified {
	dirty := map[string]bool{}
	for _, c := range left.Changes {
		dirty[c.Room] = true
	}
	out := map[string]registry.Verified{}
	for name, is := range o.Rooms {
		ours, managed := known.Rooms[name]
		if !managed {
			continue
		}
		want, _ := d.Room(name)
		if v, ok := verified(is, want, ours, rules, !dirty[name], now); ok {
			out[name] = v
		}
	}
	return out
}

// altered finds the texts that the server did not take as they were given: set
// without an error, and still different. A switch that the server did not turn
// is no such thing: publication depends on it, so it is tried again.
func altered(results []Result, left *Plan) map[string]map[string]registry.Altered {
	set := map[string]Change{}
	for _, r := range results {
		if r.Err == nil {
			set[r.Change.Room] = r.Change
		}
	}
	out := map[string]map[string]registry.Altered{}
	for _, c := range left.Changes {
		applied, ok := set[c.Room]
		if !ok {
			continue
		}
		for _, f := range c.Fields {
			was, ok := applied.Field(f.Field)
			if !ok || was.New != f.New || !slices.Contains(texts, xmppadmin.Field(f.Field)) {
				continue
			}
			if out[c.Room] == nil {
				out[c.Room] = map[string]registry.Altered{}
			}
			out[c.Room][f.Field] = registry.Altered{Wanted: f.New, Got: f.Old}
		}
	}
	return out
}

// texts are the managed fields that a server may shorten or rewrite.
var texts = []xmppadmin.Field{xmppadmin.FieldName, xmppadmin.FieldDescription, xmppadmin.FieldLanguage}

// switches are the managed fields on which publication depends.
var switches = []xmppadmin.Field{xmppadmin.FieldPersistent, xmppadmin.FieldPublic, xmppadmin.FieldLogging}

// settled lists the altered texts of a room that are as desired now, so that
// nothing need be remembered of them.
func settled(ours registry.Room, is xmppadmin.Room, want DesiredRoom) []string {
	var fields []string
	for field := range ours.Altered {
		f := xmppadmin.Field(field)
		if got, told := is.Values[f]; told && oneLine(got) == oneLine(want.Values[f]) {
			fields = append(fields, field)
		}
	}
	return fields
}
