package premises

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
)

// An Entrance is where people come in. Each must have a sign.
type Entrance struct {
	ID   string
	Site SiteID
	Name string
}

// A Sign is evidence that people at an entrance are told of the cameras.
type Sign struct {
	ID         string
	Site       SiteID
	Entrance   string // its name
	Evidence   string // where the photo is, if it isn't here
	Placed     time.Time
	Photo      []byte // only to add one: [Register.SignPhoto] reads it
	PhotoMedia string // "image/jpeg", "image/png", or "" if there is no photo; ours to find out
}

// MaxPhoto is how many bytes a photo of a sign may have.
const MaxPhoto = 5 << 20

const (
	goneEntrance Invalid = "Deze ingang is er niet (meer): kies er een uit de lijst."
	goneSign     Invalid = "Dit bord hangt er niet (meer): kies er een uit de lijst."
)

// Entrances returns the entrances of a site by name.
func (r *Register) Entrances(ctx context.Context, id SiteID) ([]Entrance, error) {
	return list(ctx, r.db, func(scan func(...any) error) (e Entrance, err error) {
		return e, scan(&e.ID, &e.Site, &e.Name)
	}, "SELECT id, site, name FROM entrance WHERE site = $1 AND gone_at IS NULL ORDER BY name, id", string(id))
}

// AddEntrance adds an entrance: act "plaatsen" on its site.
func (r *Register) AddEntrance(ctx context.Context, by gate.Request, e Entrance) (string, error) {
	e.Name = strings.TrimSpace(e.Name)
	if err := line("de naam van de ingang", e.Name); err != nil {
		return "", err
	}
	var id string
	err := r.place(ctx, by, e.Site.Entity(), change{what: anEntrance, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, e.Site); err != nil {
			return err
		}
		var err error
		if id, err = enter(ctx, tx, e.Site, e.Name); err == nil && id == "" {
			return Invalid("Deze ingang staat er al: geef de andere een eigen naam.")
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add an entrance: %w", err)
	}
	return id, r.announce(ctx)
}

// enter registers an entrance, or returns "" if it was.
func enter(ctx context.Context, tx *logbook.Tx, site SiteID, name string) (id string, err error) {
	var n int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM entrance WHERE site = $1 AND name = $2 AND gone_at IS NULL",
		string(site), name).Scan(&n)
	if err != nil || n > 0 {
		return "", err
	}
	id = db.NewID()
	_, err = tx.ExecContext(ctx, "INSERT INTO entrance (id, site, name) VALUES ($1, $2, $3)", id, string(site), name)
	return id, err
}

// RemoveEntrance notes that an entrance is no more, and with it the signs
// there: act "plaatsen" on its site.
func (r *Register) RemoveEntrance(ctx context.Context, by gate.Request, e Entrance) error {
	err := r.place(ctx, by, e.Site.Entity(), change{what: anEntrance, how: "weg"}, func(ctx context.Context, tx *logbook.Tx) error {
		if err := r.end("entrance", e.ID, e.Site, goneEntrance)(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE sign SET gone_at = $3 WHERE site = $2 AND gone_at IS NULL
			AND entrance = (SELECT name FROM entrance WHERE id = $1)`, e.ID, string(e.Site), db.Micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't remove an entrance: %w", err)
	}
	return r.announce(ctx)
}

// Signs returns the signs that are in place at a site, by entrance.
func (r *Register) Signs(ctx context.Context, id SiteID) ([]Sign, error) {
	return list(ctx, r.db, func(scan func(...any) error) (s Sign, err error) {
		var placed int64
		err = scan(&s.ID, &s.Site, &s.Entrance, &s.Evidence, &placed, &s.PhotoMedia)
		s.Placed = db.Time(placed)
		return s, err
	}, `SELECT id, site, entrance, evidence, placed_at, photo_media FROM sign
		WHERE site = $1 AND `+inPlace+` ORDER BY entrance, id`, string(id), db.Micros(r.now()))
}

// inPlace is whether a sign is there at $2.
const inPlace = "placed_at <= $2 AND (gone_at IS NULL OR gone_at > $2)"

// SignPhoto returns the photo of a sign of a site, or an error wrapping
// sql.ErrNoRows.
func (r *Register) SignPhoto(ctx context.Context, site SiteID, id string) (photo []byte, media string, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT photo, photo_media FROM sign WHERE id = $1 AND site = $2 AND photo IS NOT NULL",
		id, string(site)).Scan(&photo, &media)
	if err != nil {
		return nil, "", fmt.Errorf("couldn't find the photo of sign %s: %w", id, err)
	}
	return photo, media, nil
}

// AddSign notes that a sign hangs at an entrance: act "plaatsen" on its site.
// An entrance nobody registered is registered by it. A zero Placed is now.
func (r *Register) AddSign(ctx context.Context, by gate.Request, s Sign) error {
	s, err := r.checkedSign(s)
	if err != nil {
		return err
	}
	err = r.place(ctx, by, s.Site.Entity(), change{what: aSign, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, s.Site); err != nil {
			return err
		}
		if _, err := enter(ctx, tx, s.Site, s.Entrance); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sign (id, site, entrance, evidence, placed_at, photo, photo_media)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			s.ID, string(s.Site), s.Entrance, s.Evidence, db.Micros(s.Placed), s.Photo, s.PhotoMedia)
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't add a sign: %w", err)
	}
	return r.announce(ctx)
}

func (r *Register) checkedSign(s Sign) (Sign, error) {
	s.ID, s.Entrance, s.Evidence = db.NewID(), strings.TrimSpace(s.Entrance), strings.TrimSpace(s.Evidence)
	if s.Placed.IsZero() {
		s.Placed = r.now()
	}
	if s.Placed.After(r.now()) {
		return s, Invalid("Een bord dat nog moet komen, telt niet: voer het in als het er hangt.")
	}
	s.PhotoMedia = ""
	if len(s.Photo) == 0 {
		s.Photo = nil
		return s, cmp.Or(line("de ingang", s.Entrance), line("waar de foto van het bord is", s.Evidence))
	}
	if s.PhotoMedia = pictureMedia(s.Photo); s.PhotoMedia == "" {
		return s, Invalid("Dit is geen foto: kies een bestand dat JPEG of PNG is.")
	}
	if len(s.Photo) > MaxPhoto {
		return s, Invalid("Deze foto is te groot: maak haar kleiner dan 5 MB.")
	}
	return s, cmp.Or(line("de ingang", s.Entrance), short("waar de foto van het bord is", s.Evidence, 80))
}

// pictureMedia is what kind of picture the bytes begin like, whatever the
// sender called it; "" if none.
func pictureMedia(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	}
	return ""
}

// RemoveSign notes that a sign is gone: act "plaatsen" on its site.
func (r *Register) RemoveSign(ctx context.Context, by gate.Request, s Sign) error {
	err := r.place(ctx, by, s.Site.Entity(), change{what: aSign, how: "weg"}, r.end("sign", s.ID, s.Site, goneSign))
	if err != nil {
		return fmt.Errorf("couldn't remove a sign: %w", err)
	}
	return r.announce(ctx)
}
