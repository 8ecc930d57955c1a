package notice

import (
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// Processing is the register of processing activities that privacy law asks
// for, as far as the regulation says it: for whom, why, on what ground, what,
// how long, who sees it, and how it is guarded.
func Processing(law *regulation.Regulation, organisation string) []Line {
	t := law.Terms
	lines := []Line{{"Verantwoordelijke", whose(t, organisation), one(t.Controller.Article)}}
	if t.Controller.Contact != "" {
		lines = append(lines, Line{"Contact", t.Controller.Contact, one(t.Controller.Article)})
	}
	for _, p := range t.Purposes {
		lines = append(lines, Line{"Doel", purpose(p), one(p.Article)})
	}
	lines = append(lines, Line{"Om wie het gaat", "Iedereen die in beeld van een camera komt.", nil},
		Line{"Welke gegevens", "Beelden, met de tijd en de camera. Nooit geluid.", nil})
	for _, row := range recorded(t) {
		lines = append(lines, Line{"Bewaartermijn", sentence(keeping(row), motive(row)), one(row.Article)})
	}
	for _, row := range t.Retentions {
		if row.From == regulation.Rejected {
			lines = append(lines, Line{"Bewaartermijn", sentence(keeping(row), motive(row)), one(row.Article)})
		}
	}
	for _, see := range []struct {
		what string
		act  regulation.Act
	}{{"Wie live meekijkt", regulation.Watch}, {"Wie opnamen bekijkt", regulation.PlayBack}, {"Wie beelden mag uitgeven", regulation.Release}} {
		lines = append(lines, who(law, see.what, see.act))
	}
	lines = append(lines, consenting(t)...)
	lines = append(lines, reports(t)...)
	return append(lines, guarding(law)...)
}

func purpose(p regulation.PurposeTerm) string {
	text := p.Text
	if p.Basis != "" {
		text += " (grondslag: " + p.Basis + ")"
	}
	if p.Nature != "" {
		text += ", " + p.Nature
	}
	if p.Incident {
		text += "; alleen bij een incident"
	}
	return sentence(text, p.Note)
}

func motive(r regulation.Retention) string {
	if r.Motive == "" {
		return ""
	}
	return "Waarom zo lang: " + r.Motive
}

// who says which roles an act is for, by the articles that allow it.
func who(law *regulation.Regulation, what string, act regulation.Act) Line {
	var titles, articles []string
	for _, p := range policies(law) {
		if !p.permits || !p.about(act) {
			continue
		}
		for _, role := range p.roles {
			term, ok := law.Terms.Role(role)
			if ok && !slices.Contains(titles, term.Title) {
				titles = append(titles, term.Title)
			}
		}
		if len(p.roles) > 0 && !slices.Contains(articles, p.article) {
			articles = append(articles, p.article)
		}
	}
	if len(titles) == 0 {
		return Line{what, "Niemand.", nil}
	}
	return Line{what, "Alleen wie is aangewezen als " + strings.Join(titles, ", ") + ".", articles}
}

func consenting(t regulation.Terms) (lines []Line) {
	var titles, articles []string
	for _, c := range t.Councils {
		titles = append(titles, c.Title)
		articles = append(articles, c.Article)
	}
	if len(titles) > 0 {
		lines = append(lines, Line{"Wie ermee instemt", sentence(listing(titles), ""), slices.Compact(articles)})
	}
	return lines
}

func reports(t regulation.Terms) (lines []Line) {
	for _, r := range t.Reports {
		text := role(t, r.By) + " aan " + role(t, r.To)
		if r.Every != "" {
			text += ", " + r.Every
		}
		if len(r.Contents) > 0 {
			text += ": " + listing(r.Contents)
		}
		lines = append(lines, Line{"Verslag", sentence(text, ""), one(r.Article)})
	}
	for _, p := range t.Policies {
		text := p.Title
		if p.Version != "" {
			text += ", " + p.Version
		}
		lines = append(lines, Line{"Hoort bij", sentence(text, ""), one(p.Article)})
	}
	return lines
}

// role is what people call a role or a council, or what the regulation says.
func role(t regulation.Terms, key string) string {
	if r, ok := t.Role(key); ok {
		return r.Title
	}
	for _, c := range t.Councils {
		if c.Key == key {
			return c.Title
		}
	}
	return key
}

// guarding is how footage is guarded: what the program always does, and what
// the regulation says about it.
func guarding(law *regulation.Regulation) []Line {
	lines := []Line{{"Beveiliging", "Beelden staan alleen versleuteld op de schijf. Wissen is de sleutel vernietigen.", nil},
		{"Beveiliging", "Wie wat heeft bekeken of geprobeerd, staat in een logboek dat niemand ongemerkt kan wijzigen.", nil}}
	if len(law.Terms.Banned) > 0 {
		lines = append(lines, Line{"Wat niet mag", sentence("De camera's en het programma doen niet aan "+listing(law.Terms.Banned), ""), nil})
	}
	for _, c := range Controls(law) {
		for _, m := range c.Measures {
			if c.Theme == Security && slices.Contains(m.By, Evidence) {
				lines = append(lines, Line{"Beveiliging", m.Article.Title, one(m.Article.Number)})
			}
		}
	}
	return lines
}

// sentence is text as a sentence, and another after it.
func sentence(text, more string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) == 0 {
		return more
	}
	text = strings.ToUpper(string(runes[:1])) + string(runes[1:])
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if more = strings.TrimSpace(more); more != "" {
		return text + " " + sentence(more, "")
	}
	return text
}

func one(article string) []string {
	if article == "" {
		return nil
	}
	return []string{article}
}
