package incident

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// longestDescription is in letters: about a page.
const longestDescription = 4000

// Report enters an incident: act "melden" on the site. Kind, State, Site,
// Happened and Description of i are used; the rest is ours.
func (r *Register) Report(ctx context.Context, who people.Presence, i Incident) (Incident, error) {
	now := db.Time(db.Micros(r.now()))
	i.Description = strings.TrimSpace(i.Description)
	if err := i.check(now); err != nil {
		return Incident{}, fmt.Errorf("couldn't report an incident: %w", err)
	}
	subject := gate.Subject{Entity: i.Site.Entity()}
	req := who.Request(regulation.Report, subject)
	req.Note = map[string]any{"soort": i.Kind, "staat": i.State}
	err := r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Report); err != nil {
			return err
		}
		if err := known(ctx, tx, i); err != nil {
			return err
		}
		number, err := next(ctx, tx, now.Year())
		if err != nil {
			return err
		}
		i.ID, i.Number, i.Reported, i.By, i.SettledAt = newID(), number, now, people.PersonID(req.Who.ID), time.Time{}
		i.Happened = db.Time(db.Micros(i.Happened))
		return insert(ctx, tx, i)
	})
	if err != nil {
		return Incident{}, fmt.Errorf("couldn't report an incident: %w", err)
	}
	return i, nil
}

// check says what is wrong with a report.
func (i Incident) check(now time.Time) error {
	switch {
	case !slices.Contains(Kinds(), i.Kind):
		return Invalid("Kies een soort incident: " + strings.Join(Kinds(), ", ") + ".")
	case i.State != Suspected && i.State != Observed:
		return Invalid("Kies of het incident is vermoed of waargenomen.")
	case i.Site == "":
		return Invalid("Kies de locatie waar het incident was.")
	case i.Happened.IsZero():
		return Invalid("Vul in wanneer het incident was.")
	case i.Happened.After(now):
		return Invalid("Het incident ligt in de toekomst: kijk de datum en de tijd na.")
	case i.Happened.Year() < 2000:
		return Invalid("Het incident is van voor het jaar 2000: kijk de datum na.")
	case i.Description == "":
		return Invalid("Vul in wat er is gebeurd, of wat u vermoedt.")
	case len([]rune(i.Description)) > longestDescription:
		return Invalid(fmt.Sprintf("Maak van de omschrijving een tekst van hoogstens %d tekens.", longestDescription))
	case strings.ContainsFunc(i.Description, odd):
		return Invalid("In de omschrijving staan onzichtbare tekens: typ haar opnieuw.")
	}
	return nil
}

// odd reports whether c doesn't belong in a text that people typed.
func odd(c rune) bool {
	return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' || c == unicode.ReplacementChar
}

// known refuses a report from nowhere.
func known(ctx context.Context, q db.Querier, i Incident) error {
	var n int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM site WHERE id = $1", string(i.Site)).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return Invalid("Deze locatie is niet bekend: kies er een uit de lijst.")
	}
	return nil
}

// next is the number after the last one of year: 2026-014. Logged
// transactions are serial, so no two get the same.
func next(ctx context.Context, q db.Querier, year int) (string, error) {
	var last string
	err := q.QueryRowContext(ctx, "SELECT number FROM incident WHERE number LIKE $1 ORDER BY length(number) DESC, number DESC LIMIT 1",
		fmt.Sprintf("%04d-%%", year)).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	n := 0
	if last != "" {
		if n, err = strconv.Atoi(last[5:]); err != nil {
			return "", fmt.Errorf("couldn't count on from incident %s: %w", last, err)
		}
	}
	return fmt.Sprintf("%04d-%03d", year, n+1), nil
}

func insert(ctx context.Context, q db.Querier, i Incident) error {
	_, err := q.ExecContext(ctx, `INSERT INTO incident
		(id, number, kind, state, site, happened_at, reported_at, reported_by, description)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		i.ID, i.Number, i.Kind, i.State, string(i.Site), db.Micros(i.Happened), db.Micros(i.Reported), string(i.By), i.Description)
	return err
}
