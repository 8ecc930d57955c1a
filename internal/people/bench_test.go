package people_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// Testify is heard for every ruling, and for every open permit all the time:
// here of two people at a seat, in an organisation of 300 people at ten sites,
// with three years of sessions.
func BenchmarkTestify(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			s := found(b, open(b))
			s.crowd(b)
			token := s.signIn("pieter")
			must(b, s.Join(b.Context(), token, "samira", password))
			req := s.present(token).Request(regulation.PlayBack, gate.Subject{Entity: s.camera.Entity()})
			at := s.clock.read()
			for b.Loop() {
				said := &gate.Testimony{Facts: regulation.Facts{}, Context: regulation.Context{}}
				must(b, s.Testify(b.Context(), s.db, req, at, said))
			}
		})
	}
}

// crowd fills the register without asking.
func (s school) crowd(b *testing.B) {
	at := db.Micros(s.clock.read())
	must(b, s.book.Write(b.Context(), func(ctx context.Context, tx *logbook.Tx) error {
		for i := range 300 {
			_, err := tx.ExecContext(ctx, `INSERT INTO person (id, login, name, password, created_at) VALUES ($1, $1, $1, '', 0)`, fmt.Sprint("p", i))
			must(b, err)
			_, err = tx.ExecContext(ctx, `INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at)
				VALUES ($1, $2, 'bevoegd_medewerker', $3, '', '', 0)`, fmt.Sprint("a", i), fmt.Sprint("p", i), fmt.Sprint("s", i%10))
			must(b, err)
		}
		for i := range 1000 {
			from := at - int64(i)*int64(24*time.Hour/time.Microsecond)
			_, err := tx.ExecContext(ctx, `INSERT INTO session (id, kind, site, title, by_whom, from_at, to_at) VALUES ($1, 'examen', $2, '', '', $3, $4)`,
				fmt.Sprint("z", i), string(s.site), from-3600e6, from)
			must(b, err)
		}
		return nil
	}))
}
