package governance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// A Founding is how an installation begins, when no regulation rules yet who
// may adopt one: the organisation, the board's decision, the document.
type Founding struct {
	Organisation string
	File         string
	Document     []byte
	Decision     string // the board's decision, with its date

	// Do, if not nil, is done in the same transaction: the first person of
	// the board, who can do the rest, is made there.
	Do func(context.Context, *logbook.Tx) error
}

// An Adoption is a document and the decision it rests on.
type Adoption struct {
	File     string
	Document []byte
	Decision string // the board's decision, with its date
}

// Found adopts the first regulation. It works once, on an empty logbook, whose
// first entry it writes.
func (b *Board) Found(ctx context.Context, f Founding) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := prepare(Adoption{f.File, f.Document, f.Decision})
	if err == nil && v.Decision == "" {
		err = ErrNoDecision
	}
	if err == nil && strings.TrimSpace(f.Organisation) == "" {
		err = errors.New("no organisation: say whose installation this is")
	}
	if err != nil {
		return fmt.Errorf("couldn't adopt the first regulation: %w", err)
	}
	v.ID, v.From = 1, db.Time(db.Micros(b.now()))
	err = b.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		if err := demandEmpty(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Append(ctx, founded(v, f)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2)", organisationSetting, f.Organisation)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, v, f.Document); err != nil || f.Do == nil {
			return err
		}
		return f.Do(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("couldn't adopt the first regulation: %w", err)
	}
	b.state.Store(&state{f.Organisation, []Version{v}})
	return nil
}

// demandEmpty sees to it that nothing was ever done here.
func demandEmpty(ctx context.Context, tx *logbook.Tx) error {
	var entries, versions int64
	err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM log_entry), (SELECT count(*) FROM regulation_version)").
		Scan(&entries, &versions)
	switch {
	case err != nil:
		return err
	case versions > 0:
		return errors.New("there is one already: adopt the next one in the name of the board")
	case entries > 0:
		return errors.New("the logbook isn't empty: begin with a new data directory")
	}
	return nil
}

// founded is the first line of the logbook.
func founded(v Version, f Founding) logbook.Entry {
	header := about(v)
	header["organisatie"] = f.Organisation
	return logbook.Entry{At: v.From, Kind: logbook.Note, Act: string(regulation.Adopt), Object: organisation.String(),
		Result: "gedaan", Header: header}
}

// about is what the logbook says of a version.
func about(v Version) map[string]any {
	return map[string]any{"vastgesteld": v.Law.File, "vastgesteld_sha256": fmt.Sprintf("%x", v.Law.Hash), "besluit": v.Decision}
}

// Adopt puts a new version in force at once: act "vaststellen" on the
// organisation. Of by only Who, With and Where are used.
func (b *Board) Adopt(ctx context.Context, g *gate.Gate, by gate.Request, a Adoption) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := prepare(a)
	if err != nil {
		return fmt.Errorf("couldn't adopt %s: %w", a.File, err)
	}
	s := b.state.Load()
	if len(s.versions) == 0 {
		return fmt.Errorf("couldn't adopt %s: there is no regulation yet that says who may", a.File)
	}
	last := s.versions[len(s.versions)-1]
	v.ID = last.ID + 1
	subject := gate.Subject{Entity: organisation}
	r := gate.Request{Act: regulation.Adopt, Who: by.Who, With: by.With, Where: by.Where, On: subject,
		Details: regulation.Context{"besluit": regulation.String(v.Decision)}, Note: about(v)}
	err = g.Pass(ctx, r, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Adopt); err != nil {
			return err
		}
		if v.Decision == "" { // the regulation may say so as well, and then says it first
			return ErrNoDecision
		}
		v.From = db.Time(db.Micros(b.now()))
		if !v.From.After(last.From) {
			return fmt.Errorf("the version in force began at %s, which is still to come: set the clock right", last.From.Format(time.RFC3339))
		}
		_, err := tx.ExecContext(ctx, "UPDATE regulation_version SET until_at = $2 WHERE id = $1", last.ID, db.Micros(v.From))
		if err != nil {
			return err
		}
		return insert(ctx, tx, v, a.Document)
	})
	if err != nil {
		return fmt.Errorf("couldn't adopt %s: %w", a.File, err)
	}
	versions := append([]Version(nil), s.versions...)
	versions[len(versions)-1].Until = v.From
	b.state.Store(&state{s.organisation, append(versions, v)})
	return g.Reconsider(ctx)
}

// ErrNoDecision is returned for a regulation that rests on nothing.
var ErrNoDecision = errors.New("no decision: say by which decision of the board, of which date")

// prepare reads what is to be adopted.
func prepare(a Adoption) (Version, error) {
	v := Version{Decision: strings.TrimSpace(a.Decision)}
	law, err := regulation.Parse(a.File, a.Document)
	if err != nil {
		return v, err
	}
	if law.Terms.Retention.Text == "" {
		return v, fmt.Errorf("%s says nowhere how long footage may be kept: add a bewaartermijn to an article", a.File)
	}
	v.Law = law
	return v, nil
}
