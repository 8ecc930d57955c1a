package people

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Session is something that is going on at a site for a while: an exam.
type Session struct {
	ID       string
	Kind     string // a word of the regulation: examen
	Site     string
	Room     string // "" for all of the site
	Title    string
	By       PersonID
	From, To time.Time
	OnDuty   []PersonID
}

// maxOnDuty is how many people can have duty at one session.
const maxOnDuty = 50

var kindForm = regexp.MustCompile(`^[\p{Ll}][\p{Ll}\p{Nd} _-]{0,39}$`)

func (s Session) request(by gate.Request) gate.Request {
	req := ask(by, regulation.Roster, atSite(s.Site), regulation.Context{"soort": regulation.String(s.Kind)})
	req.Note = map[string]any{"zitting": s.ID}
	return req
}

// AddSession enters a session and who has duty then: act "roosteren" on its
// site. ID and By of s are ours.
func (r *Register) AddSession(ctx context.Context, by gate.Request, s Session) (string, error) {
	s.ID, s.By = db.NewID(), PersonID(by.Who.ID)
	s.Kind, s.Title = strings.ToLower(strings.TrimSpace(s.Kind)), strings.TrimSpace(s.Title)
	s.OnDuty = slices.Compact(slices.Sorted(slices.Values(s.OnDuty)))
	if err := s.check(); err != nil {
		return "", err
	}
	err := r.enter(ctx, s.request(by), "enter a session", func(ctx context.Context, tx *logbook.Tx) error {
		if err := s.exist(ctx, tx); err != nil {
			return err
		}
		return s.insert(ctx, tx)
	})
	if err != nil {
		return "", err
	}
	return s.ID, nil
}

func (s Session) check() error {
	switch {
	case !kindForm.MatchString(s.Kind):
		return Invalid("Noem de soort zitting met één woord in kleine letters, zoals: examen.")
	case !idForm.MatchString(s.Site):
		return unknownSite
	case s.From.IsZero() || s.To.IsZero():
		return Invalid("Vul in wanneer de zitting begint en eindigt.")
	case !s.To.After(s.From):
		return backwards
	case len(s.OnDuty) > maxOnDuty:
		return Invalid(fmt.Sprintf("Hoogstens %d mensen hebben tegelijk dienst: kies er minder.", maxOnDuty))
	}
	return short("waar de zitting over gaat", s.Title, 120)
}

// exist refuses a session in a room that isn't there, or with nobody we know.
func (s Session) exist(ctx context.Context, q db.Querier) error {
	if err := knownSite(ctx, q, s.Site); err != nil {
		return err
	}
	if s.Room != "" {
		const unknown Invalid = "Deze ruimte is op deze locatie niet bekend: kies er een uit de lijst."
		err := one(ctx, q, unknown, "SELECT count(*) FROM room WHERE id = $1 AND site = $2 AND gone_at IS NULL", s.Room, s.Site)
		if err != nil {
			return err
		}
	}
	for _, id := range s.OnDuty {
		if err := knownPerson(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}

func (s Session) insert(ctx context.Context, q db.Querier) error {
	_, err := q.ExecContext(ctx, `INSERT INTO session (id, kind, site, room, title, by_whom, from_at, to_at)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8)`, s.ID, s.Kind, s.Site, s.Room, s.Title, string(s.By), db.Micros(s.From), db.Micros(s.To))
	for _, id := range s.OnDuty {
		if err != nil {
			break
		}
		_, err = q.ExecContext(ctx, "INSERT INTO duty (session, person) VALUES ($1, $2)", s.ID, string(id))
	}
	return err
}

// EndSession ends a session now, or cancels one that is still to come: act
// "roosteren" on its site.
func (r *Register) EndSession(ctx context.Context, by gate.Request, id string) error {
	found, err := sessions(ctx, r.db, "id = $1", id)
	if err != nil {
		return fmt.Errorf("couldn't find the session: %w", err)
	}
	if len(found) == 0 {
		return Invalid("Deze zitting is niet bekend: kies er een uit de lijst.")
	}
	s := found[0]
	return r.enter(ctx, s.request(by), "end a session", func(ctx context.Context, tx *logbook.Tx) error {
		return end(ctx, tx, "session", id, later(r.now(), s.From), "Deze zitting is al voorbij.")
	})
}

// Sessions returns the sessions at a site ("" for all) of which a part lies
// between from and to, and who has duty.
func (r *Register) Sessions(ctx context.Context, site string, from, to time.Time) ([]Session, error) {
	all, err := sessions(ctx, r.db, "($1 = '' OR site = $1) AND to_at > $2 AND from_at < $3 AND to_at > from_at", site, db.Micros(from), db.Micros(to))
	for i := range all {
		if err != nil {
			break
		}
		all[i].OnDuty, err = list(ctx, r.db, func(scan func(...any) error) (p PersonID, err error) { return p, scan(&p) },
			"SELECT d.person FROM duty d JOIN person p ON p.id = d.person WHERE d.session = $1 ORDER BY p.name, p.id", all[i].ID)
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't list sessions: %w", err)
	}
	return all, nil
}

func sessions(ctx context.Context, q db.Querier, where string, args ...any) ([]Session, error) {
	return list(ctx, q, func(scan func(...any) error) (s Session, err error) {
		var from, to int64
		err = scan(&s.ID, &s.Kind, &s.Site, &s.Room, &s.Title, &s.By, &from, &to)
		s.From, s.To = db.Time(from), db.Time(to)
		return s, err
	}, `SELECT id, kind, site, COALESCE(room, ''), title, by_whom, from_at, to_at FROM session WHERE `+where+` ORDER BY from_at, id`, args...)
}

// tellSessions tells which kinds of session are going on in the room of a
// camera or at a site, and at which of them the one who acts has duty.
func tellSessions(ctx context.Context, q db.Querier, req gate.Request, site, room string, gone regulation.Entity, at time.Time, t *gate.Testimony) error {
	var on, duty []string
	if site != "" {
		if err := goingOn(ctx, q, req, site, room, at, func(kind string, hasDuty bool) {
			on = append(on, kind)
			if hasDuty && req.Who != gone {
				duty = append(duty, kind)
			}
		}); err != nil {
			return err
		}
	}
	t.Context["zittingen"], t.Context["in_dienst"] = regulation.Strings(on...), regulation.Strings(duty...)
	return nil
}

// goingOn yields the sessions at a site; of those in a room only the ones a
// camera is in the same room of.
func goingOn(ctx context.Context, q db.Querier, req gate.Request, site, room string, at time.Time, yield func(kind string, hasDuty bool)) error {
	rows, err := q.QueryContext(ctx, `SELECT s.kind, s.room, d.person FROM session s
		LEFT JOIN duty d ON d.session = s.id AND d.person = $1
		WHERE s.site = $2 AND s.to_at > $3 AND s.from_at <= $3`, string(req.Who.ID), site, db.Micros(at))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var in, person sql.NullString
		if err := rows.Scan(&kind, &in, &person); err != nil {
			return err
		}
		if in.Valid && req.On.Entity.Type == regulation.Camera && in.String != room {
			continue
		}
		yield(kind, person.Valid)
	}
	return rows.Err()
}
