package xmppadmin

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// formTypeVar names the hidden field that says what a form is about (XEP-0068).
const formTypeVar = "FORM_TYPE"

// The form types that are sent (XEP-0004 section 3.1).
const (
	formSubmits = "submit"
	formCancels = "cancel"
)

// form is what roomctl uses of a data form (XEP-0004), as received or to be sent.
type form struct {
	XMLName xml.Name `xml:"jabber:x:data x"`
	Type    string   `xml:"type,attr,omitempty"`
	Title   string   `xml:"title,omitempty"`
	Fields  []field  `xml:"field"`
}

// field is one field of a form (XEP-0004 section 3.2).
type field struct {
	Var      string    `xml:"var,attr,omitempty"`
	Type     string    `xml:"type,attr,omitempty"`
	Label    string    `xml:"label,attr,omitempty"`
	Required *struct{} `xml:"required"`
	Values   []string  `xml:"value"`
}

// field returns the first field of that name.
func (f *form) field(name string) (field, bool) {
	for _, fd := range f.Fields {
		if fd.Var == name {
			return fd, true
		}
	}
	return field{}, false
}

// text returns the value of the named field, several values joined by line
// ends (XEP-0004 section 3.3, text-multi). A field that is there without a
// value is empty; false means that the form does not have the field.
func (f *form) text(name string) (string, bool) {
	fd, ok := f.field(name)
	if !ok {
		return "", false
	}
	return strings.Join(fd.Values, "\n"), true
}

// formType returns the value of FORM_TYPE, or "" if the form has none.
func (f *form) formType() string {
	kind, _ := f.text(formTypeVar)
	return kind
}

// notOfferedError says that the form does not have a field. Submitting it anyway
// is refused by some servers and silently ignored by others.
type notOfferedError struct{ Var string }

func (e *notOfferedError) Error() string {
	return fmt.Sprintf("the form offers no field %q", e.Var)
}

// submit answers the form with the given fields and no others, in the form's
// own order, and with the FORM_TYPE that the form had, if any: ejabberd's
// api-commands fail when they are sent one. A field that the form does not
// offer is a *notOfferedError.
func (f *form) submit(values map[string][]string) (form, error) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !f.has(name) {
			return form{}, &notOfferedError{Var: name}
		}
	}
	answer := form{Type: formSubmits}
	for _, fd := range f.Fields {
		vals, given := values[fd.Var]
		switch {
		case answer.has(fd.Var):
			continue
		case fd.Var == formTypeVar:
			answer.Fields = append(answer.Fields, field{Var: formTypeVar, Type: "hidden", Values: fd.Values})
		case given:
			answer.Fields = append(answer.Fields, field{Var: fd.Var, Values: vals})
		}
	}
	return answer, nil
}

func (f *form) has(name string) bool {
	_, ok := f.field(name)
	return ok
}

// parseBool reads a boolean field: XEP-0004 section 3.3 allows 1, true, 0 and
// false. An empty one is false: Prosody sends an unset boolean without value.
func parseBool(s string) (value, ok bool) {
	switch strings.TrimSpace(s) {
	case "1", "true":
		return true, true
	case "0", "false", "":
		return false, true
	}
	return false, false
}
