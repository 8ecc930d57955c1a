package internal_test

import (
	"encoding/csv"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// What a regulation says belongs in its document. Code that names one, or an
// article by its number, obeys that one and no other.

// lawless are the places that may name a regulation: the documents
// themselves, and the demo, which is an organisation that adopted one.
var lawless = []string{"../regulations/", "../internal/demo/", "../cmd/oogmerk/demo"}

var (
	cited    = regexp.MustCompile(`(?i)(#[ \t]*)?\b(?:artikelen|artikel|articles|article)[ \t]+[0-9]`)
	dotted   = regexp.MustCompile(`^[0-9]{1,3}[a-z]?(\.[0-9a-z]{1,3})+$`)
	inQuotes = regexp.MustCompile(`"([^"\\]*)`)
	heading  = regexp.MustCompile(`^#+ +(Artikel|Lid|Onderdeel)\b[ \t]*([0-9a-z.]*)`)
	aTitle   = regexp.MustCompile(`(?m)^# (.*)$`)
	inFences = regexp.MustCompile("(?ms)^```.*?^```")
	word     = regexp.MustCompile(`\pL+`)
)

// TestNoLawInGo keeps the law where people can read it.
func TestNoLawInGo(t *testing.T) {
	names, numbers := forbidden(t)
	if len(names) < 5 || len(numbers) < 20 {
		t.Fatalf("only %d names and %d numbers are forbidden", len(names), len(numbers))
	}
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || mayNameLaw(path):
			return nil
		}
		seen++
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, w := range words(file) {
			if why := w.names(names, numbers); why != "" {
				t.Errorf("%s: %s: what a regulation says belongs in its document", files.Position(w.at), why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d files were read", seen)
	}
}

// TestLawIsSeen: what TestNoLawInGo looks for, it would find.
func TestLawIsSeen(t *testing.T) {
	names, numbers := []string{"nergenshuis"}, map[string]bool{"8.7": true, "8.7.b": true}
	for _, c := range []struct {
		text  string
		exact bool
		want  bool
	}{
		{"// under the Nergenshuis regulation", false, true},
		{"nergenshuisLaw", false, true},
		{"see artikel" + " 8", false, true},
		{"want Article" + " 8.7 here", false, true},
		{"# T\n## Artikel" + " 8 – Kijken\n", true, false}, // a document of the test's own
		{"8" + ".7", true, true},
		{"8" + ".7.b", true, true},
		{`id="8` + `.7"`, true, true},
		{`Number string // "8` + `.7"`, false, true},
		{"8" + ".7", false, false}, // an identifier can't be; in a comment it may be a size
		{"8" + ".9", true, false},
		{"an article", true, false},
	} {
		if got := (written{text: c.text, literal: c.exact}).names(names, numbers); (got != "") != c.want {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}

func mayNameLaw(path string) bool {
	return slices.ContainsFunc(lawless, func(p string) bool { return strings.HasPrefix(filepath.ToSlash(path), p) })
}

// written is something that stands in a Go file.
type written struct {
	at      token.Pos
	text    string
	literal bool // a string
}

func words(file *ast.File) (out []written) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			out = append(out, written{n.Pos(), n.Name, false})
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				out = append(out, written{n.Pos(), text, true})
			}
		}
		return true
	})
	for _, group := range file.Comments {
		for _, c := range group.List {
			out = append(out, written{c.Pos(), c.Text, false})
		}
	}
	return out
}

// names says what w names of a regulation, or "". A heading makes an article,
// in a document that a test wrote itself; it cites none.
func (w written) names(names []string, numbers map[string]bool) string {
	lower := strings.ToLower(w.text)
	for _, name := range names {
		if strings.Contains(lower, name) {
			return "this names " + name
		}
	}
	for _, m := range cited.FindAllStringSubmatch(w.text, -1) {
		if m[1] == "" {
			return "this cites an article by its number: " + m[0]
		}
	}
	if w.literal && numbers[w.text] {
		return "this is the number of an article: " + w.text
	}
	for _, m := range inQuotes.FindAllStringSubmatch(w.text, -1) {
		if numbers[m[1]] {
			return "this is the number of an article: " + m[1]
		}
	}
	return ""
}

// forbidden reads what Go mayn't name: the sources and the organisations of
// our documents and of the demo, in lower case, and the numbers of articles.
func forbidden(t *testing.T) (names []string, numbers map[string]bool) {
	t.Helper()
	paths, err := filepath.Glob("../regulations/*.md")
	if err != nil {
		t.Fatal(err)
	}
	titles, prose, numbers := demoOrganisations(t), "", map[string]bool{}
	for _, path := range paths {
		doc := inFences.ReplaceAllString(read(t, path), "")
		if m := aTitle.FindStringSubmatch(doc); m != nil {
			_, named, _ := strings.Cut(m[1], " ") // any title begins with a capital
			titles = append(titles, named)
		}
		prose += doc + "\n"
		articles(doc, numbers)
	}
	ordinary := map[string]bool{}
	for _, w := range word.FindAllString(prose, -1) {
		ordinary[w] = true
	}
	for _, w := range word.FindAllString(strings.Join(titles, " "), -1) {
		if lower := strings.ToLower(w); len(w) > 3 && unicode.IsUpper([]rune(w)[0]) && !ordinary[lower] {
			names = append(names, lower)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, "../regulations/clausules.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		names = append(names, row[0])
	}
	slices.Sort(names)
	return slices.Compact(names), numbers
}

// demoOrganisations are who the demo is about.
func demoOrganisations(t *testing.T) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("../cmd/oogmerk/demo/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		var demo struct{ Organisation string }
		if err := json.Unmarshal([]byte(read(t, path)), &demo); err != nil || demo.Organisation == "" {
			t.Fatalf("%s is about nobody: %v", path, err)
		}
		names = append(names, demo.Organisation)
	}
	return names
}

// articles notes the numbers with a dot of the articles in a document.
func articles(doc string, numbers map[string]bool) {
	above := map[int]string{} // by depth
	for line := range strings.Lines(doc) {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		depth := strings.IndexByte(line, ' ')
		number := strings.TrimRight(m[2], ".")
		for up := depth - 1; m[1] != "Artikel" && up > 0; up-- {
			if above[up] != "" {
				number = above[up] + "." + number
				break
			}
		}
		for d := range above {
			if d >= depth {
				delete(above, d)
			}
		}
		if above[depth] = number; dotted.MatchString(number) {
			numbers[number] = true
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
