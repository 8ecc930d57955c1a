package internal_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// architecture says which of our packages each package imports. A package
// may only import packages above it in this list. If you need a new line
// here, change ARCHITECTURE.md too.
var architecture = []struct{ pkg, imports string }{
	// The floor.
	{"db", ""},
	{"media", ""},
	{"blob", ""},
	{"transparency", ""},
	{"vault", ""},
	{"calendar", ""},
	{"onvif", ""},
	{"still", ""},
	{"simulator", ""},

	// The law.
	{"regulation", "calendar"},
	{"logbook", "db transparency"},
	{"gate", "db logbook regulation"},

	// Everything below needs a permit.
	{"people", "calendar db gate logbook regulation"},
	{"premises", "db gate logbook regulation"},
	{"dossier", "calendar db gate logbook regulation"},
	{"footage", "blob db gate logbook media premises regulation vault"},
	{"recorder", "footage gate media onvif people premises regulation still"},
	{"survey", "gate onvif people premises recorder regulation"},
	{"retention", "calendar db footage gate logbook people premises regulation vault"},
	{"incident", "calendar db footage gate logbook people premises regulation"},
	{"viewing", "footage gate incident logbook media onvif people premises recorder regulation retention still"},
	{"governance", "calendar db gate logbook regulation"},
	{"notice", "calendar regulation"},

	// The doors.
	{"metrics", "footage gate logbook premises recorder regulation retention"},
	{"web", "calendar dossier footage gate governance incident logbook notice onvif people premises recorder regulation retention survey viewing"},
	{"demo", "media simulator"},

	// What holds all of it to the law.
	{"scenario", "blob calendar db dossier footage gate governance incident logbook media notice people premises recorder regulation retention still vault viewing"},
}

// others says which package deals with which code that isn't ours. One
// dependency, one package: the rest doesn't know it is there.
var others = map[string]string{
	"modernc.org/sqlite":                   "db",
	"github.com/jackc/pgx/v5":              "db",
	"github.com/pressly/goose/v3":          "db",
	"github.com/Eyevinn/mp4ff":             "media",
	"github.com/bluenviron/mediacommon/v2": "media",
	"golang.org/x/mod":                     "transparency",
	"github.com/cedar-policy/cedar-go":     "regulation",
	"go.yaml.in/yaml/v4":                   "regulation",
	"golang.org/x/crypto":                  "people",
	"golang.org/x/sys":                     "blob",
	"github.com/bluenviron/gortsplib/v5":   "recorder demo",
	"github.com/pion/rtp":                  "recorder demo",
	"github.com/pion/webrtc/v4":            "viewing",
	"github.com/gorilla/websocket":         "web",
	"github.com/yuin/goldmark":             "web",
	"github.com/prometheus/client_golang":  "metrics",
}

func TestArchitecture(t *testing.T) {
	actual := map[string][]string{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		// Not "go list": the test cache doesn't see what a child process reads.
		p, err := build.ImportDir(entry.Name(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.Doc, "Package "+p.Name+" ") {
			t.Errorf("package %s has no package comment that begins with its name", p.Name)
		}
		actual[p.Name] = []string{}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "oogmerk/internal/"); ok {
				actual[p.Name] = append(actual[p.Name], ours)
			} else if strings.Contains(i, ".") && !mayImport(p.Name, i) {
				t.Errorf("%s may not import %s", p.Name, i)
			}
		}
	}
	var above []string
	for _, line := range architecture {
		want := strings.Fields(line.imports)
		got, ok := actual[line.pkg]
		if !ok {
			t.Errorf("package %s is in the architecture, but isn't there", line.pkg)
		} else if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s imports %v, but the architecture says %v", line.pkg, got, want)
		}
		for _, w := range want {
			if !slices.Contains(above, w) {
				t.Errorf("%s may not import %s: it isn't above it", line.pkg, w)
			}
		}
		above = append(above, line.pkg)
		delete(actual, line.pkg)
	}
	for name := range actual {
		if !strings.HasSuffix(name, "test") { // helpers for tests of one package
			t.Errorf("package %s isn't in the architecture", name)
		}
	}
}

func mayImport(pkg, path string) bool {
	for module, owners := range others {
		if path == module || strings.HasPrefix(path, module+"/") {
			return slices.Contains(strings.Fields(owners), pkg)
		}
	}
	return false
}

// TestSizes keeps files, functions and interfaces small enough to read.
func TestSizes(t *testing.T) {
	const maxFile, maxFunc, maxMethods = 400, 60, 5
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			lines := func(n ast.Node) int {
				return files.Position(n.End()).Line - files.Position(n.Pos()).Line + 1
			}
			if n := files.File(file.Pos()).LineCount(); n > maxFile {
				t.Errorf("%s has %d lines, more than %d", path, n, maxFile)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if l := lines(n); l > maxFunc && !strings.HasSuffix(path, "_test.go") {
						t.Errorf("%s: %s has %d lines, more than %d", path, n.Name.Name, l, maxFunc)
					}
				case *ast.InterfaceType:
					if l := n.Methods.NumFields(); l > maxMethods {
						t.Errorf("%s: an interface of %d methods, more than %d", path, l, maxMethods)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestNames keeps words out that say nothing.
func TestNames(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					for _, word := range []string{"Manager", "Helper", "Util", "Service", "Processor"} {
						if strings.Contains(s.Name.Name, word) {
							t.Errorf("%s: %s says nothing: name it after what it is", path, s.Name.Name)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
