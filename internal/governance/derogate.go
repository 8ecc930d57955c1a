package governance

import (
	"cmp"
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

// A Derogation is an article that doesn't hold for a while, or a decision in
// a case that the regulation doesn't foresee. It loosens nothing else.
type Derogation struct {
	ID       string
	Kind     string            // Deviation, Suspension, Unforeseen
	Article  string            // number, "" for what is unforeseen
	Scope    regulation.Entity // the site or camera it is for; zero: everywhere
	Reason   string
	Told     string    // who was told, "" if nobody was
	Advice   []string  // keys of the roles that advised
	By       string    // id of the person
	From, To time.Time // To zero: without an end
	ToldAt   time.Time
	Ended    time.Time // ended earlier; zero if not
}

// The kinds of derogation.
const (
	Deviation  = "afwijking"  // what the article forbids is not forbidden
	Suspension = "schorsing"  // by a judge: what the article says doesn't hold at all
	Unforeseen = "onvoorzien" // no article changes
)

var (
	scopeForm = regexp.MustCompile(`^(Camera|Locatie)::"([0-9A-Za-z_-]{1,64})"$`)
	roleForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// in reports whether d holds at t.
func (d Derogation) in(t time.Time) bool {
	return !t.Before(d.From) && (d.To.IsZero() || t.Before(d.To)) && (d.Ended.IsZero() || t.Before(d.Ended))
}

// on is what the act of deviating is on.
func (d Derogation) on() gate.Subject {
	if d.Scope.ID == "" {
		return gate.Subject{Entity: organisation}
	}
	return gate.Subject{Entity: d.Scope}
}

// Derogations returns all there ever were, oldest first.
func (b *Board) Derogations() []Derogation {
	return append([]Derogation(nil), b.state.Load().derogations...)
}

// Derogate enters a derogation: act "afwijken" on the site or camera it is
// for, or on the organisation. A zero From is now; ID, By, ToldAt and Ended of
// d are ours. Of by only Who, With and Where are used, here and below.
func (b *Board) Derogate(ctx context.Context, g *gate.Gate, by gate.Request, d Derogation) (id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d, err = b.fill(d, by); err != nil {
		return "", err
	}
	err = b.deviate(ctx, g, by, d.on(), d.details(), d.note(), func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, d.Scope); err != nil {
			return err
		}
		if d.Reason == "" { // the regulation may say so as well, and then says it first
			return Invalid("Vul de reden in: zonder kan het niet.")
		}
		return d.insert(ctx, tx)
	})
	if err != nil {
		return "", fmt.Errorf("couldn't derogate: %w", err)
	}
	s := *b.state.Load()
	s.derogations = append(slices.Clone(s.derogations), d)
	b.put(&s)
	return d.ID, g.Reconsider(ctx)
}

// EndDerogation ends one now: act "afwijken".
func (b *Board) EndDerogation(ctx context.Context, g *gate.Gate, by gate.Request, id string) error {
	now := db.Time(db.Micros(b.now()))
	return b.change(ctx, g, by, id, map[string]any{"einde": stamp(now)}, func(d *Derogation) error {
		if !d.Ended.IsZero() || !d.To.IsZero() && !now.Before(d.To) {
			return Invalid("Deze afwijking is al voorbij: er valt niets te beëindigen.")
		}
		d.Ended = now
		return nil
	})
}

// Tell enters who was told of a derogation, if that was nobody yet: act
// "afwijken".
func (b *Board) Tell(ctx context.Context, g *gate.Gate, by gate.Request, id, whom string) error {
	whom = strings.TrimSpace(whom)
	if err := line("aan wie het is gemeld", whom, 200); err != nil {
		return err
	}
	return b.change(ctx, g, by, id, map[string]any{"gemeld": true}, func(d *Derogation) error {
		if d.Told != "" {
			return Invalid("Aan wie dit is gemeld, staat er al.")
		}
		d.Told, d.ToldAt = whom, db.Time(db.Micros(b.now()))
		return nil
	})
}

// change changes one derogation, if the law lets who asks derogate from that.
func (b *Board) change(ctx context.Context, g *gate.Gate, by gate.Request, id string, note map[string]any, do func(*Derogation) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := *b.state.Load()
	s.derogations = slices.Clone(s.derogations)
	i := slices.IndexFunc(s.derogations, func(d Derogation) bool { return d.ID == id })
	if i < 0 {
		return Invalid("Deze afwijking is er niet: kies er een uit de lijst.")
	}
	d := &s.derogations[i]
	if err := do(d); err != nil {
		return err
	}
	note["afwijking"] = id
	details := d.details() // what the law asks of a new one must not keep an old one from ending
	details["dagen"], details["reden"], details["gemeld"] = regulation.Long(1), regulation.Boolean(true), regulation.Boolean(true)
	err := b.deviate(ctx, g, by, d.on(), details, note, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE derogation SET told = $2, told_at = $3, ended_at = $4 WHERE id = $1",
			id, d.Told, orNull(d.ToldAt), orNull(d.Ended))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't change a derogation: %w", err)
	}
	b.put(&s)
	return g.Reconsider(ctx)
}

// deviate does a deed with a derogation if the law in force allows what it
// says of itself.
func (b *Board) deviate(ctx context.Context, g *gate.Gate, by gate.Request, on gate.Subject, details regulation.Context, note map[string]any, do func(context.Context, *logbook.Tx) error) error {
	r := gate.Request{Act: regulation.Deviate, Who: by.Who, With: by.With, Where: by.Where, On: on, Details: details, Note: note}
	return g.Pass(ctx, r, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(on, regulation.Deviate); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// details is what d says to the regulation.
func (d Derogation) details() regulation.Context {
	var advice []regulation.Attribute
	for _, role := range d.Advice {
		advice = append(advice, regulation.NewEntity(regulation.Role, role))
	}
	return regulation.Context{"soort": regulation.String(d.Kind), "artikel": regulation.String(d.Article), "dagen": regulation.Long(d.days()),
		"reden": regulation.Boolean(d.Reason != ""), "gemeld": regulation.Boolean(d.Told != ""), "adviezen": regulation.Set(advice...)}
}

// days is how many days d lasts by the calendar, a part of one counted as one;
// 0 is without an end. In spring and autumn a day isn't 24 hours.
func (d Derogation) days() int {
	if d.To.IsZero() {
		return 0
	}
	n := int(calendar.DateOf(d.To) - calendar.DateOf(d.From))
	if d.From.In(calendar.Amsterdam).AddDate(0, 0, n).Before(d.To) {
		n++
	}
	return n
}

// note is what d says in the logbook. What was typed stays out.
func (d Derogation) note() map[string]any {
	n := map[string]any{"afwijking": d.ID, "soort": d.Kind, "artikel": d.Article, "van_tijd": stamp(d.From)}
	if !d.To.IsZero() {
		n["tot_tijd"] = stamp(d.To)
	}
	if len(d.Advice) > 0 {
		n["adviezen"] = d.Advice
	}
	return n
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// fill judges what was filled in.
func (b *Board) fill(d Derogation, by gate.Request) (Derogation, error) {
	now := db.Time(db.Micros(b.now()))
	d.ID, d.By, d.Ended, d.ToldAt = db.NewID(), string(by.Who.ID), time.Time{}, time.Time{}
	d.Reason, d.Told = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Told)
	d.From = db.Time(db.Micros(cmp.Or(d.From, now)))
	if !d.To.IsZero() {
		d.To = db.Time(db.Micros(d.To))
	}
	if d.Told != "" {
		d.ToldAt = now
	}
	switch {
	case d.From.Before(now):
		return d, Invalid("Een afwijking geldt niet met terugwerkende kracht: laat haar nu of later ingaan.")
	case !d.To.IsZero() && !d.To.After(d.From):
		return d, Invalid("De afwijking eindigt voor zij begint: kies een later einde.")
	case len([]rune(d.Reason)) > 2000 || len([]rune(d.Told)) > 200 || strings.ContainsRune(d.Reason+d.Told, 0):
		return d, Invalid("De reden mag 2000 tekens lang zijn, en aan wie het is gemeld 200: maak het korter.")
	case slices.ContainsFunc(d.Advice, func(role string) bool { return !roleForm.MatchString(role) }):
		return d, Invalid("Kies uit de lijst wie advies gaf.")
	}
	if d.Scope.ID != "" && !scopeForm.MatchString(d.Scope.String()) {
		return d, Invalid("Kies uit de lijst waarvoor het is: een locatie, een camera of alles.")
	}
	return d, b.judgeArticle(d)
}

// judgeArticle refuses to set aside what can't be.
func (b *Board) judgeArticle(d Derogation) error {
	law := b.InForce(b.now())
	switch {
	case d.Kind == Unforeseen && d.Article == "", law == nil:
		return nil
	case d.Kind != Deviation && d.Kind != Suspension && d.Kind != Unforeseen:
		return Invalid("Kies wat het is: een afwijking, een schorsing door de rechter of een onvoorzien geval.")
	}
	if b.Statutes != nil {
		if _, ok := b.Statutes.Article(d.Article); ok {
			return Invalid("Dit artikel is van de wet: daar kan niemand van afwijken.")
		}
	}
	if _, ok := law.Article(d.Article); !ok {
		return Invalid("Dit artikel staat niet in het reglement: kies er een uit de lijst.")
	}
	return nil
}

// known refuses a scope that isn't there.
func known(ctx context.Context, q db.Querier, scope regulation.Entity) error {
	if scope.ID == "" {
		return nil
	}
	query := "SELECT count(*) FROM site WHERE id = $1"
	if scope.Type == regulation.Camera {
		query = "SELECT count(*) FROM camera WHERE id = $1 AND removed_at IS NULL"
	}
	var n int
	if err := q.QueryRowContext(ctx, query, string(scope.ID)).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return Invalid("Deze locatie of camera is er niet (meer): kies er een uit de lijst.")
	}
	return nil
}

func (d Derogation) insert(ctx context.Context, q db.Querier) error {
	advice, err := json.Marshal(append([]string{}, d.Advice...))
	if err != nil {
		return err
	}
	scope := ""
	if d.Scope.ID != "" {
		scope = d.Scope.String()
	}
	_, err = q.ExecContext(ctx, `INSERT INTO derogation (id, kind, article, scope, reason, told, advice, by_whom, from_at, to_at, told_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, d.ID, d.Kind, d.Article, scope, d.Reason, d.Told, string(advice), d.By,
		db.Micros(d.From), orNull(d.To), orNull(d.ToldAt))
	return err
}

func derogations(ctx context.Context, q db.Querier) ([]Derogation, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, article, scope, reason, told, advice, by_whom, from_at, to_at, told_at, ended_at
		FROM derogation ORDER BY from_at, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Derogation
	for rows.Next() {
		var d Derogation
		var scope, advice string
		var from int64
		var to, told, ended sql.NullInt64
		if err := rows.Scan(&d.ID, &d.Kind, &d.Article, &scope, &d.Reason, &d.Told, &advice, &d.By, &from, &to, &told, &ended); err != nil {
			return nil, err
		}
		d.From, d.To, d.ToldAt, d.Ended = db.Time(from), instant(to), instant(told), instant(ended)
		if d.Scope, err = entity(scope); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(advice), &d.Advice); err != nil {
			return nil, fmt.Errorf("the advice on derogation %s can't be read: %w", d.ID, err)
		}
		all = append(all, d)
	}
	return all, rows.Err()
}
