package registry

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// timeLayout is RFC 3339 with all nine decimals: exact, and in UTC it sorts as
// text, which time.RFC3339Nano with its trimmed zeros does not.
const timeLayout = "2006-01-02T15:04:05.000000000Z07:00"

// timeColumn reads and writes a time; the zero time is NULL.
type timeColumn struct{ t *time.Time }

// Value implements driver.Valuer.
func (c timeColumn) Value() (driver.Value, error) {
	if c.t.IsZero() {
		return nil, nil
	}
	return c.t.UTC().Format(timeLayout), nil
}

// Scan implements sql.Scanner.
func (c timeColumn) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c.t = time.Time{}
		return nil
	case string:
		t, err := time.Parse(timeLayout, v)
		if err != nil {
			return err
		}
		*c.t = t.UTC()
		return nil
	}
	return fmt.Errorf("a time is stored as %T", v)
}

// listColumn reads and writes a list of strings as a JSON array; an empty list
// is read as nil.
type listColumn struct{ list *[]string }

// Value implements driver.Valuer.
func (c listColumn) Value() (driver.Value, error) {
	if len(*c.list) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(*c.list)
	return string(b), err
}

// Scan implements sql.Scanner.
func (c listColumn) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list is stored as %T", v)
	}
	var list []string
	if err := json.Unmarshal([]byte(s), &list); err != nil {
		return fmt.Errorf("list %.40q: %w", s, err)
	}
	*c.list = nil
	if len(list) > 0 {
		*c.list = list
	}
	return nil
}
