package agenda

import (
	"bytes"
	"embed"
	"fmt"
	"path"
)

// schemaSources are the JSON Schemas (draft 2020-12) of what is published as
// JSON. They state the rules of stability as well: paths never change, members
// are only added, and a document's version moves when a reader would be wrong.
//
//go:embed schema/*.schema.json
var schemaSources embed.FS

// schemas are the schemas of rooms.json, status.json and the annotated agendas,
// each beside its document. Where the tree's address is known a schema has it
// as its $id. No document names its schema: agenda.json is the Datatracker's.
func schemas(site Site) ([]file, error) {
	entries, err := schemaSources.ReadDir("schema")
	if err != nil {
		return nil, fmt.Errorf("reading the schemas: %w", err)
	}
	var files []file
	for _, entry := range entries {
		source, err := schemaSources.ReadFile(path.Join("schema", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading a schema: %w", err)
		}
		files = append(files, file{entry.Name(), identified(source, site.BaseURL, entry.Name())})
	}
	return files, nil
}

// identified gives a schema its $id, if the address of the tree is known.
func identified(schema []byte, baseURL, path string) []byte {
	inside, ok := bytes.CutPrefix(schema, []byte("{\n"))
	if baseURL == "" || !ok {
		return schema
	}
	return fmt.Appendf(nil, "{\n  \"$id\": %s,\n%s", quote(baseURL+"/"+path), inside)
}
