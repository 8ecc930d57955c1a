package people

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Visitor is someone from outside who came for footage.
type Visitor struct {
	ID           string
	Name         string
	Capacity     string // one of [Capacities]
	Organisation string // whose they are; "" their own
	Site         string
	Document     string // the kind of identity document that was seen, never its number; "" none was
	Reason       string
	By           PersonID // who received them
	At, Left     time.Time
}

// Capacities are what a visitor can come as.
func Capacities() []string {
	return []string{"politie", "justitie", "betrokkene", "vertegenwoordiger", "advocaat"}
}

// maxVisitors is how many a list shows at most.
const maxVisitors = 500

func (v Visitor) request(by gate.Request) gate.Request {
	req := ask(by, regulation.Receive, atSite(v.Site), regulation.Context{"hoedanigheid": regulation.String(v.Capacity),
		"gelegitimeerd": regulation.Boolean(v.Document != ""), "reden": regulation.Boolean(v.Reason != "")})
	req.Note = map[string]any{"bezoek": v.ID, "hoedanigheid": v.Capacity}
	return req
}

// ReceiveVisitor enters that someone came: act "ontvangen" on the site. Whether
// they must identify themselves and say why is up to the regulation. ID, By, At
// and Left of v are ours.
func (r *Register) ReceiveVisitor(ctx context.Context, by gate.Request, v Visitor) (string, error) {
	v.ID, v.By, v.At = db.NewID(), PersonID(by.Who.ID), r.now()
	v, err := v.trimmed()
	if err != nil {
		return "", err
	}
	err = r.enter(ctx, v.request(by), "receive a visitor", func(ctx context.Context, tx *logbook.Tx) error {
		if err := knownSite(ctx, tx, v.Site); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO visitor (id, name, capacity, organisation, site, document, reason, by_whom, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, v.ID, v.Name, v.Capacity, v.Organisation, v.Site, v.Document, v.Reason,
			string(v.By), db.Micros(v.At))
		return err
	})
	if err != nil {
		return "", err
	}
	return v.ID, nil
}

func (v Visitor) trimmed() (Visitor, error) {
	v.Name, v.Organisation = strings.TrimSpace(v.Name), strings.TrimSpace(v.Organisation)
	v.Document, v.Reason = strings.TrimSpace(v.Document), strings.TrimSpace(v.Reason)
	if !slices.Contains(Capacities(), v.Capacity) {
		return v, Invalid("Kies in welke hoedanigheid de bezoeker komt.")
	}
	if !idForm.MatchString(v.Site) {
		return v, unknownSite
	}
	if strings.ContainsAny(v.Document, "0123456789") {
		return v, Invalid("Vul alleen in welk soort legitimatie u zag, zoals paspoort: het nummer schrijven we niet op.")
	}
	return v, cmp.Or(line("de naam", v.Name, 120), short("de organisatie", v.Organisation, 120),
		short("de legitimatie", v.Document, 60), short("de reden", v.Reason, 300))
}

// VisitorLeaves enters that a visitor is gone: act "ontvangen" on the site.
func (r *Register) VisitorLeaves(ctx context.Context, by gate.Request, id string) error {
	found, err := visitors(ctx, r.db, "id = $1", id)
	if err != nil {
		return fmt.Errorf("couldn't find the visitor: %w", err)
	}
	if len(found) == 0 {
		return Invalid("Dit bezoek is niet bekend: kies er een uit de lijst.")
	}
	req := found[0].request(by)
	req.Note["vertrokken"] = true
	return r.enter(ctx, req, "let a visitor leave", func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE visitor SET left_at = $2 WHERE id = $1 AND left_at IS NULL", id, db.Micros(r.now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, Invalid("Deze bezoeker is al vertrokken."))
		}
		return nil
	})
}

// Visitors returns who came to a site ("" for all) since an instant, or is
// still there; the last first.
func (r *Register) Visitors(ctx context.Context, site string, since time.Time) ([]Visitor, error) {
	all, err := visitors(ctx, r.db, "($1 = '' OR site = $1) AND (at >= $2 OR left_at IS NULL)", site, db.Micros(since))
	if err != nil {
		return nil, fmt.Errorf("couldn't list visitors: %w", err)
	}
	return all, nil
}

func visitors(ctx context.Context, q db.Querier, where string, args ...any) ([]Visitor, error) {
	return list(ctx, q, func(scan func(...any) error) (v Visitor, err error) {
		var at int64
		var left sql.NullInt64
		err = scan(&v.ID, &v.Name, &v.Capacity, &v.Organisation, &v.Site, &v.Document, &v.Reason, &v.By, &at, &left)
		v.At, v.Left = db.Time(at), instant(left)
		return v, err
	}, fmt.Sprintf(`SELECT id, name, capacity, organisation, site, document, reason, by_whom, at, left_at
		FROM visitor WHERE %s ORDER BY at DESC, id LIMIT %d`, where, maxVisitors), args...)
}
