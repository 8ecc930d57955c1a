package dossier

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var (
	organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

	kindForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	entityForm = regexp.MustCompile(`^(Camera|Locatie|Persoon|Organisatie)::"([0-9A-Za-z_-]{1,64})"$`)
)

// What fits in a file.
const (
	MaxContent = 5 << 20 // bytes
	maxFields  = 40
	maxField   = 2000 // characters
	maxTitle   = 120
)

const notThere Invalid = "Dit stuk is er niet (meer): kies er een uit de lijst."

// entity reads what a document is about.
func entity(text string) (regulation.Entity, error) {
	m := entityForm.FindStringSubmatch(text)
	if m == nil {
		return regulation.Entity{}, fmt.Errorf("there can't be a file about %.80q", text)
	}
	return regulation.NewEntity(m[1], m[2]), nil
}

// Add puts a document on file: act "vastleggen" on what it is about. Of by
// only Who, With and Where are used; ID, By, At, Media and Gone of i are ours.
// A kind that the regulation in force doesn't name can be put on file too: it
// counts from the day one does. Content may be nil: on paper, elsewhere.
func (r *Register) Add(ctx context.Context, by gate.Request, i Item, content []byte) (id string, err error) {
	if i, err = r.prepare(i, by, content); err != nil {
		return "", err
	}
	fields, err := json.Marshal(i.Fields)
	if err != nil {
		return "", fmt.Errorf("couldn't write the fields: %w", err)
	}
	note := map[string]any{"stuk": i.Kind, "stuk_id": i.ID, "gedateerd": i.Dated.String()}
	if content != nil {
		note["stuk_sha256"] = digest(content)
	}
	err = r.pass(ctx, by, i, note, func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, i.About); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO file_item (id, kind, about, title, fields, dated, by_whom, at, media, content)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, i.ID, i.Kind, i.About.String(), i.Title, string(fields),
			i.Dated.String(), i.By, db.Micros(i.At), i.Media, content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't put a document on file: %w", err)
	}
	return i.ID, r.gate.Reconsider(ctx)
}

// Remove takes a document off file: act "vastleggen" on what it is about. Its
// content is gone; that it was there stays known.
func (r *Register) Remove(ctx context.Context, by gate.Request, id string) error {
	i, err := r.Item(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return notThere
	}
	if err != nil {
		return err
	}
	note := map[string]any{"stuk": i.Kind, "stuk_id": i.ID, "eraf": true}
	err = r.pass(ctx, by, i, note, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE file_item SET gone_at = $2, content = NULL, media = '', fields = '{}'
			WHERE id = $1 AND gone_at IS NULL`, id, db.Micros(r.now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(notThere))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("couldn't take a document off file: %w", err)
	}
	return r.gate.Reconsider(ctx)
}

// pass does a deed with i if the regulation lets it be put on file.
func (r *Register) pass(ctx context.Context, by gate.Request, i Item, note map[string]any, do func(context.Context, *logbook.Tx) error) error {
	subject := gate.Subject{Entity: i.About}
	req := gate.Request{Act: regulation.File, Who: by.Who, With: by.With, Where: by.Where, On: subject, Note: note,
		Details: regulation.Context{"stuk": regulation.String(i.Kind), "volledig": regulation.Boolean(r.complete(i))}}
	return r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.File); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// complete reports whether i has all that the law in force asks of its kind.
func (r *Register) complete(i Item) bool {
	law := r.inForce(r.now())
	if law == nil {
		return true
	}
	term, ok := law.Terms.File(i.Kind)
	return !ok || i.complete(term)
}

func (i Item) complete(term regulation.FileTerm) bool {
	for _, field := range term.Fields {
		if strings.TrimSpace(i.Fields[field]) == "" {
			return false
		}
	}
	return true
}

// prepare judges what was filled in.
func (r *Register) prepare(i Item, by gate.Request, content []byte) (Item, error) {
	i.ID, i.By, i.At = db.NewID(), string(by.Who.ID), r.now()
	i.Title = strings.TrimSpace(i.Title)
	if i.Fields == nil {
		i.Fields = map[string]string{}
	}
	if err := i.valid(calendar.DateOf(r.now())); err != nil {
		return i, err
	}
	if law := r.inForce(r.now()); law != nil {
		if term, ok := law.Terms.File(i.Kind); ok && term.About != string(i.About.Type) {
			return i, Invalid("Dit soort stuk gaat over iets anders: leg het vast bij " + whole[term.About] + ".")
		}
	}
	var err error
	i.Media, err = media(content)
	return i, err
}

var whole = map[string]string{regulation.Camera: "een camera", regulation.Site: "een locatie", regulation.Person: "een persoon",
	regulation.Organisation: "de organisatie"}

func (i Item) valid(today calendar.Date) error {
	if !kindForm.MatchString(i.Kind) {
		return Invalid("Kies een soort stuk uit de lijst.")
	}
	if _, err := entity(i.About.String()); err != nil {
		return Invalid("Kies waar het stuk over gaat: een camera, een locatie, een persoon of de organisatie.")
	}
	switch n := len([]rune(i.Title)); {
	case n == 0:
		return Invalid("Vul de titel van het stuk in: zonder kan het niet.")
	case n > maxTitle || strings.ContainsAny(i.Title, "\r\n\x00"):
		return Invalid(fmt.Sprintf("Maak van de titel één regel van hoogstens %d tekens.", maxTitle))
	case i.Dated == 0:
		return Invalid("Vul de datum in die op het stuk staat.")
	case i.Dated > today:
		return Invalid("De datum van het stuk moet nog komen: vul de datum in die op het stuk staat.")
	case len(i.Fields) > maxFields:
		return Invalid(fmt.Sprintf("Vul hoogstens %d vakken in.", maxFields))
	}
	for name, text := range i.Fields {
		if len([]rune(name))+len([]rune(text)) > maxField || !utf8.ValidString(name+text) || strings.ContainsRune(name+text, 0) {
			return Invalid(fmt.Sprintf("Houd elk vak korter dan %d tekens, en gebruik gewone tekst.", maxField))
		}
	}
	return nil
}

// media is what content is, going by the content itself.
func media(content []byte) (string, error) {
	if content == nil {
		return "", nil
	}
	if len(content) > MaxContent {
		return "", Invalid(fmt.Sprintf("Dit bestand is groter dan %d MB: maak het kleiner, bijvoorbeeld als pdf.", MaxContent>>20))
	}
	switch kind := http.DetectContentType(content); {
	case kind == "application/pdf", kind == "image/jpeg", kind == "image/png":
		return kind, nil
	case strings.HasPrefix(kind, "text/plain") && len(content) > 0 && utf8.Valid(content) && !strings.ContainsRune(string(content), 0):
		return "text/plain", nil
	}
	return "", Invalid("Dit bestand is geen pdf, jpeg, png of gewone tekst: zet het om in een van die vier.")
}

// known refuses a document about what isn't there.
func known(ctx context.Context, q db.Querier, e regulation.Entity) error {
	query := map[string]string{
		regulation.Camera: "SELECT count(*) FROM camera WHERE id = $1 AND removed_at IS NULL",
		regulation.Site:   "SELECT count(*) FROM site WHERE id = $1",
		regulation.Person: "SELECT count(*) FROM person WHERE id = $1 AND ended_at IS NULL",
	}[string(e.Type)]
	if e == organisation {
		return nil
	}
	var n int
	if query != "" {
		if err := q.QueryRowContext(ctx, query, string(e.ID)).Scan(&n); err != nil {
			return err
		}
	}
	if n == 0 {
		return Invalid("Waar dit stuk over gaat, is er niet (meer): kies het uit de lijst.")
	}
	return nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
