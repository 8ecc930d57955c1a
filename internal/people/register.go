package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

const (
	unknownPerson Invalid = "Deze persoon is niet (meer) bekend: kies iemand uit de lijst."
	unknownSite   Invalid = "Deze locatie is niet bekend: kies er een uit de lijst."
	backwards     Invalid = "Het einde ligt niet na het begin: kies een later einde."
)

// subject is what someone's name in the regulation makes an act's object.
func subject(id PersonID) gate.Subject { return gate.Subject{Entity: id.Entity()} }

func atSite(id string) gate.Subject {
	return gate.Subject{Entity: regulation.NewEntity(regulation.Site, id)}
}

// ask asks for an act on someone or somewhere. Of by only Who, With and Where
// are used.
func ask(by gate.Request, act regulation.Act, on gate.Subject, details regulation.Context) gate.Request {
	return gate.Request{Act: act, Who: by.Who, With: by.With, Where: by.Where, On: on, Details: details}
}

// enter changes the register if the regulation allows it, and has what was
// allowed because of how it was reconsidered.
func (r *Register) enter(ctx context.Context, req gate.Request, doing string, do func(context.Context, *logbook.Tx) error) error {
	err := r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, permit *gate.Permit) error {
		if err := permit.Allows(req.On, req.Act); err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("couldn't %s: %w", doing, err)
	}
	return r.reconsider(ctx)
}

// knownPerson refuses who isn't there, or isn't any more.
func knownPerson(ctx context.Context, q db.Querier, id PersonID) error {
	return one(ctx, q, unknownPerson, "SELECT count(*) FROM person WHERE id = $1 AND ended_at IS NULL", string(id))
}

func knownSite(ctx context.Context, q db.Querier, id string) error {
	return one(ctx, q, unknownSite, "SELECT count(*) FROM site WHERE id = $1", id)
}

// one refuses with invalid what a query doesn't count as one.
func one(ctx context.Context, q db.Querier, invalid Invalid, query string, args ...any) error {
	var n int
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return err
	}
	if n != 1 {
		return invalid
	}
	return nil
}

// end ends a row of a table that isn't over by then; over says that it is.
func end(ctx context.Context, tx *logbook.Tx, table, id string, at time.Time, over Invalid) error {
	done, err := tx.ExecContext(ctx, "UPDATE "+table+" SET to_at = $2 WHERE id = $1 AND (to_at IS NULL OR to_at > $2)", id, db.Micros(at))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, over)
	}
	return nil
}

// later is the last of two instants: what is ended before it begins, never is.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// period is from when to when something holds: from now, unless said
// otherwise. Without an end it holds until somebody ends it.
func (r *Register) period(from, to time.Time) (time.Time, error) {
	if from.IsZero() {
		from = r.now()
	}
	if !to.IsZero() && !to.After(from) {
		return from, backwards
	}
	return from, nil
}

// line refuses what is empty or too long for a line.
func line(what, text string, most int) error {
	if text == "" {
		return Invalid("Vul " + what + " in: zonder kan het niet.")
	}
	return short(what, text, most)
}

// short refuses what is too long for a line. Whether it may be empty is up to
// the regulation.
func short(what, text string, most int) error {
	if len([]rune(text)) > most || strings.ContainsAny(text, "\r\n\x00") {
		return Invalid(fmt.Sprintf("Maak van %s één regel van hoogstens %d tekens.", what, most))
	}
	return nil
}
