package xmppadmin

import "bytes"

// element is one first-level element of a stream, or the tag with which a
// stream begins or ends.
type element struct {
	name    string // local part
	text    []byte // of all of it, cut short at maxTraced; valid until the next
	length  int    // in bytes, before it was cut
	garbled bool   // it is none, and nothing more can be told apart
}

// maxTraced bounds what is kept of one element, in bytes.
const maxTraced = 64 << 10

// maxName bounds what is kept of a tag to tell what it is.
const maxName = 256

// splitter finds the first-level elements in the bytes of a stream, however they
// are cut into pieces. It knows as much of XML as streams may hold (RFC 6120
// section 11.1), and gives up at anything else.
type splitter struct {
	emit func(element)

	at    lexeme
	tag   []byte // the tag at hand without its angle brackets, cut short at maxName
	last  byte   // of the tag
	quote byte   // within an attribute's value: what ends it
	depth int    // of elements
	now   element
}

// lexeme is where in the XML a splitter is.
type lexeme int

const (
	inText lexeme = iota
	inTag
	inCDATA
)

const cdata = "![CDATA["

func (s *splitter) feed(p []byte) {
	for _, b := range p {
		if s.now.garbled {
			return
		}
		switch s.at {
		case inText:
			s.inText(b)
		case inTag:
			s.inTag(b)
		case inCDATA:
			s.inCDATA(b)
		}
	}
}

func (s *splitter) inText(b byte) {
	switch {
	case b == '<':
		s.keep(b)
		s.at, s.tag, s.last, s.quote = inTag, s.tag[:0], 0, 0
	case s.depth > 0:
		s.keep(b)
	case !space(b): // white space between stanzas keeps a connection open
		s.giveUp()
	}
}

func (s *splitter) inTag(b byte) {
	instruction := len(s.tag) > 0 && s.tag[0] == '?' // quotes mean nothing in it
	if b == '>' && s.quote == 0 && (!instruction || s.last == '?') {
		s.keep(b)
		s.at = inText
		s.endTag()
		return
	}
	switch {
	case instruction:
	case b == s.quote:
		s.quote = 0
	case s.quote == 0 && (b == '"' || b == '\''):
		s.quote = b
	}
	if s.quote == 0 && space(b) {
		s.keep(' ') // a line break there means no more
	} else {
		s.keep(b)
	}
	if s.last = b; len(s.tag) < maxName {
		s.tag = append(s.tag, b)
	}
	if s.tag[0] == '!' {
		s.inDeclaration()
	}
}

// inDeclaration: of what begins with "<!", streams may hold only CDATA.
func (s *splitter) inDeclaration() {
	switch {
	case s.depth == 0 || !bytes.HasPrefix([]byte(cdata), s.tag):
		s.giveUp()
	case len(s.tag) == len(cdata):
		s.at, s.tag = inCDATA, s.tag[:0]
	}
}

// inCDATA keeps the last bytes in tag, to see the end "]]>".
func (s *splitter) inCDATA(b byte) {
	s.keep(b)
	if s.tag = append(s.tag, b); len(s.tag) > 3 {
		s.tag = append(s.tag[:0], s.tag[1:]...)
	}
	if string(s.tag) == "]]>" {
		s.at = inText
	}
}

// endTag acts on a whole tag.
func (s *splitter) endTag() {
	if len(s.tag) == 0 {
		s.giveUp()
		return
	}
	switch first := s.tag[0]; {
	case first == '?' && s.depth > 0:
		s.giveUp()
		return
	case first == '?': // the XML declaration, which says nothing
		s.now = element{text: s.now.text[:0]}
		return
	case first == '/' && s.depth == 0:
		s.now.name = localName(s.tag[1:]) // the end of the stream
	case first == '/':
		s.depth--
	case s.depth == 0:
		s.now.name = localName(s.tag)
		if s.last != '/' && s.now.name != "stream" { // a stream has no end to wait for
			s.depth++
		}
	case s.last != '/':
		s.depth++
	}
	if s.depth == 0 {
		s.emit(s.now)
		s.now = element{text: s.now.text[:0]}
	}
}

func (s *splitter) keep(b byte) {
	s.now.length++
	if len(s.now.text) < maxTraced {
		s.now.text = append(s.now.text, b)
	}
}

func (s *splitter) giveUp() {
	s.now = element{garbled: true}
	s.emit(s.now)
}

func space(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// localName returns the local part of the name that a tag begins with.
func localName(tag []byte) string {
	if end := bytes.IndexAny(tag, " \t\r\n/"); end >= 0 {
		tag = tag[:end]
	}
	return string(tag[bytes.LastIndexByte(tag, ':')+1:])
}
