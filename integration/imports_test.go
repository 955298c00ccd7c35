package integration

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = ".." // of the checkout
	module = "roomctl"
)

// mayImport is the import rule: which folders a folder may import from, by the first element of the path. Its own
// packages it may always import.
var mayImport = map[string][]string{
	"agenda":      {"datatracker"},
	"cmd":         {"agenda", "config", "datatracker", "provisioner", "xmppadmin"},
	"config":      {},
	"datatracker": {},
	"integration": {"agenda", "cmd", "config", "datatracker", "provisioner", "xmppadmin"},
	"provisioner": {"agenda", "datatracker", "xmppadmin"},
	"xmppadmin":   {},
}

// embeddedServers are the packages that only tests and the demo may link.
var embeddedServers = []string{"datatracker/datatrackertest", "xmppadmin/xmpptest"}

// A goFile is a file of the checkout with the packages that it imports.
type goFile struct {
	path    string // slash-separated, from the root
	imports []string
}

func (f goFile) folder() string { return path.Dir(f.path) }
func (f goFile) isTest() bool   { return strings.HasSuffix(f.path, "_test.go") }

func TestTheTopLevelHoldsOnlyWhatItMay(t *testing.T) {
	allowed := []string{"README.md", "LICENSE", "go.mod", "go.sum", "roomctl"} // the last is the built program, not committed
	for folder := range mayImport {
		allowed = append(allowed, folder)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && !slices.Contains(allowed, entry.Name()) {
			t.Errorf("%s does not belong at the top level", entry.Name())
		}
	}
}

func TestImportsFollowTheRule(t *testing.T) {
	for _, file := range goFiles(t) {
		for _, what := range breaches(file) {
			t.Errorf("%s imports %s", file.path, what)
		}
	}
}

// breaches lists the imports of a file that the rule forbids.
func breaches(file goFile) []string {
	var forbidden []string
	from := first(file.path)
	for _, imported := range file.imports {
		ours, ok := strings.CutPrefix(imported, module+"/")
		if !ok {
			continue
		}
		if to := first(ours); to != from && !slices.Contains(mayImport[from], to) {
			forbidden = append(forbidden, imported)
		}
	}
	return forbidden
}

func TestTheEmbeddedServersAreLinkedByTestsAndTheDemoOnly(t *testing.T) {
	for _, file := range goFiles(t) {
		if linksEmbeddedServer(file) && !mayLinkEmbeddedServer(file) {
			t.Errorf("%s imports one of %v", file.path, embeddedServers)
		}
	}
}

// linksEmbeddedServer tells whether a file outside the embedded servers imports one of them.
func linksEmbeddedServer(file goFile) bool {
	if slices.ContainsFunc(embeddedServers, func(server string) bool { return within(file.folder(), server) }) {
		return false
	}
	return slices.ContainsFunc(file.imports, func(imported string) bool {
		return slices.ContainsFunc(embeddedServers, func(server string) bool {
			return within(imported, module+"/"+server)
		})
	})
}

// mayLinkEmbeddedServer holds for tests, what only tests import, and the demo.
func mayLinkEmbeddedServer(file goFile) bool {
	demo := within(file.path, "cmd/roomctl") && strings.Contains(strings.TrimPrefix(file.path, "cmd/roomctl"), "/demo")
	return file.isTest() || first(file.path) == "integration" || demo
}

func TestTheEmbeddedServersDoNotImportTesting(t *testing.T) {
	for _, file := range goFiles(t) {
		ofServer := slices.ContainsFunc(embeddedServers, func(server string) bool { return within(file.folder(), server) })
		if !ofServer || file.isTest() {
			continue
		}
		for _, imported := range file.imports {
			if within(imported, "testing") {
				t.Errorf("%s imports %s", file.path, imported)
			}
		}
	}
}

// The rule is only as good as its reading of a file.
func TestBreachesAreFound(t *testing.T) {
	tests := map[string]struct {
		file     goFile
		breaches int
		embedded bool
	}{
		"a client imports another":           {goFile{"xmppadmin/a.go", []string{"roomctl/datatracker"}}, 1, false},
		"a sub-package counts as its folder": {goFile{"provisioner/registry/a.go", []string{"roomctl/xmppadmin/x"}}, 0, false},
		"the program imports tests":          {goFile{"cmd/roomctl/a.go", []string{"roomctl/integration/servers"}}, 1, false},
		"the program links a server":         {goFile{"cmd/roomctl/sync.go", []string{"roomctl/xmppadmin/xmpptest"}}, 0, true},
		"the demo links a server":            {goFile{"cmd/roomctl/demo.go", []string{"roomctl/xmppadmin/xmpptest"}}, 0, false},
		"a test links a server":              {goFile{"provisioner/a_test.go", []string{"roomctl/xmppadmin/xmpptest"}}, 0, false},
		"other people's packages are free":   {goFile{"config/a.go", []string{"roomctlx/agenda", "errors"}}, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := breaches(test.file); len(got) != test.breaches {
				t.Errorf("breaches: %v, want %d", got, test.breaches)
			}
			if got := linksEmbeddedServer(test.file) && !mayLinkEmbeddedServer(test.file); got != test.embedded {
				t.Errorf("links an embedded server without leave: %v, want %v", got, test.embedded)
			}
		})
	}
}

// goFiles reads the imports of every Go file of the checkout, whatever its build tags.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || name != root && strings.HasPrefix(entry.Name(), ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		file := goFile{path: filepath.ToSlash(relative)}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			file.imports = append(file.imports, imported)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// first is the first element of a path.
func first(p string) string {
	element, _, _ := strings.Cut(p, "/")
	return element
}

// within tells whether a path is that of a folder or of something in it.
func within(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, folder+"/")
}
