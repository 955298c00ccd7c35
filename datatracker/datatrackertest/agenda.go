package datatrackertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// agendaObjects lists the objects of a meeting's agenda.json, most recently
// modified first (Datatracker ietf/meeting/views.py, agenda_json).
func (m *Meeting) agendaObjects() []map[string]any {
	objects := []map[string]any{} // [] and not null when there is none
	if m.Schedule == 0 {
		return objects
	}
	for _, s := range m.Sessions {
		objects = append(objects, s.agendaObject())
	}
	for _, place := range m.places {
		objects = append(objects, maps.Clone(place))
	}
	slices.SortStableFunc(objects, func(a, b map[string]any) int {
		return strings.Compare(b["modified"].(string), a["modified"].(string))
	})
	return objects
}

// agendaObject is the session as agenda.json has it.
func (s *Session) agendaObject() map[string]any {
	o := map[string]any{
		"objtype":         "session",
		"id":              s.Assignment,
		"session_id":      s.ID,
		"session_res_uri": sessionURI(s.ID),
		"is_bof":          s.GroupThen.State == "bof" || s.GroupThen.State == "bof-conc",
		"name":            s.Name,
		"start":           s.Start.UTC().Format(timeFormat),
		"duration":        formatDuration(s.Duration),
		"location":        nil,
		"status":          s.Status,
		"modified":        s.Modified.UTC().Format(timeFormat),
	}
	if s.GroupThen != (GroupThen{}) {
		o["group"] = s.GroupThen
		if s.Name == "" {
			o["name"] = s.GroupThen.Name
		}
	}
	if s.Location != "" {
		o["location"] = s.Location
	}
	for name, value := range map[string]string{
		"short": s.Short, "agenda_note": s.Note, "remote_instructions": s.RemoteInstructions,
	} {
		if value != "" {
			o[name] = value
		}
	}
	if s.rest != nil {
		maps.Copy(o, *s.rest)
	}
	return o
}

// lastModified is the newest modification on an agenda; zero when it is empty.
func lastModified(objects []map[string]any) (time.Time, error) {
	var newest time.Time
	for _, o := range objects {
		text, _ := o["modified"].(string)
		modified, err := time.Parse(timeFormat, text)
		if err != nil {
			return time.Time{}, fmt.Errorf("agenda object %v: %w", o["id"], err)
		}
		newest = later(newest, modified)
	}
	return newest, nil
}

// encodeAgenda encodes an agenda byte for byte as Python's
// json.dumps(document, indent=2, sort_keys=True) does.
func encodeAgenda(key string, objects []map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{key: objects}); err != nil {
		return nil, fmt.Errorf("encoding agenda %s: %w", key, err)
	}
	return escapeNonASCII(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escapeNonASCII writes every character outside ASCII as \u escapes, in pairs
// where UTF-16 needs them (RFC 8259 section 7).
func escapeNonASCII(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case r < 0x7f:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// formatDuration formats like Python's str(timedelta): "1:30:00", or
// "1 day, 0:00:00".
func formatDuration(d time.Duration) string {
	days, rest := d/day, d%day
	clock := fmt.Sprintf("%d:%02d:%02d", rest/time.Hour, rest%time.Hour/time.Minute, rest%time.Minute/time.Second)
	switch days {
	case 0:
		return clock
	case 1:
		return "1 day, " + clock
	}
	return fmt.Sprintf("%d days, %s", days, clock)
}

// parseDuration reads "1:30:00", the only form that the captures have.
func parseDuration(text string) (time.Duration, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0, fmt.Errorf("duration %q is not hours:minutes:seconds", text)
	}
	var total time.Duration
	for _, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return 0, fmt.Errorf("duration %q: %w", text, err)
		}
		total = total*60 + time.Duration(n)
	}
	return total * time.Second, nil
}
