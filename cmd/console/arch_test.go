package main

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path of the module, before the names of its packages.
const module = "ekuiper-console"

// layers lists every package with the packages of ours that it may import. A package
// that is not here fails the test: give it a line, and think about its arrows.
var layers = map[string]string{
	"core":                       "",
	"core/streamsql":             "",
	"core/jsonscan":              "",
	"core/bundle":                "core core/jsonscan",
	"core/backup":                "core core/disk",
	"core/bundlev2":              "core core/bundle core/jsonscan",
	"core/resource":              "core core/jsonscan core/streamsql",
	"core/fetch":                 "core",
	"core/disk":                  "core",
	"core/depot":                 "core core/disk",
	"core/artifact":              "core core/resource",
	"core/artifact/artifacttest": "",
	"core/task":                  "core",
	"core/audit":                 "core",
	"core/account":               "core core/audit",
	"core/deps":                  "core core/bundle core/resource",
	"core/deps/drawing":          "core core/deps core/resource",
	"core/secret":                "core core/bundle core/jsonscan",
	"core/compare":               "core core/secret core/streamsql",
	"core/parcel":                "core",
	"core/plan":                  "core core/bundle",
	"core/node/nodetest":         "core core/bundle core/secret",
	"core/node":                  "core core/audit core/bundle core/compare core/jsonscan core/plan core/secret",
	"core/rollout":               "core core/audit core/compare core/node core/plan core/secret core/transfer",
	"core/transfer":              "core core/artifact core/audit core/bundle core/bundlev2 core/compare core/deps core/depot core/parcel core/plan core/resource core/secret core/streamsql",
	"db":                         "core core/account core/audit core/bundle core/disk core/drift core/node core/plan core/rollout core/schedule core/task core/vault",
	"core/drift":                 "core core/audit core/compare core/plan core/secret",
	"core/errand":                "core",
	"core/schedule":              "core core/audit",
	"core/vault":                 "core core/audit core/plan core/schedule",
	"db/dbtest":                  "db",
	"web/static":                 "",
	"web/views":                  "core core/account core/audit core/bundle core/compare core/deps core/deps/drawing core/drift core/node core/plan core/resource core/rollout core/schedule core/secret core/task core/vault web/static",
	"web/metrics":                "core/audit core/transfer",
	"web/handlers":               "core core/account core/audit core/bundle core/bundlev2 core/compare core/deps core/drift core/errand core/jsonscan core/node core/plan core/rollout core/schedule core/secret core/task core/transfer core/vault web/metrics web/static web/views",
	"cmd/console": "core core/account core/audit core/backup core/bundle core/bundlev2 core/compare core/depot core/deps core/disk core/drift core/errand core/fetch core/node core/parcel core/plan core/resource core/rollout core/schedule core/secret core/streamsql core/task core/transfer core/vault " +
		"db web/handlers web/metrics web/static web/views",
	"e2e":          "",
	"e2e/contract": "e2e/process",
	"e2e/crash":    "e2e/process",
	"e2e/fleet":    "e2e/process",
	"e2e/hostile":  "e2e/process",
	"e2e/load":     "e2e/process",
	"e2e/process":  "",
	"e2e/speed":    "e2e/process",
}

// pkg is one package of the tree.
type pkg struct {
	imports    map[string]string // our packages that its code imports, with a file that does
	documented bool
}

// TestLayers holds every package to the arrows of the table.
func TestLayers(t *testing.T) {
	for name, p := range packages(t) {
		allowed, known := layers[name]
		switch {
		case name == ".":
			t.Errorf("there are Go files at the root: they belong into a package")
			continue
		case !known:
			t.Errorf("package %s is not in the table of layers", name)
			continue
		case !p.documented:
			t.Errorf("package %s has no comment", name)
		}
		for imported, file := range p.imports {
			if !slices.Contains(strings.Fields(allowed), imported) {
				t.Errorf("%s: %s must not import %s", file, name, imported)
			}
		}
	}
}

// TestTable holds the table itself to the rules that no line of it may break.
func TestTable(t *testing.T) {
	for name, allowed := range layers {
		for _, imported := range strings.Fields(allowed) {
			switch {
			case layerOf(name) <= layerOf(imported) && layerOf(name) != layerOf(imported):
				t.Errorf("%s may import %s, which lies above it", name, imported)
			case imported == "db" && name != "cmd/console" && name != "db/dbtest":
				t.Errorf("%s may import db, which is for cmd/console alone", name)
			case strings.HasPrefix(imported, "cmd/") || imported == "e2e":
				t.Errorf("%s may import %s, which is for nobody", name, imported)
			}
		}
	}
}

// layerOf returns how high a package lies: core is the ground.
func layerOf(name string) int {
	return slices.Index([]string{"core", "db", "web", "cmd", "e2e"}, strings.Split(name, "/")[0])
}

// TestDocComments finds exported names without a comment.
func TestDocComments(t *testing.T) {
	files := token.NewFileSet()
	for _, name := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f := parse(t, files, name)
		if ast.IsGenerated(f) {
			continue
		}
		for _, id := range undocumented(f) {
			t.Errorf("%v: %s has no comment", files.Position(id.Pos()), id.Name)
		}
	}
}

// undocumented returns the exported names of a file that lack a comment of their own
// or of their group.
func undocumented(f *ast.File) []*ast.Ident {
	var bare []*ast.Ident
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() {
				bare = append(bare, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				bare = append(bare, undocumentedIn(d, spec)...)
			}
		}
	}
	return bare
}

func undocumentedIn(d *ast.GenDecl, spec ast.Spec) []*ast.Ident {
	var names []*ast.Ident
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if d.Doc == nil && s.Doc == nil && s.Comment == nil {
			names = append(names, s.Name)
		}
	case *ast.ValueSpec:
		if d.Doc == nil && s.Doc == nil && s.Comment == nil {
			names = append(names, s.Names...)
		}
	}
	return slices.DeleteFunc(names, func(id *ast.Ident) bool { return !id.IsExported() })
}

// TestNoLeftovers finds notes to ourselves, and addresses of package registries, which
// differ from place to place and are nobody's business here.
func TestNoLeftovers(t *testing.T) {
	banned := []string{"TO" + "DO", "FIX" + "ME", "registry." + "npmjs", "registry." + "yarnpkg", "proxy." + "golang.org", "sum." + "golang.org", "artifact" + "ory"}
	walk(t, func(name string) {
		if strings.HasPrefix(name, "web/static/dist/") {
			return // made of other people's code too
		}
		f, err := os.Open(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 16<<20)
		for n := 1; lines.Scan(); n++ {
			for _, word := range banned {
				if strings.Contains(lines.Text(), word) {
					t.Errorf("%s:%d: %s", name, n, word)
				}
			}
		}
		if err := lines.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
}

// root is where the tree begins, seen from this package.
const root = "../.."

// packages reads all packages. Files of tests are read for the package comment only,
// and only where there are no others.
func packages(t *testing.T) map[string]*pkg {
	all := map[string]*pkg{}
	files := token.NewFileSet()
	names := goFiles(t)
	for _, name := range names {
		dir := path.Dir(name)
		if all[dir] == nil {
			all[dir] = &pkg{imports: map[string]string{}}
		}
		f := parse(t, files, name)
		if f.Doc != nil && !ast.IsGenerated(f) {
			all[dir].documented = true
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
				all[dir].imports[ours] = name
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("found the packages %v only", slices.Sorted(maps.Keys(all)))
	}
	return all
}

// parse reads a file up to its declarations, with comments.
func parse(t *testing.T, files *token.FileSet, name string) *ast.File {
	f, err := parser.ParseFile(files, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// goFiles returns the names of the Go files of the module.
func goFiles(t *testing.T) []string {
	var names []string
	walk(t, func(name string) {
		if path.Ext(name) == ".go" {
			names = append(names, name)
		}
	})
	return names
}

// skipped are folders that are no part of the source.
var skipped = []string{".git", ".cache", "node_modules", "console-data"}

// walk calls do with the name of every file of the tree. Modules inside the module are
// left out.
func walk(t *testing.T, do func(name string)) {
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			if d.Type().IsRegular() {
				do(name)
			}
			return nil
		case slices.Contains(skipped, d.Name()):
			return fs.SkipDir
		case name != "." && exists(filepath.Join(root, name, "go.mod")):
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
