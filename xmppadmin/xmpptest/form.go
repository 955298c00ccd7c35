package xmpptest

import "strings"

// formField is one field of a data form (XEP-0004).
type formField struct {
	name, kind, label string
	values            []string
	options           []string // of list-single and list-multi
	required          bool
}

// form makes a data form of that type; title may be "".
func form(typ, title string, fields ...formField) *element {
	x := el(nsData, "x").with("type", typ)
	if title != "" {
		x.add(el(nsData, "title").say(title))
	}
	for _, f := range fields {
		x.add(f.element())
	}
	return x
}

func (f formField) element() *element {
	e := el(nsData, "field").with("var", f.name).with("type", f.kind).with("label", f.label)
	if f.required {
		e.add(el(nsData, "required"))
	}
	for _, v := range f.values {
		e.add(el(nsData, "value").say(v))
	}
	for _, o := range f.options {
		e.add(el(nsData, "option", el(nsData, "value").say(o)).with("label", o))
	}
	return e
}

// formType is the field that says what the form is about (XEP-0068).
func formType(value string) formField {
	return formField{name: "FORM_TYPE", kind: "hidden", values: []string{value}}
}

// submission is what a submitted form says.
type submission struct {
	names  []string // in the order of the form, without FORM_TYPE
	values map[string][]string
	about  string // FORM_TYPE, "" when it has none
}

// readForm reads a submitted form; x may be nil.
func readForm(x *element) submission {
	s := submission{values: map[string][]string{}}
	if x == nil {
		return s
	}
	for _, f := range x.kids {
		name := f.attr("var")
		if f.name != "field" || name == "" {
			continue
		}
		values := []string{}
		for _, v := range f.kids {
			if v.name == "value" {
				values = append(values, v.text)
			}
		}
		if name == "FORM_TYPE" {
			s.about = strings.Join(values, "")
			continue
		}
		if _, twice := s.values[name]; !twice {
			s.names = append(s.names, name)
		}
		s.values[name] = values
	}
	return s
}

// text is a field's value as one string, lines separated by newlines.
func (s submission) text(name string) string { return strings.Join(s.values[name], "\n") }
