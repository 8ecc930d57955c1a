package dossier

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Testify tells the gate of everything the others spoke of which documents
// are on file about it and count: {stukken}. So it is heard last.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	var about []regulation.Entity
	for e := range t.Facts {
		about = append(about, e)
	}
	if _, ok := t.Facts[req.On.Entity]; !ok {
		about = append(about, req.On.Entity)
	}
	about = slices.DeleteFunc(about, func(e regulation.Entity) bool { return whole[string(e.Type)] == "" })
	var terms regulation.Terms
	if law := r.inForce(at); law != nil {
		terms = law.Terms
	}
	counting, err := count(ctx, q, terms, about, at)
	if err != nil {
		return fmt.Errorf("couldn't find what is on file: %w", err)
	}
	for _, e := range about {
		t.Say(e, nil, regulation.Context{"stukken": regulation.Strings(counting[e]...)})
	}
	return nil
}

// Counting returns, of each of the kinds that terms names for it, until when
// what is on file about e counts at t. A kind that isn't there has no
// document that counts; the zero time is: without an end.
func (r *Register) Counting(ctx context.Context, terms regulation.Terms, e regulation.Entity, t time.Time) (map[string]time.Time, error) {
	items, changed, err := heard(ctx, r.db, terms, []regulation.Entity{e}, t)
	if err != nil {
		return nil, fmt.Errorf("couldn't find what counts about %s: %w", e, err)
	}
	until := map[string]time.Time{}
	for _, i := range items {
		term, end, ok := i.counts(terms, changed[e], t)
		if !ok {
			continue
		}
		if other, there := until[term.Key]; !there || end.IsZero() || !other.IsZero() && end.After(other) {
			until[term.Key] = end
		}
	}
	return until, nil
}

// count returns which kinds count about each.
func count(ctx context.Context, q db.Querier, terms regulation.Terms, about []regulation.Entity, at time.Time) (map[regulation.Entity][]string, error) {
	items, changed, err := heard(ctx, q, terms, about, at)
	if err != nil {
		return nil, err
	}
	kinds := map[regulation.Entity][]string{}
	for _, i := range items {
		if term, _, ok := i.counts(terms, changed[i.About], at); ok && !slices.Contains(kinds[i.About], term.Key) {
			kinds[i.About] = append(kinds[i.About], term.Key)
		}
	}
	return kinds, nil
}

// counts reports whether i counts at t, under which term and until when; zero
// is without an end. changed is when what cameras see last changed.
func (i Item) counts(terms regulation.Terms, changed, t time.Time) (term regulation.FileTerm, until time.Time, ok bool) {
	term, ok = terms.File(i.Kind)
	if !ok || term.About != string(i.About.Type) || !i.complete(term) {
		return term, until, false
	}
	if term.Changes && !changed.IsZero() && (i.At.Before(changed) || i.Dated < calendar.DateOf(changed)) {
		return term, until, false
	}
	if term.Valid == (calendar.StorageLimit{}) {
		return term, until, true
	}
	// A day has no hour: it counts as if it was drawn up when its day began.
	until = term.Valid.End((i.Dated - 1).Last().Add(time.Microsecond))
	return term, until, t.Before(until)
}

// heard returns what was on file about these at t, of kinds that terms name,
// and when what cameras see there last changed.
func heard(ctx context.Context, q db.Querier, terms regulation.Terms, about []regulation.Entity, t time.Time) ([]Item, map[regulation.Entity]time.Time, error) {
	if len(terms.Files) == 0 || len(about) == 0 {
		return nil, nil, nil
	}
	args := []any{db.Micros(t)}
	var places []string
	for _, e := range about {
		args = append(args, e.String())
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	items, err := find(ctx, q, "at <= $1 AND (gone_at IS NULL OR gone_at > $1) AND about IN ("+strings.Join(places, ", ")+")", args...)
	if err != nil || len(items) == 0 {
		return nil, nil, err
	}
	changed := map[regulation.Entity]time.Time{}
	for _, i := range items {
		term, _ := terms.File(i.Kind)
		if _, asked := changed[i.About]; asked || !term.Changes {
			continue
		}
		if changed[i.About], err = viewChanged(ctx, q, i.About, t); err != nil {
			return nil, nil, err
		}
	}
	return items, changed, nil
}

// viewChanged is when the view of a camera, or of any at a site or of the
// organisation, last changed; zero if it never did.
func viewChanged(ctx context.Context, q db.Querier, e regulation.Entity, t time.Time) (time.Time, error) {
	const newest = "SELECT MAX(view_changed_at) FROM camera WHERE view_changed_at <= $1 AND "
	query, args := map[string]string{
		regulation.Camera:       newest + "id = $2",
		regulation.Site:         newest + "removed_at IS NULL AND site = $2",
		regulation.Organisation: newest + "removed_at IS NULL",
	}[string(e.Type)], []any{db.Micros(t)}
	if query == "" {
		return time.Time{}, nil
	}
	if e.Type != regulation.Organisation {
		args = append(args, string(e.ID))
	}
	var at sql.NullInt64
	if err := q.QueryRowContext(ctx, query, args...).Scan(&at); err != nil || !at.Valid {
		return time.Time{}, err
	}
	return db.Time(at.Int64), nil
}
