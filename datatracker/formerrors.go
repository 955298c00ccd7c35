package datatracker

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// complaintClasses mark what a page says about a form that it did not take
// (django-bootstrap5; errorlist is Django's own).
var complaintClasses = []string{"invalid-feedback", "alert-danger", "errorlist", "text-danger"}

const (
	maxComplaint  = 200 // bytes of one complaint
	maxComplaints = 5
)

// complaints are what a page says about a form that it did not take, each with
// the name of the field that it stands behind.
func complaints(page []byte) []string {
	r := &formReader{z: html.NewTokenizer(bytes.NewReader(page))}
	var (
		found   []string
		about   string    // the last field
		element atom.Atom // what the complaint stands in
		depth   int       // of elements of that kind; 0: in no complaint
		text    []byte
	)
	for len(found) < maxComplaints {
		switch r.z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			t := r.tag()
			switch {
			case t.kind == atom.Input && t.attrs["type"] == "hidden":
			case t.kind == atom.Form:
				about = ""
			case t.kind == atom.Select || t.kind == atom.Textarea || t.kind == atom.Input:
				about = t.attrs["name"]
			case depth > 0 && t.kind == element:
				depth++
			case depth == 0 && complains(t):
				element, depth, text = t.kind, 1, nil
			}
		case html.TextToken:
			if depth > 0 && len(text) < maxComplaint {
				text = append(text, r.z.Text()...)
			}
		case html.EndTagToken:
			if depth > 0 && r.tag().kind == element {
				if depth--; depth == 0 {
					found = addComplaint(found, about, text)
				}
			}
		}
	}
	return found
}

func complains(t tag) bool {
	return slices.ContainsFunc(strings.Fields(t.attrs["class"]), func(class string) bool {
		return slices.Contains(complaintClasses, class)
	})
}

// addComplaint adds a complaint in one line, unless it is empty or known.
func addComplaint(found []string, about string, text []byte) []string {
	line := strings.Join(strings.Fields(string(text)), " ")
	if line == "" {
		return found
	}
	if len(line) > maxComplaint {
		line = strings.ToValidUTF8(line[:maxComplaint], "") + "…"
	}
	if about != "" {
		line = about + ": " + line
	}
	if slices.Contains(found, line) {
		return found
	}
	return append(found, line)
}
