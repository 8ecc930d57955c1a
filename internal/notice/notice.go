// Package notice answers what outsiders read about the cameras: the sign at
// the door, the register of processing, the measures per theme and the words.
// Everything follows from the regulation in force; nothing is typed twice.
package notice

import (
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/calendar"
	"oogmerk/internal/regulation"
)

// A Line is one thing people can read, and the articles it comes from.
type Line struct {
	What     string
	Text     string
	Articles []string // numbers, in document order
}

func (l Line) String() string { return l.What + ": " + l.Text }

// Sign is the text of the sign at a site. One thing a line, so that it can be
// printed as large as the door allows.
func Sign(law *regulation.Regulation, organisation, site string) string {
	return SignAt(law, organisation, site, recorded(law.Terms))
}

// SignAt is Sign where only these rows of retention hold.
func SignAt(law *regulation.Regulation, organisation, site string, rows []regulation.Retention) string {
	lines := []string{"Cameratoezicht", "Hier hangen camera's van " + whose(law.Terms, organisation) + "."}
	if site != "" {
		lines = append(lines, "Locatie: "+site)
	}
	for i, p := range law.Terms.Purposes {
		if i == 0 {
			lines = append(lines, "Waarvoor:")
		}
		lines = append(lines, "- "+p.Text)
	}
	for _, row := range rows {
		lines = append(lines, "Hoe lang: "+keeping(row)+".")
	}
	if len(law.Terms.Banned) > 0 {
		lines = append(lines, "Wat de camera's niet doen: "+listing(law.Terms.Banned)+".")
	}
	ask := "Vragen, of weten wat er van u is opgenomen? "
	if contact := law.Terms.Controller.Contact; contact != "" {
		return strings.Join(append(lines, ask+contact), "\n")
	}
	return strings.Join(append(lines, ask+"Vraag het aan "+organisation+"."), "\n")
}

// whose is who answers for the cameras.
func whose(t regulation.Terms, organisation string) string {
	if t.Controller.Name == "" || strings.Contains(t.Controller.Name, organisation) {
		return organisation
	}
	return organisation + " (verantwoordelijk: " + t.Controller.Name + ")"
}

// recorded are the rows of retention that begin at the recording. A
// regulation with one term only has one row.
func recorded(t regulation.Terms) []regulation.Retention {
	rows := slices.DeleteFunc(slices.Clone(t.Retentions), func(r regulation.Retention) bool { return r.From == regulation.Rejected })
	if len(rows) == 0 && t.Retention.Text != "" {
		return []regulation.Retention{t.Retention}
	}
	return rows
}

// keeping is how long one row lets footage be kept.
func keeping(r regulation.Retention) string {
	text := "beelden blijven hoogstens " + r.Text
	if r.From == regulation.Rejected {
		text = "beelden die nergens voor nodig zijn, gaan weg binnen " + r.Text
	}
	var places []string
	if len(r.Rooms) > 0 {
		places = append(places, listing(r.Rooms))
	}
	if len(r.Sites) > 0 {
		places = append(places, listing(r.Sites))
	}
	if r.Scope != (regulation.Entity{}) {
		places = append(places, "waar een opdracht dat vraagt")
	}
	if len(places) > 0 {
		text += " (" + strings.Join(places, ", ") + ")"
	}
	if r.Least != (calendar.StorageLimit{}) {
		text += ", en minstens " + lasting(r.Least)
	}
	return text
}

// lasting is a period in words.
func lasting(l calendar.StorageLimit) string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{l.Months, "maand", "maanden"}, {l.Days, "dag", "dagen"}, {l.Hours, "uur", "uur"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	return listing(parts)
}

// listing is "a, b en c".
func listing(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " en " + words[last]
}

// A Word is what the regulation means by a word.
type Word struct {
	Word, Text string
	Covers     []string // what in the program it is about
	Article    string
}

func (w Word) String() string { return w.Word + ": " + w.Text }

// Glossary is what words mean: those the regulation explains, and the roles it
// gives people.
func Glossary(law *regulation.Regulation) []Word {
	var words []Word
	for _, c := range law.Terms.Concepts {
		words = append(words, Word{c.Word, c.Text, c.Covers, c.Article})
	}
	for _, r := range law.Terms.Roles {
		if slices.ContainsFunc(words, func(w Word) bool { return strings.EqualFold(w.Word, r.Title) }) {
			continue
		}
		text := "iemand die dat is voor de hele organisatie"
		if r.PerSite {
			text = "iemand die dat is op één locatie"
		}
		words = append(words, Word{r.Title, text, []string{regulation.Person}, r.Article})
	}
	slices.SortStableFunc(words, func(a, b Word) int {
		return strings.Compare(strings.ToLower(a.Word), strings.ToLower(b.Word))
	})
	return words
}
