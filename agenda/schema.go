package agenda

import (
	"bytes"
	"embed"
	"fmt"
	"path"
)

// schemaFiles are the JSON Schemas (draft 2020-12) of what is published as JSON.
// They state the rules of stability as well: paths never change, members are
// only added, and a document's version moves when a reader would be wrong.
//
//go:embed schema
var schemaFiles embed.FS

// schemas are the schemas of rooms.json, status.json and the annotated agendas,
// each beside its document. Where the tree's address is known a schema has it
// as its $id. No document names its schema: agenda.json is the Datatracker's.
func schemas(site Site) ([]file, error) {
	files, err := embedded(schemaFiles, "schema")
	for i, f := range files {
		files[i].path = path.Base(f.path)
		if site.BaseURL != "" {
			files[i].data = identified(f.data, site.BaseURL+"/"+files[i].path)
		}
	}
	return files, err
}

// identified gives a schema its $id.
func identified(schema []byte, id string) []byte {
	return fmt.Appendf(nil, "{\n  \"$id\": %s,\n%s", quote(id), bytes.TrimPrefix(schema, []byte("{\n")))
}
