package agenda

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
)

// file is one file of a publication.
type file struct {
	path string // relative to the tree's folder, with slashes
	data []byte
}

//go:embed templates
var templates embed.FS

// page is what a template sees. Every page is templates/layout.html, whose
// block "main" is defined by the page's own template.
type page struct {
	Site  Site
	Path  string // in the tree: rooms/quic/index.html
	Title string // "quic", without the name of the site
	Body  any    // what the page's own template needs
}

// Root leads from the page to the tree's folder: "../../", or "" at the top.
// Pages link to each other relatively, so that the tree may be served anywhere.
func (p page) Root() string { return strings.Repeat("../", strings.Count(p.Path, "/")) }

// render executes one page's template inside the layout.
func render(name string, p page) (file, error) {
	sources, err := fs.Sub(templates, "templates")
	if err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	t, err := template.New("layout.html").ParseFS(sources, "layout.html", name)
	if err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return file{}, fmt.Errorf("rendering %s: %w", p.Path, err)
	}
	return file{path: p.Path, data: b.Bytes()}, nil
}
