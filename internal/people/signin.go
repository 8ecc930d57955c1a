package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// ErrSignIn doesn't say which of the two was wrong: that would tell a
// stranger which logins exist.
var ErrSignIn = errors.New("aanmelden is niet gelukt: de aanmeldnaam of het wachtwoord klopt niet")

// What the logbook calls it.
const (
	signingIn  = "aanmelden"
	joining    = "erbij komen"
	signingOut = "afmelden"
)

// SignIn signs someone in as the one who acts, at a new seat, and returns the
// token that proves who sits there. Any earlier seat of oldToken ends, and any
// stay of theirs elsewhere.
// Failure is [ErrSignIn], written in the logbook, and says not what was wrong.
// A login that failed too often gets an error that wraps it and says how long
// to wait.
func (r *Register) SignIn(ctx context.Context, oldToken, login, password string) (token string, err error) {
	p, unheard, err := r.identify(ctx, signingIn, organisation, login, password)
	if err != nil {
		return "", err
	}
	token, hash := newToken()
	seat := db.NewID()
	memo := gate.Memo{Act: signingIn, Object: seatEntity(seat).String(), Result: "gedaan", Header: unheard, Person: atSeat(p.ID, seat)}
	left, moved := false, false
	err = r.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) (err error) {
		if left, err = r.vacate(ctx, tx, oldToken); err != nil {
			return err
		}
		now := db.Micros(r.now())
		if _, err := tx.ExecContext(ctx, `INSERT INTO seat (id, token_hash, created_at, seen_at)
			VALUES ($1, $2, $3, $3)`, seat, hash, now); err != nil {
			return err
		}
		moved, err = r.sit(ctx, tx, seat, p.ID, ActorStay)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't sign in: %w", err)
	}
	if left || moved {
		if err := r.reconsider(ctx); err != nil {
			return "", err
		}
	}
	return token, nil
}

// Join signs a further person in at the same seat. Any stay of theirs
// elsewhere ends.
func (r *Register) Join(ctx context.Context, token, login, password string) error {
	there, err := r.Present(ctx, token)
	if err != nil {
		return err
	}
	if err := there.room(); err != nil { // before hashing: no seat, no guessing
		return err
	}
	p, unheard, err := r.identify(ctx, joining, seatEntity(there.Seat), login, password)
	if err != nil {
		return err
	}
	memo := gate.Memo{Act: joining, Object: seatEntity(there.Seat).String(), Result: "gedaan", Header: unheard, Person: atSeat(p.ID, there.Seat)}
	moved := false
	err = r.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) error {
		there, err := r.present(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := there.room(p); err != nil {
			return err
		}
		moved, err = r.sit(ctx, tx, there.Seat, p.ID, WithStay)
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't join: %w", err)
	}
	if moved {
		return r.reconsider(ctx)
	}
	return nil
}

// room reports what keeps more people from sitting down here.
func (p Presence) room(more ...Person) error {
	if p.Empty() {
		return Invalid("Aan dit scherm is niemand aangemeld: meld eerst uzelf aan.")
	}
	if len(p.All) >= maxPresent {
		return Invalid(fmt.Sprintf("Aan dit scherm zijn al %d mensen aangemeld, meer kan niet: laat eerst iemand zich afmelden.", maxPresent))
	}
	for _, a := range p.All {
		for _, m := range more {
			if a.Person.ID == m.ID {
				return Invalid(fmt.Sprintf("%s is hier al aangemeld: een tweede persoon moet iemand anders zijn.", m.Name))
			}
		}
	}
	return nil
}

// Leave signs a further person out. If it is the one who acts, all leave. The
// gate reconsiders at once what was allowed because they were there.
func (r *Register) Leave(ctx context.Context, token string, id PersonID) error {
	// Who closes the browser while leaving has still left.
	ctx = context.WithoutCancel(ctx)
	seat, err := seatOf(ctx, r.db, token)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it ended already
	}
	if err != nil {
		return fmt.Errorf("couldn't sign out: %w", err)
	}
	memo := gate.Memo{Act: signingOut, Object: seatEntity(seat).String(), Result: "gedaan", Person: atSeat(id, seat)}
	err = r.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) error { return r.stand(ctx, tx, seat, id) })
	if err != nil {
		return fmt.Errorf("couldn't sign out: %w", err)
	}
	return r.reconsider(ctx)
}

// reconsider lets the gate judge anew after people or appointments changed.
// It isn't cut short by a browser that goes away.
func (r *Register) reconsider(ctx context.Context) error {
	if err := r.gate.Reconsider(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("couldn't reconsider what was allowed: %w", err)
	}
	return nil
}

// identify finds who has this login and password, and what the line about that
// must say of tries that weren't heard: nil, usually. A failure is in the
// logbook; of those during a pause the first is, and the next line says how many
// there were.
func (r *Register) identify(ctx context.Context, act string, object regulation.Entity, login, password string) (p Person, unheard any, err error) {
	typed := truncate(login, 64)
	login = strings.ToLower(strings.TrimSpace(typed))
	memo := gate.Memo{Act: act, Object: object.String(), Result: "geweigerd", Person: map[string]any{"aanmeldnaam": typed}}
	wait, tries := r.throttle.begin(login, r.now())
	if wait > 0 {
		return Person{}, nil, r.notHeard(ctx, memo, wait, tries)
	}
	if tries > 0 {
		unheard = map[string]any{"ongehoord": tries}
	}
	p, err = r.check(ctx, login, password)
	if err == nil {
		r.throttle.succeeded(login)
		return p, unheard, nil
	}
	if !errors.Is(err, ErrSignIn) {
		return Person{}, nil, fmt.Errorf("couldn't check a password: %w", err)
	}
	memo.Header = unheard
	if noting := r.gate.Note(ctx, memo, nil); noting != nil {
		return Person{}, nil, fmt.Errorf("couldn't note a failed sign-in: %w", noting)
	}
	return Person{}, nil, err
}

// notHeard refuses a try during a pause.
func (r *Register) notHeard(ctx context.Context, memo gate.Memo, wait time.Duration, tries int) error {
	if tries == 1 {
		memo.Header = map[string]any{"pauze": true}
		if err := r.gate.Note(ctx, memo, nil); err != nil {
			return fmt.Errorf("couldn't note a failed sign-in: %w", err)
		}
	}
	return fmt.Errorf("%w; na te veel pogingen kan een nieuwe pas over %s", ErrSignIn, inWords(wait))
}

// check does the same work whether or not the login exists.
func (r *Register) check(ctx context.Context, login, password string) (Person, error) {
	var phc string
	p, err := scanPerson(r.db.QueryRowContext(ctx, `SELECT `+personColumns+`, p.password FROM person p
		WHERE p.login = $1 AND p.ended_at IS NULL`, login).Scan, &phc)
	kept := decoy(r.cost)
	known := err == nil
	switch {
	case known:
		if kept, err = parseSecret(phc); err != nil {
			return Person{}, fmt.Errorf("couldn't read the password of %s: %w", p.ID, err)
		}
	case !errors.Is(err, sql.ErrNoRows):
		return Person{}, err
	}
	fits := false
	if len(password) <= maxPassword {
		err = r.inTurn(ctx, func() { fits = kept.fits(password) })
	}
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return Person{}, err
	case !fits || !known:
		return Person{}, ErrSignIn
	}
	return p, nil
}

// truncate cuts what someone typed to what fits in the logbook.
func truncate(s string, most int) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)) // which also makes it valid UTF-8
	return string(runes[:min(len(runes), most)])
}

func inWords(d time.Duration) string {
	if d <= time.Minute {
		return fmt.Sprintf("%d seconden", int((d+time.Second-1)/time.Second))
	}
	return fmt.Sprintf("%d minuten", int((d+time.Minute-1)/time.Minute))
}
