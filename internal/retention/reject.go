package retention

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// Reject says that who viewed a stretch of footage found it of no use: act
// "afkeuren" on the camera during the span. The term that the regulation gives
// for that begins now; when it is over, the hours the stretch is in are erased
// as a whole, but for what is held.
func (h *Holds) Reject(ctx context.Context, who people.Presence, camera premises.CameraID, span footage.Span) error {
	now := db.Time(db.Micros(h.now()))
	span = rounded(span)
	if err := rejectable(camera, span, now); err != nil {
		return err
	}
	id, err := h.newID()
	if err != nil {
		return err
	}
	subject := footage.Subject(camera, span)
	request := who.Request(regulation.Reject, subject)
	err = h.gate.Pass(ctx, request, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Reject); err != nil {
			return err
		}
		if err := hangs(ctx, tx, camera); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO rejection (id, camera, from_at, to_at, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6)",
			id, string(camera), db.Micros(span.From), db.Micros(span.To), string(request.Who.ID), db.Micros(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't reject what camera %s saw: %w", camera, err)
	}
	return nil
}

func rejectable(camera premises.CameraID, span footage.Span, now time.Time) error {
	switch {
	case camera == "":
		return Invalid("Kies een camera: afkeuren gaat over beelden van één camera.")
	case !span.From.Before(span.To):
		return Invalid("Het begin van de beelden ligt niet voor het eind: verander een van de twee tijden.")
	case span.To.Sub(span.From) > longestHold:
		return Invalid("Meer dan 24 uur kan niet in één keer worden afgekeurd: kies een kortere tijd.")
	case span.To.After(now):
		return Invalid("Beelden die er nog niet zijn, kunt u niet afkeuren: kies een eerder eind.")
	}
	return nil
}

// rounded is span as the database keeps it, in microseconds: the permit must
// cover what is kept.
func rounded(span footage.Span) footage.Span {
	return footage.Span{From: db.Time(db.Micros(span.From)), To: db.Time(db.Micros(span.To))}
}

// newID is a name nobody can guess.
func (h *Holds) newID() (string, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(h.rand, id); err != nil {
		return "", fmt.Errorf("couldn't draw a name: %w", err)
	}
	return hex.EncodeToString(id), nil
}

// Rejected returns what was rejected of what a camera saw during span, oldest
// first.
func (h *Holds) Rejected(ctx context.Context, camera premises.CameraID, span footage.Span) ([]Rejection, error) {
	return rejections(ctx, h.db, camera, span)
}

func rejections(ctx context.Context, q db.Querier, camera premises.CameraID, span footage.Span) ([]Rejection, error) {
	rows, err := q.QueryContext(ctx, "SELECT from_at, to_at, at FROM rejection WHERE camera = $1 AND from_at < $2 AND to_at > $3 ORDER BY at, id",
		string(camera), db.Micros(span.To), db.Micros(span.From))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Rejection
	for rows.Next() {
		var from, to, at int64
		if err := rows.Scan(&from, &to, &at); err != nil {
			return nil, err
		}
		out = append(out, Rejection{Span: footage.Span{From: db.Time(from), To: db.Time(to)}, At: db.Time(at)})
	}
	return out, rows.Err()
}
