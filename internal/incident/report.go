package incident

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

const (
	longestDescription = 4000 // letters: about a page
	longestLine        = 200
)

// Report enters an incident, or a request to keep footage: act "melden" on the
// site. Kind, State, Site, Happened, Description, Observer, Reference,
// Requester and SeenAlone of i are used; the rest is ours.
func (r *Register) Report(ctx context.Context, who people.Presence, i Incident) (Incident, error) {
	now := db.Time(db.Micros(r.now()))
	i = i.trimmed()
	if err := i.check(now); err != nil {
		return Incident{}, fmt.Errorf("couldn't report an incident: %w", err)
	}
	terms := r.terms(now)
	req := i.request(who)
	req.Note = map[string]any{"staat": i.State}
	if hasKind(terms, i.Kind) { // else it is what somebody typed
		req.Note["soort"] = i.Kind
	}
	err := r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) (err error) {
		if err := p.Allows(req.On, regulation.Report); err != nil {
			return err
		}
		if err := known(ctx, tx, terms, i); err != nil {
			return err
		}
		year, _, _ := calendar.DateOf(now).Civil()
		if i.Number, err = next(ctx, tx, year); err != nil {
			return err
		}
		if i.State == Requested {
			if i.Due, err = due(terms, i.Happened); err != nil {
				return err
			}
		}
		i.ID, i.Reported, i.By = db.NewID(), now, people.PersonID(req.Who.ID)
		return insert(ctx, tx, i)
	})
	if err != nil {
		return Incident{}, fmt.Errorf("couldn't report an incident: %w", err)
	}
	return i, nil
}

// request is the question whether i may be reported.
func (i Incident) request(who people.Presence) gate.Request {
	req := who.Request(regulation.Report, gate.Subject{Entity: i.Site.Entity()})
	req.Details = regulation.Context{"staat": regulation.String(i.State), "soort": regulation.String(i.Kind),
		"waarnemer": regulation.Boolean(i.Observer != "")}
	return req
}

// trimmed is what of i was reported, without loose ends.
func (i Incident) trimmed() Incident {
	return Incident{Kind: strings.TrimSpace(i.Kind), State: i.State, Site: i.Site, Happened: db.Time(db.Micros(i.Happened)),
		Description: strings.TrimSpace(i.Description), Observer: strings.TrimSpace(i.Observer),
		Reference: strings.TrimSpace(i.Reference), Requester: strings.TrimSpace(i.Requester), SeenAlone: i.SeenAlone}
}

// check says what is wrong with a report.
func (i Incident) check(now time.Time) error {
	switch {
	case i.State != Suspected && i.State != Observed && i.State != Requested:
		return Invalid("Kies of het incident is vermoed of waargenomen, of dat iemand om beelden vraagt.")
	case i.Kind == "" && i.State != Requested || len(i.Kind) > longestLine:
		return Invalid("Kies een soort incident uit de lijst.")
	case i.Site == "":
		return Invalid("Kies de locatie waar het incident was.")
	case i.Happened.IsZero():
		return Invalid("Vul in wanneer het incident was.")
	case i.Happened.After(now):
		return Invalid("Het incident ligt in de toekomst: kijk de datum en de tijd na.")
	case i.Happened.Year() < 2000:
		return Invalid("Het incident is van voor het jaar 2000: kijk de datum na.")
	case i.State == Requested && i.Requester == "":
		return Invalid("Vul in wie erom vraagt de beelden te bewaren.")
	case i.Description == "":
		return Invalid("Vul in wat er is gebeurd, of wat u vermoedt.")
	}
	return cmp.Or(prose(i.Description), line(i.Observer), line(i.Reference), line(i.Requester))
}

// prose says what is wrong with a text that people typed.
func prose(text string) error {
	if len([]rune(text)) > longestDescription {
		return Invalid(fmt.Sprintf("Maak de tekst korter: hij heeft hoogstens %d tekens.", longestDescription))
	}
	if strings.ContainsFunc(text, odd) {
		return Invalid("In de tekst staan onzichtbare tekens: typ hem opnieuw.")
	}
	return nil
}

// line says what is wrong with a line that people typed.
func line(text string) error {
	if len([]rune(text)) > longestLine {
		return Invalid(fmt.Sprintf("Maak de regel korter: hij heeft hoogstens %d tekens.", longestLine))
	}
	if strings.ContainsFunc(text, func(c rune) bool { return odd(c) || unicode.IsControl(c) }) {
		return Invalid("In de regel staan onzichtbare tekens: typ hem opnieuw.")
	}
	return nil
}

// odd reports whether c doesn't belong in a text that people typed.
func odd(c rune) bool {
	return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' || c == unicode.ReplacementChar
}

// known refuses a report from nowhere, or of a kind that isn't there. The law
// may say so as well, and says it first; this is for a law that doesn't.
func known(ctx context.Context, q db.Querier, t regulation.Terms, i Incident) error {
	if !hasKind(t, i.Kind) && (i.Kind != "" || i.State != Requested) {
		return Invalid("Kies een soort incident uit de lijst.")
	}
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
	due := ""
	if i.Due != 0 {
		due = i.Due.String()
	}
	_, err := q.ExecContext(ctx, `INSERT INTO incident (id, number, kind, state, site, happened_at, reported_at, reported_by,
		description, observer, reference, requester, seen_alone, due_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		i.ID, i.Number, i.Kind, i.State, string(i.Site), db.Micros(i.Happened), db.Micros(i.Reported), string(i.By),
		i.Description, i.Observer, i.Reference, i.Requester, i.SeenAlone, due)
	return err
}
