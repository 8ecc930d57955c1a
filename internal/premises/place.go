package premises

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// newID is a short random name: 32 hex digits.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// A deed is what happens in one transaction with the ruling that allows it.
type deed func(ctx context.Context, tx *logbook.Tx) error

// place does a deed if the regulation allows placing on this entity.
func (r *Register) place(ctx context.Context, by gate.Request, on regulation.Entity, what string, do deed) error {
	subject := gate.Subject{Entity: on}
	req := gate.Request{Act: regulation.Place, Who: by.Who, With: by.With, Where: by.Where, On: subject,
		Note: map[string]any{"wat": what}}
	return r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Place); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// AddSite adds a site: act "plaatsen" on the organisation. Of by only Who,
// With and Where are used, here and below.
func (r *Register) AddSite(ctx context.Context, by gate.Request, s Site) (SiteID, error) {
	s.ID, s.Name = SiteID(newID()), strings.TrimSpace(s.Name)
	if err := line("de naam van de locatie", s.Name); err != nil {
		return "", err
	}
	err := r.place(ctx, by, organisation, "locatie erbij", func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO site (id, name, created_at) VALUES ($1, $2, $3)",
			string(s.ID), s.Name, db.Micros(r.now()))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a site: %w", err)
	}
	return s.ID, nil
}

// AddSign notes that a sign hangs at an entrance: act "plaatsen" on its site.
// A zero Placed is now.
func (r *Register) AddSign(ctx context.Context, by gate.Request, s Sign) error {
	s.ID, s.Entrance, s.Evidence = newID(), strings.TrimSpace(s.Entrance), strings.TrimSpace(s.Evidence)
	if s.Placed.IsZero() {
		s.Placed = r.now()
	}
	if s.Placed.After(r.now()) {
		return Invalid("Een bord dat nog moet komen, telt niet: voer het in als het er hangt.")
	}
	if err := cmp.Or(line("de ingang", s.Entrance), line("waar de foto van het bord is", s.Evidence)); err != nil {
		return err
	}
	err := r.place(ctx, by, s.Site.Entity(), "bord erbij", func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, s.Site); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ($1, $2, $3, $4, $5)",
			s.ID, string(s.Site), s.Entrance, s.Evidence, db.Micros(s.Placed))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't add a sign: %w", err)
	}
	return r.announce(ctx)
}

// RemoveSign notes that a sign is gone: act "plaatsen" on its site.
func (r *Register) RemoveSign(ctx context.Context, by gate.Request, s Sign) error {
	err := r.place(ctx, by, s.Site.Entity(), "bord weg", func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE sign SET gone_at = $3 WHERE id = $1 AND site = $2 AND gone_at IS NULL",
			s.ID, string(s.Site), db.Micros(r.now()))
		if err != nil {
			return err
		}
		return one(done, "Dit bord hangt er niet (meer): kies er een uit de lijst.")
	})
	if err != nil {
		return fmt.Errorf("couldn't remove a sign: %w", err)
	}
	return r.announce(ctx)
}

// AddCamera adds a camera: act "plaatsen" on its site. ID, Added and Removed
// of c are ours.
func (r *Register) AddCamera(ctx context.Context, by gate.Request, c Camera) (CameraID, error) {
	c, err := c.checked()
	if err != nil {
		return "", err
	}
	c.ID = CameraID(newID())
	err = r.place(ctx, by, c.Site.Entity(), "camera erbij", func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, c.Site); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO camera
			(id, name, site, url, username, password, visible, aim, assessment, added_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(c.ID), c.Name, string(c.Site), c.URL,
			c.Username, c.Password, c.Visible, c.Aim, c.Assessment, db.Micros(r.now()))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a camera: %w", err)
	}
	return c.ID, r.announce(ctx)
}

// ChangeCamera changes a camera: act "plaatsen" on it. It stays at its site,
// because who may see what it saw there follows from where it is: at another
// site it is another camera.
func (r *Register) ChangeCamera(ctx context.Context, by gate.Request, c Camera) error {
	c, err := c.checked()
	if err != nil {
		return err
	}
	err = r.place(ctx, by, c.ID.Entity(), "camera anders", func(ctx context.Context, tx *logbook.Tx) error {
		was, err := camera(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if was.Site != c.Site {
			return Invalid("Een camera verhuist niet: haal haar hier weg en voeg haar op de andere locatie toe. Wie de oude beelden mag zien, blijft dan gelijk.")
		}
		done, err := tx.ExecContext(ctx, `UPDATE camera SET name = $2, url = $3, username = $4, password = $5,
			visible = $6, aim = $7, assessment = $8 WHERE id = $1 AND removed_at IS NULL`, string(c.ID),
			c.Name, c.URL, c.Username, c.Password, c.Visible, c.Aim, c.Assessment)
		if err != nil {
			return err
		}
		return one(done, gone)
	})
	if err != nil {
		return fmt.Errorf("couldn't change a camera: %w", err)
	}
	return r.announce(ctx)
}

// RemoveCamera removes a camera: act "plaatsen" on it. What it recorded stays
// as long as it would have.
func (r *Register) RemoveCamera(ctx context.Context, by gate.Request, id CameraID) error {
	err := r.place(ctx, by, id.Entity(), "camera weg", func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE camera SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL",
			string(id), db.Micros(r.now()))
		if err != nil {
			return err
		}
		return one(done, gone)
	})
	if err != nil {
		return fmt.Errorf("couldn't remove a camera: %w", err)
	}
	return r.announce(ctx)
}
