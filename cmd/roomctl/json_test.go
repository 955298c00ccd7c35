package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
)

// jsonIs checks one value of a JSON document: jsonis FILE PATH VALUE. A path
// names members and counts elements from 0, as in changes.0.room; "length" is the
// number of elements. A VALUE that is not a text is written as JSON.
func jsonIs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: jsonis FILE PATH VALUE")
	}
	got := shown(jsonAt(ts, args[0], args[1]))
	if (got == args[2]) == neg {
		ts.Fatalf("%s in %s is %s", args[1], args[0], got)
	}
}

// jsonSame checks that two documents have the same value: jsonsame PATH FILE FILE.
func jsonSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: jsonsame PATH FILE FILE")
	}
	one, two := shown(jsonAt(ts, args[1], args[0])), shown(jsonAt(ts, args[2], args[0]))
	if (one == two) == neg {
		ts.Fatalf("%s is %s in %s, and %s in %s", args[0], one, args[1], two, args[2])
	}
}

func jsonAt(ts *testscript.TestScript, file, path string) any {
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	dec.UseNumber()
	var document any
	if err := dec.Decode(&document); err != nil {
		ts.Fatalf("%s is not a JSON document: %v", file, err)
	}
	if dec.More() {
		ts.Fatalf("%s has more after its JSON document", file)
	}
	value, err := member(document, path)
	if err != nil {
		ts.Fatalf("%s: %v", file, err)
	}
	return value
}

// member walks down a path; absent members are "absent".
func member(value any, path string) (any, error) {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			below, ok := v[name]
			if !ok {
				return "absent", nil
			}
			value = below
		case []any:
			if name == "length" {
				return len(v), nil
			}
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, fmt.Errorf("no element %q of %d in %s", name, len(v), path)
			}
			value = v[i]
		default:
			return nil, fmt.Errorf("nothing is below %v, in %s", value, path)
		}
	}
	return value, nil
}

// shown is a value as scripts write it.
func shown(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func TestJSONPathsReachMembersElementsAndCounts(t *testing.T) {
	document := map[string]any{"changes": []any{map[string]any{"room": "quic"}}}
	for path, want := range map[string]string{
		"changes.length": "1",
		"changes.0.room": "quic",
		"changes.0":      `{"room":"quic"}`,
		"withheld":       "absent",
	} {
		if got, err := member(document, path); err != nil || shown(got) != want {
			t.Errorf("%s is %s (%v), want %s", path, shown(got), err, want)
		}
	}
	for _, path := range []string{"changes.1", "changes.room", "changes.0.room.name"} {
		if got, err := member(document, path); err == nil {
			t.Errorf("%s is %s, want an error", path, shown(got))
		}
	}
}

func TestJSONDoesNothingToATerminal(t *testing.T) {
	const text = "QUIC \x1b[31m \u009b31m \x7f \u202egnp.exe \U000e0041 Ω <b>"
	var out strings.Builder
	p := &program{stdout: &out}
	if err := p.writeJSON(map[string]string{"title": text}); err != nil {
		t.Fatal(err)
	}
	for _, r := range out.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U stands in %q", r, out.String())
		}
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back["title"] != text {
		t.Errorf("it says %q, %v", back["title"], err)
	}
	if !strings.Contains(out.String(), "Ω <b>") {
		t.Errorf("letters are not readable: %s", out.String())
	}
}
