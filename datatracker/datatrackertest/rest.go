package datatrackertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"strconv"
)

// resource is one table under /api/v1 (Datatracker ietf/<app>/resources.py,
// django-tastypie ModelResource).
type resource struct {
	path       string             // of the list, "/api/v1/group/group/"
	rows       func(*World) []row // in the order of a list that asks for none
	known      map[string]any     // the members of a row; what is not here is no field
	filterable []string           // fields that Meta.filtering names
	ordering   []string           // fields that Meta.ordering names
}

// row is one object of a resource.
type row struct {
	key    string         // primary key, the last part of its address
	object map[string]any // as served
	// via holds values of related rows that a filter may name, as in
	// "meeting__number".
	via map[string]string
}

// resources are the tables that are served, by path of their list.
func resources(w *World) map[string]resource {
	all := []resource{
		{
			path:  "/api/v1/group/group/",
			rows:  groupRows,
			known: groupRow(&Group{}).object,
			filterable: []string{"id", "time", "name", "description", "list_email", "list_subscribe", "list_archive",
				"comments", "acronym", "state", "type", "parent", "ad", "charter"},
			ordering: []string{"id"},
		},
		{
			path:       "/api/v1/group/groupfeatures/",
			rows:       groupFeaturesRows,
			known:      groupFeaturesRow(&GroupFeatures{}).object,
			filterable: []string{"type", "has_default_chat", "has_meetings", "acts_like_wg", "is_schedulable", "show_on_agenda"},
		},
		{
			path:       "/api/v1/meeting/meeting/",
			rows:       meetingRows,
			known:      meetingRow(&Meeting{members: w.blankMembers()}).object,
			filterable: []string{"id", "number", "date", "city", "country", "time_zone", "type", "schedule"},
			ordering:   []string{"id", "date"},
		},
		{
			path:  "/api/v1/meeting/session/",
			rows:  sessionRows,
			known: sessionRow(&Meeting{}, &Session{}).object,
			filterable: []string{"id", "name", "short", "attendees", "agenda_note", "requested_duration", "comments",
				"scheduled", "modified", "meeting", "type", "purpose", "group", "materials", "resources", "assignments"},
			ordering: []string{"id", "modified", "scheduled", "meeting"},
		},
	}
	byPath := make(map[string]resource)
	for _, r := range all {
		byPath[r.path] = r
	}
	return byPath
}

func groupRows(w *World) []row {
	var rows []row
	for _, g := range w.Groups {
		rows = append(rows, groupRow(g))
	}
	return rows
}

func groupRow(g *Group) row {
	o := map[string]any{
		"id": g.ID, "acronym": g.Acronym, "name": g.Name,
		"type":   nameURI("grouptypename", g.Type),
		"state":  nameURI("groupstatename", g.State),
		"parent": nil, "ad": nil, "charter": nil,
		"description": g.Description, "comments": "",
		"list_email": g.ListEmail, "list_subscribe": "", "list_archive": "",
		"meeting_seen_as_area": g.Type == "area", "used_roles": "[]", "uses_milestone_dates": true,
		"unused_states": []string{}, "unused_tags": []string{},
		"time":         g.Time.UTC().Format(timeFormat),
		"resource_uri": groupURI(g.ID),
	}
	if g.Parent != nil {
		o["parent"] = groupURI(g.Parent.ID)
	}
	if g.Type == "wg" {
		o["charter"] = "/api/v1/doc/document/charter-ietf-" + g.Acronym + "/"
	}
	return row{key: strconv.Itoa(g.ID), object: o, via: map[string]string{"type__slug": g.Type, "state__slug": g.State}}
}

func groupFeaturesRows(w *World) []row {
	var rows []row
	for _, f := range w.GroupFeatures {
		rows = append(rows, groupFeaturesRow(f))
	}
	return rows
}

// groupFeaturesRow encodes the purposes as the real table does: a string that
// holds JSON.
func groupFeaturesRow(f *GroupFeatures) row {
	purposes, err := json.Marshal(f.SessionPurposes)
	if err != nil || f.SessionPurposes == nil {
		purposes = []byte("[]")
	}
	parents := []string{}
	for _, slug := range f.ParentTypes {
		parents = append(parents, nameURI("grouptypename", slug))
	}
	o := map[string]any{
		"type":             nameURI("grouptypename", f.Type),
		"has_default_chat": f.HasDefaultChat,
		"session_purposes": string(purposes),
		"parent_types":     parents,
		"resource_uri":     "/api/v1/group/groupfeatures/" + f.Type + "/",
	}
	for _, name := range featureFlags {
		o[name] = f.Flags[name]
	}
	return row{key: f.Type, object: o, via: map[string]string{"type__slug": f.Type}}
}

// meetingRows lists the newest meeting first (Datatracker Meeting.Meta.ordering).
func meetingRows(w *World) []row {
	var rows []row
	for _, m := range w.Meetings {
		rows = append(rows, meetingRow(m))
	}
	sortRows(rows, []string{"-date", "-id"})
	return rows
}

func meetingRow(m *Meeting) row {
	o := maps.Clone(m.members)
	if o == nil {
		o = make(map[string]any)
	}
	maps.Copy(o, map[string]any{
		"id": m.ID, "number": m.Number, "type": nameURI("meetingtypename", m.Type),
		"date": m.Date.Format(dateFormat), "days": m.Days,
		"time_zone": m.TimeZone, "city": m.City, "country": m.Country,
		"agenda": nil, "schedule": nil, "resource_uri": meetingURI(m.ID),
	})
	if m.Schedule != 0 {
		schedule := fmt.Sprintf("/api/v1/meeting/schedule/%d/", m.Schedule)
		o["agenda"], o["schedule"] = schedule, schedule // the old name is still served
	}
	return row{key: strconv.Itoa(m.ID), object: o, via: map[string]string{"type__slug": m.Type}}
}

func sessionRows(w *World) []row {
	var rows []row
	for _, m := range w.Meetings {
		for _, s := range m.Sessions {
			rows = append(rows, sessionRow(m, s))
		}
	}
	sortRows(rows, []string{"id"})
	return rows
}

// sessionRow is the REST side of a session. It tells neither the status nor
// the start: those are on the agenda only.
func sessionRow(m *Meeting, s *Session) row {
	o := map[string]any{
		"id": s.ID, "name": s.Name, "short": s.Short,
		"meeting": meetingURI(m.ID), "group": nil,
		"type":                nameURI("timeslottypename", s.Type),
		"purpose":             nameURI("sessionpurposename", s.Purpose),
		"chat_room":           s.ChatRoom,
		"agenda_note":         s.Note,
		"remote_instructions": s.RemoteInstructions,
		"requested_duration":  formatDuration(s.RequestedDuration),
		"modified":            s.Modified.UTC().Format(timeFormat),
		"scheduled":           nil,
		"attendees":           nil, "comments": s.Comments, "on_agenda": s.OnAgenda, "has_onsite_tool": s.HasOnsiteTool,
		"meetecho_recording_name": "",
		"materials":               []string{}, "resources": []string{},
		"assignments":  []string{fmt.Sprintf("/api/v1/meeting/schedtimesessassignment/%d/", s.Assignment)},
		"resource_uri": sessionURI(s.ID),
	}
	r := row{key: strconv.Itoa(s.ID), object: o, via: map[string]string{
		"meeting__number": m.Number, "meeting__type": m.Type, "meeting__date": m.Date.Format(dateFormat), "meeting__id": strconv.Itoa(m.ID),
		"group__acronym": "", "group__type": "", "group__state": "", "group__id": "",
		"type__slug": s.Type, "purpose__slug": s.Purpose,
	}}
	if s.Attendees != 0 {
		o["attendees"] = s.Attendees
	}
	if g := s.Group; g != nil {
		o["group"] = groupURI(g.ID)
		r.via["group__acronym"], r.via["group__type"] = g.Acronym, g.Type
		r.via["group__state"], r.via["group__id"] = g.State, strconv.Itoa(g.ID)
	}
	return r
}

// Relations are the addresses of the rows they lead to.

func groupURI(id int) string   { return fmt.Sprintf("/api/v1/group/group/%d/", id) }
func meetingURI(id int) string { return fmt.Sprintf("/api/v1/meeting/meeting/%d/", id) }
func sessionURI(id int) string { return fmt.Sprintf("/api/v1/meeting/session/%d/", id) }

func nameURI(table, slug string) string { return "/api/v1/name/" + table + "/" + slug + "/" }

// lastSegment is the key at the end of a relation's address.
func lastSegment(uri string) string { return path.Base(uri) }
