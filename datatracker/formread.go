package datatracker

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readForms reads the forms of a page. Which form a control belongs to follows
// the form element pointer of HTML parsing (HTML Standard, section 13.2.4.4): the
// form that was opened last and not closed, wherever both stand in the tree.
// The page is read as tokens and no tree is built: its depth costs nothing, and
// the line breaks of texts are seen as they were sent.
func readForms(page []byte) ([]*form, error) {
	if !utf8.Valid(page) {
		return nil, errors.New("the page is not UTF-8")
	}
	r := &formReader{z: html.NewTokenizer(bytes.NewReader(page))}
	for {
		switch r.z.Next() {
		case html.ErrorToken: // the end: nothing else fails in memory
			return r.finish(), nil
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(r.tag())
		case html.EndTagToken:
			r.end(r.tag().kind)
		}
	}
}

// formReader is where the reading of a page is.
type formReader struct {
	z         *html.Tokenizer
	forms     []*form
	open      *form // the form element pointer; nil outside of forms
	templates int   // how many template elements are open: nothing in them counts

	// unclear is why no form of the page can be trusted; "" when all can.
	unclear string
}

// finish closes the books at the end of the page.
func (r *formReader) finish() []*form {
	if r.open != nil {
		r.open.refuse("it is not closed: the page is cut short")
	}
	for _, f := range r.forms {
		if r.unclear != "" {
			f.refuse("%s", r.unclear)
		}
	}
	return r.forms
}

// tag is a start or end tag.
type tag struct {
	kind  atom.Atom // 0 for elements that are not HTML's
	attrs map[string]string
}

func (t tag) has(name string) bool {
	_, ok := t.attrs[name]
	return ok
}

// tag reads the tag that the tokenizer is at.
func (r *formReader) tag() tag {
	name, more := r.z.TagName()
	t := tag{kind: atom.Lookup(name), attrs: make(map[string]string)}
	for more {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		if !t.has(string(key)) { // of two, the first counts
			t.attrs[string(key)] = string(value)
		}
	}
	return t
}

// start takes in a start tag.
func (r *formReader) start(t tag) {
	if t.kind == atom.Template {
		r.templates++
	}
	if r.templates > 0 {
		return
	}
	switch t.kind {
	case atom.Form:
		if r.open == nil { // a form in a form is ignored
			r.open = &form{
				action:  strings.TrimSpace(t.attrs["action"]),
				method:  strings.ToLower(t.attrs["method"]),
				enctype: strings.ToLower(t.attrs["enctype"]),
			}
			r.forms = append(r.forms, r.open)
		}
	case atom.Input, atom.Textarea, atom.Select, atom.Button:
		r.control(t)
	case atom.Fieldset:
		if t.has("disabled") {
			r.unclear = "a group of fields is disabled"
		}
	}
}

// end takes in an end tag.
func (r *formReader) end(kind atom.Atom) {
	switch {
	case kind == atom.Template && r.templates > 0:
		r.templates--
	case kind == atom.Form && r.templates == 0:
		r.open = nil
	}
}

// control takes in a control with all that belongs to it. One outside of forms
// is read as well, so that its content is not mistaken for anything, and
// dropped.
func (r *formReader) control(t tag) {
	f := r.open
	if f == nil {
		f = &form{}
	}
	if t.has("form") && t.kind != atom.Button {
		r.unclear = "a field says by an id which form it belongs to"
	}
	c := control{name: t.attrs["name"], kind: "text", value: t.attrs["value"]}
	switch t.kind {
	case atom.Input:
		if kind := strings.ToLower(t.attrs["type"]); kind != "" {
			c.kind = kind
		}
		r.input(f, c, t)
	case atom.Textarea:
		c.kind, c.value = "textarea", r.text()
		if !t.has("disabled") {
			f.add(c)
		}
	case atom.Select:
		c.kind = "select"
		r.choice(f, c, t)
	case atom.Button:
		if kind := strings.ToLower(t.attrs["type"]); kind == "" || kind == "submit" {
			pressed(f, t)
		}
	}
}

// input takes in an input element.
func (r *formReader) input(f *form, c control, t tag) {
	switch {
	case c.kind == "submit" || c.kind == "image":
		pressed(f, t)
	case c.kind == "reset" || c.kind == "button" || t.has("disabled"):
	case c.kind == "checkbox" || c.kind == "radio":
		c.off = !t.has("checked")
		if !t.has("value") {
			c.value = "on"
		}
		f.add(c)
	case slices.Contains(lineKinds, c.kind):
		f.add(c)
	default:
		f.refuse("field %q is of type %q, which is not known here", c.name, c.kind)
	}
}

// pressed takes in a button that submits: which one would be pressed must not
// matter.
func pressed(f *form, t tag) {
	if t.has("name") || t.has("formaction") || t.has("formmethod") || t.has("formenctype") {
		f.refuse("a button changes what is submitted, or where to")
	}
}

// text reads the content of a textarea, which a line break may precede. The
// tokenizer's own text has line breaks made alike, so the raw one is read.
func (r *formReader) text() string {
	if r.z.Next() != html.TextToken {
		return "" // the end tag, or the end of the page, which comes again
	}
	text := html.UnescapeString(string(r.z.Raw()))
	if rest, ok := strings.CutPrefix(text, "\r\n"); ok {
		return rest
	}
	return strings.TrimPrefix(text, "\n")
}

// choice takes in a select element. A browser that finds no option selected
// submits the first one: then what is stored is none of the options, and
// submitting would change it.
func (r *formReader) choice(f *form, c control, t tag) {
	chosen := r.selected(f, c.name)
	switch {
	case t.has("disabled"):
	case t.has("multiple"):
		f.refuse("field %q takes several values, which is not known here", c.name)
	case len(chosen) == 0:
		f.refuse("none of the choices of %q is selected, so what is stored is not among them and would change", c.name)
	case len(chosen) > 1:
		f.refuse("several choices of %q are selected", c.name)
	default:
		c.value = chosen[0].value()
		f.add(c)
	}
}

// option is one option of a select element.
type option struct {
	tag
	text []byte
}

// value is what the option stands for: its text when it says nothing else.
func (o option) value() string {
	if o.has("value") {
		return o.attrs["value"]
	}
	return strings.Join(strings.Fields(string(o.text)), " ")
}

// selected reads a select element up to its end tag and returns the options
// that are selected.
func (r *formReader) selected(f *form, name string) []option {
	var options []option
	inOption := false
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			f.refuse("it is not closed: the page is cut short")
			return nil
		case html.TextToken:
			if inOption {
				last := &options[len(options)-1]
				last.text = append(last.text, r.z.Text()...)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := r.tag()
			inOption = t.kind == atom.Option
			switch {
			case inOption:
				if t.has("disabled") && t.has("selected") {
					f.refuse("the choice of %q is disabled", name)
				}
				options = append(options, option{tag: t})
			case t.kind == atom.Optgroup && t.has("disabled"):
				f.refuse("choices of %q are disabled", name)
			case t.kind != atom.Optgroup && t.kind != atom.Hr:
				f.refuse("there is more than options among the choices of %q", name)
			}
		case html.EndTagToken:
			inOption = false
			if r.tag().kind == atom.Select {
				return slices.DeleteFunc(options, func(o option) bool { return !o.has("selected") })
			}
		}
	}
}
