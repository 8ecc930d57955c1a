package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// seenEvery is how often a seat in use is written down at most: a request
// doesn't cost a write. A seat may therefore count as idle a minute early.
const seenEvery = time.Minute

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

func seatEntity(seat string) regulation.Entity { return regulation.NewEntity(regulation.Seat, seat) }

// atSeat is the part of a note that says who.
func atSeat(id PersonID, seat string) map[string]any {
	return map[string]any{"wie": id.Entity().String(), "werkplek": seatEntity(seat).String()}
}

// newToken returns a secret for the browser, and what we keep of it.
func newToken() (token string, hash []byte) {
	var b [32]byte
	rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, tokenHash(token)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// seatOf returns the seat a token was given for and that nobody ended, idle
// or not, or [sql.ErrNoRows].
func seatOf(ctx context.Context, q db.Querier, token string) (string, error) {
	var seat string
	err := q.QueryRowContext(ctx, "SELECT id FROM seat WHERE token_hash = $1 AND ended_at IS NULL", tokenHash(token)).Scan(&seat)
	return seat, err
}

// Sitting returns who sits where token proves. A token of which nothing is
// left, for whatever reason, proves that nobody sits anywhere.
func (r *Register) Sitting(ctx context.Context, token string) (Presence, error) {
	p, err := r.present(ctx, r.db, token)
	if err != nil {
		return Presence{}, fmt.Errorf("couldn't see who is present: %w", err)
	}
	return p, nil
}

// Present is Sitting for what a person does and a page doesn't do by itself:
// it notes that the seat is in use.
func (r *Register) Present(ctx context.Context, token string) (Presence, error) {
	p, err := r.Sitting(ctx, token)
	if err != nil || p.Empty() {
		return p, err
	}
	now := r.now()
	if now.Sub(p.seen) < seenEvery {
		return p, nil
	}
	_, err = r.db.ExecContext(ctx, `UPDATE seat SET seen_at = $2 WHERE id = $1 AND seen_at < $2 AND ended_at IS NULL`,
		p.Seat, db.Micros(now))
	if err != nil {
		return Presence{}, fmt.Errorf("couldn't note that a seat is in use: %w", err)
	}
	return p, nil
}

// present reads who sits where token proves.
func (r *Register) present(ctx context.Context, q db.Querier, token string) (Presence, error) {
	seat, err := seatOf(ctx, q, token)
	if errors.Is(err, sql.ErrNoRows) {
		return Presence{}, nil
	}
	if err != nil {
		return Presence{}, err
	}
	return sitting(ctx, q, seat, r.now())
}

// sitting returns who sits at a seat at an instant. Without the one who acts
// nobody does.
func sitting(ctx context.Context, q db.Querier, seat string, at time.Time) (Presence, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+personColumns+`, s.place, s.since_at, s.until_at, seat.seen_at
		FROM sign_in s JOIN seat ON seat.id = s.seat JOIN person p ON p.id = s.person
		WHERE seat.id = $1 AND seat.ended_at IS NULL AND seat.seen_at >= $2
		  AND s.ended_at IS NULL AND s.until_at > $3 AND p.ended_at IS NULL
		ORDER BY s.place`, seat, db.Micros(at.Add(-IdleLimit)), db.Micros(at))
	if err != nil {
		return Presence{}, err
	}
	defer rows.Close()
	p := Presence{Seat: seat}
	for rows.Next() {
		var place, since, until, seen int64
		person, err := scanPerson(rows.Scan, &place, &since, &until, &seen)
		if err != nil {
			return Presence{}, err
		}
		if len(p.All) == 0 && place != 0 {
			return Presence{}, nil
		}
		p.seen = db.Time(seen)
		p.All = append(p.All, Attendance{Person: person, Since: db.Time(since), Until: db.Time(until)})
	}
	if len(p.All) == 0 {
		return Presence{}, rows.Err()
	}
	return p, rows.Err()
}

// sit puts someone at a seat for a time, at the next place, and ends their
// stay anywhere else: nobody is at two screens, so at two screens one colleague
// isn't two. Places are never used twice: the order of sitting down stays.
func (r *Register) sit(ctx context.Context, tx *logbook.Tx, seat string, id PersonID, stay time.Duration) (moved bool, err error) {
	if moved, err = r.comeFrom(ctx, tx, seat, id); err != nil {
		return moved, err
	}
	var place int64
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(place), -1) + 1 FROM sign_in WHERE seat = $1", seat).Scan(&place)
	if err != nil {
		return moved, err
	}
	now := r.now()
	_, err = tx.ExecContext(ctx, `INSERT INTO sign_in (id, seat, person, place, since_at, until_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, db.NewID(), seat, string(id), place, db.Micros(now), db.Micros(now.Add(stay)))
	return moved, err
}

// comeFrom ends someone's stay at every other seat, each with a line in the
// logbook.
func (r *Register) comeFrom(ctx context.Context, tx *logbook.Tx, seat string, id PersonID) (moved bool, err error) {
	elsewhere, err := seatsOf(ctx, tx, id, seat, r.now())
	if err != nil {
		return false, err
	}
	for _, other := range elsewhere {
		if err := r.stand(ctx, tx, other, id); err != nil {
			return false, err
		}
		_, err := tx.Append(ctx, logbook.Entry{At: r.now(), Kind: logbook.Note, Act: signingOut, Object: seatEntity(other).String(),
			Result: "gedaan", Header: map[string]any{"reden": "elders aangemeld"}, Person: atSeat(id, other)})
		if err != nil {
			return false, err
		}
	}
	return len(elsewhere) > 0, nil
}

// seatsOf returns the seats but one where someone's stay isn't over, idle or
// not.
func seatsOf(ctx context.Context, q db.Querier, id PersonID, but string, at time.Time) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT seat.id FROM sign_in s JOIN seat ON seat.id = s.seat
		WHERE s.person = $1 AND seat.id <> $2 AND s.until_at > $3 AND s.ended_at IS NULL AND seat.ended_at IS NULL
		ORDER BY seat.id`, string(id), but, db.Micros(at))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var seat string
		if err := rows.Scan(&seat); err != nil {
			return nil, err
		}
		all = append(all, seat)
	}
	return all, rows.Err()
}

// stand ends someone's stay; with the one who acts, everyone's.
func (r *Register) stand(ctx context.Context, tx *logbook.Tx, seat string, id PersonID) error {
	now := db.Micros(r.now())
	var place int64
	err := tx.QueryRowContext(ctx, `SELECT place FROM sign_in WHERE seat = $1 AND person = $2 AND ended_at IS NULL
		AND (place = 0 OR until_at > $3)`, seat, string(id), now).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return Invalid("Deze persoon is hier al afgemeld.")
	}
	if err != nil {
		return err
	}
	if place == 0 {
		return r.empty(ctx, tx, seat)
	}
	_, err = tx.ExecContext(ctx, "UPDATE sign_in SET ended_at = $3 WHERE seat = $1 AND person = $2 AND ended_at IS NULL",
		seat, string(id), now)
	return err
}

// vacate ends the seat a token was given for, if there is one, with a line in
// the logbook.
func (r *Register) vacate(ctx context.Context, tx *logbook.Tx, token string) (bool, error) {
	seat, err := seatOf(ctx, tx, token)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var actor PersonID
	err = tx.QueryRowContext(ctx, "SELECT person FROM sign_in WHERE seat = $1 AND place = 0", seat).Scan(&actor)
	if err != nil {
		return false, err
	}
	if err := r.empty(ctx, tx, seat); err != nil {
		return false, err
	}
	_, err = tx.Append(ctx, logbook.Entry{At: r.now(), Kind: logbook.Note, Act: signingOut,
		Object: seatEntity(seat).String(), Result: "gedaan", Person: atSeat(actor, seat)})
	return true, err
}

// empty ends a seat and everyone's stay there.
func (r *Register) empty(ctx context.Context, tx *logbook.Tx, seat string) error {
	now := db.Micros(r.now())
	if _, err := tx.ExecContext(ctx, "UPDATE seat SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", seat, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE sign_in SET ended_at = $2 WHERE seat = $1 AND ended_at IS NULL", seat, now)
	return err
}
