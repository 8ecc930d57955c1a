package governance

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Draft is a text that may become the regulation, or an order. It never
// changes: another text, or another answer to a question in it, is another
// draft, which nobody has consented to yet.
type Draft struct {
	ID, File  string
	Document  []byte
	Choices   map[string]string
	Hash      [32]byte // of the document and all its choices: what is consented to
	Author    string   // id of the person
	Created   time.Time
	Announced time.Time // zero: not yet
}

// A Consent is that of a council to exactly one text.
type Consent struct {
	ID       string
	Council  string        // key of a council in the text
	Evidence string        // letter or minutes it shows from
	On       calendar.Date // when it was given
	By       string        // id of the person who entered it
	At       time.Time
}

// What the dossier of a text consists of, in the words of woorden.md.
const (
	draftKind        = "ontwerp"
	consentKind      = "instemming"
	announcementKind = "bekendmaking"
)

const noDraft Invalid = "Dit ontwerp is er niet: kies er een uit de lijst."

// Draft enters a text: act "vastleggen" of an "ontwerp" on the organisation.
// Of by only Who, With and Where are used, here and below.
func (b *Board) Draft(ctx context.Context, g *gate.Gate, by gate.Request, file string, doc []byte, choices map[string]string) (id string, err error) {
	law, err := b.Read(file, doc, choices)
	if err != nil {
		return "", err
	}
	chosen, err := json.Marshal(chosenOrNone(choices))
	if err != nil {
		return "", fmt.Errorf("couldn't write the choices: %w", err)
	}
	id = db.NewID()
	note := map[string]any{"stuk": draftKind, "stuk_id": id, "ontwerp_sha256": fmt.Sprintf("%x", law.Hash)}
	err = b.file(ctx, g, by, note, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO regulation_draft (id, file, document, hash, choices, author, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, file, doc, law.Hash[:], string(chosen), string(by.Who.ID), db.Micros(b.now()))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't enter a draft: %w", err)
	}
	return id, nil
}

// Announce enters that a draft was made known today: act "vastleggen" of a
// "bekendmaking". The first time counts.
func (b *Board) Announce(ctx context.Context, g *gate.Gate, by gate.Request, id string) error {
	d, err := b.FindDraft(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return noDraft
	}
	if err != nil {
		return err
	}
	note := map[string]any{"stuk": announcementKind, "stuk_id": id, "ontwerp_sha256": fmt.Sprintf("%x", d.Hash)}
	err = b.file(ctx, g, by, note, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE regulation_draft SET announced_at = $2 WHERE id = $1 AND announced_at IS NULL",
			id, db.Micros(b.now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(Invalid("Dit ontwerp is al bekendgemaakt: dat hoeft maar één keer.")))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("couldn't announce a draft: %w", err)
	}
	return nil
}

// Consent enters that a council consented to a draft: act "vastleggen" of an
// "instemming".
func (b *Board) Consent(ctx context.Context, g *gate.Gate, by gate.Request, draft, council, evidence string, on calendar.Date) error {
	d, err := b.FindDraft(ctx, draft)
	if errors.Is(err, sql.ErrNoRows) {
		return noDraft
	}
	if err != nil {
		return err
	}
	councils, err := b.consulted(d)
	if err != nil {
		return err
	}
	c := Consent{ID: db.NewID(), Council: council, Evidence: evidence, On: on, By: string(by.Who.ID), At: b.now()}
	if c, err = c.checked(councils, calendar.DateOf(c.At)); err != nil {
		return err
	}
	err = b.file(ctx, g, by, c.note(d.Hash), func(ctx context.Context, tx *logbook.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM consent WHERE hash = $1 AND council = $2", d.Hash[:], c.Council).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			return Invalid("Van deze raad staat de instemming met deze tekst er al.")
		}
		return c.insert(ctx, tx, d.Hash)
	})
	if err != nil {
		return fmt.Errorf("couldn't enter a consent: %w", err)
	}
	return nil
}

// consulted are the councils that may consent to d: those it names, and those
// that the law in force names, which has a say in what takes its place.
func (b *Board) consulted(d Draft) ([]regulation.CouncilTerm, error) {
	law, err := b.Read(d.File, d.Document, d.Choices)
	if err != nil {
		return nil, err
	}
	councils := law.Terms.Councils
	if now := b.InForce(b.now()); now != nil {
		councils = slices.Concat(councils, now.Terms.Councils)
	}
	return councils, nil
}

func (c Consent) checked(councils []regulation.CouncilTerm, today calendar.Date) (Consent, error) {
	c.Evidence = strings.TrimSpace(c.Evidence)
	switch {
	case !slices.ContainsFunc(councils, func(k regulation.CouncilTerm) bool { return k.Key == c.Council }):
		return c, Invalid("Deze raad noemt de tekst niet: kies er een uit de lijst.")
	case c.On == 0 || c.On > today:
		return c, Invalid("Vul de dag in waarop de raad instemde: vandaag of eerder.")
	}
	return c, line("waaruit de instemming blijkt", c.Evidence, 200)
}

func (c Consent) note(hash [32]byte) map[string]any {
	return map[string]any{"stuk": consentKind, "stuk_id": c.ID, "raad": c.Council, "ontwerp_sha256": fmt.Sprintf("%x", hash)}
}

func (c Consent) insert(ctx context.Context, q db.Querier, hash [32]byte) error {
	_, err := q.ExecContext(ctx, `INSERT INTO consent (id, hash, council, evidence, given_on, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.ID, hash[:], c.Council, c.Evidence, c.On.String(), c.By, db.Micros(c.At))
	return err
}

// file does a deed that puts something about a text on file, if the law in
// force allows it.
func (b *Board) file(ctx context.Context, g *gate.Gate, by gate.Request, note map[string]any, do func(context.Context, *logbook.Tx) error) error {
	b.mu.Lock() // what a text has on file stays the same while it is being adopted
	defer b.mu.Unlock()
	subject := gate.Subject{Entity: organisation}
	kind, _ := note["stuk"].(string)
	r := gate.Request{Act: regulation.File, Who: by.Who, With: by.With, Where: by.Where, On: subject, Note: note,
		Details: regulation.Context{"stuk": regulation.String(kind), "volledig": regulation.Boolean(true)}}
	return g.Pass(ctx, r, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.File); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// line refuses what is empty or too long for a line.
func line(what, text string, most int) error {
	switch n := len([]rune(text)); {
	case n == 0:
		return Invalid("Vul " + what + " in: zonder kan het niet.")
	case n > most || strings.ContainsAny(text, "\r\n\x00"):
		return Invalid(fmt.Sprintf("Maak van %s één regel van hoogstens %d tekens.", what, most))
	}
	return nil
}

// chosenOrNone keeps "no choices" one thing in the database.
func chosenOrNone(choices map[string]string) map[string]string {
	if choices == nil {
		return map[string]string{}
	}
	return choices
}
