package ical

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of what is decoded. The calendar of a whole IETF meeting has some
// 200 kB and three levels.
const (
	maxSize  = 4 << 20
	maxDepth = 8
)

// Decode reads one component and all within it, as RFC 5545 section 3.1 has it;
// lines may end in LF alone. Names come back in upper case: case has no meaning
// there. What Decode gives, Encode writes so that Decode gives the same again.
//
// Refused are streams of more than 4 MB, more than 8 levels of components, and
// control characters.
func Decode(data []byte) (Component, error) {
	if len(data) > maxSize {
		return Component{}, fmt.Errorf("decoding a calendar: %d bytes are too many", len(data))
	}
	lines, err := unfold(data)
	if err != nil {
		return Component{}, fmt.Errorf("decoding a calendar: %w", err)
	}
	d := decoder{lines: lines}
	c, err := d.decode()
	if err != nil {
		return Component{}, fmt.Errorf("decoding a calendar: content line %d: %w", d.next, err)
	}
	return c, nil
}

// unfold gives the content lines of a stream: a line that starts with a space or
// a tab goes on with the one before. Empty lines go.
func unfold(data []byte) ([]string, error) {
	for _, end := range []struct{ old, new string }{{"\r\n", "\n"}, {"\n ", ""}, {"\n\t", ""}} {
		data = bytes.ReplaceAll(data, []byte(end.old), []byte(end.new))
	}
	if !utf8.Valid(data) {
		return nil, errors.New("not valid UTF-8")
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' }), nil
}

// decoder goes through the content lines.
type decoder struct {
	lines []string
	next  int
}

// decode reads the one component of a stream.
func (d *decoder) decode() (Component, error) {
	p, err := d.property()
	if err != nil {
		return Component{}, err
	}
	if p.Name != "BEGIN" {
		return Component{}, errors.New("a calendar begins with BEGIN")
	}
	c, err := d.component(p, 1)
	if err == nil && d.next < len(d.lines) {
		d.next++
		err = errors.New("something follows the calendar")
	}
	return c, err
}

// component reads a component from after its BEGIN to its END.
func (d *decoder) component(begin Property, depth int) (Component, error) {
	if !isName(begin.Value) || len(begin.Params) > 0 {
		return Component{}, fmt.Errorf("%.40q is not the name of a component", begin.Value)
	}
	if depth > maxDepth {
		return Component{}, errors.New("components are nested too deeply")
	}
	c := Component{Name: strings.ToUpper(begin.Value)}
	for {
		p, err := d.property()
		if err != nil {
			return Component{}, err
		}
		switch p.Name {
		case "BEGIN":
			inner, err := d.component(p, depth+1)
			if err != nil {
				return Component{}, err
			}
			c.Components = append(c.Components, inner)
		case "END":
			if !strings.EqualFold(p.Value, c.Name) || len(p.Params) > 0 {
				return Component{}, fmt.Errorf("END of %.40q inside %s", p.Value, c.Name)
			}
			return c, nil
		default:
			c.Properties = append(c.Properties, p)
		}
	}
}

// property reads the next content line.
func (d *decoder) property() (Property, error) {
	if d.next == len(d.lines) {
		return Property{}, errors.New("the calendar is cut short")
	}
	d.next++
	return parseLine(d.lines[d.next-1])
}

// parseLine reads name *(";" param) ":" value.
func parseLine(line string) (p Property, err error) {
	if strings.ContainsFunc(line, isControl) {
		return Property{}, errors.New("a control character")
	}
	var rest string
	if p.Name, rest, err = cutName(line); err != nil {
		return Property{}, err
	}
	for strings.HasPrefix(rest, ";") {
		var param Param
		if param, rest, err = parseParam(rest[1:]); err != nil {
			return Property{}, fmt.Errorf("%s: %w", p.Name, err)
		}
		p.Params = append(p.Params, param)
	}
	if !strings.HasPrefix(rest, ":") {
		return Property{}, fmt.Errorf("%s: no value", p.Name)
	}
	p.Value = rest[1:]
	return p, nil
}

// parseParam reads name "=" value *("," value) and gives what follows.
func parseParam(s string) (param Param, rest string, err error) {
	if param.Name, rest, err = cutName(s); err != nil {
		return Param{}, "", err
	}
	if !strings.HasPrefix(rest, "=") {
		return Param{}, "", fmt.Errorf("parameter %s: no value", param.Name)
	}
	for separator := "="; strings.HasPrefix(rest, separator); separator = "," {
		var value string
		if value, rest, err = cutParamValue(rest[1:]); err != nil {
			return Param{}, "", fmt.Errorf("parameter %s: %w", param.Name, err)
		}
		param.Values = append(param.Values, value)
	}
	return param, rest, nil
}

// cutParamValue reads one value, quoted or not, and gives what follows.
func cutParamValue(s string) (value, rest string, err error) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		value, rest, ok = strings.Cut(quoted, `"`)
		if !ok {
			return "", "", errors.New("a quote is not closed")
		}
		return value, rest, nil
	}
	end := strings.IndexAny(s, `:;,"`)
	if end < 0 {
		return s, "", nil
	}
	return s[:end], s[end:], nil
}

// cutName reads the name that s starts with, and gives what follows.
func cutName(s string) (name, rest string, err error) {
	end := strings.IndexFunc(s, func(r rune) bool { return !isNameChar(r) })
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return "", "", fmt.Errorf("no name at %.40q", s)
	}
	return strings.ToUpper(s[:end]), s[end:], nil
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isNameChar(r) })
}

// isNameChar says whether r may stand in a name (RFC 5545 section 3.1).
func isNameChar(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-'
}
