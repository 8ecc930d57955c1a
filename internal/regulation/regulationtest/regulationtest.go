// Package regulationtest gives a test a regulation to live under: that of an
// organisation that doesn't exist. Its articles are found by their titles, so
// that no test depends on a number.
package regulationtest

import (
	_ "embed"
	"testing"

	"oogmerk/internal/regulation"
)

// File is what the document is called.
const File = "voorbeeld.md"

//go:embed voorbeeld.md
var document string

// Document is the text, for who wants to change it first.
func Document() []byte { return []byte(document) }

// Law is the regulation.
func Law(t testing.TB) *regulation.Regulation {
	t.Helper()
	law, err := regulation.Parse(File, Document())
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// Number is the number of the article with this title: "Vier ogen".
func Number(t testing.TB, title string) string {
	t.Helper()
	return NumberIn(t, Law(t), title)
}

// NumberIn is [Number] in another regulation.
func NumberIn(t testing.TB, law *regulation.Regulation, title string) string {
	t.Helper()
	var found []string
	for _, a := range law.Articles {
		if a.Title == title {
			found = append(found, a.Number)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d articles with the title %q, want one", law.File, len(found), title)
	}
	return found[0]
}

// Numbers are those of the articles with these titles, in this order.
func Numbers(t testing.TB, titles ...string) []string {
	t.Helper()
	law := Law(t)
	var out []string
	for _, title := range titles {
		out = append(out, NumberIn(t, law, title))
	}
	return out
}
