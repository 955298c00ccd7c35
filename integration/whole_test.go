//go:build integration

package integration

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// expectWhole checks that each published file is a whole document of its kind, and that nothing else is left behind.
func expectWhole(t testing.TB, files map[string]string) {
	t.Helper()
	for name, file := range files {
		_, text, _ := strings.Cut(file, "\n") // after the time
		if err := wholeDocument(name, text); err != nil {
			t.Errorf("%s, with %d bytes: %v", name, len(text), err)
		}
	}
}

// wholeDocument says what is missing of a document.
func wholeDocument(name, text string) error {
	switch path.Ext(name) {
	case ".json":
		return json.Unmarshal([]byte(text), new(any))
	case ".html":
		return between(text, "<!DOCTYPE html>", "</html>\n")
	case ".ics":
		return between(text, "BEGIN:VCALENDAR\r\n", "END:VCALENDAR\r\n")
	case ".atom":
		return wellFormed(text)
	case ".css", ".js", ".svg": // as they are in roomctl
		asset, err := os.ReadFile(filepath.Join(root, "agenda", filepath.FromSlash(name)))
		if err == nil && text != string(asset) {
			err = fmt.Errorf("it differs from the %d bytes that it should have", len(asset))
		}
		return err
	}
	return errors.New("it is left behind")
}

func between(text, begin, end string) error {
	if !strings.HasPrefix(strings.ToLower(text), strings.ToLower(begin)) || !strings.HasSuffix(text, end) {
		return fmt.Errorf("it does not go from %q to %q", begin, end)
	}
	return nil
}

func wellFormed(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for elements := 0; ; {
		switch token, err := decoder.Token(); {
		case errors.Is(err, io.EOF) && elements > 0:
			return nil
		case err != nil:
			return err
		default:
			if _, ok := token.(xml.StartElement); ok {
				elements++
			}
		}
	}
}

// A document that is cut off anywhere is not whole.
func TestWhole(t *testing.T) {
	documents := map[string]string{
		"rooms.json": `{"rooms": []}`,
		"index.html": "<!DOCTYPE html>\n<html><body></body></html>\n",
		"agenda.ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
		"news.atom":  `<?xml version="1.0"?><feed><title>News</title></feed>`,
	}
	for name, document := range documents {
		if err := wholeDocument(name, document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for cut := range document {
			if wholeDocument(name, document[:cut]) == nil {
				t.Errorf("%s is whole after %q", name, document[:cut])
			}
		}
	}
	for _, name := range []string{".rooms.json.1234.tmp", "assets/site.css"} {
		if wholeDocument(name, "body {}") == nil {
			t.Errorf("%s is whole", name)
		}
	}
}
