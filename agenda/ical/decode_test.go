package ical

import (
	"reflect"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	one := func(properties ...Property) Component { return Component{Name: "X", Properties: properties} }
	for name, tt := range map[string]struct {
		in   string
		want Component
	}{
		"components inside components": {
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			Component{
				Name:       "VCALENDAR",
				Properties: []Property{{Name: "VERSION", Value: "2.0"}},
				Components: []Component{
					{Name: "VEVENT", Properties: []Property{{Name: "UID", Value: "1"}}},
					{Name: "VEVENT"},
				},
			},
		},
		"names in any case": {
			"begin:x\r\nDtStart;tzId=Europe/Vienna:y\r\nend:X\r\n",
			one(Property{Name: "DTSTART", Params: []Param{{"TZID", []string{"Europe/Vienna"}}}, Value: "y"}),
		},
		"folds inside a character, with spaces and tabs": {
			"BEGIN:X\r\nSUMMARY:\xc5\r\n \xbc\r\n\tó\r\n  w\r\nEND:X\r\n",
			one(Property{Name: "SUMMARY", Value: "żó w"}),
		},
		"lines that end in LF, and empty ones": {
			"BEGIN:X\nA:1\n\nB:2\nEND:X",
			one(Property{Name: "A", Value: "1"}, Property{Name: "B", Value: "2"}),
		},
		"quoted and unquoted parameters": {
			"BEGIN:X\r\nA;B=\"x:;,\",y,;C=\"\":v:;,\"\r\nEND:X\r\n",
			one(Property{Name: "A", Params: []Param{{"B", []string{"x:;,", "y", ""}}, {"C", []string{""}}}, Value: `v:;,"`}),
		},
		"a value that is empty": {
			"BEGIN:X\r\nA:\r\nEND:X\r\n",
			one(Property{Name: "A"}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode([]byte(tt.in))
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, tt.want)
			}
			if again, err := Decode(Encode(got)); err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("encoded and decoded it is %+v, %v", again, err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("BEGIN:X\n", maxDepth+1) + strings.Repeat("END:X\n", maxDepth+1)
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":                          {"", "cut short"},
		"something else":                   {"<html>", "no name"},
		"a property alone":                 {"VERSION:2.0\n", "begins with BEGIN"},
		"a calendar cut short":             {"BEGIN:X\nA:1\n", "content line 2: the calendar is cut short"},
		"another component's end":          {"BEGIN:X\nEND:Y\n", `END of "Y" inside X`},
		"two calendars":                    {"BEGIN:X\nEND:X\nBEGIN:X\nEND:X\n", "content line 3: something follows"},
		"a component without a name":       {"BEGIN:\nEND:\n", `"" is not the name`},
		"a component with parameters":      {"BEGIN;A=1:X\nEND:X\n", "not the name of a component"},
		"a component named by a long text": {"BEGIN:" + strings.Repeat("é", 900) + "\n", "not the name of a component"},
		"a first line that continues none": {" BEGIN:X\nEND:X\n", "no name"},
		"a line without a value":           {"BEGIN:X\nA\nEND:X\n", "A: no value"},
		"a parameter without a value":      {"BEGIN:X\nA;B:1\nEND:X\n", "parameter B: no value"},
		"a parameter without a name":       {"BEGIN:X\nA;=1:1\nEND:X\n", "no name"},
		"a quote that is not closed":       {"BEGIN:X\nA;B=\"1:1\nEND:X\n", "not closed"},
		"a quote inside a word":            {"BEGIN:X\nA;B=x\"y\":1\nEND:X\n", "no value"},
		"a control character":              {"BEGIN:X\nA:\x00\nEND:X\n", "control character"},
		"a bare carriage return":           {"BEGIN:X\nA:1\rB:2\nEND:X\n", "control character"},
		"invalid UTF-8":                    {"BEGIN:X\nA:\xff\nEND:X\n", "not valid UTF-8"},
		"components nested too deeply":     {deep, "nested too deeply"},
		"a stream too long":                {"BEGIN:X\n" + strings.Repeat("A:1\n", maxSize/4) + "END:X\n", "bytes are too many"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Decode([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, %v; want an error with %q", c, err, tt.want)
			}
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}

func TestDecodeTakesComponentsOfEveryPermittedDepth(t *testing.T) {
	in := strings.Repeat("BEGIN:X\n", maxDepth) + strings.Repeat("END:X\n", maxDepth)
	if _, err := Decode([]byte(in)); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("BEGIN:X\r\nA;B=\"x:;,\",y;C=\"\":v\\,w\r\n  fold\r\nEND:X\r\n"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Vienna:20220320T093000\nCATEGORIES:a\\,b,c\nEND:VEVENT\nEND:VCALENDAR\n"))
	filters := []Filter{{utc: true}, {shows: true, show: []string{"a"}}, {hide: []string{"c"}, utc: true}}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Decode(data)
		if err != nil {
			return
		}
		encoded := Encode(c)
		checkLines(t, encoded)
		again, err := Decode(encoded)
		// Folds make a stream longer, past what is decoded at most.
		if len(encoded) <= maxSize && (err != nil || !reflect.DeepEqual(again, c)) {
			t.Errorf("%q\nis read again as %+v, %v\nnot as %+v", encoded, again, err, c)
		}
		for _, filter := range filters {
			if filtered := filter.Apply(c); len(filtered.Components) == 0 {
				t.Errorf("%+v leaves an empty calendar of %+v", filter, c)
			}
		}
	})
}
