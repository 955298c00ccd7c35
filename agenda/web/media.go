package web

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"roomctl/agenda/ical"
)

// media is how files of one kind are served.
type media struct {
	name string // Content-Type

	text     bool // compressed for those who take it
	open     bool // for scripts of any site to read: a simple GET needs no preflight
	page     bool // takes what the moment tells
	calendar bool // takes filters
}

// mediaOf goes by the name's ending. The types are not the host's: what its
// /etc/mime.types says must not decide whether a page shows as one.
func mediaOf(name string) media {
	if strings.HasSuffix(name, ".schema.json") {
		return media{name: "application/schema+json", text: true, open: true}
	}
	switch path.Ext(name) {
	case ".html":
		return media{name: "text/html; charset=utf-8", text: true, page: true}
	case ".ics":
		return media{name: ical.MediaType, text: true, open: true, calendar: true}
	case ".json":
		return media{name: "application/json", text: true, open: true}
	case ".atom":
		return media{name: "application/atom+xml", text: true, open: true}
	case ".css":
		return media{name: "text/css; charset=utf-8", text: true}
	case ".js":
		return media{name: "text/javascript; charset=utf-8", text: true}
	case ".svg":
		return media{name: "image/svg+xml", text: true}
	case ".txt":
		return media{name: "text/plain; charset=utf-8", text: true}
	}
	return media{name: "application/octet-stream"}
}

// contentTag is an entity tag without its quotes. Half of SHA-256 is enough to
// tell two contents apart.
func contentTag(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
