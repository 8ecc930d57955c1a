package premises

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// A deed is what happens in one transaction with the ruling that allows it.
type deed func(ctx context.Context, tx *logbook.Tx) error

// A change is what the regulation is told of a deed.
type change struct {
	what string             // as in woorden.md
	how  string             // "erbij", "anders", "weg"; for the logbook
	more regulation.Context // beyond "wat", and "beeld" if that is true
}

// place does a deed if the regulation allows placing on this entity.
func (r *Register) place(ctx context.Context, by gate.Request, on regulation.Entity, c change, do deed) error {
	subject := gate.Subject{Entity: on}
	details := regulation.Context{"wat": regulation.String(c.what), "beeld": regulation.Boolean(false)}
	maps.Copy(details, c.more)
	req := gate.Request{Act: regulation.Place, Who: by.Who, With: by.With, Where: by.Where, On: subject, Details: details,
		Note: map[string]any{"wat": c.what + " " + c.how}}
	return r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Place); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// end is the deed that notes that something of a site is gone.
func (r *Register) end(table, id string, site SiteID, otherwise Invalid) deed {
	return func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE "+table+" SET gone_at = $3 WHERE id = $1 AND site = $2 AND gone_at IS NULL",
			id, string(site), db.Micros(r.now()))
		return changed(done, err, otherwise)
	}
}

// changed refuses a change that changed nothing.
func changed(done sql.Result, err error, otherwise Invalid) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return otherwise
	}
	return nil
}

// AddSite adds a site: act "plaatsen" on the organisation. Without a number of
// buildings it has one. Of by only Who, With and Where are used, here and
// below.
func (r *Register) AddSite(ctx context.Context, by gate.Request, s Site) (SiteID, error) {
	s, err := s.checked()
	if err != nil {
		return "", err
	}
	s.ID = SiteID(db.NewID())
	err = r.place(ctx, by, organisation, change{what: aSite, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO site (id, name, kind, buildings, created_at) VALUES ($1, $2, $3, $4, $5)",
			string(s.ID), s.Name, s.Kind, s.Buildings, db.Micros(r.now()))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a site: %w", err)
	}
	return s.ID, nil
}

// ChangeSite changes what is known of a site: act "plaatsen" on it.
func (r *Register) ChangeSite(ctx context.Context, by gate.Request, s Site) error {
	s, err := s.checked()
	if err != nil {
		return err
	}
	err = r.place(ctx, by, s.ID.Entity(), change{what: aSite, how: "anders"}, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE site SET name = $2, kind = $3, buildings = $4 WHERE id = $1",
			string(s.ID), s.Name, s.Kind, s.Buildings)
		return changed(done, err, unknownSite)
	})
	if err != nil {
		return fmt.Errorf("couldn't change a site: %w", err)
	}
	return r.announce(ctx)
}

func (s Site) checked() (Site, error) {
	s.Name, s.Kind = strings.TrimSpace(s.Name), strings.ToLower(strings.TrimSpace(s.Kind))
	if s.Buildings == 0 {
		s.Buildings = 1
	}
	if s.Buildings < 0 || s.Buildings > 10_000 {
		return s, Invalid("Vul in hoeveel gebouwen erbij horen: een getal vanaf 1.")
	}
	return s, cmp.Or(line("de naam van de locatie", s.Name), short("de soort locatie", s.Kind, 80))
}
