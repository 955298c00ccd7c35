package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// TestRoomNamesAreTheSameEverywhere: what the configuration takes is what provisioner makes and what has a page. The
// import rule keeps the three from sharing one expression.
func TestRoomNamesAreTheSameEverywhere(t *testing.T) {
	want := expression(t, "provisioner/names.go", "roomName")
	for file, name := range map[string]string{"config/validate_rooms.go": "roomName", "agenda/plain.go": "pathName"} {
		if got := expression(t, file, name); got != want {
			t.Errorf("%s of %s is %s, and not %s as in provisioner/names.go", name, file, got, want)
		}
	}
}

// expression is the source of the regular expression that a variable of a file is compiled from.
func expression(t *testing.T, file, variable string) string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || spec.Names[0].Name != variable || len(spec.Values) != 1 {
			return true
		}
		if call, ok := spec.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
			if text, ok := call.Args[0].(*ast.BasicLit); ok {
				found = text.Value
			}
		}
		return false
	})
	if found == "" {
		t.Fatalf("%s compiles no regular expression %s", file, variable)
	}
	return found
}
