package datatracker

import (
	"fmt"
	"html"
	"reflect"
	"strings"
	"testing"
)

// sessionFormOf is a page with a session's form around what is given.
func sessionFormOf(inside string) string {
	return `<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t">` +
		`<input type="text" name="chat_room" value="">` + inside + `<button type="submit">Save</button></form>`
}

// readSessionForm reads a session's form as Secretariat does, without the two
// fields that sessionFormOf adds.
func readSessionForm(page string) ([]field, error) {
	forms, err := readForms([]byte(page))
	if err != nil {
		return nil, err
	}
	f, err := pickForm(forms, chatRoomField, csrfField)
	if err != nil {
		return nil, err
	}
	if err := f.changedBySaving(); err != nil {
		return nil, err
	}
	var rest []field
	for _, one := range f.fields() {
		if one.name != csrfField && one.name != chatRoomField {
			rest = append(rest, one)
		}
	}
	return rest, nil
}

func TestReadForm(t *testing.T) {
	tests := []struct {
		name, inside string
		want         []field
	}{
		{"a text", `<input type="text" name="name" value="TLS &amp; &quot;more&quot;">`, []field{{"name", `TLS & "more"`}}},
		{"a text without type", `<input name=name value=TLS>`, []field{{"name", "TLS"}}},
		{"an empty text", `<input type="text" name="short">`, []field{{"short", ""}}},
		{"a number", `<input type="number" name="attendees" value="120" min="0">`, []field{{"attendees", "120"}}},
		{"a textarea", "<textarea name=\"comments\">\none &lt;b&gt;\n</b>two</textarea>", []field{{"comments", "one <b>\n</b>two"}}},
		{"line breaks as they were sent", "<textarea name=\"comments\">\r\none\r\ntwo\nthree</textarea>", []field{{"comments", "one\r\ntwo\nthree"}}},
		{"an empty textarea", `<textarea name="comments"></textarea><input name="short">`, []field{{"comments", ""}, {"short", ""}}},
		{"a checked checkbox", `<input type="checkbox" name="has_onsite_tool" checked>`, []field{{"has_onsite_tool", "on"}}},
		{"a checkbox with a value", `<input type="checkbox" name="x" value="7" checked="">`, []field{{"x", "7"}}},
		{"a checkbox that is not checked", `<input type="checkbox" name="has_onsite_tool">`, nil},
		{"several checkboxes of one name", `<input type="checkbox" name="r" value="1" checked><input type="checkbox" name="r" value="2"><input type="checkbox" name="r" value="3" checked>`,
			[]field{{"r", "1"}, {"r", "3"}}},
		{"radio buttons", `<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>`, []field{{"r", "2"}}},
		{"a choice", `<select name="type"><option value="">---<option value="regular" selected>Regular</select>`, []field{{"type", "regular"}}},
		{"a choice of nothing", `<select name="type"><option value="" selected>---</option><option value="regular">Regular</option></select>`, []field{{"type", ""}}},
		{"a choice without values", "<select name=\"type\"><optgroup label=x><option>One</option> <option selected>\n Two  words </option></optgroup></select>", []field{{"type", "Two words"}}},
		{"no name", `<input type="text" value="x"><textarea>y</textarea><select><option selected>z</select>`, nil},
		{"disabled fields", `<input name="a" disabled><textarea name="b" disabled></textarea><select name="c" disabled><option selected>x</select>`, nil},
		{"buttons", `<input type="reset" name="a"><input type="button" name="b"><button type="button" name="c">x</button><input type="submit" value="Save">`, nil},
		{"a form in the form", `<form action="/elsewhere"><input name="short" value="x">`, []field{{"short", "x"}}},
		{"what a template, a comment and a script hold", `<template><input name="a"></template><!-- <input name="b"> --><script>"<input name='c'>"</script>`, nil},
		{"tags that are closed in the wrong order", `<div><p></div><input name="short" value="x"></p>`, []field{{"short", "x"}}},
		{"an attribute twice", `<input name="short" name="chat_room" value="x" value="y">`, []field{{"short", "x"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readSessionForm(sessionFormOf(tt.inside))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestUnclearForms(t *testing.T) {
	tests := []struct{ name, page, bad string }{
		{"no form", `<p>Just a moment...</p>`, "no form of the page has chat_room, csrfmiddlewaretoken"},
		{"no chat_room", `<form method="post"><input name="csrfmiddlewaretoken" value="t"></form>`, "no form of the page has"},
		{"no token", `<form method="post"><input name="chat_room"></form>`, "no form of the page has"},
		{"a chat_room outside of the form", `<form method="post"><input name="csrfmiddlewaretoken"></form><input name="chat_room">`, "no form of the page has"},
		{"a disabled chat_room", `<form method="post"><input name="csrfmiddlewaretoken"><input name="chat_room" disabled></form>`, "no form of the page has"},
		{"two such forms", sessionFormOf("") + sessionFormOf(""), "two forms of the page have"},
		{"two fields of one name", sessionFormOf(`<input name="short"><input name="short">`), `two fields called "short"`},
		{"a second chat_room", sessionFormOf(`<input name="chat_room">`), `two fields called "chat_room"`},
		{"a text and a checkbox of one name", sessionFormOf(`<input type="checkbox" name="chat_room">`), `two fields called "chat_room"`},
		{"two radio buttons checked", sessionFormOf(`<input type="radio" name="r" checked><input type="radio" name="r" checked>`), `two choices of "r" are checked`},
		{"nothing selected", sessionFormOf(`<select name="requested_duration"><option value="3600">1 hour</select>`), `none of the choices of "requested_duration" is selected`},
		{"no options", sessionFormOf(`<select name="type"></select>`), `none of the choices of "type" is selected`},
		{"two selected", sessionFormOf(`<select name="type"><option selected>a<option selected>b</select>`), `several choices of "type" are selected`},
		{"a disabled option selected", sessionFormOf(`<select name="type"><option selected disabled>a</select>`), `the choice of "type" is disabled`},
		{"a disabled group of options", sessionFormOf(`<select name="type"><optgroup disabled><option selected>a</select>`), `choices of "type" are disabled`},
		{"a choice of several", sessionFormOf(`<select name="type" multiple><option selected>a</select>`), `"type" takes several values`},
		{"a field among the options", sessionFormOf(`<select name="type"><option selected>a<input name="b"></select>`), "more than options"},
		{"a file", sessionFormOf(`<input type="file" name="slides">`), `"slides" is of type "file"`},
		{"a type that is not known", sessionFormOf(`<input type="datetime-local" name="when">`), `"when" is of type "datetime-local"`},
		{"a button with a name", sessionFormOf(`<button name="delete">Delete</button>`), "a button changes what is submitted"},
		{"a button that leads elsewhere", sessionFormOf(`<input type="submit" formaction="/x">`), "a button changes what is submitted"},
		{"a group that is disabled", `<fieldset disabled>` + sessionFormOf("") + `</fieldset>`, "a group of fields is disabled"},
		{"a field of another form", sessionFormOf(`<input name="short" form="f">`), "which form it belongs to"},
		{"a form by GET", strings.Replace(sessionFormOf(""), "post", "get", 1), `method is "get"`},
		{"a form with files", strings.Replace(sessionFormOf(""), `"post"`, `"post" enctype="multipart/form-data"`, 1), `encoding is "multipart/form-data"`},
		{"a page cut short", sessionFormOf("")[:150], "cut short"},
		{"a page cut short in a textarea", sessionFormOf(`<textarea name="comments">x`), "cut short"},
		{"a page cut short in a choice", `<form method="post"><input name="chat_room"><input name="csrfmiddlewaretoken"><select name="type"><option selected>x`, "cut short"},
		{"a line break in a line", sessionFormOf("<input name=\"agenda_note\" value=\"a\nb\">"), `"agenda_note" is one line long and holds a line break`},
		{"a NUL", sessionFormOf("<textarea name=\"comments\">a\x00b</textarea>"), `"comments" holds bytes that are not text`},
		{"another encoding", "\xff" + sessionFormOf(""), "not UTF-8"},
		{"white space that saving would strip", sessionFormOf("<textarea name=\"comments\">x\r\n</textarea>"), `"comments" begins or ends with white space`},
		{"white space that only Python takes for such", sessionFormOf(`<input name="agenda_note" value="&#x1f;x">`), `"agenda_note" begins or ends with white space`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readSessionForm(tt.page)
			if err == nil {
				t.Fatalf("read as %q", got)
			}
			checkError(t, err, tt.bad)
		})
	}
}

// TestHostilePagesEnd reads pages that are long in the ways that cost a parser
// most. They are read in a fraction of a second.
func TestHostilePagesEnd(t *testing.T) {
	for _, piece := range []string{"<div>", "<form>", "<select>", "<textarea>", "<template>", "<p><b>", "<option>x<!---->", "</form>", "<a b=c d", "&amp;", "<input name=a type=checkbox>"} {
		page := []byte(sessionFormOf("<select>" + strings.Repeat(piece, 1<<19/len(piece))))
		if _, err := readForms(page); err != nil {
			t.Errorf("%s: %v", piece, err)
		}
		complaints(append([]byte(`<div class="alert-danger">`), page...))
	}
}

func TestComplaints(t *testing.T) {
	page := `<form><div class="alert alert-danger">Please   correct
		the errors.</div><input type="hidden" name="token"><input name="name"><div class="invalid-feedback"><div>Too <b>long</b>.</div></div>
		<select name="type"><option>x</select><ul class="errorlist"><li>Required.</ul><div class="invalid-feedback"></div></form>`
	want := []string{"Please correct the errors.", "name: Too long.", "type: Required."}
	if got := complaints([]byte(page)); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	long := complaints([]byte(`<p class="text-danger">` + strings.Repeat("é", 1000) + `</p>`))
	if len(long) != 1 || len(long[0]) > maxComplaint+len("…") {
		t.Errorf("%d complaints: %q", len(long), long)
	}
}

// FuzzReadForms holds that what is read of any page can be submitted: each of
// the two fields once, nothing that is no text.
func FuzzReadForms(f *testing.F) {
	f.Add(sessionFormOf(`<select name="type"><option value="a" selected>A</select><textarea name="c">` + "\r\n" + `x</textarea>`))
	f.Add(sessionFormOf(`<input type="checkbox" name="r" checked><template><form></template></form><form method=post>`))
	f.Add(`<svg><form method=post><input name=chat_room><![CDATA[</form>]]><input name=csrfmiddlewaretoken></svg>`)
	f.Fuzz(func(t *testing.T, page string) {
		complaints([]byte(page))
		forms, err := readForms([]byte(page))
		if err != nil {
			return
		}
		picked, err := pickForm(forms, chatRoomField, csrfField)
		if err != nil {
			return
		}
		seen := map[string]int{}
		for _, one := range picked.fields() {
			seen[one.name]++
			if strings.ContainsRune(one.value, 0) {
				t.Errorf("%q holds a NUL", one.name)
			}
		}
		if picked.control(chatRoomField).kind == "text" && seen[chatRoomField] != 1 {
			t.Errorf("chat_room is sent %d times", seen[chatRoomField])
		}
	})
}

// FuzzFormRoundTrip holds that a value comes out of a form as Django put it in,
// or is refused.
func FuzzFormRoundTrip(f *testing.F) {
	f.Add("plain", "two\r\nlines")
	f.Add(`"><script>alert(1)</script>`, "</textarea><input name=chat_room>")
	f.Add("&amp;amp; &lt", "\n\nleading")
	f.Fuzz(func(t *testing.T, note, comments string) {
		page := sessionFormOf(fmt.Sprintf("<input type=\"text\" name=\"agenda_note\" value=\"%s\"><textarea name=\"comments\">\n%s</textarea>",
			html.EscapeString(note), html.EscapeString(comments)))
		got, err := readSessionForm(page)
		if err != nil {
			return
		}
		want := []field{{"agenda_note", note}, {"comments", comments}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}
