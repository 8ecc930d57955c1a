package premises

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Mask is a part of the picture that was blacked out in the camera, and that
// somebody who may place cameras approved, for where the camera looks: when it
// is turned or moved, somebody must look again.
type Mask struct {
	ID     string
	Camera CameraID
	Covers string // one of [Views]
	Area   string // which part of the picture, in words
	By     string // id of who approved it; ours to fill in
	At     time.Time
}

const goneMask Invalid = "Dit masker is er niet (meer): kies er een uit de lijst."

// Masks returns the masks of a camera, oldest first.
func (r *Register) Masks(ctx context.Context, id CameraID) ([]Mask, error) {
	return list(ctx, r.db, func(scan func(...any) error) (m Mask, err error) {
		var at int64
		err = scan(&m.ID, &m.Camera, &m.Covers, &m.Area, &m.By, &at)
		m.At = db.Time(at)
		return m, err
	}, "SELECT id, camera, covers, area, by_whom, at FROM mask WHERE camera = $1 AND gone_at IS NULL ORDER BY at, id", string(id))
}

// AddMask adds a mask: act "plaatsen" on its camera.
func (r *Register) AddMask(ctx context.Context, by gate.Request, m Mask) (string, error) {
	m.ID, m.Area, m.By, m.At = db.NewID(), strings.TrimSpace(m.Area), string(by.Who.ID), r.now()
	if err := cmp.Or(oneOf("wat het masker afdekt", m.Covers, Views()), line("welk deel van het beeld het afdekt", m.Area)); err != nil {
		return "", err
	}
	err := r.place(ctx, by, m.Camera.Entity(), change{what: aMask, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		c, err := camera(ctx, tx, m.Camera)
		if err != nil {
			return err
		}
		if !c.Removed.IsZero() {
			return goneCamera
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO mask (id, camera, covers, area, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6)",
			m.ID, string(m.Camera), m.Covers, m.Area, m.By, db.Micros(m.At))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a mask: %w", err)
	}
	return m.ID, r.announce(ctx)
}

// RemoveMask notes that a mask is gone: act "plaatsen" on its camera, which
// sees more from now on.
func (r *Register) RemoveMask(ctx context.Context, by gate.Request, m Mask) error {
	more := change{what: aMask, how: "weg", more: regulation.Context{"beeld": regulation.Boolean(true)}}
	err := r.place(ctx, by, m.Camera.Entity(), more, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE mask SET gone_at = $3 WHERE id = $1 AND camera = $2 AND gone_at IS NULL",
			m.ID, string(m.Camera), db.Micros(r.now()))
		if err := changed(done, err, goneMask); err != nil {
			return err
		}
		return r.viewChanged(ctx, tx, m.Camera)
	})
	if err != nil {
		return fmt.Errorf("couldn't remove a mask: %w", err)
	}
	return r.announce(ctx)
}

// unmask notes that no mask of a camera was approved for where it looks now.
func (r *Register) unmask(ctx context.Context, tx *logbook.Tx, id CameraID) error {
	_, err := tx.ExecContext(ctx, "UPDATE mask SET gone_at = $2 WHERE camera = $1 AND gone_at IS NULL", string(id), db.Micros(r.now()))
	return err
}
