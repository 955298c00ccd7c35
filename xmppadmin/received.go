package xmppadmin

import (
	"encoding/xml"
	"io"
)

// received is a stanza from the server. Its addresses are as they were sent.
type received struct {
	kind, id, typ, from string
	inner               tokens
}

// tokens is what stands inside an element, without the end of the element.
type tokens []xml.Token

// decoder returns a decoder at the start of the tokens.
func (t tokens) decoder() *xml.Decoder {
	next := 0
	return xml.NewTokenDecoder(tokenFunc(func() (xml.Token, error) {
		if next == len(t) {
			return nil, io.EOF
		}
		next++
		return t[next-1], nil
	}))
}

// child decodes the first child element of that name into v, which may be nil,
// and says whether there is one.
func (r received) child(name xml.Name, v any) (bool, error) {
	d := r.inner.decoder()
	for {
		token, err := d.Token()
		if err != nil {
			return false, nil // the end: the tokens were well-formed when they came
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case start.Name == name && v == nil:
			return true, nil
		case start.Name == name:
			return true, d.DecodeElement(v, &start)
		default:
			if err := d.Skip(); err != nil {
				return false, err
			}
		}
	}
}

type tokenFunc func() (xml.Token, error)

func (f tokenFunc) Token() (xml.Token, error) { return f() }

// head returns a stanza that begins with start, still empty.
func head(start xml.StartElement) received {
	r := received{kind: start.Name.Local}
	for _, a := range start.Attr {
		switch a.Name {
		case xml.Name{Local: "id"}:
			r.id = a.Value
		case xml.Name{Local: "type"}:
			r.typ = a.Value
		case xml.Name{Local: "from"}:
			r.from = a.Value
		}
	}
	return r
}

// inside reads to the end of the element that has just begun and, if keep is
// set, returns what was in between.
func inside(stream xml.TokenReader, keep bool) (tokens, error) {
	var list tokens
	for depth := 1; ; {
		token, err := stream.Token()
		if err != nil {
			return nil, err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth == 0 {
			return list, nil
		}
		if keep {
			list = append(list, xml.CopyToken(token))
		}
	}
}
