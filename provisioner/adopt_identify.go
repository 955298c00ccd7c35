package provisioner

import (
	"fmt"
	"slices"
	"strings"

	"roomctl/provisioner/registry"
	"roomctl/xmppadmin"
)

// identity is one thing that a room may once have been made to be.
type identity struct {
	group     int
	retired   bool // because the group has ended, or another room took over
	idle      bool // retired by a person, for neither of these reasons
	successor string
}

// byRule says whether the room was retired because its group had ended or been
// renamed: then nothing tells of a person. named is the group that is called like
// the room.
func (id identity) byRule(named int) bool {
	return id.retired && id.group != 0 && (id.successor == "" || id.group != named)
}

// identify finds out what roomctl once made of a room, by what the room says: its
// name and its description are compared with those of everything that it may have
// been. The room that it returns is to be recorded; without a match, when once is
// nil, it is an active one that was never configured.
func (j *adoptionJudge) identify(is xmppadmin.Room) (room registry.Room, why string, once *identity) {
	rules := j.d.rules
	room = registry.Room{
		Name: is.Name, GroupID: j.d.named[is.Name], State: registry.Active, Origin: registry.Adopted, Since: j.now,
	}
	for _, id := range j.identities(is) {
		want, err := j.d.describe(is.Name, id.group, &claim{retired: id.retired, successor: id.successor})
		if err != nil {
			continue
		}
		if id.idle {
			want.retire()
		}
		if !bears(is, want) {
			continue
		}
		room.GroupID, room.State, room.Told = id.group, want.State, id.successor
		clean := len(differences(want, is, registry.Room{}, rules)) == 0
		if clean {
			room.Configured, room.Subject = true, want.Subject
		}
		if v, definite := verified(is, want, registry.Room{}, rules, clean, j.now); definite {
			room.Verified, room.HasLogged = v, v.Logged
		}
		why = fmt.Sprintf("it says what the %s room of %s says", want.State, j.whose(id.group))
		return room, why, &id
	}
	return room, "it says nothing that roomctl would", nil
}

// identities lists what a room may once have been: the room of the group that it
// is called like, and, if it was retired, that of a group that its texts name,
// because that group has another name now; and with or without a successor that
// they name.
func (j *adoptionJudge) identities(is xmppadmin.Room) []identity {
	own := j.d.named[is.Name]
	list := []identity{{group: own}, {group: own, retired: true}, {group: own, idle: true}}
	for _, other := range j.mentioned(is) {
		group := j.d.named[other]
		for _, id := range []identity{
			{group: group, retired: true, successor: other},
			{group: own, retired: true, successor: other},
			{group: group, retired: true},
		} {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// mentioned are the rooms of this service and the groups' rooms that the texts of
// a room name, the room itself left out.
func (j *adoptionJudge) mentioned(is xmppadmin.Room) []string {
	text := strings.ToLower(is.Values[xmppadmin.FieldDescription] + " " + is.Values[xmppadmin.FieldName])
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("+._-@", r))
	})
	var names []string
	for _, word := range words {
		word = strings.Trim(word, "+._-@")
		name, isRoom := strings.CutSuffix(word, "@"+j.d.rules.MUC)
		if !isRoom && j.d.named[name] == 0 || !ValidName(name) || name == is.Name || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
	}
	return names
}

// bears says whether a room has the name and the description of a desired one,
// apart from the pointer of a joint session.
func bears(is xmppadmin.Room, want DesiredRoom) bool {
	for _, f := range []xmppadmin.Field{xmppadmin.FieldName, xmppadmin.FieldDescription} {
		got, told := is.Values[f]
		if !told || withoutPointer(got) != withoutPointer(want.Values[f]) {
			return false
		}
	}
	return true
}

// whose names a group for people.
func (j *adoptionJudge) whose(group int) string {
	if group == 0 {
		return "no group"
	}
	return "group " + j.d.list([]int{group})
}
