package datatracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// GroupsSource is the name under which a Snapshot lists the groups of the types
// and states wanted. What else it has of groups is listed under names that begin
// with this one.
const GroupsSource = "groups"

// groupsDocument is the scope query: the groups of the types and states
// wanted. Without the group features the types are not known.
func (p *poll) groupsDocument(features reading[[]groupType]) document[[]Group] {
	types := slices.Clone(p.query.GroupTypes)
	for _, t := range features.value {
		if t.defaultChat {
			types = append(types, t.slug)
		}
	}
	slices.Sort(types)
	types = slices.Compact(types)
	var unaskable error
	if !features.known() {
		unaskable = errors.New("the types to ask for are unknown, because the group features are missing")
	}
	states := p.query.GroupStates
	return document[[]Group]{
		name: GroupsSource,
		file: "groups.json",
		first: []string{p.listPath("group/group", url.Values{
			"type__in":  {strings.Join(types, ",")},
			"state__in": {strings.Join(states, ",")},
			"order_by":  {"id"},
		})},
		list:      true,
		unaskable: unaskable,
		decode:    decodeGroups,
		match: func(groups []Group) error {
			for _, g := range groups {
				if !slices.Contains(types, g.Type) || !slices.Contains(states, g.State) {
					return fmt.Errorf("group %s (%d) of type %q in state %q was not asked for", g.Acronym, g.ID, g.Type, g.State)
				}
			}
			return nil
		},
		guard: func(before, now []Group) error {
			return firstRefusal(p.query.Allow,
				tooFewGroups(len(now), p.client.minGroups),
				groupsShrank("groups", len(before), len(now)))
		},
	}
}

// groupsByIDDocument reads groups in any type and state. ids is sorted and not
// empty. That a group does not come back proves nothing about it.
func (p *poll) groupsByIDDocument(ids []int) document[[]Group] {
	values := make([]string, len(ids))
	for i, id := range ids {
		values[i] = strconv.Itoa(id)
	}
	return document[[]Group]{
		name:   "groups by id",
		file:   "groups-by-id.json",
		first:  p.chunkedPaths("group/group", "id__in", values),
		list:   true,
		decode: decodeGroups,
		match: func(groups []Group) error {
			for _, g := range groups {
				if _, asked := slices.BinarySearch(ids, g.ID); !asked {
					return fmt.Errorf("group %s (%d) was not asked for", g.Acronym, g.ID)
				}
			}
			return nil
		},
	}
}

// AcronymsSource is the name under which a Snapshot lists the groups that were
// asked for by Query.Acronyms. It is not listed when all of them were read
// otherwise.
const AcronymsSource = "groups by acronym"

// acronym is what a group may be called (Datatracker Group.acronym, a SlugField
// of at most 40 characters).
var acronym = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// groupsByAcronymDocument reads groups in any type and state by what they are
// called. acronyms is sorted and not empty. No guard compares it with its last
// good copy: what is asked for differs from poll to poll.
func (p *poll) groupsByAcronymDocument(acronyms []string) document[[]Group] {
	return document[[]Group]{
		name:   AcronymsSource,
		file:   "groups-by-acronym.json",
		first:  p.chunkedPaths("group/group", "acronym__in", acronyms),
		list:   true,
		decode: decodeGroups,
		match: func(groups []Group) error {
			for _, g := range groups {
				if _, asked := slices.BinarySearch(acronyms, g.Acronym); !asked {
					return fmt.Errorf("group %s (%d) was not asked for", g.Acronym, g.ID)
				}
			}
			return nil
		},
	}
}

// readGroupsByID adds the groups that somebody depends on and the scope query
// did not return: those asked for and those that hold sessions.
func (p *poll) readGroupsByID(ctx context.Context, scope []Group, meetings []Meeting) ([]Group, error) {
	wanted := slices.Clone(p.query.GroupIDs)
	for _, m := range meetings {
		for _, s := range m.Sessions {
			wanted = append(wanted, s.GroupID)
		}
	}
	have := make(map[int]bool, len(scope))
	for _, g := range scope {
		have[g.ID] = true
	}
	wanted = slices.DeleteFunc(wanted, func(id int) bool { return id <= 0 || have[id] })
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)

	groups := slices.Clone(scope)
	if len(wanted) > 0 {
		r, err := read(ctx, p, p.groupsByIDDocument(wanted))
		if err != nil {
			return nil, err
		}
		p.sources = append(p.sources, r.source)
		for _, g := range r.value {
			if _, asked := slices.BinarySearch(wanted, g.ID); asked { // a last good copy may have others
				groups = append(groups, g)
			}
		}
	}
	sortGroups(groups)
	return groups, nil
}

// readGroupsByAcronym adds the groups that are called as the query says and were
// not read yet.
func (p *poll) readGroupsByAcronym(ctx context.Context, groups []Group) ([]Group, error) {
	have := make(map[int]bool, len(groups))
	called := make(map[string]bool, len(groups))
	for _, g := range groups {
		have[g.ID], called[g.Acronym] = true, true
	}
	wanted := slices.Clone(p.query.Acronyms)
	wanted = slices.DeleteFunc(wanted, func(a string) bool { return called[a] || !acronym.MatchString(a) })
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	if len(wanted) == 0 {
		return groups, nil
	}
	r, err := read(ctx, p, p.groupsByAcronymDocument(wanted))
	if err != nil {
		return nil, err
	}
	p.sources = append(p.sources, r.source)
	for _, g := range r.value {
		if _, asked := slices.BinarySearch(wanted, g.Acronym); asked && !have[g.ID] { // a last good copy may have others
			groups = append(groups, g)
		}
	}
	sortGroups(groups)
	return groups, nil
}

func sortGroups(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
}
