package datatracker

import (
	"encoding/json"
	"fmt"
	"time"
)

// groupRow is a row of /api/v1/group/group/ (Datatracker ietf/group/resources.py).
type groupRow struct {
	ID      int       `json:"id"`
	Acronym *string   `json:"acronym"`
	Name    string    `json:"name"`
	Type    reference `json:"type"`
	State   reference `json:"state"`
	Parent  reference `json:"parent"`
}

func (r groupRow) group() (Group, error) {
	if r.ID <= 0 || r.Acronym == nil {
		return Group{}, fmt.Errorf("group %d: id or acronym is missing", r.ID)
	}
	g := Group{ID: r.ID, Acronym: *r.Acronym, Name: r.Name}
	var err error
	if g.Type, err = r.Type.slug("grouptypename"); err != nil {
		return Group{}, fmt.Errorf("type of group %d: %w", r.ID, err)
	}
	if g.State, err = r.State.slug("groupstatename"); err != nil {
		return Group{}, fmt.Errorf("state of group %d: %w", r.ID, err)
	}
	if g.ParentID, err = r.Parent.id("group"); err != nil {
		return Group{}, fmt.Errorf("parent of group %d: %w", r.ID, err)
	}
	return g, nil
}

// featuresRow is a row of /api/v1/group/groupfeatures/: what the groups of one
// type have. The type is its primary key, so its own URI names it too.
type featuresRow struct {
	Type           reference `json:"type"`
	ResourceURI    reference `json:"resource_uri"`
	HasDefaultChat *bool     `json:"has_default_chat"`
}

// groupType is what is wanted of a featuresRow.
type groupType struct {
	slug        string
	defaultChat bool
}

func (r featuresRow) groupType() (groupType, error) {
	slug, err := r.Type.slug("grouptypename")
	if err == nil && slug == "" {
		slug, err = r.ResourceURI.slug("groupfeatures")
	}
	if err != nil {
		return groupType{}, fmt.Errorf("type of group features: %w", err)
	}
	if slug == "" || r.HasDefaultChat == nil {
		return groupType{}, fmt.Errorf("features of group type %q: type or has_default_chat is missing", slug)
	}
	return groupType{slug: slug, defaultChat: *r.HasDefaultChat}, nil
}

// meetingRow is a row of /api/v1/meeting/meeting/ (Datatracker
// ietf/meeting/resources.py).
type meetingRow struct {
	ID       int       `json:"id"`
	Number   string    `json:"number"`
	Type     reference `json:"type"`
	Date     string    `json:"date"`
	Days     int       `json:"days"`
	TimeZone string    `json:"time_zone"`
	City     string    `json:"city"`
}

func (r meetingRow) meeting() (Meeting, error) {
	if r.ID <= 0 || !meetingNumber.MatchString(r.Number) {
		return Meeting{}, fmt.Errorf("meeting %d: id or number %q is not valid", r.ID, r.Number)
	}
	kind, err := r.Type.slug("meetingtypename")
	if err != nil {
		return Meeting{}, fmt.Errorf("type of meeting %s: %w", r.Number, err)
	}
	// A zone that this system does not know shifts the meeting's first
	// midnight by hours. That is no reason to do without all meetings.
	zone, err := time.LoadLocation(r.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	date, err := time.Parse(time.DateOnly, r.Date)
	if err != nil {
		return Meeting{}, fmt.Errorf("date of meeting %s: %w", r.Number, err)
	}
	date = Midnight(date.Year(), date.Month(), date.Day(), zone)
	return Meeting{
		ID: r.ID, Number: r.Number, Type: kind, Date: date, Days: max(r.Days, 1),
		TimeZone: r.TimeZone, City: r.City,
	}, nil
}

// sessionRow is a row of /api/v1/meeting/session/.
type sessionRow struct {
	ID       int       `json:"id"`
	Type     reference `json:"type"`
	Purpose  reference `json:"purpose"`
	Meeting  reference `json:"meeting"`
	Group    reference `json:"group"`
	ChatRoom string    `json:"chat_room"`
	Name     string    `json:"name"`
}

// meetingSession is a session with the id of the meeting it belongs to.
type meetingSession struct {
	Session
	meetingID int
}

func (r sessionRow) session() (meetingSession, error) {
	if r.ID <= 0 {
		return meetingSession{}, fmt.Errorf("session %d: id is not valid", r.ID)
	}
	s := meetingSession{Session: Session{ID: r.ID, ChatRoom: r.ChatRoom, Name: r.Name}}
	var err error
	if s.Type, err = r.Type.slug("timeslottypename"); err != nil {
		return meetingSession{}, fmt.Errorf("type of session %d: %w", r.ID, err)
	}
	if s.Purpose, err = r.Purpose.slug("sessionpurposename"); err != nil {
		return meetingSession{}, fmt.Errorf("purpose of session %d: %w", r.ID, err)
	}
	if s.GroupID, err = r.Group.id("group"); err != nil {
		return meetingSession{}, fmt.Errorf("group of session %d: %w", r.ID, err)
	}
	if s.meetingID, err = r.Meeting.id("meeting"); err != nil {
		return meetingSession{}, fmt.Errorf("meeting of session %d: %w", r.ID, err)
	}
	return s, nil
}

// decodeList reads all rows of a list's pages, converts each and refuses the
// list when two have the same key: pages overlapped.
func decodeList[Row, T any, Key comparable](pages []page, convert func(Row) (T, error), key func(T) Key) ([]T, error) {
	raw, err := listRows(pages)
	if err != nil {
		return nil, err
	}
	values := make([]T, 0, len(raw))
	seen := make(map[Key]bool, len(raw))
	for i, data := range raw {
		var row Row
		if err := json.Unmarshal(data, &row); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		v, err := convert(row)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		if seen[key(v)] {
			return nil, fmt.Errorf("row %d: %v is in the list twice", i+1, key(v))
		}
		seen[key(v)] = true
		values = append(values, v)
	}
	return values, nil
}

func decodeGroups(pages []page) ([]Group, error) {
	return decodeList(pages, groupRow.group, func(g Group) int { return g.ID })
}

func decodeGroupTypes(pages []page) ([]groupType, error) {
	return decodeList(pages, featuresRow.groupType, func(t groupType) string { return t.slug })
}

func decodeMeetings(pages []page) ([]Meeting, error) {
	return decodeList(pages, meetingRow.meeting, func(m Meeting) int { return m.ID })
}

func decodeSessions(pages []page) ([]meetingSession, error) {
	return decodeList(pages, sessionRow.session, func(s meetingSession) int { return s.ID })
}
