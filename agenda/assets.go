package agenda

import (
	"embed"
	"fmt"
	"path"
)

//go:embed assets
var assetFiles embed.FS

// assets are the style sheet, the script and the icon of the pages.
func assets() ([]file, error) { return embedded(assetFiles, "assets") }

// embedded are the files of a folder that is part of the program.
func embedded(folder embed.FS, name string) ([]file, error) {
	entries, err := folder.ReadDir(name)
	if err != nil {
		return nil, fmt.Errorf("reading the embedded folder %s: %w", name, err)
	}
	var files []file
	for _, entry := range entries {
		inside := path.Join(name, entry.Name())
		data, err := folder.ReadFile(inside)
		if err != nil {
			return nil, fmt.Errorf("reading the embedded folder %s: %w", name, err)
		}
		files = append(files, file{inside, data})
	}
	return files, nil
}
