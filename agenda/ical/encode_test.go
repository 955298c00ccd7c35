package ical

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// lines is what Encode gives for one property, unfolded, without BEGIN and END.
func lines(p Property) string {
	encoded := string(Encode(Component{Name: "VEVENT", Properties: []Property{p}}))
	encoded = strings.TrimPrefix(encoded, "BEGIN:VEVENT\r\n")
	encoded = strings.TrimSuffix(encoded, "END:VEVENT\r\n")
	return strings.ReplaceAll(encoded, "\r\n ", "")
}

func TestEncodeProperty(t *testing.T) {
	label := func(s string) Property {
		return Property{Name: "CONFERENCE", Params: []Param{{"LABEL", []string{s}}}, Value: "xmpp:dime@r.example?join"}
	}
	for name, tt := range map[string]struct {
		property Property
		want     string
	}{
		"a plain value": {
			Property{Name: "STATUS", Value: "CONFIRMED"},
			"STATUS:CONFIRMED\r\n",
		},
		"several parameters keep their order": {
			Property{Name: "CONFERENCE", Params: []Param{{"VALUE", []string{"URI"}}, {"FEATURE", []string{"CHAT", "FEED"}}}, Value: "xmpp:x"},
			"CONFERENCE;VALUE=URI;FEATURE=CHAT,FEED:xmpp:x\r\n",
		},
		"a label of words needs no quotes": {
			label("Chat room for dime"),
			"CONFERENCE;LABEL=Chat room for dime:xmpp:dime@r.example?join\r\n",
		},
		"marks that would end a parameter are quoted": {
			label("a: b; c, d"),
			"CONFERENCE;LABEL=\"a: b; c, d\":xmpp:dime@r.example?join\r\n",
		},
		"quotes inside a parameter are replaced": {
			label(`the "room": dime`),
			"CONFERENCE;LABEL=\"the 'room': dime\":xmpp:dime@r.example?join\r\n",
		},
		"a parameter cannot start another line": {
			label("dime\r\nATTACH:file:///etc/passwd\x00"),
			"CONFERENCE;LABEL=\"dimeATTACH:file:///etc/passwd\":xmpp:dime@r.example?join\r\n",
		},
		"nor can a value": {
			Property{Name: "URL", Value: "http://a.example/\r\nATTACH:x\x7f\u0085\xff\ty"},
			"URL:http://a.example/ATTACH:x\ty\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lines(tt.property); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestEncodeFolds(t *testing.T) {
	for name, value := range map[string]string{
		"a line of just the limit":     strings.Repeat("x", maxLine-len("X:")),
		"one octet more":               strings.Repeat("x", maxLine-len("X:")+1),
		"characters of two octets":     strings.Repeat("ż", 200),
		"characters of four octets":    strings.Repeat("🌍", 100),
		"characters out of step":       "x" + strings.Repeat("🌍é", 100),
		"spaces where lines are split": strings.Repeat(" ", 400),
	} {
		t.Run(name, func(t *testing.T) {
			c := Component{Name: "X", Properties: []Property{{Name: "X", Value: value}}}
			encoded := Encode(c)
			checkLines(t, encoded)
			if decoded, err := Decode(encoded); err != nil || !reflect.DeepEqual(decoded, c) {
				t.Errorf("it is read as %+v, %v", decoded, err)
			}
		})
	}
	if got := strings.Count(string(Encode(Component{Name: strings.Repeat("X", 69)})), "\r\n "); got != 0 {
		t.Errorf("a line of 75 octets is folded")
	}
}

// checkLines holds every line against RFC 5545 section 3.1.
func checkLines(t *testing.T, encoded []byte) {
	t.Helper()
	text, ok := strings.CutSuffix(string(encoded), "\r\n")
	if !ok {
		t.Error("the last line does not end in CRLF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > maxLine {
			t.Errorf("%d octets: %q", len(line), line)
		}
		if !utf8.ValidString(line) {
			t.Errorf("not valid UTF-8: %q", line)
		}
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("a bare CR or LF: %q", line)
		}
	}
}
