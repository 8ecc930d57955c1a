package web

import (
	"slices"
	"strings"

	"oogmerk/internal/notice"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A signPage is what sign.html shows: a sign to print and hang up.
type signPage struct {
	Site    premises.Site
	Law     bool // one is in force
	Title   string
	Says    []signLine
	More    string // in the language of the sign
	Address string // where to read more
}

// A signLine is one line of a sign, or one of a list on it.
type signLine struct {
	Text   string
	Listed bool
}

func signLines(text string) (out []signLine) {
	for line := range strings.SplitSeq(text, "\n") {
		line, listed := strings.CutPrefix(line, "- ")
		out = append(out, signLine{line, listed})
	}
	return out
}

// signPage is GET /borden/{locatie}.
func (s *site) signPage(v *visit) error {
	place, err := s.Premises.Site(v.ctx(), premises.SiteID(v.r.PathValue("locatie")))
	if err != nil {
		return err
	}
	page := signPage{Site: place, Law: v.law != nil, More: v.words.say(dutch, "sign.more"), Address: v.r.Host + "/openbaar"}
	if v.law != nil {
		rows, err := v.keptAt(place)
		if err != nil {
			return err
		}
		lines := signLines(notice.SignAt(v.law, v.Board.Organisation(), place.Name, rows))
		page.Title, page.Says = lines[0].Text, lines[1:]
	}
	return v.show("sign", view{title: "sign.title", with: []any{place.Name}, nav: "/plaatsen", data: page})
}

// keptAt is how long footage of the cameras at a site is kept: of each camera
// the shortest term that holds for it, each once.
func (v *visit) keptAt(place premises.Site) ([]regulation.Retention, error) {
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return nil, err
	}
	rooms, err := v.Premises.Rooms(v.ctx(), place.ID)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for _, r := range rooms {
		kinds[r.ID] = r.Kind
	}
	var out []regulation.Retention
	add := func(room string, things ...regulation.Entity) {
		rows := v.law.Terms.RetentionAt(append(things, place.ID.Entity()), room, place.Kind, regulation.Recorded)
		if len(rows) == 0 {
			return
		}
		shortest := slices.MinFunc(rows, func(a, b regulation.Retention) int { return a.Limit.End(v.now).Compare(b.Limit.End(v.now)) })
		if !slices.ContainsFunc(out, func(r regulation.Retention) bool { return r.Key == shortest.Key && r.Article == shortest.Article }) {
			out = append(out, shortest)
		}
	}
	for _, c := range cameras {
		if c.Site == place.ID {
			add(kinds[c.Room], c.ID.Entity())
		}
	}
	if len(out) == 0 {
		add("")
	}
	return out, nil
}
