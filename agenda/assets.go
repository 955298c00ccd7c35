package agenda

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed assets
var assetFiles embed.FS

// assets are the style sheet, the script and the icon of the pages.
func assets() []file {
	entries, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		return nil // what is embedded can be read
	}
	var files []file
	for _, entry := range entries {
		name := path.Join("assets", entry.Name())
		if data, err := fs.ReadFile(assetFiles, name); err == nil {
			files = append(files, file{path: name, data: data})
		}
	}
	return files
}
