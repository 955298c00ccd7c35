package xmppadmin

import (
	"encoding/xml"
	"errors"
	"reflect"
	"testing"
)

// Forms as Prosody 0.12 and ejabberd 23.01 send them, shortened.
const (
	prosodyConfigForm = `<x xmlns='jabber:x:data' type='form'><title>Configuration for room1@conference.localhost</title><instructions>Complete and submit this form to configure the room.</instructions><field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field type='fixed'><value>Room information</value></field><field type='text-single' var='muc#roomconfig_roomname' label='Title'><value>Working Group ABC</value></field><field type='text-single' var='muc#roomconfig_roomdesc' label='Description'><desc>A brief description of the room</desc><value>desc &lt;x&gt; &amp; é ☃</value></field><field type='text-single' var='muc#roomconfig_lang'><validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:language'/><value>en</value></field><field type='boolean' var='muc#roomconfig_persistentroom'><value>1</value></field><field type='boolean' var='muc#roomconfig_publicroom'><value>0</value></field><field type='fixed'><value>Access to the room</value></field><field type='boolean' var='muc#roomconfig_membersonly'/><field type='boolean' var='muc#roomconfig_changesubject'/><field type='boolean' var='muc#roomconfig_moderatedroom'/><field type='list-multi' var='muc#roomconfig_presencebroadcast'><option label='none'><value>none</value></option><value>participant</value><value>visitor</value></field><field type='boolean' var='muc#roomconfig_enablelogging' label='Enable Logging?'><value>0</value></field><field type='boolean' var='muc#roomconfig_enablearchiving' label='Enable archiving?'><value>1</value></field></x>`

	ejabberdConfigForm = `<x type='form' xmlns='jabber:x:data'><title>Configuration of room m@conference.localhost</title><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='muc#roomconfig_roomname' type='text-single' label='Room title'/><field var='muc#roomconfig_roomdesc' type='text-single' label='Room description'/><field var='muc#roomconfig_lang' type='text-single'><value>en</value></field><field var='muc#roomconfig_persistentroom' type='boolean'><value>1</value></field><field var='muc#roomconfig_publicroom' type='boolean'><value>1</value></field><field var='muc#roomconfig_passwordprotectedroom' type='boolean'><value>0</value></field><field var='muc#roomconfig_membersonly' type='boolean'><value>0</value></field><field var='muc#roomconfig_moderatedroom' type='boolean'><value>1</value></field><field var='members_by_default' type='boolean'><value>1</value></field><field var='muc#roomconfig_changesubject' type='boolean'><value>1</value></field></x>`

	// No FORM_TYPE: that is how ejabberd's room commands come.
	ejabberdCommandForm = `<x type='form' xmlns='jabber:x:data'><title>Change Room Option</title><instructions>Change an option in a MUC room</instructions><instructions>Tags: muc_room</instructions><field type='fixed' label='Arguments'/><field var='room' type='text-single' label='room'><required/><desc>Room name</desc><value>room1</value></field><field var='service' type='text-single' label='service'><required/><value>conference.localhost</value></field></x>`
)

func parseForm(t *testing.T, s string) *form {
	t.Helper()
	f := new(form)
	if err := xml.Unmarshal([]byte(s), f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFormText(t *testing.T) {
	f := parseForm(t, prosodyConfigForm)
	for _, c := range []struct {
		name, text string
		there      bool
	}{
		{"muc#roomconfig_roomname", "Working Group ABC", true},
		{"muc#roomconfig_roomdesc", "desc <x> & é ☃", true},
		{"muc#roomconfig_presencebroadcast", "participant\nvisitor", true},
		{"muc#roomconfig_membersonly", "", true},
		{"muc#roomconfig_nosuch", "", false},
	} {
		if text, there := f.text(c.name); text != c.text || there != c.there {
			t.Errorf("%s is %q, %v; want %q, %v", c.name, text, there, c.text, c.there)
		}
	}
	if kind := f.formType(); kind != formTypeRoomConfig {
		t.Errorf("FORM_TYPE is %q", kind)
	}
}

func TestFormSubmit(t *testing.T) {
	for _, c := range []struct {
		name, form string
		values     map[string][]string
		want       []field
	}{
		{
			"only what is given, in the form's order, with its FORM_TYPE", prosodyConfigForm,
			map[string][]string{"muc#roomconfig_roomdesc": {"d"}, "muc#roomconfig_roomname": {"n"}},
			[]field{
				{Var: "FORM_TYPE", Type: "hidden", Values: []string{formTypeRoomConfig}},
				{Var: "muc#roomconfig_roomname", Values: []string{"n"}},
				{Var: "muc#roomconfig_roomdesc", Values: []string{"d"}},
			},
		},
		{
			"no FORM_TYPE where the form has none", ejabberdCommandForm,
			map[string][]string{"room": {"quic"}, "service": {"conference.localhost"}},
			[]field{{Var: "room", Values: []string{"quic"}}, {Var: "service", Values: []string{"conference.localhost"}}},
		},
		{
			"an empty value is a value", prosodyConfigForm,
			map[string][]string{"muc#roomconfig_roomdesc": {""}},
			[]field{
				{Var: "FORM_TYPE", Type: "hidden", Values: []string{formTypeRoomConfig}},
				{Var: "muc#roomconfig_roomdesc", Values: []string{""}},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseForm(t, c.form).submit(c.values)
			if err != nil {
				t.Fatal(err)
			}
			if got.Type != formSubmits || !reflect.DeepEqual(got.Fields, c.want) {
				t.Errorf("submitted %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestFormSubmitRefusesFieldsNotOffered(t *testing.T) {
	var missing *notOfferedError
	_, err := parseForm(t, ejabberdConfigForm).submit(map[string][]string{varLogging: {"1"}})
	if !errors.As(err, &missing) || missing.Var != varLogging {
		t.Errorf("the error is %v", err)
	}
}

func TestEmptyValueTravels(t *testing.T) {
	text, err := xml.Marshal(form{Type: formSubmits, Fields: []field{{Var: "a", Values: []string{""}}, {Var: "b", Values: []string{"<\n>"}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `<x xmlns="jabber:x:data" type="submit"><field var="a"><value></value></field><field var="b"><value>&lt;&#xA;&gt;</value></field></x>`
	if string(text) != want {
		t.Errorf("sent as\n%s\nwant\n%s", text, want)
	}
}

func TestParseBool(t *testing.T) {
	for _, c := range []struct {
		text      string
		value, ok bool
	}{
		{"1", true, true}, {"true", true, true}, {"0", false, true}, {"false", false, true},
		{"", false, true}, {" 1\n", true, true}, {"yes", false, false}, {"2", false, false},
	} {
		if value, ok := parseBool(c.text); value != c.value || ok != c.ok {
			t.Errorf("%q is %v, %v", c.text, value, ok)
		}
	}
}

// FuzzForm: whatever can be read can be written, and is then read as the same.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{prosodyConfigForm, ejabberdConfigForm, ejabberdCommandForm, "<x xmlns='jabber:x:data'/>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, second form
		if xml.Unmarshal([]byte(text), &first) != nil {
			return
		}
		written, err := xml.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(written, &second); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		again, err := xml.Marshal(second)
		if err != nil {
			t.Fatal(err)
		}
		if string(written) != string(again) {
			t.Errorf("changed on the way:\n%s\n%s", written, again)
		}
		values := make(map[string][]string)
		for _, fd := range first.Fields {
			values[fd.Var] = fd.Values
		}
		if _, err := first.submit(values); err != nil {
			t.Errorf("its own fields are not offered: %v", err)
		}
		first.configured(make(map[Field]string))
	})
}
