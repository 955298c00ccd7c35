package agenda

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// rowAnchor is the id of a session's row on the page of an agenda.
var rowAnchor = regexp.MustCompile(`^row-([0-9]{1,9})(?:-[0-9]+)?$`)

// readAgendaPage reads the page of an agenda: the rows of its sessions, and
// where their links of class chat lead, as addresses within the tree or on the
// web.
func readAgendaPage(tree fs.FS, path string) PublishedFile {
	f := PublishedFile{Path: path, shown: map[int][]appearance{}, way: pageWay}
	data, err := fs.ReadFile(tree, path)
	if err != nil {
		f.Err = err
		return f
	}
	rows := pageRows{page: &url.URL{Path: "/" + path}, shown: f.shown}
	tokens := html.NewTokenizer(bytes.NewReader(data))
	for tokens.Next() != html.ErrorToken {
		rows.token(tokens.Token())
	}
	rows.end()
	if err := tokens.Err(); !errors.Is(err, io.EOF) {
		f.Err = fmt.Errorf("taking a page apart: %w", err)
	}
	return f
}

// pageWay is where a session's link on the page of an agenda leads: into the web
// client if there is one, else to the room's page (see newAgendaRow).
func pageWay(link SessionLink) string {
	if web := webAddress(link.WebURL); web != "" {
		return web
	}
	return "/" + roomFolder(link.Room)
}

// pageRows collects the rows of a page while its tokens go by.
type pageRows struct {
	page  *url.URL
	shown map[int][]appearance

	inside bool // a session's row, with this id and appearance
	id     int
	row    appearance
}

func (r *pageRows) token(t html.Token) {
	switch {
	case t.Data == "tr" || t.Data == "table":
		r.end()
		if t.Type == html.StartTagToken && t.Data == "tr" {
			r.begin(t)
		}
	case r.inside && t.Type == html.StartTagToken && t.Data == "a" && slices.Contains(strings.Fields(attributeOf(t, "class")), "chat"):
		if to, err := r.page.Parse(attributeOf(t, "href")); err == nil {
			r.row.ways = append(r.row.ways, to.String())
		}
	}
}

// begin starts a row, if it is a session's.
func (r *pageRows) begin(t html.Token) {
	anchor := rowAnchor.FindStringSubmatch(attributeOf(t, "id"))
	if anchor == nil {
		return
	}
	id, err := strconv.Atoi(anchor[1])
	if err != nil {
		return // too large for an id
	}
	r.inside, r.id, r.row = true, id, appearance{}
	r.row.start, _ = time.Parse(time.RFC3339, attributeOf(t, "data-start")) // without one it has no time
}

// end puts down the row that ends here.
func (r *pageRows) end() {
	if r.inside {
		r.shown[r.id] = append(r.shown[r.id], r.row)
	}
	r.inside = false
}

func attributeOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
