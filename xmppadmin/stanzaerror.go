package xmppadmin

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"

	"mellium.im/xmpp/stanza"
)

// nsStanzas is the namespace of the conditions of RFC 6120 section 8.3.3.
const nsStanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"

// StanzaError is a request that was refused (RFC 6120 section 8.3).
type StanzaError struct {
	Op string // what was asked, e.g. "set muc#owner"
	To string // who was asked

	Type      string // auth, cancel, continue, modify or wait
	Condition string // e.g. "item-not-found"
	Text      string // the server's explanation, in one line; often empty
	Gone      string // with condition gone or redirect: the new address; may be empty
}

func (e *StanzaError) Error() string {
	text := fmt.Sprintf("%s of %s: refused: %s", e.Op, e.To, e.Condition)
	if e.Text != "" {
		text += " (" + e.Text + ")"
	}
	return text
}

// stanzaError decodes the error of a stanza of type error. One without a
// condition that can be read is an undefined-condition.
func (r received) stanzaError(op, to string) error {
	refusal := &StanzaError{Op: op, To: to, Condition: "undefined-condition"}
	var wire wireError
	if _, err := r.child(xml.Name{Space: stanza.NSClient, Local: "error"}, &wire); err != nil {
		refusal.Text = tidy(err.Error())
		return refusal
	}
	refusal.Type = tidy(wire.Type)
	for _, child := range wire.Children {
		switch {
		case child.XMLName.Space != nsStanzas:
		case child.XMLName.Local == "text":
			refusal.Text = tidy(child.Text)
		default:
			refusal.Condition = tidy(child.XMLName.Local)
			refusal.Gone = tidy(child.Text)
		}
	}
	return refusal
}

// wireError is the <error/> of a stanza.
type wireError struct {
	Type     string `xml:"type,attr"`
	Children []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

// maxText bounds, in characters, what another party may put into our errors.
const maxText = 300

// tidy makes text from outside fit for one line of an error or a log.
func tidy(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(s); len(runes) > maxText {
		return string(runes[:maxText]) + "…"
	}
	return s
}
