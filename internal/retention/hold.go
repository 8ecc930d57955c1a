package retention

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Hold keeps footage past its term until its incident is settled.
type Hold struct {
	ID       string
	Incident string
	Camera   premises.CameraID
	Span     footage.Span
	Reason   string
	Placed   time.Time
	By       people.PersonID
	Lifted   time.Time // zero while it holds
	Kept     int       // how many segments were there to keep when it was placed
}

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

// Holds is the register of holds.
type Holds struct {
	db      *db.DB
	gate    *gate.Gate
	footage *footage.Store
	terms   func(time.Time) regulation.Terms
	now     func() time.Time
	rand    io.Reader
}

// OpenHolds opens the register of holds in d. terms returns those of the
// regulation in force at an instant; rand names holds.
func OpenHolds(d *db.DB, g *gate.Gate, f *footage.Store, terms func(time.Time) regulation.Terms,
	now func() time.Time, rand io.Reader) *Holds {
	return &Holds{db: d, gate: g, footage: f, terms: terms, now: now, rand: rand}
}

// Place places a hold: act "vasthouden" on the camera during the span, under
// the incident. Footage whose term is over already is not brought back, even
// when no sweep has come by yet: the hold then begins with the first hour
// whose term isn't over. What is still to be recorded during the span is held
// too. The hold that is returned says how many segments were kept.
func (h *Holds) Place(ctx context.Context, who people.Presence, hold Hold) (Hold, error) {
	hold, err := h.checked(ctx, hold, h.now())
	if err != nil {
		return Hold{}, err
	}
	return h.place(ctx, who.Request(regulation.Hold, footage.Subject(hold.Camera, hold.Span)), hold)
}

// Secure is Place for what was seen this instant, by the program itself if the
// regulation lets it, else by who saw it.
func (h *Holds) Secure(ctx context.Context, who people.Presence, hold Hold) (Hold, error) {
	hold, err := h.checked(ctx, hold, h.now())
	if err != nil {
		return Hold{}, err
	}
	subject := footage.Subject(hold.Camera, hold.Span)
	itself := gate.Request{Act: regulation.Hold, Who: people.System.Entity(), On: subject,
		Under: regulation.NewEntity(regulation.Incident, hold.Incident)}
	law, question, err := h.gate.Ask(ctx, itself)
	if err != nil {
		return Hold{}, fmt.Errorf("couldn't ask who may hold what camera %s saw: %w", hold.Camera, err)
	}
	if law != nil && law.Rule(question).Allowed {
		return h.place(ctx, itself, hold)
	}
	return h.place(ctx, who.Request(regulation.Hold, subject), hold)
}

// place places a hold that was checked.
func (h *Holds) place(ctx context.Context, request gate.Request, hold Hold) (Hold, error) {
	subject := request.On
	request.Under = regulation.NewEntity(regulation.Incident, hold.Incident)
	err := h.gate.Pass(ctx, request, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) (err error) {
		if err := p.Allows(subject, regulation.Hold); err != nil {
			return err
		}
		hold.Placed, hold.By, hold.Lifted = h.now(), people.PersonID(request.Who.ID), time.Time{}
		if err := insert(ctx, tx, hold); err != nil {
			return err
		}
		hold.Kept, err = h.footage.Preserve(ctx, tx, p, hold.Incident, hold.Camera, hold.Span)
		return err
	})
	if err != nil {
		return Hold{}, fmt.Errorf("couldn't place a hold on camera %s: %w", hold.Camera, err)
	}
	return hold, nil
}

const (
	longestHold   = 24 * time.Hour
	longestReason = 500
)

// checked is hold as it can be placed, or what is wrong with it.
func (h *Holds) checked(ctx context.Context, hold Hold, now time.Time) (Hold, error) {
	hold.Reason = strings.TrimSpace(hold.Reason)
	hold.Span = rounded(hold.Span)
	switch {
	case hold.Incident == "":
		return Hold{}, Invalid("Kies een incident: zonder incident worden beelden niet langer bewaard.")
	case hold.Camera == "":
		return Hold{}, Invalid("Kies een camera: een bewaaropdracht gaat over één camera.")
	case !hold.Span.From.Before(hold.Span.To):
		return Hold{}, Invalid("Het begin van de beelden ligt niet voor het eind: verander een van de twee tijden.")
	case hold.Span.To.Sub(hold.Span.From) > longestHold:
		return Hold{}, Invalid("Meer dan 24 uur kan niet in één keer bewaard worden: kies een kortere tijd, of bewaar in delen.")
	case len([]rune(hold.Reason)) > longestReason || strings.ContainsRune(hold.Reason, 0):
		return Hold{}, Invalid(fmt.Sprintf("Maak van de reden een tekst van hoogstens %d tekens.", longestReason))
	}
	s, err := h.Schedule(ctx, hold.Camera, hold.Span)
	if err != nil {
		return Hold{}, err
	}
	if hold.Span.From = s.earliest(hold.Span, now); !hold.Span.From.Before(hold.Span.To) {
		return Hold{}, Invalid("De bewaartermijn van deze beelden is voorbij: ze zijn er niet meer en komen niet terug.")
	}
	hold.ID, err = h.newID()
	return hold, err
}

// Schedule returns what decides, by the terms in force, when what a camera saw
// during span must go.
func (h *Holds) Schedule(ctx context.Context, camera premises.CameraID, span footage.Span) (Schedule, error) {
	return schedule(ctx, h.db, camera, span, h.terms(h.now()))
}

// earliest is the first instant of span whose term isn't over at now.
func (s Schedule) earliest(span footage.Span, now time.Time) time.Time {
	for from := span.From; from.Before(span.To); from = (vault.HourOf(from) + 1).Start() {
		if !Decide(vault.HourOf(from), s, nil, now).Due {
			return from
		}
	}
	return span.To
}

// insert keeps hold, if its camera is there and its incident is still open.
// The law says so as well, and says it first; this is for a law that doesn't.
func insert(ctx context.Context, tx *logbook.Tx, hold Hold) error {
	var settled sql.NullInt64
	err := tx.QueryRowContext(ctx, "SELECT settled_at FROM incident WHERE id = $1", hold.Incident).Scan(&settled)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Invalid("Dit incident is niet bekend: kies er een uit de lijst, of meld het eerst.")
	case err != nil:
		return err
	case settled.Valid:
		return Invalid("Dit incident is afgehandeld: er wordt niets meer voor bewaard. Meld een nieuw incident.")
	}
	if err := hangs(ctx, tx, hold.Camera); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO hold (id, incident, camera, from_at, to_at, reason, placed_at, placed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, hold.ID, hold.Incident, string(hold.Camera),
		db.Micros(hold.Span.From), db.Micros(hold.Span.To), hold.Reason, db.Micros(hold.Placed), string(hold.By))
	return err
}

// hangs refuses a camera that never was.
func hangs(ctx context.Context, q db.Querier, camera premises.CameraID) error {
	var cameras int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM camera WHERE id = $1", string(camera)).Scan(&cameras); err != nil {
		return err
	}
	if cameras == 0 {
		return Invalid("Deze camera is niet bekend: kies er een uit de lijst.")
	}
	return nil
}

// Of returns the holds of an incident, lifted or not, oldest first.
func (h *Holds) Of(ctx context.Context, incident string) ([]Hold, error) {
	return holds(ctx, h.db, "incident = $1", incident)
}

// On returns the holds on a camera that touch span and were not lifted.
func (h *Holds) On(ctx context.Context, camera premises.CameraID, span footage.Span) ([]Hold, error) {
	return holds(ctx, h.db, "lifted_at IS NULL AND camera = $1 AND from_at < $2 AND to_at > $3",
		string(camera), db.Micros(span.To), db.Micros(span.From))
}

// All returns all holds, lifted or not, oldest first.
func (h *Holds) All(ctx context.Context) ([]Hold, error) { return holds(ctx, h.db, "0 = 0") }

func holds(ctx context.Context, q db.Querier, where string, args ...any) ([]Hold, error) {
	all, err := scanHolds(q.QueryContext(ctx, `SELECT id, incident, camera, from_at, to_at, reason, placed_at, placed_by, lifted_at
		FROM hold WHERE `+where+" ORDER BY placed_at, id", args...))
	if err != nil {
		return nil, fmt.Errorf("couldn't list holds: %w", err)
	}
	return all, nil
}

func scanHolds(rows *sql.Rows, err error) ([]Hold, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Hold
	for rows.Next() {
		var h Hold
		var from, to, placed int64
		var lifted sql.NullInt64
		if err := rows.Scan(&h.ID, &h.Incident, &h.Camera, &from, &to, &h.Reason, &placed, &h.By, &lifted); err != nil {
			return nil, err
		}
		h.Span, h.Placed = footage.Span{From: db.Time(from), To: db.Time(to)}, db.Time(placed)
		if lifted.Valid {
			h.Lifted = db.Time(lifted.Int64)
		}
		all = append(all, h)
	}
	return all, rows.Err()
}
