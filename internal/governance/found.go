package governance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Founding is how an installation begins, when no regulation rules yet who
// may adopt one: the organisation, the board's decision, the document. The
// document's own rules about adoption must hold for it, except for who acts.
type Founding struct {
	Organisation string
	File         string
	Document     []byte
	Decision     string            // the board's decision, with its date
	Choices      map[string]string // answers, by question; what isn't answered is the strictest
	Consents     []Consent         // of its councils to exactly this text
	Announced    calendar.Date     // when the text was made known; zero: it wasn't
	Files        []string          // kinds of document about the organisation that are put on file right after

	// Do, if not nil, is done in the same transaction: the first person of
	// the board, who can do the rest, is made there.
	Do func(context.Context, *logbook.Tx) error
}

// Found adopts the first regulation. It works once, on an empty logbook, whose
// first entry it writes.
func (b *Board) Found(ctx context.Context, f Founding) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.found(ctx, f); err != nil {
		return fmt.Errorf("couldn't adopt the first regulation: %w", err)
	}
	return nil
}

func (b *Board) found(ctx context.Context, f Founding) error {
	v, err := b.first(f)
	if err != nil {
		return err
	}
	err = b.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		if err := demandEmpty(ctx, tx); err != nil {
			return err
		}
		now := db.Time(db.Micros(b.now()))
		if _, err := tx.Append(ctx, founded(v, f, now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2)", organisationSetting, f.Organisation)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, v, f.Document); err != nil {
			return err
		}
		if err := consented(ctx, tx, v, f.Consents, now); err != nil || f.Do == nil {
			return err
		}
		return f.Do(ctx, tx)
	})
	if err == nil {
		b.put(&state{organisation: f.Organisation, versions: []Version{v}})
	}
	return err
}

// first is the version that f makes, if everything about it is as it must be.
func (b *Board) first(f Founding) (Version, error) {
	v, err := b.prepare(Adoption{File: f.File, Document: f.Document, Decision: f.Decision, Choices: f.Choices})
	switch {
	case err != nil:
		return v, err
	case v.Law.Terms.Layer != "":
		return v, notOurs(f.File)
	case v.Decision == "":
		return v, ErrNoDecision
	case strings.TrimSpace(f.Organisation) == "":
		return v, errors.New("no organisation: say whose installation this is")
	}
	v.ID = 1
	if f.Announced != 0 {
		v.Announced = start(f.Announced)
	}
	today := calendar.DateOf(b.now())
	if f.Announced > today {
		return v, Invalid("De bekendmaking moet nog komen: vul de dag in waarop de tekst bekend is gemaakt.")
	}
	var councils []string
	for i, c := range f.Consents {
		if f.Consents[i], err = c.checked(v.Law.Terms.Councils, today); err != nil {
			return v, err
		}
		councils = append(councils, c.Council)
	}
	return v, b.adoptable(v, adopting(v, councils, false), f.Files)
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
func founded(v Version, f Founding, now time.Time) logbook.Entry {
	header := about(v)
	header["organisatie"] = f.Organisation
	return logbook.Entry{At: now, Kind: logbook.Note, Act: string(regulation.Adopt), Object: organisation.String(),
		Result: "gedaan", Header: header}
}

// consented keeps the consents a founding rests on.
func consented(ctx context.Context, tx *logbook.Tx, v Version, consents []Consent, now time.Time) error {
	for _, c := range consents {
		c.ID, c.At = db.NewID(), now
		if _, err := tx.Append(ctx, logbook.Entry{At: now, Kind: logbook.Note, Act: string(regulation.File), Object: organisation.String(),
			Result: "gedaan", Header: c.note(v.Law.Hash)}); err != nil {
			return err
		}
		if err := c.insert(ctx, tx, v.Law.Hash); err != nil {
			return err
		}
	}
	return nil
}

// adoptable asks the law of v itself whether it may be adopted like this by
// somebody of one of its roles. Who that is, it can't know yet.
func (b *Board) adoptable(v Version, details regulation.Context, files []string) error {
	law := b.compose(&state{versions: []Version{v}}, v.From)
	q := b.supposing(law, details, files)
	var against *regulation.Ruling
	for _, r := range law.Terms.Roles {
		if r.PerSite {
			continue
		}
		q.Facts[q.Who] = regulation.NewFact(q.Who, []regulation.Entity{regulation.NewEntity(regulation.Role, r.Key)}, somebody(law))
		ruling := law.Rule(q)
		if ruling.Allowed {
			return nil
		}
		if against == nil || len(ruling.Lacking) < len(against.Lacking) {
			against = &ruling
		}
	}
	if against == nil || len(against.Articles) == 0 {
		return Unfit(fmt.Sprintf("%s lets nobody adopt a regulation: add an article that says who may (vaststellen)", v.Law.File))
	}
	var why []string
	for _, a := range against.Articles {
		why = append(why, strings.TrimSpace(fmt.Sprintf("article %s (%s) %s", a.Number, a.Title, a.Why)))
	}
	return Unfit(fmt.Sprintf("%s doesn't let itself be adopted like this: %s", v.Law.File, strings.Join(why, "; ")))
}

// supposing is the question of adopting, with everyone there who could be.
func (b *Board) supposing(law *regulation.Regulation, details regulation.Context, files []string) regulation.Question {
	var roles []regulation.Attribute
	for _, r := range law.Terms.Roles {
		roles = append(roles, regulation.NewEntity(regulation.Role, r.Key))
	}
	const crowd = 9 // more than any law asks to be there
	q := regulation.Question{Who: regulation.NewEntity(regulation.Person, "oprichter"), Act: regulation.Adopt, On: organisation,
		Facts: regulation.Facts{}, Context: regulation.Context{"aanwezigen": regulation.Long(crowd), "samenstelling": regulation.Set(roles...),
			"vensters": regulation.Strings(law.Windows(b.now())...), "zittingen": regulation.Set(), "in_dienst": regulation.Set(),
			"gemachtigd": regulation.Boolean(false)}}
	for k, v := range details {
		q.Context[k] = v
	}
	q.Facts[organisation] = regulation.NewFact(organisation, nil, regulation.Context{"bezet": regulation.Set(roles...),
		"opslagruimte": regulation.Boolean(true), "kan": regulation.Strings(b.Can...), "stukken": regulation.Strings(files...)})
	return q
}

// somebody is a person of whom all is on file that could be.
func somebody(law *regulation.Regulation) regulation.Context {
	var files []string
	for _, f := range law.Terms.Files {
		if f.About == regulation.Person {
			files = append(files, f.Key)
		}
	}
	return regulation.Context{"functies": regulation.Set(), "neemt_waar": regulation.Set(), "geheimhouding": regulation.Boolean(true),
		"soort": regulation.String("medewerker"), "stukken": regulation.Strings(files...)}
}
