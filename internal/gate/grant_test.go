package gate_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A witness of who was granted what.
type granted map[regulation.Entity]bool

func (g granted) Testify(_ context.Context, _ db.Querier, r gate.Request, _ time.Time, t *gate.Testimony) error {
	for _, who := range []regulation.Entity{samira, pieter, joost} {
		t.Say(who, nil, regulation.Context{})
	}
	t.Present = append([]regulation.Entity{r.Who}, r.With...)
	t.Context["gemachtigd"] = regulation.Boolean(g[r.Who])
	for _, who := range r.With {
		t.SayOwn(who, regulation.Context{"gemachtigd": regulation.Boolean(g[who])})
	}
	return nil
}

// A grant is of who has it. It doesn't make the colleague beside them somebody
// who may look too.
func TestGrantIsNobodyElses(t *testing.T) {
	const text = "# Proef\n\n## Artikel 1\n\nWie gemachtigd is, met zijn tweeën.\n\n```cedar\n" +
		"permit (principal, action == Action::\"terugkijken\", resource) when { context.gemachtigd && context.aanwezigen >= 2 };\n```\n"
	d := dbtest.SQLite(t)
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	book, err := logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	law, err := regulation.Parse("proef.md", []byte(text))
	must(t, err)
	g := gate.New(book, d, func(time.Time) *regulation.Regulation { return law }, func() time.Time { return ten })
	has := granted{samira: true}
	g.Hear(has)
	ask := func(with ...regulation.Entity) bool {
		t.Helper()
		law, q, err := g.Ask(t.Context(), gate.Request{Act: regulation.PlayBack, Who: samira, With: with, On: gate.Subject{Entity: camera}})
		must(t, err)
		return law.Rule(q).Allowed
	}
	if ask() || ask(pieter) || ask(pieter, joost) {
		t.Error("one grant counted for two")
	}
	has[pieter] = true
	if !ask(pieter) {
		t.Error("two who were granted it may not")
	}
}
