package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// everywhere is the place of a role for the whole organisation, where a place
// must be named.
var everywhere = regulation.NewEntity(regulation.Site, "overal")

// Testify tells the gate of everyone in a request what they were appointed to
// (in Rol::"…" for the whole organisation; functies for a site), whose work
// they do now, in what capacity they are here and whether they must keep
// silent; who of them really sits at the seat; which roles someone fulfils; and
// for the one who acts what is going on there, whether they are on duty, and
// whether they were granted this. Who acts from a seat where they don't sit, or
// not any more, is nothing there, whatever they may be elsewhere: who signs out
// or walks away sees nothing more, even where the regulation lets them look
// alone.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	who := append([]regulation.Entity{req.Who}, req.With...)
	if err := r.seated(ctx, q, req, who, at, t); err != nil {
		return fmt.Errorf("couldn't establish who is present: %w", err)
	}
	var gone regulation.Entity // nobody
	if req.Where.Type == regulation.Seat && !slices.Contains(t.Present, req.Who) {
		gone = req.Who
	}
	if err := tellPersons(ctx, q, append(who, req.On.Entity), gone, at, t); err != nil {
		return fmt.Errorf("couldn't establish what people may be: %w", err)
	}
	site, room, err := placeOf(ctx, q, req.On.Entity)
	if err != nil {
		return fmt.Errorf("couldn't establish where %s is: %w", req.On.Entity, err)
	}
	if err := tellOccupied(ctx, q, site, req.Details, at, t); err != nil {
		return fmt.Errorf("couldn't establish which roles are fulfilled: %w", err)
	}
	if err := tellSessions(ctx, q, req, site, room, gone, at, t); err != nil {
		return fmt.Errorf("couldn't establish what is going on: %w", err)
	}
	granted, err := granted(ctx, q, req, gone, at)
	if err != nil {
		return fmt.Errorf("couldn't establish what %s was granted: %w", req.Who, err)
	}
	t.Context["gemachtigd"] = regulation.Boolean(granted)
	if err := tellBystanders(ctx, q, req, site, room, at, t); err != nil {
		return fmt.Errorf("couldn't establish what the others at the seat were granted: %w", err)
	}
	return nil
}

// tellBystanders tells of those who sit beside the one who acts whether they
// are on duty, and were granted this, themselves.
func tellBystanders(ctx context.Context, q db.Querier, req gate.Request, site, room string, at time.Time, t *gate.Testimony) error {
	actor := req.Who
	for _, req.Who = range t.Present {
		if req.Who == actor {
			continue
		}
		own := gate.Testimony{Context: regulation.Context{}}
		if err := tellSessions(ctx, q, req, site, room, regulation.Entity{}, at, &own); err != nil {
			return err
		}
		has, err := granted(ctx, q, req, regulation.Entity{}, at)
		if err != nil {
			return err
		}
		own.Context["gemachtigd"] = regulation.Boolean(has)
		t.SayOwn(req.Who, own.Context)
	}
	return nil
}

// seated tells who of those in a request really sit at its seat.
func (r *Register) seated(ctx context.Context, q db.Querier, req gate.Request, who []regulation.Entity, at time.Time, t *gate.Testimony) error {
	if req.Who == System.Entity() {
		t.Present = []regulation.Entity{req.Who}
		return nil
	}
	if req.Where.Type != regulation.Seat {
		return nil
	}
	there, err := sitting(ctx, q, string(req.Where.ID), at)
	if err != nil {
		return err
	}
	for _, a := range there.All {
		if e := a.Person.ID.Entity(); slices.Contains(who, e) {
			t.Present = append(t.Present, e)
		}
	}
	return nil
}

// A position is what the regulation may know of someone.
type position struct {
	kind   string
	silent bool
	roles  []regulation.Entity    // for the whole organisation
	posts  []regulation.Attribute // at sites
	acting []regulation.Attribute // for who is away
}

func (p position) attributes() regulation.Context {
	return regulation.Context{"functies": regulation.Set(p.posts...), "neemt_waar": regulation.Set(p.acting...),
		"geheimhouding": regulation.Boolean(p.silent), "soort": regulation.String(p.kind)}
}

// tellPersons tells what people are at an instant; of who is gone, nothing but
// what they undertook. Who isn't known, or isn't with us any more, is nothing.
func tellPersons(ctx context.Context, q db.Querier, who []regulation.Entity, gone regulation.Entity, at time.Time, t *gate.Testimony) error {
	args := []any{db.Micros(at)}
	var places []string
	for _, e := range who {
		if e == System.Entity() {
			t.Say(e, []regulation.Entity{role("systeem")}, position{kind: Employee, silent: true}.attributes())
		} else if e.Type == regulation.Person && !slices.Contains(args, any(string(e.ID))) {
			args = append(args, string(e.ID))
			places = append(places, fmt.Sprintf("$%d", len(args)))
		}
	}
	if places == nil {
		return nil
	}
	found, err := positions(ctx, q, strings.Join(places, ", "), string(gone.ID), args)
	if err != nil {
		return err
	}
	for id, p := range found {
		t.Say(id.Entity(), p.roles, p.attributes())
	}
	return nil
}

// standsIn is a condition: person p does by appointment a somebody else's work
// now. Who they stand for is away, and has in their own name a role there; p is
// here.
const standsIn = `a.stands_for IS NOT NULL
		AND EXISTS (SELECT 1 FROM absence x WHERE x.person = a.stands_for AND x.from_at <= $1 AND (x.to_at IS NULL OR x.to_at > $1))
		AND NOT EXISTS (SELECT 1 FROM absence x WHERE x.person = a.person AND x.from_at <= $1 AND (x.to_at IS NULL OR x.to_at > $1))
		AND EXISTS (SELECT 1 FROM appointment o JOIN person s ON s.id = o.person
			WHERE o.person = a.stands_for AND o.stands_for IS NULL AND (o.site IS NULL OR o.site = a.site)
			  AND o.from_at <= $1 AND (o.to_at IS NULL OR o.to_at > $1) AND (s.ended_at IS NULL OR s.ended_at > $1))`

// positions finds persons, and in one go what they are appointed to.
func positions(ctx context.Context, q db.Querier, in, gone string, args []any) (map[PersonID]position, error) {
	rows, err := q.QueryContext(ctx, `SELECT p.id, p.kind, COALESCE(p.confidentiality_at <= $1, FALSE), a.role, a.site, `+standsIn+`
		FROM person p LEFT JOIN appointment a ON a.person = p.id AND a.from_at <= $1 AND (a.to_at IS NULL OR a.to_at > $1)
		WHERE p.id IN (`+in+`) AND (p.ended_at IS NULL OR p.ended_at > $1)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[PersonID]position{}
	for rows.Next() {
		var id PersonID
		var now position
		var key, site sql.NullString
		var acting bool
		if err := rows.Scan(&id, &now.kind, &now.silent, &key, &site, &acting); err != nil {
			return nil, err
		}
		p, known := found[id]
		if !known {
			p = now
		}
		if key.Valid && string(id) != gone {
			p = p.with(key.String, site, acting)
		}
		found[id] = p
	}
	return found, rows.Err()
}

// with adds an appointment to a position.
func (p position) with(key string, site sql.NullString, acting bool) position {
	place := everywhere
	if site.Valid {
		place = regulation.NewEntity(regulation.Site, site.String)
	}
	post := regulation.Struct(regulation.Context{"rol": role(key), "locatie": place})
	if site.Valid {
		p.posts = append(p.posts, post)
	} else {
		p.roles = append(p.roles, role(key))
	}
	if acting {
		p.acting = append(p.acting, post)
	}
	return p
}

// placeOf is at which site, and in which room if that is known, something is.
func placeOf(ctx context.Context, q db.Querier, on regulation.Entity) (site, room string, err error) {
	var query string
	switch on.Type {
	case regulation.Camera:
		query = "SELECT site, COALESCE(room, '') FROM camera WHERE id = $1"
	case regulation.Incident:
		query = "SELECT site, '' FROM incident WHERE id = $1"
	case regulation.Site:
		query = "SELECT id, '' FROM site WHERE id = $1"
	default:
		return "", "", nil
	}
	err = q.QueryRowContext(ctx, query, string(on.ID)).Scan(&site, &room)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return site, room, err
}

// tellOccupied tells which roles someone has for the organisation, at a site,
// and at the place an appointment is for.
func tellOccupied(ctx context.Context, q db.Querier, site string, details regulation.Context, at time.Time, t *gate.Testimony) error {
	appointed, _ := details["locatie"].(regulation.Entity)
	rows, err := q.QueryContext(ctx, `SELECT a.role, COALESCE(a.site, '') FROM appointment a JOIN person p ON p.id = a.person
		WHERE (a.site IS NULL OR a.site IN ($1, $2)) AND a.from_at <= $3 AND (a.to_at IS NULL OR a.to_at > $3)
		  AND (p.ended_at IS NULL OR p.ended_at > $3)`, site, string(appointed.ID), db.Micros(at))
	if err != nil {
		return err
	}
	defer rows.Close()
	held := map[string][]regulation.Attribute{}
	for rows.Next() {
		var key, place string
		if err := rows.Scan(&key, &place); err != nil {
			return err
		}
		held[place] = append(held[place], role(key))
	}
	t.Say(organisation, nil, regulation.Context{"bezet": regulation.Set(held[""]...)})
	for _, id := range []string{site, string(appointed.ID)} {
		if id != "" {
			t.Say(regulation.NewEntity(regulation.Site, id), nil, regulation.Context{"bezet": regulation.Set(held[id]...)})
		}
	}
	return rows.Err()
}

func role(key string) regulation.Entity { return regulation.NewEntity(regulation.Role, key) }
