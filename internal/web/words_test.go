package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestLinesOfOthers: what other packages say is wrong with a form, in Dutch, is
// there in English too. Their lines are the keys, as in gettext.
func TestLinesOfOthers(t *testing.T) {
	w, err := readWords()
	must(t, err)
	n := 0
	for _, pattern := range []string{"../viewing/*.go", "../retention/*.go", "../incident/*.go", "../people/*.go", "../premises/*.go",
		"../governance/*.go", "../dossier/*.go", "../survey/*.go"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, file := range files {
			for _, line := range invalidIn(t, file) {
				n++
				if !w.translates(line) {
					t.Errorf("%s: words.json has no line %q", file, "invalid:"+line)
				}
			}
		}
	}
	if n < 25 {
		t.Errorf("found only %d lines", n)
	}
}

// invalidIn returns the lines in a file that say what is wrong with what
// somebody filled in, as far as they are written there.
func invalidIn(t *testing.T, file string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	must(t, err)
	ast.Inspect(parsed, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Invalid" {
				lines = append(lines, firstText(t, spec.Values[0]))
			}
			return true
		}
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "Invalid" {
			return true
		}
		if line := firstText(t, call.Args[0]); line != "" {
			lines = append(lines, line)
		}
		return false
	})
	return lines
}

// firstText is the first text written in an expression.
func firstText(t *testing.T, e ast.Expr) (text string) {
	t.Helper()
	ast.Inspect(e, func(node ast.Node) bool {
		if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING && text == "" {
			line, err := strconv.Unquote(lit.Value)
			must(t, err)
			text = line
		}
		return text == ""
	})
	return text
}

// translates reports whether there are words for a line. Where something is
// filled in, or follows, any of it will do.
func (w words) translates(line string) bool {
	// Said by a page of ours before anybody else can say it, or read by a
	// browser alone.
	if strings.HasPrefix(line, "%s is hier al aangemeld") || strings.HasPrefix(line, "Dit WebRTC-aanbod is niet te lezen") {
		return true
	}
	form := regexp.MustCompile("^" + strings.NewReplacer("%d", `\d+`, "%s", ".+").Replace(regexp.QuoteMeta("invalid:"+line)))
	for key := range w {
		if form.MatchString(key) {
			return true
		}
	}
	return false
}
