package agenda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// ErrNotJSON is the reason when a document cannot be annotated.
var ErrNotJSON = errors.New("not a JSON document")

// annotate adds to each session object of the Datatracker's agenda.json the
// members of its link. links is keyed by session_id; a session without an entry
// stays as it is.
//
// The document is {"<number>": [object, …]}; an object with objtype "session"
// is a session (Datatracker ietf/meeting/views.py, agenda_json). The members are
// spliced in right after the object's "{", in the order of SessionLink, so that
// cutting them out gives upstream's bytes again: nothing is decoded and encoded
// anew. A member without a value is left out, and one that upstream already has
// is upstream's. A document of any other shape comes back unchanged.
//
// The only error is ErrNotJSON. upstream is never modified.
func annotate(upstream []byte, links map[int]SessionLink) ([]byte, error) {
	if !json.Valid(upstream) {
		return nil, ErrNotJSON
	}
	objects, err := sessionObjects(upstream)
	if err != nil {
		return nil, fmt.Errorf("finding the sessions of an agenda: %w", err)
	}
	var out bytes.Buffer
	done := 0
	for _, object := range objects {
		link, ok := links[object.sessionID]
		if !ok {
			continue
		}
		inside := object.offset + len("{")
		out.Write(upstream[done:inside])
		out.Write(object.splice(link))
		done = inside
	}
	out.Write(upstream[done:])
	return out.Bytes(), nil
}

// sessionObject is one session object and where it stands in the document.
type sessionObject struct {
	offset    int    // of its "{"
	text      []byte // from "{" to "}"
	sessionID int
	members   map[string]json.RawMessage
}

// sessionObjects finds the session objects of a valid JSON document, in
// document order.
func sessionObjects(doc []byte) ([]sessionObject, error) {
	var found []sessionObject
	err := eachElement(doc, '{', func(offset int, list []byte) error {
		return eachElement(list, '[', func(within int, text []byte) error {
			object := sessionObject{offset: offset + within, text: text}
			if text[0] != '{' {
				return nil
			}
			if err := json.Unmarshal(text, &object.members); err != nil {
				return err
			}
			if object.identify() {
				found = append(found, object)
			}
			return nil
		})
	})
	return found, err
}

// eachElement calls f with every element of an array, or with the value of
// every member of an object, and its offset in text. open says which of the two
// is wanted; a text that is something else has no elements. The offset is right
// for objects and arrays only.
func eachElement(text []byte, open json.Delim, f func(offset int, element []byte) error) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if first, err := dec.Token(); err != nil || first != open {
		return err
	}
	for dec.More() {
		if open == '{' {
			if _, err := dec.Token(); err != nil { // the member's name
				return err
			}
		}
		var element json.RawMessage
		if err := dec.Decode(&element); err != nil {
			return err
		}
		if err := f(int(dec.InputOffset())-len(element), element); err != nil {
			return err
		}
	}
	return nil
}

// identify says whether the object is a session and learns its id. A session
// whose id is not a whole number cannot be joined with anything.
func (o *sessionObject) identify() bool {
	var objtype string
	if json.Unmarshal(o.members["objtype"], &objtype) != nil || objtype != "session" {
		return false
	}
	id, err := strconv.Atoi(string(o.members["session_id"]))
	o.sessionID = id
	return err == nil
}

// splice is what goes right after the object's "{". Each member is preceded by
// the white space that precedes upstream's first one, so that indentation and
// compactness are followed.
func (o *sessionObject) splice(link SessionLink) []byte {
	space, colon := o.layout()
	var b bytes.Buffer
	for _, m := range link.members() {
		if _, taken := o.members[m.name]; taken || m.value == "" {
			continue
		}
		b.WriteString(space)
		b.WriteString(strconv.Quote(m.name))
		b.WriteString(colon)
		b.Write(quote(m.value))
		b.WriteByte(',')
	}
	return b.Bytes()
}

// layout is the white space before the object's first member, and what stands
// between the member's name and its value. A session object has members.
func (o *sessionObject) layout() (space, colon string) {
	rest := o.text[len("{"):]
	trimmed := bytes.TrimLeft(rest, " \t\r\n")
	space = string(rest[:len(rest)-len(trimmed)])

	dec := json.NewDecoder(bytes.NewReader(trimmed))
	if _, err := dec.Token(); err != nil { // the first member's name
		return space, ":"
	}
	rest = trimmed[dec.InputOffset():]
	value := bytes.TrimLeft(rest, ": \t\r\n")
	return space, string(rest[:len(rest)-len(value)])
}

type member struct{ name, value string }

// members are the link's members in the order in which they are published.
func (l SessionLink) members() []member {
	return []member{
		{"chat_room", l.Room},
		{"chat_jid", l.JID},
		{"chat_url", l.URL},
		{"chat_web_url", l.WebURL},
		{"chat_archive_url", l.ArchiveURL},
	}
}

// quote encodes s as a JSON string in which <, > and & are escaped: the document
// may end up inside a page.
func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil { // encoding/json has no error for a string
		return []byte(`""`)
	}
	return b
}
