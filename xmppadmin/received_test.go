package xmppadmin

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// parse reads a stanza as it stands in a stream.
func parse(text string) (received, error) {
	d := xml.NewDecoder(strings.NewReader(`<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">` + text))
	if _, err := d.Token(); err != nil {
		return received{}, err
	}
	token, err := d.Token()
	if err != nil {
		return received{}, err
	}
	start, ok := token.(xml.StartElement)
	if !ok {
		return received{}, fmt.Errorf("not an element: %T", token)
	}
	r := head(start)
	r.inner, err = inside(d, true)
	return r, err
}

func parseStanza(t *testing.T, text string) received {
	t.Helper()
	r, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestChildIsFoundByItsWholeName(t *testing.T) {
	r := parseStanza(t, `<iq type="result" id="a" from="b"> <x xmlns="one"><y>inner</y></x><y xmlns="two">outer</y></iq>`)
	if r.kind != "iq" || r.typ != "result" || r.id != "a" || r.from != "b" {
		t.Errorf("the stanza is %+v", r)
	}
	for _, c := range []struct {
		name  xml.Name
		found bool
		text  string
	}{
		{xml.Name{Space: "two", Local: "y"}, true, "outer"},
		{xml.Name{Space: "one", Local: "y"}, false, ""},
		{xml.Name{Space: "one", Local: "x"}, true, ""},
	} {
		var text string
		found, err := r.child(c.name, &text)
		if found != c.found || text != c.text || err != nil {
			t.Errorf("%v: %v, %q, %v", c.name, found, text, err)
		}
	}
}
