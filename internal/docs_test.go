package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents are the texts that must stay true.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"../*.md", "../docs/*/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts[strings.TrimPrefix(f, "../")] = string(text)
		}
	}
	return texts
}

// symbols returns "pkg.Name" and "pkg.Type.Member" of all our packages.
func symbols(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			for _, name := range declared(d) {
				known[file.Name.Name+"."+name] = true
			}
		}
	}
	return known
}

func declared(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		of := d.Recv.List[0].Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if id, ok := of.(*ast.Ident); ok {
			return []string{id.Name + "." + d.Name.Name}
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
				if st, ok := s.Type.(*ast.StructType); ok {
					for _, f := range st.Fields.List {
						for _, n := range f.Names {
							names = append(names, s.Name.Name+"."+n.Name)
						}
					}
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

var (
	quoted     = regexp.MustCompile("`([a-z]+)\\.([A-Z][A-Za-z]*(?:\\.[A-Z][A-Za-z]*)?)`")
	lineNumber = regexp.MustCompile(`\.go:\d+`)
)

// TestDocsNameWhatExists: a document names symbols, not line numbers, and
// only symbols that are there.
func TestDocsNameWhatExists(t *testing.T) {
	known := symbols(t)
	packages := map[string]bool{}
	for name := range known {
		packages[name[:strings.Index(name, ".")]] = true
	}
	for file, text := range documents(t) {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if name := m[1] + "." + m[2]; packages[m[1]] && !known[name] {
				t.Errorf("%s names %s, which doesn't exist", file, name)
			}
		}
		if m := lineNumber.FindString(text); m != "" {
			t.Errorf("%s names a line number, %s: name a symbol", file, m)
		}
	}
}

// TestArchitectureIsDescribed: ARCHITECTURE.md has a question for each package.
func TestArchitectureIsDescribed(t *testing.T) {
	text := documents(t)["ARCHITECTURE.md"]
	for _, line := range architecture {
		if !strings.Contains(text, "| `"+line.pkg+"` | ") {
			t.Errorf("ARCHITECTURE.md doesn't say which question package %s answers", line.pkg)
		}
	}
}

// TestGlossary: every act and every kind of entity has a line, and the Dutch
// word stands beside its Go name.
func TestGlossary(t *testing.T) {
	rows := strings.Split(documents(t)["GLOSSARY.md"], "\n")
	file, err := parser.ParseFile(token.NewFileSet(), "regulation/vocabulary.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		word, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		n++
		dutch, name := strings.Trim(word.Value, `"`), "`regulation."+spec.Names[0].Name+"`"
		for _, row := range rows {
			if strings.HasPrefix(row, "| "+dutch+" |") && strings.Contains(row, name) {
				return true
			}
		}
		t.Errorf("GLOSSARY.md has no row for %s with %s", dutch, name)
		return true
	})
	if n < 15 {
		t.Errorf("found only %d words in the vocabulary", n)
	}
}

// TestNoMachinePaths: nothing in the tree knows the machine it was made on.
func TestNoMachinePaths(t *testing.T) {
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range documents(t) {
		if strings.Contains(text, here) {
			t.Errorf("%s has a path of this machine in it", file)
		}
	}
}
