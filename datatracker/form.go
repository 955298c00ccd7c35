package datatracker

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// form is one form of a page, as far as a client without scripts submits it
// (HTML Standard, section 4.10).
type form struct {
	action   string // as written; "" stands for the page's own address
	method   string // lower case; "" stands for get
	enctype  string // lower case; "" stands for application/x-www-form-urlencoded
	controls []control

	// problem is the first thing that makes it unclear what a browser would
	// submit; nil when there is none.
	problem error
}

// control is one control of a form that has a name.
type control struct {
	name  string
	kind  string // an input's type; textarea, select
	value string // with the line breaks as written
	off   bool   // a checkbox or radio button that is not checked
}

// field is one name and value, as submitted.
type field struct{ name, value string }

// lineKinds are the types of inputs that hold one line of text.
var lineKinds = []string{"text", "hidden", "password", "number", "email", "url", "search", "tel"}

// refuse notes the first problem.
func (f *form) refuse(format string, args ...any) {
	if f.problem == nil {
		f.problem = fmt.Errorf(format, args...)
	}
}

// add adds a control, unless it has no name: then it is not submitted.
func (f *form) add(c control) {
	if c.name == "" {
		return
	}
	f.controls = append(f.controls, c)
}

// control finds the control of a name; nil when there is none.
func (f *form) control(name string) *control {
	i := slices.IndexFunc(f.controls, func(c control) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &f.controls[i]
}

// check refuses what cannot be submitted as it stands: an unclear form, one
// that is not sent by an ordinary POST, two controls where one is meant.
func (f *form) check() error {
	if f.problem != nil {
		return f.problem
	}
	if f.method != "post" {
		return fmt.Errorf("its method is %q instead of post", f.method)
	}
	if f.enctype != "" && f.enctype != "application/x-www-form-urlencoded" {
		return fmt.Errorf("its encoding is %q", f.enctype)
	}
	seen := make(map[string]control)
	for _, c := range f.controls {
		other, twice := seen[c.name]
		switch {
		case twice && (c.kind != other.kind || c.kind != "radio" && c.kind != "checkbox"):
			return fmt.Errorf("it has two fields called %q", c.name)
		case twice && c.kind == "radio" && !c.off && !other.off:
			return fmt.Errorf("two choices of %q are checked", c.name)
		case !twice || !c.off:
			seen[c.name] = c
		}
		if slices.Contains(lineKinds, c.kind) && strings.ContainsAny(c.value, "\r\n") {
			return fmt.Errorf("%q is one line long and holds a line break", c.name)
		}
		if !utf8.ValidString(c.value) || strings.ContainsRune(c.value, 0) {
			return fmt.Errorf("%q holds bytes that are not text", c.name)
		}
	}
	return nil
}

// fields are what a browser would submit, in the order of the page. Line breaks
// are sent as they came, where a browser would send CR LF: what is stored stays
// as it is.
func (f *form) fields() []field {
	var fields []field
	for _, c := range f.controls {
		if !c.off {
			fields = append(fields, field{c.name, c.value})
		}
	}
	return fields
}

// changedBySaving names a text that the Datatracker would not store as it
// shows it: Django strips white space around it (forms.CharField, strip).
func (f *form) changedBySaving() error {
	for _, c := range f.controls {
		if (c.kind == "text" || c.kind == "textarea") && strings.TrimFunc(c.value, isPythonSpace) != c.value {
			return fmt.Errorf("%q begins or ends with white space, which saving would strip", c.name)
		}
	}
	return nil
}

// isPythonSpace is what Python's str.strip takes away.
func isPythonSpace(r rune) bool {
	return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
}

// pickForm finds the one form of a page that has all of the controls.
func pickForm(forms []*form, names ...string) (*form, error) {
	var picked *form
	for _, f := range forms {
		if slices.ContainsFunc(names, func(name string) bool { return f.control(name) == nil }) {
			continue
		}
		if picked != nil {
			return nil, fmt.Errorf("two forms of the page have %s", strings.Join(names, ", "))
		}
		picked = f
	}
	if picked == nil {
		return nil, fmt.Errorf("no form of the page has %s", strings.Join(names, ", "))
	}
	if err := picked.check(); err != nil {
		return nil, fmt.Errorf("the form with %s: %w", names[0], err)
	}
	return picked, nil
}
