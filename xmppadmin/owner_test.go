package xmppadmin

import (
	"maps"
	"strings"
	"testing"
)

func filledValues(f form) map[string]string {
	values := make(map[string]string)
	for _, fd := range f.Fields {
		if fd.Var != formTypeVar {
			values[fd.Var] = strings.Join(fd.Values, "\n")
		}
	}
	return values
}

func TestFillConfig(t *testing.T) {
	for _, c := range []struct {
		name, form string
		set        map[Field]string
		want       map[string]string // nil: refused
	}{
		{"text goes as it is", prosodyConfigForm, map[Field]string{FieldName: "<é>"}, map[string]string{"muc#roomconfig_roomname": "<é>"}},
		{"text may be empty", prosodyConfigForm, map[Field]string{FieldDescription: ""}, map[string]string{"muc#roomconfig_roomdesc": ""}},
		{"booleans go as digits", prosodyConfigForm, map[Field]string{FieldPublic: "true", FieldPersistent: "false"},
			map[string]string{"muc#roomconfig_publicroom": "1", "muc#roomconfig_persistentroom": "0"}},
		{"logging sets log and archive", prosodyConfigForm, map[Field]string{FieldLogging: "true"},
			map[string]string{varLogging: "1", varArchiving: "1"}},
		{"logging that is not offered", ejabberdConfigForm, map[Field]string{FieldLogging: "true"}, nil},
		{"a boolean that is none", prosodyConfigForm, map[Field]string{FieldPublic: "maybe"}, nil},
		{"a boolean that is empty", prosodyConfigForm, map[Field]string{FieldPublic: ""}, nil},
		{"a field that is not managed", prosodyConfigForm, map[Field]string{"password": "x"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			filled, err := fillConfig(parseForm(t, c.form), c.set)
			if (err == nil) != (c.want != nil) {
				t.Fatalf("the error is %v", err)
			}
			if got := filledValues(filled); !maps.Equal(got, c.want) {
				t.Errorf("filled in as %v, want %v", got, c.want)
			}
		})
	}
}

func TestFillCreationOpensTheDoorAndDropsWhatIsNotOffered(t *testing.T) {
	filled, err := fillCreation(parseForm(t, ejabberdConfigForm), map[Field]string{FieldName: "n", FieldLogging: "true"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"muc#roomconfig_roomname":              "n",
		"muc#roomconfig_passwordprotectedroom": "0",
		"muc#roomconfig_membersonly":           "0",
		"muc#roomconfig_moderatedroom":         "0",
		"muc#roomconfig_changesubject":         "0",
		"members_by_default":                   "1",
	}
	if got := filledValues(filled); !maps.Equal(got, want) {
		t.Errorf("filled in as %v, want %v", got, want)
	}
}

func TestConfigured(t *testing.T) {
	boolean := func(name, value string) string {
		return `<x xmlns='jabber:x:data' type='form'><field var='` + name + `'><value>` + value + `</value></field></x>`
	}
	for _, c := range []struct {
		name, form string
		want       map[Field]string
	}{
		{"Prosody: an archive alone is a log", prosodyConfigForm, map[Field]string{
			FieldName: "Working Group ABC", FieldDescription: "desc <x> & é ☃", FieldLanguage: "en",
			FieldPersistent: "true", FieldPublic: "false", FieldLogging: "true",
		}},
		{"ejabberd: a missing logging field is not known", ejabberdConfigForm, map[Field]string{
			FieldName: "", FieldDescription: "", FieldLanguage: "en", FieldPersistent: "true", FieldPublic: "true",
		}},
		{"the word true", boolean(varLogging, "true"), map[Field]string{FieldLogging: "true"}},
		{"off", boolean(varLogging, "0"), map[Field]string{FieldLogging: "false"}},
		{"a boolean that cannot be read is not known", boolean(varLogging, "perhaps"), map[Field]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make(map[Field]string)
			parseForm(t, c.form).configured(got)
			if !maps.Equal(got, c.want) {
				t.Errorf("read as %v, want %v", got, c.want)
			}
		})
	}
}

func TestFormMemoryForgetsNothing(t *testing.T) {
	var m formMemory
	if _, known := m.known(); known {
		t.Error("it knows a form before it saw one")
	}
	m.learn(parseForm(t, prosodyConfigForm))
	m.learn(parseForm(t, ejabberdConfigForm))
	template, known := m.known()
	if !known || !template.has(varLogging) || !template.has("members_by_default") || template.formType() != formTypeRoomConfig {
		t.Errorf("it knows %+v", template)
	}
	if text, _ := template.text("muc#roomconfig_roomname"); text != "" {
		t.Errorf("it remembers the value %q of a room", text)
	}
}
