package xmpptest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// The namespaces that the server speaks.
const (
	nsClient   = "jabber:client"
	nsStream   = "http://etherx.jabber.org/streams"
	nsStreams  = "urn:ietf:params:xml:ns:xmpp-streams"
	nsStanzas  = "urn:ietf:params:xml:ns:xmpp-stanzas"
	nsTLS      = "urn:ietf:params:xml:ns:xmpp-tls"
	nsSASL     = "urn:ietf:params:xml:ns:xmpp-sasl"
	nsBind     = "urn:ietf:params:xml:ns:xmpp-bind"
	nsSession  = "urn:ietf:params:xml:ns:xmpp-session"
	nsPing     = "urn:xmpp:ping"
	nsVersion  = "jabber:iq:version"
	nsInfo     = "http://jabber.org/protocol/disco#info"
	nsItems    = "http://jabber.org/protocol/disco#items"
	nsRSM      = "http://jabber.org/protocol/rsm"
	nsData     = "jabber:x:data"
	nsCommands = "http://jabber.org/protocol/commands"
	nsMUC      = "http://jabber.org/protocol/muc"
	nsMUCUser  = "http://jabber.org/protocol/muc#user"
	nsMUCAdmin = "http://jabber.org/protocol/muc#admin"
	nsMUCOwner = "http://jabber.org/protocol/muc#owner"
	nsXML      = "http://www.w3.org/XML/1998/namespace"
)

// maxDepth is far beyond any stanza that means something.
const maxDepth = 64

// errRestricted is XML that RFC 6120 section 11.1 forbids on a stream.
var errRestricted = errors.New("restricted XML")

// element is one XML element. XMPP has no mixed content worth keeping, so the
// text of an element is one string.
type element struct {
	space, name string
	attrs       []attr
	kids        []*element
	text        string
}

type attr struct{ name, value string }

// el makes an element; nil children are left out.
func el(space, name string, kids ...*element) *element {
	e := &element{space: space, name: name}
	return e.add(kids...)
}

// with sets an attribute and returns e; an empty value removes it.
func (e *element) with(name, value string) *element {
	for i, a := range e.attrs {
		if a.name != name {
			continue
		}
		if value == "" {
			e.attrs = append(e.attrs[:i], e.attrs[i+1:]...)
			return e
		}
		e.attrs[i].value = value
		return e
	}
	if value != "" {
		e.attrs = append(e.attrs, attr{name, value})
	}
	return e
}

// say sets the text and returns e.
func (e *element) say(text string) *element {
	e.text = text
	return e
}

// add appends children and returns e.
func (e *element) add(kids ...*element) *element {
	for _, k := range kids {
		if k != nil {
			e.kids = append(e.kids, k)
		}
	}
	return e
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child returns the first child of that name, or nil. It may be called on nil.
func (e *element) child(space, name string) *element {
	if e == nil {
		return nil
	}
	for _, k := range e.kids {
		if k.space == space && k.name == name {
			return k
		}
	}
	return nil
}

// first returns the first child, or nil.
func (e *element) first() *element {
	if e == nil || len(e.kids) == 0 {
		return nil
	}
	return e.kids[0]
}

// String is the element as XML, in the default namespace jabber:client.
func (e *element) String() string {
	var b bytes.Buffer
	e.write(&b, nsClient)
	return b.String()
}

// write appends the element as XML. The stream namespace is always written
// with the prefix that the stream header declares.
func (e *element) write(b *bytes.Buffer, outer string) {
	name, inner := e.name, e.space
	if e.space == nsStream {
		name, inner = "stream:"+e.name, outer
	}
	b.WriteString("<" + name)
	if inner != outer {
		writeAttr(b, "xmlns", inner)
	}
	for _, a := range e.attrs {
		writeAttr(b, a.name, a.value)
	}
	if len(e.kids) == 0 && e.text == "" {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	escape(b, e.text)
	for _, k := range e.kids {
		k.write(b, inner)
	}
	b.WriteString("</" + name + ">")
}

func writeAttr(b *bytes.Buffer, name, value string) {
	b.WriteString(" " + name + "='")
	escape(b, value)
	b.WriteByte('\'')
}

func escape(b *bytes.Buffer, text string) {
	// Writing to a bytes.Buffer cannot fail.
	_ = xml.EscapeText(b, []byte(text))
}

// readElement reads the rest of the element that start began.
func readElement(d *xml.Decoder, start xml.StartElement) (*element, error) {
	root := newElement(start)
	if !plainName(root.name) {
		return nil, errRestricted
	}
	open := []*element{root}
	for len(open) > 0 {
		tok, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("reading <%s/>: %w", root.name, err)
		}
		top := open[len(open)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(open) == maxDepth {
				return nil, fmt.Errorf("reading <%s/>: more than %d levels", root.name, maxDepth)
			}
			k := newElement(tok)
			if !plainName(k.name) {
				return nil, errRestricted
			}
			top.kids = append(top.kids, k)
			open = append(open, k)
		case xml.EndElement:
			if len(top.kids) > 0 && strings.TrimSpace(top.text) == "" {
				top.text = ""
			}
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(tok)
		default:
			return nil, errRestricted
		}
	}
	return root, nil
}

// plainName says whether a local name can stand without its prefix: the decoder
// takes <a:0/>, whose local name is none.
func plainName(local string) bool {
	if local == "" {
		return false
	}
	c := local[0]
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func newElement(start xml.StartElement) *element {
	e := el(start.Name.Space, start.Name.Local)
	for _, a := range start.Attr {
		switch a.Name.Space {
		case "":
			if a.Name.Local != "xmlns" {
				e.with(a.Name.Local, a.Value)
			}
		case nsXML:
			e.with("xml:"+a.Name.Local, a.Value)
		}
	}
	return e
}
