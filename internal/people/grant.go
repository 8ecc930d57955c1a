package people

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Grant lets someone do, for a time or an aim, what their role doesn't.
type Grant struct {
	ID         string
	Person     PersonID
	Act        string             // a word of [Grantable]
	Cameras    []string           // none: all, and what isn't a camera
	Purpose    regulation.Purpose // "" for any
	Reason     string
	Conditions string
	By         PersonID
	From, To   time.Time // To zero: until ended
}

var purposeForm = regexp.MustCompile(`^([a-z][a-z0-9_]{0,63})?$`)

// maxCameras is how many cameras one grant can name.
const maxCameras = 200

// Grantable are the acts that can be granted: all that people do.
func Grantable() []regulation.Act {
	return []regulation.Act{regulation.Watch, regulation.PlayBack, regulation.Still, regulation.Process, regulation.Steer, regulation.Hold,
		regulation.Reject, regulation.Release, regulation.Report, regulation.Settle, regulation.Decide, regulation.Consult, regulation.Receive,
		regulation.Roster, regulation.Absent, regulation.Appoint, regulation.Grant, regulation.Place, regulation.File,
		regulation.Deviate, regulation.Adopt}
}

// GiveGrant lets someone do something: act "machtigen" on that person. Whether
// there must be a reason, an aim or an end is up to the regulation. A zero
// From is now; ID and By of g are ours.
func (r *Register) GiveGrant(ctx context.Context, by gate.Request, g Grant) (string, error) {
	g, err := r.fillGrant(g, by)
	if err != nil {
		return "", err
	}
	req := ask(by, regulation.Grant, subject(g.Person), regulation.Context{"handeling": regulation.String(g.Act),
		"reden": regulation.Boolean(g.Reason != ""), "voorwaarden": regulation.Boolean(g.Conditions != ""),
		"doelgebonden": regulation.Boolean(g.Purpose != ""), "dagen": regulation.Long(days(g.From, g.To))})
	req.Note = map[string]any{"machtiging": g.ID, "handeling": g.Act}
	err = r.enter(ctx, req, "give a grant", func(ctx context.Context, tx *logbook.Tx) error {
		if err := g.exist(ctx, tx); err != nil {
			return err
		}
		return g.insert(ctx, tx)
	})
	if err != nil {
		return "", err
	}
	return g.ID, nil
}

// days is how many days a period lasts, a part of one counted as one; 0 is
// without end.
func days(from, to time.Time) int64 {
	if to.IsZero() {
		return 0
	}
	n := int(calendar.DateOf(to) - calendar.DateOf(from))
	if from.In(calendar.Amsterdam).AddDate(0, 0, n).Before(to) {
		n++
	}
	return int64(n)
}

func (r *Register) fillGrant(g Grant, by gate.Request) (Grant, error) {
	g.ID, g.By = db.NewID(), PersonID(by.Who.ID)
	g.Reason, g.Conditions = strings.TrimSpace(g.Reason), strings.TrimSpace(g.Conditions)
	g.Cameras = slices.Compact(slices.Sorted(slices.Values(g.Cameras)))
	switch {
	case !idForm.MatchString(string(g.Person)):
		return g, unknownPerson
	case !slices.Contains(Grantable(), regulation.Act(g.Act)):
		return g, Invalid("Kies een handeling uit de lijst.")
	case !purposeForm.MatchString(string(g.Purpose)):
		return g, Invalid("Kies een doel uit de lijst.")
	case len(g.Cameras) > maxCameras:
		return g, Invalid(fmt.Sprintf("Een machtiging noemt hoogstens %d camera's: kies er minder, of geen enkele voor allemaal.", maxCameras))
	}
	if err := short("de reden", g.Reason, 300); err != nil {
		return g, err
	}
	if err := short("de voorwaarden", g.Conditions, 300); err != nil {
		return g, err
	}
	var err error
	g.From, err = r.period(g.From, g.To)
	return g, err
}

func (g Grant) exist(ctx context.Context, q db.Querier) error {
	if err := knownPerson(ctx, q, g.Person); err != nil {
		return err
	}
	for _, c := range g.Cameras {
		const unknown Invalid = "Een van de camera's is niet bekend: kies ze uit de lijst."
		if err := one(ctx, q, unknown, "SELECT count(*) FROM camera WHERE id = $1", c); err != nil {
			return err
		}
	}
	return nil
}

func (g Grant) insert(ctx context.Context, q db.Querier) error {
	cameras, err := json.Marshal(append([]string{}, g.Cameras...))
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO grant_given (id, person, act, cameras, purpose, reason, conditions, by_whom, from_at, to_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, g.ID, string(g.Person), g.Act, string(cameras), string(g.Purpose),
		g.Reason, g.Conditions, string(g.By), db.Micros(g.From), orNull(g.To))
	return err
}

// EndGrant ends a grant now, or cancels one that is still to come: act
// "machtigen" on who has it. What they could do only because of it stops at
// once. It goes by as a grant that lacks nothing: what the regulation demands
// of one must not keep it from ending.
func (r *Register) EndGrant(ctx context.Context, by gate.Request, id string) error {
	found, err := grants(ctx, r.db, "id = $1", id)
	if err != nil {
		return fmt.Errorf("couldn't find the grant: %w", err)
	}
	if len(found) == 0 {
		return Invalid("Deze machtiging is niet bekend: kies er een uit de lijst.")
	}
	g := found[0]
	req := ask(by, regulation.Grant, subject(g.Person), regulation.Context{"handeling": regulation.String(g.Act),
		"reden": regulation.Boolean(true), "voorwaarden": regulation.Boolean(true), "doelgebonden": regulation.Boolean(true),
		"dagen": regulation.Long(1)})
	req.Note = map[string]any{"machtiging": id, "intrekken": true}
	return r.enter(ctx, req, "end a grant", func(ctx context.Context, tx *logbook.Tx) error {
		return end(ctx, tx, "grant_given", id, later(r.now(), g.From), "Deze machtiging is al voorbij.")
	})
}

// Grants returns what a person ("" for everyone) is or will be granted: all
// that isn't over at t.
func (r *Register) Grants(ctx context.Context, id PersonID, t time.Time) ([]Grant, error) {
	all, err := grants(ctx, r.db, "($1 = '' OR person = $1) AND (to_at IS NULL OR to_at > $2 AND to_at > from_at)", string(id), db.Micros(t))
	if err != nil {
		return nil, fmt.Errorf("couldn't list grants: %w", err)
	}
	return all, nil
}

func grants(ctx context.Context, q db.Querier, where string, args ...any) ([]Grant, error) {
	return list(ctx, q, func(scan func(...any) error) (g Grant, err error) {
		var cameras string
		var from int64
		var to sql.NullInt64
		if err := scan(&g.ID, &g.Person, &g.Act, &cameras, &g.Purpose, &g.Reason, &g.Conditions, &g.By, &from, &to); err != nil {
			return g, err
		}
		g.From, g.To = db.Time(from), instant(to)
		return g, json.Unmarshal([]byte(cameras), &g.Cameras)
	}, `SELECT id, person, act, cameras, purpose, reason, conditions, by_whom, from_at, to_at
		FROM grant_given WHERE `+where+` ORDER BY from_at, id`, args...)
}

// granted reports whether who acts was granted what they ask for.
func granted(ctx context.Context, q db.Querier, req gate.Request, gone regulation.Entity, at time.Time) (bool, error) {
	if req.Who == gone || req.Who == System.Entity() {
		return false, nil
	}
	all, err := grants(ctx, q, `person = $1 AND act = $2 AND from_at <= $3 AND (to_at IS NULL OR to_at > $3)`,
		string(req.Who.ID), string(req.Act), db.Micros(at))
	return slices.ContainsFunc(all, func(g Grant) bool { return g.covers(req) }), err
}

// covers reports whether g is about the thing and the aim of a request.
func (g Grant) covers(req gate.Request) bool {
	on := req.On.Entity
	return (g.Purpose == "" || g.Purpose == req.For) &&
		(len(g.Cameras) == 0 || on.Type == regulation.Camera && slices.Contains(g.Cameras, string(on.ID)))
}
